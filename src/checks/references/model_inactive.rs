//! A model that is named has an active provider.

use crate::checks::Context;
use crate::checks::words::{place_phrase, with_status};
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "model-inactive",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "a model is named that only inactive providers declare",
    page: include_str!("model_inactive.md"),
};

/// Reports models in use whose every provider is kept out of the output by its status.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for defect in &context.routing.defects {
        let Why::InactiveModel(id) = defect.why else { continue };
        let Some(model) = context.routing.model(id) else { continue };
        if defect.place.is_fallback() {
            continue;
        }
        let name = defect.name;
        let finding = out.report(
            format!(
                "{} names model `{}`, which no active provider serves, so it is left out",
                place_phrase(defect),
                name.value
            ),
            name.span,
            "nobody would answer for this model",
        );
        with_status(finding, context.routing, model.provider)
            .help("set the status of a provider of this model to `active`, or name another model");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_model_of_a_disabled_provider() {
        insta::assert_snapshot!(only("model-inactive", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: disabled, models: [qwen3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [phi4]}
--- model-mappings.yaml
capabilities:
  code: {preferred_models: [qwen3, phi4]}
"), @"
        error[model-inactive]: capability `code` names model `qwen3`, which no active provider serves, so it is left out
          --> model-mappings.yaml:2:29 `qwen3` nobody would answer for this model
          ::: providers.yaml:2:70 `disabled` the status of provider `ollama`
          help: set the status of a provider of this model to `active`, or name another model
        ");
    }

    #[test]
    fn a_model_of_an_active_provider_is_silent() {
        insta::assert_snapshot!(only("model-inactive", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: disabled, models: [qwen3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [phi4]}
--- model-mappings.yaml
capabilities:
  code: {preferred_models: [phi4]}
"), @"");
    }
}
