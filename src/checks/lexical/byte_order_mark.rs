//! Files begin with their first character.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::Span;

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "byte-order-mark",
    stage: Stage::Lexical,
    severity: Severity::Warning,
    summary: "a file begins with a byte order mark",
    page: include_str!("byte_order_mark.md"),
};

/// Reports the mark, with the fix that removes it.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    const MARK: &str = "\u{feff}";
    if !file.sources.text(file.id).starts_with(MARK) {
        return;
    }
    let span = Span::new(file.id, 0, MARK.len());
    out.report(
        "the file begins with a byte order mark, which some readers take for part of the first key",
        span,
        "byte order mark",
    )
    .help("save the file as UTF-8 without a byte order mark")
    .fix("remove the byte order mark", span, "");
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, only};

    #[test]
    fn the_mark_is_shown() {
        insta::assert_snapshot!(only("byte-order-mark", "
--- providers.yaml
\u{feff}providers: {}
"), @r"
        warning[byte-order-mark]: the file begins with a byte order mark, which some readers take for part of the first key
          --> providers.yaml:1:1 `\u{feff}` byte order mark
          help: save the file as UTF-8 without a byte order mark
          fix: remove the byte order mark
        ");
    }

    #[test]
    fn it_is_removed() {
        insta::assert_snapshot!(fixed("byte-order-mark", "providers.yaml", "
--- providers.yaml
\u{feff}providers: {}
"), @"providers: {}");
    }

    #[test]
    fn a_file_with_it_is_read_all_the_same() {
        insta::assert_snapshot!(only("key-missing", "
--- providers.yaml
\u{feff}providers: {}
"), @"");
    }

    #[test]
    fn a_file_without_is_silent() {
        insta::assert_snapshot!(only("byte-order-mark", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
"), @"");
    }
}
