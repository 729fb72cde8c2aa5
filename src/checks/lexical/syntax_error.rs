//! Files are YAML.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::SyntaxErrorKind;

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "syntax-error",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "a file is not YAML",
    page: include_str!("syntax_error.md"),
};

/// Reports where the parser stopped for this.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    for error in file.errors.iter().filter(|error| error.kind == SyntaxErrorKind::Other) {
        out.report(
            format!("this is not YAML, so the file cannot be read: {}", error.message),
            error.at,
            "reading stopped here",
        )
        .also(error.after, "the last value that was read")
        .help("the mistake stands here or shortly before: look for a quote, a bracket or a colon");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn the_place_is_shown() {
        insta::assert_snapshot!(only("syntax-error", "
--- providers.yaml
providers:
  a: {type: ollama, status: [active
  b: x
"), @"
        error[syntax-error]: this is not YAML, so the file cannot be read: illegal placement of ':' indicator
          --> providers.yaml:3:4 `:` reading stopped here
          ::: providers.yaml:2:21 `status` the last value that was read
          help: the mistake stands here or shortly before: look for a quote, a bracket or a colon
        ");
    }

    #[test]
    fn wrong_indentation_is_shown() {
        insta::assert_snapshot!(only("syntax-error", "
--- providers.yaml
providers:
    a: 1
  b: 2
"), @"
        error[syntax-error]: this is not YAML, so the file cannot be read: while parsing a block mapping, did not find expected key
          --> providers.yaml:3:3 `b` reading stopped here
          ::: providers.yaml:2:8 `1` the last value that was read
          help: the mistake stands here or shortly before: look for a quote, a bracket or a colon
        ");
    }

    #[test]
    fn every_mistake_of_a_file_is_told_in_one_run() {
        insta::assert_snapshot!(crate::testing::with_report("
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: activ, models: [phi4]}
  b: {type: ollama, models: [x}
  c: {type: ollama, base_url: 'ftp://127.0.0.1:1', status: active, models: *lost}
  c: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: phi4}
  d: {status: active, timeout: -1}
  e:
    type ollama
    status: active
--- model-mappings.yaml
exact_matches: {phi4: {provider: ollama}, x: {provider: b}}
", |sources, report| {
            let show = |finding: &crate::diagnostic::Diagnostic| {
                let span = finding.primary.span;
                let at = sources.position(span.file(), span.start());
                format!("{}:{} {}", at.line, at.column, finding.rule.name)
            };
            report.findings().iter().map(show).collect::<Vec<_>>().join("\n")
        }), @"
        2:61 value-unknown
        3:29 syntax-error
        5:3 key-duplicate
        5:77 type-wrong
        6:32 number-out-of-range
        9:11 syntax-error
        ");
    }

    #[test]
    fn yaml_is_silent() {
        insta::assert_snapshot!(only("syntax-error", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
"), @"");
    }
}
