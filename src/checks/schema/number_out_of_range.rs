//! Numbers are within their limits.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::Shape;
use super::violations::ViolationKind;

/// The record.
pub static RULE: Rule = Rule {
    name: "number-out-of-range",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a number is beyond the limits of its key",
    page: include_str!("number_out_of_range.md"),
};

/// Reports every number that is too small or too large.
pub fn check(shape: &Shape<'_>, out: &mut Reporter<'_>) {
    for violation in shape.violations {
        let ViolationKind::Range { wanted } = &violation.kind else { continue };
        let written = shape.sources.slice(violation.span);
        let of = violation.key.map(|key| format!(" for `{key}`")).unwrap_or_default();
        out.report(
            format!("`{written}` is out of range{of}, so it is not used"),
            violation.span,
            format!("{wanted} is wanted"),
        )
        .help(format!("write {}", instead(wanted)));
    }
}

fn instead(wanted: &str) -> String {
    if wanted.starts_with("a ") { wanted.to_owned() } else { format!("a number {wanted}") }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn numbers_beyond_their_limits_are_named() {
        insta::assert_snapshot!(only("number-out-of-range", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active,
    max_retries: -1, rate_limits: {requests_per_minute: 99999999999999999999}}
"), @"
        error[number-out-of-range]: `-1` is out of range for `max_retries`, so it is not used
          --> providers.yaml:3:18 `-1` at least 0 is wanted
          help: write a number at least 0
        error[number-out-of-range]: `99999999999999999999` is out of range for `requests_per_minute`, so it is not used
          --> providers.yaml:3:57 `99999999999999999999` at most 18446744073709551615 is wanted
          help: write a number at most 18446744073709551615
        ");
    }

    #[test]
    fn numbers_within_are_silent() {
        insta::assert_snapshot!(only("number-out-of-range", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, timeout: 30,
    models: [phi4, {name: qwen3, context_length: 4096}]}
"), @"");
    }
}
