//! A file holds one document.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::SyntaxErrorKind;

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "document-second",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "a file holds more than one YAML document",
    page: include_str!("document_second.md"),
};

/// Reports where the parser stopped for this.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    for error in file.errors.iter().filter(|error| error.kind == SyntaxErrorKind::SecondDocument) {
        out.report(
            "a second document begins here, and a config file holds one",
            error.at,
            "the second document",
        )
        .help("remove the line `---`, or move what follows to a file of its own");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_second_document_is_shown() {
        insta::assert_snapshot!(only("document-second", "
--- providers.yaml
# first
providers: {}
---
providers: {}
"), @"
        error[document-second]: a second document begins here, and a config file holds one
          --> providers.yaml:3:1 `---` the second document
          help: remove the line `---`, or move what follows to a file of its own
        ");
    }

    #[test]
    fn one_document_is_silent() {
        insta::assert_snapshot!(only("document-second", "
--- providers.yaml
---
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
"), @"");
    }
}
