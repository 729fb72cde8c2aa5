//! A special case that the gateway does not have.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "special-case-not-compiled",
    stage: Stage::Lowering,
    severity: Severity::Warning,
    summary: "a special case that the gateway does not have",
    page: include_str!("special_case_not_compiled.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        let Lost::SpecialCase { name } = &loss.what else { continue };
        out.report(
            format!("the gateway has nothing like `{name}`, so it has no effect"),
            loss.span,
            "not compiled",
        )
        .help("remove it, or write `enabled: false`");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_at_its_place() {
        insta::assert_snapshot!(only("special-case-not-compiled", r#"
--- model-mappings.yaml
special_cases:
  first_request_routing: {strategy: prefer_warm_providers}
"#), @"
        warning[special-case-not-compiled]: the gateway has nothing like `first_request_routing`, so it has no effect
          --> model-mappings.yaml:2:3 `first_request_routing` not compiled
          help: remove it, or write `enabled: false`
        ");
    }

    #[test]
    fn what_the_gateway_can_do_is_silent() {
        insta::assert_snapshot!(only("special-case-not-compiled", r#"
--- model-mappings.yaml
special_cases:
  first_request_routing: {enabled: false}
"#), @"");
    }
}
