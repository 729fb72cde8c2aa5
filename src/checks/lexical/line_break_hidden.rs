//! Lines end where every reader ends them.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::source::{Span, hidden_line_breaks};

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "line-break-hidden",
    stage: Stage::Lexical,
    severity: Severity::Warning,
    summary: "a character ends the line for YAML 1.1 readers, and not for others",
    page: include_str!("line_break_hidden.md"),
};

/// Reports every such character, in comments too: the comment would end there.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    for (start, letter) in hidden_line_breaks(file.sources.text(file.id)) {
        // How people write it, and how a quoted text does.
        let (code, escape) = match letter {
            '\u{85}' => ("U+0085", r"\N"),
            '\u{2028}' => ("U+2028", r"\L"),
            _ => ("U+2029", r"\P"),
        };
        let span = Span::new(file.id, start, start + letter.len_utf8());
        out.report(
            format!(
                "{code} ends the line for YAML 1.1 readers such as LiteLLM's, and not for others, \
                 so they read different files"
            ),
            span,
            "a line break for some",
        )
        .help(format!("remove it, or write `{escape}` in double quotes"))
        .unsafe_fix("write a space", span, " ");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, only};

    const PROJECT: &str = "
--- model-mappings.yaml
# one\u{2028}two
exact_matches: {phi4: {provider: ollama, description: \"a\u{85}b\"}, x: {provider: ollama, notes: c\u{2029}d}}
";

    #[test]
    fn each_is_shown() {
        insta::assert_snapshot!(only("line-break-hidden", PROJECT), @r"
        warning[line-break-hidden]: U+2028 ends the line for YAML 1.1 readers such as LiteLLM's, and not for others, so they read different files
          --> model-mappings.yaml:1:6 `\u{2028}` a line break for some
          help: remove it, or write `\L` in double quotes
          unsafe fix: write a space
        warning[line-break-hidden]: U+0085 ends the line for YAML 1.1 readers such as LiteLLM's, and not for others, so they read different files
          --> model-mappings.yaml:2:57 `\u{85}` a line break for some
          help: remove it, or write `\N` in double quotes
          unsafe fix: write a space
        warning[line-break-hidden]: U+2029 ends the line for YAML 1.1 readers such as LiteLLM's, and not for others, so they read different files
          --> model-mappings.yaml:2:93 `\u{2029}` a line break for some
          help: remove it, or write `\P` in double quotes
          unsafe fix: write a space
        ");
    }

    #[test]
    fn a_space_mends_it() {
        insta::assert_snapshot!(fixed("line-break-hidden", "model-mappings.yaml", PROJECT), @r#"
        # one two
        exact_matches: {phi4: {provider: ollama, description: "a b"}, x: {provider: ollama, notes: c d}}
        "#);
    }

    #[test]
    fn escapes_and_other_characters_are_silent() {
        insta::assert_snapshot!(only("line-break-hidden", "
--- model-mappings.yaml
exact_matches: {phi4: {provider: ollama, description: \"a\\Nb\\L \u{2027}\u{a0}é\"}}
"), @"");
    }
}
