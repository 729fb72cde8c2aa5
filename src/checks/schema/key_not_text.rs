//! Names are text.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::source::{Kind, Style};

use super::violations::ViolationKind;
use super::{Shape, json};

/// The record.
pub static RULE: Rule = Rule {
    name: "key-not-text",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a name of an entry is a number, a truth value, a date, a list or nothing",
    page: include_str!("key_not_text.md"),
};

/// Reports every key that is no text where the keys are names.
pub fn check(shape: &Shape<'_>, out: &mut Reporter<'_>) {
    for violation in shape.violations.iter().filter(|violation| violation.is_key) {
        let ViolationKind::Type { found, .. } = &violation.kind else { continue };
        let written = shape.sources.slice(violation.span);
        let node = violation.node.filter(|node| shape.tree.kind(*node) == Kind::Scalar);
        let Some(node) = node.filter(|_| !written.is_empty()) else {
            out.report(
                format!("the name of an entry is {found}, so the entry is not read"),
                violation.span,
                "no name",
            )
            .help("write a name before the colon");
            continue;
        };
        let finding = out.report(
            format!("the name `{written}` is read as {found}, so the entry is not read"),
            violation.span,
            format!("read as {found}"),
        );
        let plain = shape.tree.style(node) == Style::Plain && json::is_readable(shape.tree, node);
        if plain {
            finding.help("put it in quotes").fix(
                "put it in quotes",
                violation.span,
                format!("\"{written}\""),
            );
        } else {
            finding.help("write a name in quotes");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, only};

    #[test]
    fn keys_that_are_no_text_are_named() {
        insta::assert_snapshot!(only("key-not-text", "
--- providers.yaml
providers:
  7: {type: ollama, base_url: 'http://127.0.0.1:1', status: active}
  yes: {type: ollama, base_url: 'http://127.0.0.1:1', status: active}
  ~: {type: ollama, base_url: 'http://127.0.0.1:1', status: active}
  ? [a]
  : {type: ollama, base_url: 'http://127.0.0.1:1', status: active}
  : {type: ollama, base_url: 'http://127.0.0.1:1', status: active}
--- model-mappings.yaml
exact_matches: {1.5: {provider: ollama}, 2025-01-31: {provider: ollama}}
"), @"
        error[key-not-text]: the name `1.5` is read as a number, so the entry is not read
          --> model-mappings.yaml:1:17 `1.5` read as a number
          help: put it in quotes
          fix: put it in quotes
        error[key-not-text]: the name `2025-01-31` is read as a date, so the entry is not read
          --> model-mappings.yaml:1:42 `2025-01-31` read as a date
          help: put it in quotes
          fix: put it in quotes
        error[key-not-text]: the name `7` is read as a whole number, so the entry is not read
          --> providers.yaml:2:3 `7` read as a whole number
          help: put it in quotes
          fix: put it in quotes
        error[key-not-text]: the name `yes` is read as true or false, so the entry is not read
          --> providers.yaml:3:3 `yes` read as true or false
          help: put it in quotes
          fix: put it in quotes
        error[key-not-text]: the name of an entry is a list, so the entry is not read
          --> providers.yaml:5:5 `[a]` no name
          help: write a name before the colon
        error[key-not-text]: the name of an entry is nothing, so the entry is not read
          --> providers.yaml:7:3 `` no name
          help: write a name before the colon
        ");
    }

    #[test]
    fn quotes_mend_it_and_no_other_rule_speaks_of_it() {
        let text = "
--- model-mappings.yaml
exact_matches: {1.10: {provider: ollama, backend_model: phi4}}
";
        insta::assert_snapshot!(fixed("key-not-text", "model-mappings.yaml", text), @r#"exact_matches: {"1.10": {provider: ollama, backend_model: phi4}}"#);
        for other in ["scalar-not-text", "scalar-ambiguous", "type-wrong"] {
            assert_eq!(only(other, text), "", "{other}");
        }
    }

    #[test]
    fn names_are_silent() {
        insta::assert_snapshot!(only("key-not-text", "
--- providers.yaml
providers:
  '7': {type: ollama, base_url: 'http://127.0.0.1:1', status: active}
  a: {type: ollama, base_url: 'http://127.0.0.1:2', status: active, 1: a note}
"), @"");
    }
}
