//! Text that some readers take for something else is quoted.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::scalar::{Resolved, differs, float_yaml11, int_yaml11, resolve_yaml11};

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "scalar-ambiguous",
    stage: Stage::Lexical,
    severity: Severity::Warning,
    summary: "text without quotes that YAML readers take for different things",
    page: include_str!("scalar_ambiguous.md"),
};

/// Reports plain scalars, wanted as text, that YAML 1.1 and 1.2 read differently, and numbers that
/// lose what was written (`1.10` becomes 1.1).
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    let mut spans = file.problems.ambiguous.clone();
    spans.sort_unstable();
    spans.dedup();
    for span in spans {
        let text = file.sources.slice(span);
        if !differs(text) && !loses(text) {
            continue;
        }
        out.report(
            format!("`{text}` is meant as text, and some YAML readers take it for something else"),
            span,
            "no text for every reader",
        )
        .help("put it in quotes")
        .fix("put it in quotes", span, format!("\"{text}\""));
    }
}

/// True for a number that is not written back as it was.
fn loses(text: &str) -> bool {
    match resolve_yaml11(text) {
        Resolved::Int => int_yaml11(text).is_none_or(|int| int.to_string() != text),
        Resolved::Float => float_yaml11(text).is_none_or(|float| float.to_string() != text),
        Resolved::Null
        | Resolved::Bool(_)
        | Resolved::Timestamp
        | Resolved::Merge
        | Resolved::Value
        | Resolved::Text => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, only};

    #[test]
    fn what_readers_disagree_on_is_shown() {
        insta::assert_snapshot!(only("scalar-ambiguous", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, api_version: 2024-02-01,
    models: [0o17, 1e5, {name: x, size: 1.10}, {name: y, size: 8}]}
"), @"
        warning[scalar-ambiguous]: `2024-02-01` is meant as text, and some YAML readers take it for something else
          --> providers.yaml:2:82 `2024-02-01` no text for every reader
          help: put it in quotes
          fix: put it in quotes
        warning[scalar-ambiguous]: `0o17` is meant as text, and some YAML readers take it for something else
          --> providers.yaml:3:14 `0o17` no text for every reader
          help: put it in quotes
          fix: put it in quotes
        warning[scalar-ambiguous]: `1e5` is meant as text, and some YAML readers take it for something else
          --> providers.yaml:3:20 `1e5` no text for every reader
          help: put it in quotes
          fix: put it in quotes
        warning[scalar-ambiguous]: `1.10` is meant as text, and some YAML readers take it for something else
          --> providers.yaml:3:41 `1.10` no text for every reader
          help: put it in quotes
          fix: put it in quotes
        ");
    }

    #[test]
    fn quotes_mend_it() {
        insta::assert_snapshot!(fixed("scalar-ambiguous", "providers.yaml", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, api_version: 2024-02-01}
"), @r#"
        providers:
          a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, api_version: "2024-02-01"}
        "#);
    }

    #[test]
    fn quoted_text_is_silent() {
        insta::assert_snapshot!(only("scalar-ambiguous", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, api_version: '2024-02-01',
    models: ['0o17', {name: y, size: 8B}]}
"), @"");
    }
}
