//! The required files are there.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::{Encoding, SourceFile, Span};

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
    let missing = file.sources.get(file.id).filter(|text| text.encoding == Encoding::Missing);
    let Some(SourceFile { path, near, .. }) = missing else { return };
    let help = match near {
        Some(near) => format!("rename `{near}`, if that is the file, or create `{path}`"),
        None => format!("create `{path}`, or set `config-dir` in `gwcfg.yaml`"),
    };
    out.report(
        format!("`{path}` is not there, and nothing can be compiled without it"),
        Span::file_start(file.id),
        "this file is missing",
    )
    .help(help);
}

#[cfg(test)]
mod tests {
    use super::super::tests::of_file;
    use super::*;
    use crate::diagnostic::Report;
    use crate::pipeline::{self, Files, Overlays};
    use crate::source::Sources;
    use crate::testing::only;

    #[test]
    fn a_missing_file_is_named() {
        let file = SourceFile::missing("providers.yaml".to_owned());
        insta::assert_snapshot!(of_file("file-missing", file), @"`providers.yaml` is not there, and nothing can be compiled without it @0..0 this file is missing");
    }

    #[test]
    fn a_file_of_nearly_its_name_is_shown() {
        let mut sources = Sources::default();
        let near = Some("config/provider.yml".to_owned());
        let file = SourceFile { near, ..SourceFile::missing("config/providers.yaml".to_owned()) };
        let providers = sources.add(file);
        let mappings = sources.add(SourceFile::missing("config/model-mappings.yaml".to_owned()));
        let overlays = Overlays::default();
        let files = Files { project: None, providers, mappings, ports: None, overlays };
        let mut report = Report::default();
        pipeline::validate(&sources, files, &mut report);
        let missing = report.findings().iter().filter(|finding| finding.rule.name == RULE.name);
        let help: Vec<_> = missing.filter_map(|finding| finding.help.as_deref()).collect();
        let rename = "rename `config/provider.yml`, if that is the file, or create ";
        assert_eq!(
            help,
            [
                "create `config/model-mappings.yaml`, or set `config-dir` in `gwcfg.yaml`",
                &format!("{rename}`config/providers.yaml`"),
            ]
        );
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
