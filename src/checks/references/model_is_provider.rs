//! A provider does not stand where a model is meant.

use crate::checks::Context;
use crate::checks::words::{listed, model_names, place_phrase};
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::quoting::anywhere;
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "model-is-provider",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "a provider's name stands where a model is meant",
    page: include_str!("model_is_provider.md"),
};

/// Reports providers among models, with the provider's models as what may have been meant.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    for defect in &routing.defects {
        let Why::ProviderNotModel(id) = defect.why else { continue };
        let Some(provider) = routing.provider(id) else { continue };
        if defect.place.is_fallback() {
            continue;
        }
        let name = defect.name;
        let finding = out
            .report(
                format!(
                    "{} names provider `{}` where a model is meant, so it is left out",
                    place_phrase(defect),
                    name.value
                ),
                name.span,
                "this is a provider, not a model",
            )
            .also(provider.name.span, "the provider is declared here");
        let models = routing.models_of(provider);
        match models {
            [] => finding.help("name a model, or list the provider under `providers`"),
            [only] => {
                let model = routing.names.text(only.name);
                finding.help(format!("its only model is `{model}`")).unsafe_fix(
                    format!("change it to `{model}`"),
                    name.span,
                    anywhere(model),
                )
            }
            [_, _, ..] => {
                let names = listed(model_names(routing, models));
                finding.help(format!("name one of its models: {names}"))
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_provider_among_models() {
        insta::assert_snapshot!(only("model-is-provider", "
--- model-mappings.yaml
capabilities:
  code: {preferred_models: [ollama]}
"), @"
        error[model-is-provider]: capability `code` names provider `ollama` where a model is meant, so it is left out
          --> model-mappings.yaml:2:29 `ollama` this is a provider, not a model
          ::: providers.yaml:2:3 `ollama` the provider is declared here
          help: its only model is `phi4`
          unsafe fix: change it to `phi4`
        ");
    }

    #[test]
    fn a_model_is_silent() {
        insta::assert_snapshot!(only("model-is-provider", "
--- model-mappings.yaml
capabilities:
  code: {preferred_models: [phi4]}
"), @"");
    }
}
