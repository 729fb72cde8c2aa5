//! Files are of a size that a config may have.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::{Encoding, MAX_FILE_BYTES, Span};

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "file-too-large",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "a file is larger than gwcfg reads",
    page: include_str!("file_too_large.md"),
};

/// Reports a file above the limit; only its beginning was read.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    if file.sources.get(file.id).is_none_or(|text| text.encoding != Encoding::TooLarge) {
        return;
    }
    let limit = MAX_FILE_BYTES / (1024 * 1024);
    out.report(
        format!("`{}` is larger than {limit} MiB, so it is not read", file.sources.path(file.id)),
        Span::file_start(file.id),
        "this file is too large",
    )
    .help("check that this is the file you mean, or split the project");
}

#[cfg(test)]
mod tests {
    use super::super::tests::of_file;
    use crate::source::SourceFile;
    use crate::testing::only;

    #[test]
    fn a_file_above_the_limit_is_named() {
        let file = SourceFile::new("providers.yaml".to_owned(), b"a: [".to_vec(), true);
        insta::assert_snapshot!(of_file("file-too-large", file), @"`providers.yaml` is larger than 500 MiB, so it is not read @0..0 this file is too large");
    }

    #[test]
    fn a_small_file_is_silent() {
        insta::assert_snapshot!(only("file-too-large", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
"), @"");
    }
}
