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
    fn yaml_is_silent() {
        insta::assert_snapshot!(only("syntax-error", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
"), @"");
    }
}
