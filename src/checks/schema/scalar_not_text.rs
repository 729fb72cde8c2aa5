//! Text that YAML takes for something else is quoted.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::{Kind, Style};

use super::violations::{Violation, ViolationKind};
use super::{Shape, json};

/// The record.
pub static RULE: Rule = Rule {
    name: "scalar-not-text",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a number, a truth value or a date stands where text is wanted",
    page: include_str!("scalar_not_text.md"),
};

/// True for a plain scalar that would be right if it were quoted.
pub(super) fn lacks_quotes(shape: &Shape<'_>, violation: &Violation<'_>) -> bool {
    let ViolationKind::Type { wanted, .. } = &violation.kind else { return false };
    if violation.is_key {
        return false;
    }
    // Behind an alias the quotes would have to go to another place.
    let Some(node) = violation.node.filter(|node| shape.tree.kind(*node) == Kind::Scalar) else {
        return false;
    };
    let text_is_wanted = wanted.split(" or ").any(|word| word == "text");
    text_is_wanted && json::is_readable(shape.tree, node) && shape.tree.style(node) == Style::Plain
}

/// Reports every scalar that lacks its quotes.
pub fn check(shape: &Shape<'_>, out: &mut Reporter<'_>) {
    for violation in shape.violations.iter().filter(|violation| lacks_quotes(shape, violation)) {
        let ViolationKind::Type { found, .. } = &violation.kind else { continue };
        let written = shape.sources.slice(violation.span);
        out.report(
            format!("YAML reads `{written}` as {found}, and text is wanted here"),
            violation.span,
            format!("read as {found}"),
        )
        .help("put it in quotes")
        .fix("put it in quotes", violation.span, format!("\"{written}\""));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, only};

    #[test]
    fn numbers_dates_and_truth_values_are_named() {
        insta::assert_snapshot!(only("scalar-not-text", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [4, 2025-01-31, no, 1.5]}
"), @"
        error[scalar-not-text]: YAML reads `4` as a whole number, and text is wanted here
          --> providers.yaml:2:78 `4` read as a whole number
          help: put it in quotes
          fix: put it in quotes
        error[scalar-not-text]: YAML reads `2025-01-31` as a date, and text is wanted here
          --> providers.yaml:2:81 `2025-01-31` read as a date
          help: put it in quotes
          fix: put it in quotes
        error[scalar-not-text]: YAML reads `no` as true or false, and text is wanted here
          --> providers.yaml:2:93 `no` read as true or false
          help: put it in quotes
          fix: put it in quotes
        error[scalar-not-text]: YAML reads `1.5` as a number, and text is wanted here
          --> providers.yaml:2:97 `1.5` read as a number
          help: put it in quotes
          fix: put it in quotes
        ");
    }

    #[test]
    fn quotes_mend_it() {
        insta::assert_snapshot!(fixed("scalar-not-text", "providers.yaml", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [4, no]}
"), @r#"
        providers:
          a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: ["4", "no"]}
        "#);
    }

    #[test]
    fn text_is_silent() {
        insta::assert_snapshot!(only("scalar-not-text", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, timeout: 30,
    models: [phi4, {name: qwen3, context_length: 4096}]}
"), @"");
    }
}
