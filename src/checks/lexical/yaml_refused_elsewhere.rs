//! Files are YAML for every reader.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::source::{DifferenceKind, Span};

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "yaml-refused-elsewhere",
    stage: Stage::Lexical,
    severity: Severity::Warning,
    summary: "gwcfg can read a file, and PyYAML refuses it",
    page: include_str!("yaml_refused_elsewhere.md"),
};

/// Reports every place that makes PyYAML refuse the file. What has a rule of its own is left to it.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    for difference in file.differences {
        let at = difference.at;
        let text = file.sources.slice(at);
        match difference.kind {
            DifferenceKind::AnchorRepeated(first) => {
                out.report(
                    format!("`{text}` is written a second time, and {REFUSED}"),
                    at,
                    "aliases behind it mean this one",
                )
                .also(first, "aliases before that mean this one")
                .help("give one of the two another name, and its aliases too");
            }
            DifferenceKind::AnchorName => {
                out.report(
                    format!("`{text}` is no name of an anchor for PyYAML, and {OTHERWISE}"),
                    at,
                    "no plain name",
                )
                .help("use letters, digits, `-` and `_`, with a space behind them");
            }
            DifferenceKind::Date => {
                out.report(
                    format!("`{text}` is a date or a time that does not exist, and {REFUSED}"),
                    at,
                    "not in the calendar",
                )
                .help("correct it, or put it in quotes")
                .unsafe_fix("put it in quotes", at, format!("\"{text}\""));
            }
            DifferenceKind::NoDigits => {
                quoted(file, at, "is a number without digits", out);
            }
            DifferenceKind::Sign => quoted(file, at, "is a key of YAML 1.1 and no value", out),
            DifferenceKind::Tab => {
                out.report(format!("a tab stands between words, and {REFUSED}"), at, "a tab")
                    .help("write spaces; a tab that is meant is `\\t` in double quotes")
                    .unsafe_fix("write a space", at, " ");
            }
            DifferenceKind::QuestionMark => {
                out.report(
                    format!(
                        "`{text}` has a question mark inside brackets or braces, where it ends a \
                         word, and {OTHERWISE}"
                    ),
                    at,
                    "without quotes",
                )
                .help("put it in quotes");
            }
            DifferenceKind::Tag | DifferenceKind::MergeOfNoMap => {}
        }
    }
}

const REFUSED: &str = "tools that read this file by PyYAML refuse it";
const OTHERWISE: &str = "tools that read this file by PyYAML refuse it or find other words in it";

/// A short word that quotes make text for every reader.
fn quoted(file: &File<'_>, at: Span, why: &str, out: &mut Reporter<'_>) {
    let text = file.sources.slice(at);
    out.report(format!("`{text}` {why}, and {REFUSED}"), at, "without quotes")
        .help("put it in quotes")
        .unsafe_fix("put it in quotes", at, format!("\"{text}\""));
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, only};

    const PROJECT: &str = "
--- providers.yaml
limits: &limits {requests_per_minute: 5}
providers:
  a: &limits {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
  b: &b.c
    type: ollama\t# a\tcomment
    base_url: 'http://127.0.0.1:2'
    status: active
    models: [{name: x, pulled_at: 2025-02-31, use_case: is it?, notes: =}]
    docs: [0x_, <<, 24\t\tb]
";

    #[test]
    fn each_kind_is_shown_at_its_place() {
        insta::assert_snapshot!(only("yaml-refused-elsewhere", PROJECT), @r"
        warning[yaml-refused-elsewhere]: `&limits` is written a second time, and tools that read this file by PyYAML refuse it
          --> providers.yaml:3:6 `&limits` aliases behind it mean this one
          ::: providers.yaml:1:9 `&limits` aliases before that mean this one
          help: give one of the two another name, and its aliases too
        warning[yaml-refused-elsewhere]: `&b.c` is no name of an anchor for PyYAML, and tools that read this file by PyYAML refuse it or find other words in it
          --> providers.yaml:4:6 `&b.c` no plain name
          help: use letters, digits, `-` and `_`, with a space behind them
        warning[yaml-refused-elsewhere]: a tab stands between words, and tools that read this file by PyYAML refuse it
          --> providers.yaml:5:17 `\t` a tab
          help: write spaces; a tab that is meant is `\t` in double quotes
          unsafe fix: write a space
        warning[yaml-refused-elsewhere]: `2025-02-31` is a date or a time that does not exist, and tools that read this file by PyYAML refuse it
          --> providers.yaml:8:35 `2025-02-31` not in the calendar
          help: correct it, or put it in quotes
          unsafe fix: put it in quotes
        warning[yaml-refused-elsewhere]: `is it?` has a question mark inside brackets or braces, where it ends a word, and tools that read this file by PyYAML refuse it or find other words in it
          --> providers.yaml:8:57 `is it?` without quotes
          help: put it in quotes
        warning[yaml-refused-elsewhere]: `=` is a key of YAML 1.1 and no value, and tools that read this file by PyYAML refuse it
          --> providers.yaml:8:72 `=` without quotes
          help: put it in quotes
          unsafe fix: put it in quotes
        warning[yaml-refused-elsewhere]: `0x_` is a number without digits, and tools that read this file by PyYAML refuse it
          --> providers.yaml:9:12 `0x_` without quotes
          help: put it in quotes
          unsafe fix: put it in quotes
        warning[yaml-refused-elsewhere]: `<<` is a key of YAML 1.1 and no value, and tools that read this file by PyYAML refuse it
          --> providers.yaml:9:17 `<<` without quotes
          help: put it in quotes
          unsafe fix: put it in quotes
        warning[yaml-refused-elsewhere]: a tab stands between words, and tools that read this file by PyYAML refuse it
          --> providers.yaml:9:23 `\t\t` a tab
          help: write spaces; a tab that is meant is `\t` in double quotes
          unsafe fix: write a space
        ");
    }

    #[test]
    fn quotes_and_spaces_mend_what_they_can() {
        insta::assert_snapshot!(fixed("yaml-refused-elsewhere", "providers.yaml", PROJECT), @r#"
        limits: &limits {requests_per_minute: 5}
        providers:
          a: &limits {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
          b: &b.c
            type: ollama # a	comment
            base_url: 'http://127.0.0.1:2'
            status: active
            models: [{name: x, pulled_at: "2025-02-31", use_case: is it?, notes: "="}]
            docs: ["0x_", "<<", 24 b]
        "#);
    }

    #[test]
    fn what_pyyaml_reads_is_silent() {
        insta::assert_snapshot!(only("yaml-refused-elsewhere", "
--- providers.yaml
limits: &limits {requests_per_minute: 5}
providers:
  # a\tcomment?
  a: &a-1_x {type: ollama, base_url: 'http://127.0.0.1:1', status: active, rate_limits: *limits}
  b: {<<: *a-1_x, base_url: 'http://127.0.0.1:2', description: \"is it\tfast?\"}
  c:
    <<: *a-1_x
    base_url: 'http://127.0.0.1:3'
    description: is it fast?
    models: [{name: x, pulled_at: 2024-02-29}]
    notes: |
      a\tb
"), @"");
    }
}
