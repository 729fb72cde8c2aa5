//! A capability has a model.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "capability-empty",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "a capability has no model that could serve it",
    page: include_str!("capability_empty.md"),
};

/// Reports capabilities without models: nothing is listed, and no model of the providers is known
/// to meet the minimums.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for defect in &context.routing.defects {
        if defect.why != Why::Empty {
            continue;
        }
        let name = defect.name;
        out.report(
            format!("capability `{}` has no model, so the name is left out", name.value),
            name.span,
            "no model is listed, and none of its providers' models is known to meet its minimums",
        )
        .help(
            "list `preferred_models`, lower `min_context` or `min_model_size`, or write \
             `context_length` and `size` at the models of its providers",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn no_model_meets_the_minimum() {
        insta::assert_snapshot!(only("capability-empty", "
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
capabilities:
  long: {provider: ollama, min_context: 100000}
"), @"
        error[capability-empty]: capability `long` has no model, so the name is left out
          --> model-mappings.yaml:4:3 `long` no model is listed, and none of its providers' models is known to meet its minimums
          help: list `preferred_models`, lower `min_context` or `min_model_size`, or write `context_length` and `size` at the models of its providers
        ");
    }

    #[test]
    fn a_listed_model_is_silent() {
        insta::assert_snapshot!(only("capability-empty", "
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
capabilities:
  long: {preferred_models: [phi4]}
"), @"");
    }
}
