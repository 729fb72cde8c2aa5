//! A provider lists each model once.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "model-repeated",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "a provider lists a model twice",
    page: include_str!("model_repeated.md"),
};

/// Reports every model that its provider has listed before.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for defect in &context.routing.defects {
        let Why::Repeated(first) = defect.why else { continue };
        if defect.place.is_fallback() {
            continue;
        }
        let name = defect.name;
        out.report(
            format!("model `{}` is listed twice, and only the first one counts", name.value),
            name.span,
            "everything that is written here has no effect",
        )
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
