//! A pattern that is none of the gateway's wildcards.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "pattern-not-compiled",
    stage: Stage::Lowering,
    severity: Severity::Warning,
    summary: "a pattern that is none of the gateway's wildcards",
    page: include_str!("pattern_not_compiled.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        let Lost::Pattern { provider, instead } = &loss.what else { continue };
        let then = instead.map_or_else(
            || "are refused".to_owned(),
            |instead| format!("go to the default provider `{instead}`"),
        );
        out.report(
            format!("names that match this pattern do not go to `{provider}`: they {then}"),
            loss.span,
            "no wildcard of the gateway means the same",
        )
        .help(
            "list the names as exact matches, or use a pattern that is open at its end, like \
                 `^org/.*`",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_at_its_place() {
        insta::assert_snapshot!(only("pattern-not-compiled", r#"
--- model-mappings.yaml
patterns:
  - {pattern: ".*[.]gguf$", provider: ollama}
"#), @r#"
        warning[pattern-not-compiled]: names that match this pattern do not go to `ollama`: they are refused
          --> model-mappings.yaml:2:15 `\".*[.]gguf$\"` no wildcard of the gateway means the same
          help: list the names as exact matches, or use a pattern that is open at its end, like `^org/.*`
        "#);
    }

    #[test]
    fn what_the_gateway_can_do_is_silent() {
        insta::assert_snapshot!(only("pattern-not-compiled", r#"
--- model-mappings.yaml
patterns:
  - {pattern: "^meta-llama/.*", provider: ollama}
"#), @"");
    }
}
