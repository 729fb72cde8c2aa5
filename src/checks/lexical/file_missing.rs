//! The required files are there.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::Encoding;

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "file-missing",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "a file that every project has is not there",
    page: include_str!("file_missing.md"),
};

/// Reports a required file that is not there.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    if file.sources.get(file.id).is_none_or(|text| text.encoding != Encoding::Missing) {
        return;
    }
    let path = file.sources.path(file.id);
    out.report(
        format!("`{path}` is not there, and nothing can be compiled without it"),
        crate::source::Span::file_start(file.id),
        "this file is missing",
    )
    .help(format!("create `{path}`, or set `config-dir` in `gwcfg.yaml`"));
}

#[cfg(test)]
mod tests {
    use super::super::tests::of_file;
    use crate::source::SourceFile;
    use crate::testing::only;

    #[test]
    fn a_missing_file_is_named() {
        let file = SourceFile::missing("providers.yaml".to_owned());
        insta::assert_snapshot!(of_file("file-missing", file), @"`providers.yaml` is not there, and nothing can be compiled without it @0..0 this file is missing");
    }

    #[test]
    fn a_file_that_is_there_is_silent() {
        insta::assert_snapshot!(only("file-missing", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
"), @"");
    }
}
