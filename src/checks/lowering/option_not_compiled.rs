//! An option that the gateway has no place for.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "option-not-compiled",
    stage: Stage::Lowering,
    severity: Severity::Warning,
    summary: "an option that the gateway has no place for",
    page: include_str!("option_not_compiled.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        let Lost::Option { key, owner, why } = &loss.what else { continue };
        out.report(format!("`{key}` of `{owner}` has no effect: {why}"), loss.span, "not compiled")
            .help("remove it, or set it where it is read");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_at_its_place() {
        insta::assert_snapshot!(only("option-not-compiled", r#"
--- model-mappings.yaml
fallback_chains:
  phi4: {chain: [], retry_delay_ms: 500}
"#), @"
        warning[option-not-compiled]: `retry_delay_ms` of `phi4` has no effect: LiteLLM waits 0.5 s and doubles it, for every name alike
          --> model-mappings.yaml:2:37 `500` not compiled
          help: remove it, or set it where it is read
        ");
    }

    #[test]
    fn what_the_gateway_can_do_is_silent() {
        insta::assert_snapshot!(only("option-not-compiled", r#"
--- model-mappings.yaml
fallback_chains:
  phi4: {chain: []}
"#), @"");
    }
}
