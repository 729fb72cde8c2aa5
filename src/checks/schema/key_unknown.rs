//! Keys that are nearly known ones are mistyped.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::diagnostic::suggest;
use crate::document::Document;

use super::Shape;

/// The record.
pub static RULE: Rule = Rule {
    name: "key-unknown",
    stage: Stage::Schema,
    severity: Severity::Warning,
    summary: "a key that nothing reads is nearly one that is read",
    page: include_str!("key_unknown.md"),
};

/// Reports unknown keys near to known ones. Others are the team's own notes.
pub fn check(shape: &Shape<'_>, out: &mut Reporter<'_>) {
    if shape.document == Document::Project {
        return;
    }
    for unknown in shape.unknown_keys() {
        let known = unknown.known.iter().copied();
        let Some(near) = suggest::nearest(unknown.key, known) else { continue };
        out.report(
            format!("key `{}` is not known, so its value is ignored", unknown.key),
            unknown.span,
            "nothing reads this",
        )
        .help(format!("did you mean `{near}`?"))
        .unsafe_fix(format!("change it to `{near}`"), unknown.span, near);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_mistyped_key_gets_a_suggestion() {
        insta::assert_snapshot!(only("key-unknown", "
--- providers.yaml
providers:
  a: {type: ollama, base_ulr: 'http://127.0.0.1:1', status: active, colour_of_the_rack: red}
"), @"
        warning[key-unknown]: key `base_ulr` is not known, so its value is ignored
          --> providers.yaml:2:21 `base_ulr` nothing reads this
          help: did you mean `base_url`?
          unsafe fix: change it to `base_url`
        ");
    }

    #[test]
    fn known_keys_are_silent() {
        insta::assert_snapshot!(only("key-unknown", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, timeout: 30,
    models: [phi4, {name: qwen3, context_length: 4096}]}
"), @"");
    }
}
