//! Indentation is made of spaces.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::{Span, SyntaxErrorKind};

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "tab-indentation",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "a tab stands where indentation is expected",
    page: include_str!("tab_indentation.md"),
};

/// Reports where the parser stopped for this.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    for error in file.errors.iter().filter(|error| error.kind == SyntaxErrorKind::Tab) {
        out.report(
            "a tab is used for indentation, and YAML allows spaces only",
            tab_before(file, error.at),
            "a tab",
        )
        .help("replace the tab by spaces");
    }
}

/// The parser stops at the tab or behind it.
fn tab_before(file: &File<'_>, at: Span) -> Span {
    let before = file.sources.text(file.id).get(..at.start() as usize).unwrap_or("");
    let tabs = before.len() - before.trim_end_matches('\t').len();
    let end = at.start() as usize;
    if tabs == 0 { at } else { Span::new(at.file(), end - tabs, end) }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_tab_is_shown() {
        insta::assert_snapshot!(only("tab-indentation", "
--- providers.yaml
providers:
\ta: {type: ollama}
"), @r"
        error[tab-indentation]: a tab is used for indentation, and YAML allows spaces only
          --> providers.yaml:2:1 `\t` a tab
          help: replace the tab by spaces
        ");
    }

    #[test]
    fn a_tab_behind_a_value_is_shown_on_its_own_line() {
        insta::assert_snapshot!(only("tab-indentation", "
--- providers.yaml
providers:
  a:
    type: ollama

\tstatus: active
    base_url: 'http://127.0.0.1:1'
  b:
    type: ollama
  \t  status: active
"), @r"
        error[tab-indentation]: a tab is used for indentation, and YAML allows spaces only
          --> providers.yaml:5:1 `\t` a tab
          help: replace the tab by spaces
        error[tab-indentation]: a tab is used for indentation, and YAML allows spaces only
          --> providers.yaml:9:3 `\t` a tab
          help: replace the tab by spaces
        ");
    }

    #[test]
    fn spaces_are_silent() {
        insta::assert_snapshot!(only("tab-indentation", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
"), @"");
    }
}
