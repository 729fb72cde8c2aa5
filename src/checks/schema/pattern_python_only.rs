//! Patterns can be decided on by an automaton.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::pattern::PatternError;

use super::Values;

/// The record.
pub static RULE: Rule = Rule {
    name: "pattern-python-only",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a pattern uses what gwcfg cannot decide on",
    page: include_str!("pattern_python_only.md"),
};

/// Reports what Python takes and no automaton can: lookarounds, backreferences, huge repetitions.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    for (written, span, error) in &values.refused {
        if !matches!(error, PatternError::Invalid { .. }) {
            out.report(
                format!("pattern `{written}` cannot be compiled: {error}"),
                *span,
                "not decidable",
            )
            .help("write it without, for example as two patterns");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn the_construct_is_shown() {
        insta::assert_snapshot!(only("pattern-python-only", "
--- model-mappings.yaml
patterns:
  - {pattern: '^(?!gpt-)x', provider: ollama}
  - {pattern: '^(a)b\\1$', provider: ollama}
  - {pattern: '(.{1000}){1000}', provider: ollama}
"), @r"
        error[pattern-python-only]: pattern `^(?!gpt-)x` cannot be compiled: the pattern uses a negative lookahead `(?!...)`, which Python's `re` has and gwcfg cannot decide on
          --> model-mappings.yaml:2:17 `(?!` not decidable
          help: write it without, for example as two patterns
        error[pattern-python-only]: pattern `^(a)b\1$` cannot be compiled: the pattern uses a backreference `\1`, which Python's `re` has and gwcfg cannot decide on
          --> model-mappings.yaml:3:21 `\\1` not decidable
          help: write it without, for example as two patterns
        error[pattern-python-only]: pattern `(.{1000}){1000}` cannot be compiled: the pattern is too large to decide on: it needs more than 20000 states
          --> model-mappings.yaml:4:15 `\'(.{1000}){1000}\'` not decidable
          help: write it without, for example as two patterns
        ");
    }

    #[test]
    fn patterns_are_silent() {
        insta::assert_snapshot!(only("pattern-python-only", "
--- model-mappings.yaml
patterns:
  - {pattern: '^gpt-', provider: ollama}
  - {pattern: '^gpt-(4', provider: ollama}
"), @"");
    }
}
