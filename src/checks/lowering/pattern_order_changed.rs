//! Two patterns that the gateway asks in another order.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "pattern-order-changed",
    stage: Stage::Lowering,
    severity: Severity::Warning,
    summary: "two patterns that the gateway asks in another order",
    page: include_str!("pattern_order_changed.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        let Lost::PatternOrder { first, asked } = &loss.what else { continue };
        out.report(
            format!(
                "the gateway asks `{}` before this pattern, which stands first here",
                asked.value
            ),
            loss.span,
            "written first, asked later",
        )
        .also(asked.span, "asked first: it is the longer one")
        .help(format!(
            "narrow one of the two, so that no name matches both `{}` and it",
            first.value
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_at_its_place() {
        insta::assert_snapshot!(only("pattern-order-changed", r#"
--- model-mappings.yaml
patterns:
  - {pattern: "^org/.*", provider: ollama}
  - {pattern: ".*/coder-.*", provider: ollama}
"#), @r#"
        warning[pattern-order-changed]: the gateway asks `.*/coder-.*` before this pattern, which stands first here
          --> model-mappings.yaml:2:15 `\"^org/.*\"` written first, asked later
          ::: model-mappings.yaml:3:15 `\".*/coder-.*\"` asked first: it is the longer one
          help: narrow one of the two, so that no name matches both `^org/.*` and it
        "#);
    }

    #[test]
    fn what_the_gateway_can_do_is_silent() {
        insta::assert_snapshot!(only("pattern-order-changed", r#"
--- model-mappings.yaml
patterns:
  - {pattern: "^org/.*", provider: ollama}
  - {pattern: "^team/.*", provider: ollama}
"#), @"");
    }
}
