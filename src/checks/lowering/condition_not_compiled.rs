//! A condition on requests, which the gateway cannot evaluate.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "condition-not-compiled",
    stage: Stage::Lowering,
    severity: Severity::Warning,
    summary: "a condition on requests, which the gateway cannot evaluate",
    page: include_str!("condition_not_compiled.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        let Lost::Condition { of } = &loss.what else { continue };
        out.report(
            format!("the gateway cannot evaluate {of}: it routes by name alone"),
            loss.span,
            "this condition has no effect",
        )
        .help("ask for another public name where the condition holds, or remove it");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_at_its_place() {
        insta::assert_snapshot!(only("condition-not-compiled", r#"
--- model-mappings.yaml
exact_matches: {phi4: {provider: ollama}}
load_balancing:
  chat:
    providers:
      - {provider: ollama, weight: 1.0, condition: "batch_size > 1"}
"#), @r#"
        warning[condition-not-compiled]: the gateway cannot evaluate load balancing of `chat`: it routes by name alone
          --> model-mappings.yaml:5:52 `\"batch_size > 1\"` this condition has no effect
          help: ask for another public name where the condition holds, or remove it
        "#);
    }

    #[test]
    fn what_the_gateway_can_do_is_silent() {
        insta::assert_snapshot!(only("condition-not-compiled", r#"
--- model-mappings.yaml
exact_matches: {phi4: {provider: ollama}}
load_balancing:
  chat:
    providers:
      - {provider: ollama, weight: 1.0}
"#), @"");
    }
}
