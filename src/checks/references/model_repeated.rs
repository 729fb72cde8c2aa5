//! A provider lists each model once, and so does a capability.

use crate::checks::Context;
use crate::checks::words::place_phrase;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "model-repeated",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "a provider or a capability lists a model twice",
    page: include_str!("model_repeated.md"),
};

/// Reports every model that its provider, or its capability, has listed before.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for defect in &context.routing.defects {
        let Why::Repeated(first) = defect.why else { continue };
        if defect.place.is_fallback() {
            continue;
        }
        let name = defect.name;
        let (what, label) = match defect.owner {
            Some(_) => (
                format!("{} prefers `{}` twice", place_phrase(defect), name.value),
                "this has failed already when it is reached",
            ),
            None => (
                format!("model `{}` is listed twice", name.value),
                "everything that is written here has no effect",
            ),
        };
        out.report(format!("{what}, and only the first one counts"), name.span, label)
            .also(first, "the first one")
            .help("remove one of them");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn the_same_model_twice() {
        insta::assert_snapshot!(only("model-repeated", "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, phi4]
"), @"
        warning[model-repeated]: model `phi4` is listed twice, and only the first one counts
          --> providers.yaml:6:20 `phi4` everything that is written here has no effect
          ::: providers.yaml:6:14 `phi4` the first one
          help: remove one of them
        ");
    }

    #[test]
    fn the_same_model_twice_in_a_capability() {
        insta::assert_snapshot!(only("model-repeated", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, a]}
--- model-mappings.yaml
capabilities:
  code: {preferred_models: [phi4, a, phi4], models: [a]}
  chat: {preferred_models: [phi4, a]}
"), @"
        warning[model-repeated]: capability `code` prefers `phi4` twice, and only the first one counts
          --> model-mappings.yaml:2:38 `phi4` this has failed already when it is reached
          ::: model-mappings.yaml:2:29 `phi4` the first one
          help: remove one of them
        warning[model-repeated]: capability `code` prefers `a` twice, and only the first one counts
          --> model-mappings.yaml:2:54 `a` this has failed already when it is reached
          ::: model-mappings.yaml:2:35 `a` the first one
          help: remove one of them
        ");
    }

    #[test]
    fn different_models_are_silent() {
        insta::assert_snapshot!(only("model-repeated", "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
"), @"");
    }
}
