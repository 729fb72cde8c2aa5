//! Files are UTF-8.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::{Encoding, Span};

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "file-not-utf8",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "a file has bytes that are not UTF-8",
    page: include_str!("file_not_utf8.md"),
};

/// Reports the first byte that is not UTF-8.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    let Some(Encoding::NotUtf8 { at, utf16 }) = file.sources.get(file.id).map(|text| text.encoding)
    else {
        return;
    };
    let path = file.sources.path(file.id);
    let at = at as usize;
    let what = if utf16 { "is UTF-16, not UTF-8" } else { "is not valid UTF-8" };
    out.report(
        format!("`{path}` {what}, so it cannot be read"),
        Span::new(file.id, at, at),
        format!("byte {at} is the first that is not UTF-8"),
    )
    .help("save the file as UTF-8");
}

#[cfg(test)]
mod tests {
    use super::super::tests::of_file;
    use crate::source::SourceFile;
    use crate::testing::only;

    #[test]
    fn the_first_bad_byte_is_shown() {
        let file = SourceFile::new("providers.yaml".to_owned(), b"a: 1\nb: \xff".to_vec(), false);
        insta::assert_snapshot!(of_file("file-not-utf8", file), @"`providers.yaml` is not valid UTF-8, so it cannot be read @8..8 byte 8 is the first that is not UTF-8");
    }

    #[test]
    fn utf_16_is_named() {
        let file = SourceFile::new("providers.yaml".to_owned(), b"\xff\xfea\0".to_vec(), false);
        insta::assert_snapshot!(of_file("file-not-utf8", file), @"`providers.yaml` is UTF-16, not UTF-8, so it cannot be read @0..0 byte 0 is the first that is not UTF-8");
    }

    #[test]
    fn utf_8_is_silent() {
        insta::assert_snapshot!(only("file-not-utf8", "
--- providers.yaml
# é →
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
"), @"");
    }
}
