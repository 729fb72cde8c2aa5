//! Keys with a fixed set of words have one of them.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::diagnostic::suggest;
use crate::source::Kind;

use super::Shape;
use super::violations::ViolationKind;

/// The record.
pub static RULE: Rule = Rule {
    name: "value-unknown",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a value is none of the words that its key knows",
    page: include_str!("value_unknown.md"),
};

/// Reports every word that its key does not know, with the nearest one that it knows.
pub fn check(shape: &Shape<'_>, out: &mut Reporter<'_>) {
    for violation in shape.violations {
        let ViolationKind::Enum { allowed } = &violation.kind else { continue };
        let node = violation.node.filter(|node| shape.tree.kind(*node) == Kind::Scalar);
        let written = node.map_or("this value", |node| shape.tree.value(node));
        let of = violation.key.map(|key| format!("`{key}` does not know ")).unwrap_or_default();
        let words: Vec<_> = allowed.iter().map(|word| format!("`{word}`")).collect();
        let finding = out.report(
            format!("{of}`{written}`, so it is not used"),
            violation.span,
            format!("one of {} is wanted", words.join(", ")),
        );
        match suggest::nearest(written, allowed.iter().map(String::as_str)) {
            Some(near) if node.is_some() => {
                finding.help(format!("did you mean `{near}`?")).unsafe_fix(
                    format!("change it to `{near}`"),
                    violation.span,
                    near,
                );
            }
            Some(_) | None => {
                finding.help("write one of these words");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn the_nearest_word_is_suggested() {
        insta::assert_snapshot!(only("value-unknown", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: activ, locality: mars}
  b: {type: ollama, base_url: 'http://127.0.0.1:1', status: yes}
--- gwcfg.yaml
rules: {key-duplicate: eror}
"), @"
        error[value-unknown]: `key-duplicate` does not know `eror`, so it is not used
          --> gwcfg.yaml:1:24 `eror` one of `error`, `warning`, `info`, `allow` is wanted
          help: did you mean `error`?
          unsafe fix: change it to `error`
        error[value-unknown]: `status` does not know `activ`, so it is not used
          --> providers.yaml:2:61 `activ` one of `active`, `disabled`, `inactive`, `pending_integration`, `template`, `deprecated` is wanted
          help: did you mean `active`?
          unsafe fix: change it to `active`
        error[value-unknown]: `locality` does not know `mars`, so it is not used
          --> providers.yaml:2:78 `mars` one of `local`, `cloud` is wanted
          help: write one of these words
        error[value-unknown]: `status` does not know `yes`, so it is not used
          --> providers.yaml:3:61 `yes` one of `active`, `disabled`, `inactive`, `pending_integration`, `template`, `deprecated` is wanted
          help: write one of these words
        ");
    }

    #[test]
    fn known_words_are_silent() {
        insta::assert_snapshot!(only("value-unknown", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, timeout: 30,
    models: [phi4, {name: qwen3, context_length: 4096}]}
"), @"");
    }
}
