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
        let Lost::Pattern { provider, instead, later } = &loss.what else { continue };
        let then = match instead {
            None => format!("do not go to `{provider}`: they are refused"),
            Some(default) if default == provider => {
                format!("go to `{provider}` as unknown names do, with the default fallback")
            }
            Some(default) => {
                format!("do not go to `{provider}`: they go to the default provider `{default}`")
            }
        };
        let unless = if *later { ", unless a later pattern takes them" } else { "" };
        let text = format!("names that match this pattern {then}{unless}");
        out.report(text, loss.span, "no wildcard of the gateway means the same").help(
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
    fn a_pattern_that_the_default_provider_stands_in_for_is_silent() {
        insta::assert_snapshot!(only("pattern-not-compiled", r#"
--- model-mappings.yaml
patterns: [{pattern: '.*:\d+[bB]$', provider: ollama}]
routing_rules: {default_provider: ollama}
"#), @"");
    }

    #[test]
    fn a_later_pattern_may_take_its_names() {
        insta::assert_snapshot!(only("pattern-not-compiled", r#"
--- model-mappings.yaml
patterns: [{pattern: '.*:\d+[bB]$', provider: ollama}, {pattern: '^org/.*', provider: ollama}]
routing_rules: {default_provider: ollama}
"#), @r"
        warning[pattern-not-compiled]: names that match this pattern go to `ollama` as unknown names do, with the default fallback, unless a later pattern takes them
          --> model-mappings.yaml:1:22 `\'.*:\\d+[bB]$\'` no wildcard of the gateway means the same
          help: list the names as exact matches, or use a pattern that is open at its end, like `^org/.*`
        ");
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
