//! Whatever a fallback names is declared.

use crate::checks::Context;
use crate::checks::words::{Suggestions, place_phrase};
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::quoting::anywhere;
use crate::routing::{Place, Why};

/// The record.
pub static RULE: Rule = Rule {
    name: "fallback-unknown",
    stage: Stage::Fallbacks,
    severity: Severity::Error,
    summary: "a fallback names nothing that is declared",
    page: include_str!("fallback_unknown.md"),
};

/// Reports fallbacks that are neither a public name nor a provider, and models in chains that the
/// provider does not list.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    let mut suggestions = Suggestions::targets(routing);
    for defect in &routing.defects {
        if !defect.place.is_fallback() || defect.place == Place::ChainOwner {
            continue;
        }
        let name = defect.name;
        if defect.why == Why::Unknown {
            let finding = out.report(
                format!(
                    "{} names `{}`, which is neither a public name nor a provider, so it is left \
                     out",
                    place_phrase(defect),
                    name.value
                ),
                name.span,
                "nothing has this name",
            );
            match suggestions.nearest(name.value) {
                Some((near, declared)) => finding
                    .also(declared, "a similar name is declared here")
                    .help(format!("did you mean `{near}`?"))
                    .unsafe_fix(format!("change it to `{near}`"), name.span, anywhere(near)),
                None => finding.help("declare it, name something else, or remove it"),
            };
        } else if let Why::NotAtProvider(id) = defect.why {
            let Some(provider) = routing.provider(id) else { continue };
            // The name of this defect is the entry's provider; its model is the unlisted one.
            out.report(
                format!(
                    "{} asks provider `{}` for a model that it does not list, so the step is left \
                     out",
                    place_phrase(defect),
                    provider.name.value
                ),
                name.span,
                "the `preferred_model` of this entry is unknown there",
            )
            .also(provider.name.span, "the provider is declared here")
            .help("name one of the provider's models, or add the model to them");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn unknown_steps() {
        insta::assert_snapshot!(only("fallback-unknown", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [qwen33, {primary: spare, preferred_model: phi4}]}
"), @"
        error[fallback-unknown]: the fallback chain of `phi4` names `qwen33`, which is neither a public name nor a provider, so it is left out
          --> model-mappings.yaml:4:18 `qwen33` nothing has this name
          ::: providers.yaml:3:86 `qwen3` a similar name is declared here
          help: did you mean `qwen3`?
          unsafe fix: change it to `qwen3`
        error[fallback-unknown]: the fallback chain of `phi4` asks provider `spare` for a model that it does not list, so the step is left out
          --> model-mappings.yaml:4:36 `spare` the `preferred_model` of this entry is unknown there
          ::: providers.yaml:3:3 `spare` the provider is declared here
          help: name one of the provider's models, or add the model to them
        ");
    }

    #[test]
    fn a_public_name_is_silent() {
        insta::assert_snapshot!(only("fallback-unknown", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [qwen3]}
"), @"");
    }
}
