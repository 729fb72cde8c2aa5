//! Files hold printable characters.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::{SyntaxError, SyntaxErrorKind};

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "control-character",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "a control character stands in a file",
    page: include_str!("control_character.md"),
};

/// Reports where the parser stopped for this.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    for error in file.errors.iter().filter(|error| error.kind == SyntaxErrorKind::ControlCharacter)
    {
        out.report(
            format!(
                "a control character ({}) stands here, and YAML allows none",
                code(error, file)
            ),
            error.at,
            "not printable",
        )
        .help("remove the character");
    }
}

fn code(error: &SyntaxError, file: &File<'_>) -> String {
    let found = file.sources.slice(error.at).chars().next();
    found.map_or_else(|| "unknown".to_owned(), |found| format!("U+{:04X}", u32::from(found)))
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_control_character_is_shown() {
        insta::assert_snapshot!(only("control-character", "
--- providers.yaml
providers: \u{1}
"), @r"
        error[control-character]: a control character (U+0001) stands here, and YAML allows none
          --> providers.yaml:1:12 `\u{1}` not printable
          help: remove the character
        ");
    }

    #[test]
    fn a_character_in_a_key_is_shown() {
        insta::assert_snapshot!(only("control-character", "
--- providers.yaml
prov\0iders: {}
"), @r"
        error[control-character]: a control character (U+0000) stands here, and YAML allows none
          --> providers.yaml:1:5 `\0` not printable
          help: remove the character
        ");
    }

    #[test]
    fn printable_text_is_silent() {
        insta::assert_snapshot!(only("control-character", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
"), @"");
    }
}
