//! Patterns are regular expressions as Python's `re` takes them.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::pattern::PatternError;

use super::Values;

/// The record.
pub static RULE: Rule = Rule {
    name: "pattern-invalid",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a pattern is no regular expression",
    page: include_str!("pattern_invalid.md"),
};

/// Reports what Python's `re` would refuse too.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    for (written, span, error) in &values.refused {
        if matches!(error, PatternError::Invalid { .. }) {
            out.report(format!("pattern `{written}` is refused by Python: {error}"), *span, "here")
                .help("mend the pattern; it matches nothing as it is");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn the_wrong_part_is_shown() {
        insta::assert_snapshot!(only("pattern-invalid", "
--- model-mappings.yaml
patterns:
  - {pattern: '^gpt-(4', provider: ollama}
  - {pattern: 'a**', provider: ollama}
  - {pattern: '[z-a]', provider: ollama}
"), @"
        error[pattern-invalid]: pattern `^gpt-(4` is refused by Python: the group has no `)`
          --> model-mappings.yaml:2:21 `(4` here
          help: mend the pattern; it matches nothing as it is
        error[pattern-invalid]: pattern `a**` is refused by Python: a repetition is repeated
          --> model-mappings.yaml:3:18 `*` here
          help: mend the pattern; it matches nothing as it is
        error[pattern-invalid]: pattern `[z-a]` is refused by Python: `z-a` is not a range from a lower to a higher one
          --> model-mappings.yaml:4:17 `z-a` here
          help: mend the pattern; it matches nothing as it is
        ");
    }

    #[test]
    fn patterns_are_silent() {
        insta::assert_snapshot!(only("pattern-invalid", "
--- model-mappings.yaml
patterns:
  - {pattern: '^gpt-', provider: ollama}
  - {pattern: '^(?=a)b', provider: ollama}
"), @"");
    }
}
