//! An alias's anchor stands before it.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::Kind;

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "alias-unknown",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "an alias stands for nothing",
    page: include_str!("alias_unknown.md"),
};

/// Reports every alias without an anchor before it.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    // The anchor may stand in an entry that could not be read.
    if !file.errors.is_empty() {
        return;
    }
    for id in file.tree.ids().filter(|id| file.tree.kind(*id) == Kind::LostAlias) {
        let span = file.tree.span(id);
        let alias = file.sources.slice(span);
        let anchor = alias.replacen('*', "&", 1);
        out.report(
            format!("`{alias}` stands for nothing, since no `{anchor}` stands before it"),
            span,
            "unknown alias",
        )
        .help(format!("put `{anchor}` at the value that is meant, or quotes around a plain `*`"));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn an_alias_before_its_anchor_is_shown() {
        insta::assert_snapshot!(only("alias-unknown", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: *m}
  b: {type: ollama, base_url: 'http://127.0.0.1:2', status: active, models: &m [phi4]}
"), @"
        error[alias-unknown]: `*m` stands for nothing, since no `&m` stands before it
          --> providers.yaml:2:77 `*m` unknown alias
          help: put `&m` at the value that is meant, or quotes around a plain `*`
        ");
    }

    #[test]
    fn an_alias_after_its_anchor_is_silent() {
        insta::assert_snapshot!(only("alias-unknown", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: &m [phi4]}
  b: {type: ollama, base_url: 'http://127.0.0.1:2', status: active, models: *m}
"), @"");
    }
}
