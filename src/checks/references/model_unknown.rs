//! Wherever a model is named, somebody declares it.

use crate::checks::Context;
use crate::checks::words::{Suggestions, listed, model_names, place_phrase};
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::quoting::anywhere;
use crate::routing::{Defect, GroupKind, ProviderId, Why};
use crate::source::Span;

/// The record.
pub static RULE: Rule = Rule {
    name: "model-unknown",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "a model is named that nobody declares, or not the provider that shall serve it",
    page: include_str!("model_unknown.md"),
};

/// Reports unknown models, and models that the provider in question does not list. Providers that
/// list no models at all serve whatever they are asked for.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    let mut suggestions = Suggestions::public_names(routing);
    for defect in &routing.defects {
        if defect.place.is_fallback() || defect.place.wants_provider() {
            continue;
        }
        let name = defect.name.value;
        if let Why::NotAtProvider(provider) = defect.why {
            let near = suggestions.nearest_model(provider, name);
            report_unlisted(context, defect, provider, near, out);
        } else if defect.why == Why::Unknown {
            if is_capability(context, name) {
                report_capability(defect, out);
                continue;
            }
            let near = suggestions.nearest(name);
            let message = format!("{} names unknown model `{name}`", place_phrase(defect));
            let finding = out.report(message, defect.name.span, "no provider lists this model");
            match near {
                Some((near, span)) => finding
                    .also(span, "a similar name is declared here")
                    .help(format!("did you mean `{near}`?"))
                    .unsafe_fix(format!("change it to `{near}`"), defect.name.span, anywhere(near)),
                None => finding.help(format!("add `{name}` to the models of who serves it")),
            };
        }
    }
}

fn is_capability(context: &Context<'_>, name: &str) -> bool {
    let group = context.routing.meaning_of(name).group;
    let group = group.and_then(|id| context.routing.group(id));
    group.is_some_and(|group| group.kind == GroupKind::Capability)
}

fn report_capability(defect: &Defect<'_>, out: &mut Reporter<'_>) {
    let name = defect.name.value;
    let message =
        format!("{} names capability `{name}` where a model is meant", place_phrase(defect));
    out.report(message, defect.name.span, "capabilities are made of models, not of each other")
        .help(format!("name the models of `{name}`, or fall back to it in a chain"));
}

fn report_unlisted(
    context: &Context<'_>,
    defect: &Defect<'_>,
    provider: ProviderId,
    near: Option<(&str, Span)>,
    out: &mut Reporter<'_>,
) {
    let Some(row) = context.routing.provider(provider) else { return };
    let (name, owner) = (defect.name.value, row.name.value);
    let finding = out.report(
        format!("{}: provider `{owner}` lists no model `{name}`", place_phrase(defect)),
        defect.name.span,
        "requests for this model would fail there",
    );
    match near {
        Some((near, span)) => {
            let finding = finding
                .also(span, "a model with a similar name is listed here")
                .help(format!("did you mean `{near}`?"));
            // Without `backend_model` the name is the public one, which stays as it is.
            if defect.owner.is_some_and(|owner| owner.span == defect.name.span) {
                finding
            } else {
                finding.unsafe_fix(format!("use `{near}`"), defect.name.span, anywhere(near))
            }
        }
        None => {
            let models = context.routing.models_of(row);
            let help = if models.is_empty() {
                format!("add `{name}` to the models of `{owner}`")
            } else {
                let names = listed(model_names(context.routing, models));
                format!("add `{name}` to the models of `{owner}`, or name one of {names}")
            };
            finding.also(row.name.span, "declared here").help(help)
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_capability_is_no_model() {
        insta::assert_snapshot!(only("model-unknown", "
--- model-mappings.yaml
exact_matches: {phi4: {provider: ollama}}
capabilities:
  code: {preferred_models: [phi4]}
  chat: {preferred_models: [code, phi4]}
"), @"
        error[model-unknown]: capability `chat` names capability `code` where a model is meant
          --> model-mappings.yaml:4:29 `code` capabilities are made of models, not of each other
          help: name the models of `code`, or fall back to it in a chain
        ");
    }

    #[test]
    fn unknown_and_unlisted_models() {
        insta::assert_snapshot!(only("model-unknown", "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
exact_matches:
  chat: {provider: ollama, backend_model: qwen33}
  fast: {provider: ollama}
capabilities:
  code: {preferred_models: [phi44, phi4]}
"), @"
        error[model-unknown]: exact match `chat`: provider `ollama` lists no model `qwen33`
          --> model-mappings.yaml:2:43 `qwen33` requests for this model would fail there
          ::: providers.yaml:6:20 `qwen3` a model with a similar name is listed here
          help: did you mean `qwen3`?
          unsafe fix: use `qwen3`
        error[model-unknown]: exact match `fast`: provider `ollama` lists no model `fast`
          --> model-mappings.yaml:3:3 `fast` requests for this model would fail there
          ::: providers.yaml:2:3 `ollama` declared here
          help: add `fast` to the models of `ollama`, or name one of `phi4`, `qwen3`
        error[model-unknown]: capability `code` names unknown model `phi44`
          --> model-mappings.yaml:5:29 `phi44` no provider lists this model
          ::: providers.yaml:6:14 `phi4` a similar name is declared here
          help: did you mean `phi4`?
          unsafe fix: change it to `phi4`
        ");
    }

    #[test]
    fn a_default_model_that_is_not_listed() {
        insta::assert_snapshot!(only("model-unknown", "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
    default_model: gemma3
"), @"
        error[model-unknown]: the default model of provider `ollama`: provider `ollama` lists no model `gemma3`
          --> providers.yaml:7:20 `gemma3` requests for this model would fail there
          ::: providers.yaml:2:3 `ollama` declared here
          help: add `gemma3` to the models of `ollama`, or name one of `phi4`, `qwen3`
        ");
    }

    #[test]
    fn listed_models_are_silent() {
        insta::assert_snapshot!(only("model-unknown", "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
exact_matches:
  chat: {provider: ollama, backend_model: qwen3}
capabilities:
  code: {preferred_models: [phi4]}
"), @"");
    }
}
