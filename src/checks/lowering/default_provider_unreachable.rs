//! A default provider behind a pattern that takes every name.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "default-provider-unreachable",
    stage: Stage::Lowering,
    severity: Severity::Warning,
    summary: "a pattern takes every name, so the default provider is never asked",
    page: include_str!("default_provider_unreachable.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        let Lost::DefaultUnreachable { pattern } = &loss.what else { continue };
        out.report(
            format!(
                "the default provider is never asked: pattern `{}` takes every name",
                pattern.value
            ),
            loss.span,
            "for names that nothing else takes, and there are none",
        )
        .also(pattern.span, "this pattern takes every name")
        .help("narrow the pattern, or remove `default_provider`");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_at_its_place() {
        insta::assert_snapshot!(only("default-provider-unreachable", r#"
--- model-mappings.yaml
patterns: [{pattern: ".*", provider: ollama}]
routing_rules: {default_provider: ollama}
"#), @r#"
        warning[default-provider-unreachable]: the default provider is never asked: pattern `.*` takes every name
          --> model-mappings.yaml:2:35 `ollama` for names that nothing else takes, and there are none
          ::: model-mappings.yaml:1:22 `\".*\"` this pattern takes every name
          help: narrow the pattern, or remove `default_provider`
        "#);
    }

    #[test]
    fn a_narrower_pattern_is_silent() {
        insta::assert_snapshot!(only("default-provider-unreachable", r#"
--- model-mappings.yaml
patterns: [{pattern: "^org/.*", provider: ollama}]
routing_rules: {default_provider: ollama}
"#), @"");
    }
}
