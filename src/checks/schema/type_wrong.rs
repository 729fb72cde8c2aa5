//! Every value has the type that its key wants.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::Shape;
use super::violations::ViolationKind;

/// The record.
pub static RULE: Rule = Rule {
    name: "type-wrong",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a value has another type than its key wants",
    page: include_str!("type_wrong.md"),
};

/// Reports every value of another type. Scalars that only lack quotes have a rule of their own.
pub fn check(shape: &Shape<'_>, out: &mut Reporter<'_>) {
    for violation in shape.violations {
        let ViolationKind::Type { wanted, found } = &violation.kind else { continue };
        if violation.is_key || super::scalar_not_text::lacks_quotes(shape, violation) {
            continue;
        }
        let place = match violation.key {
            Some(key) if violation.in_list => format!("an item of `{key}`"),
            Some(key) => format!("`{key}`"),
            None => "this place".to_owned(),
        };
        out.report(
            format!("{place} wants {wanted}, not {found}, so the value is not used"),
            violation.span,
            format!("this is {found}"),
        )
        .help(format!("write {wanted}"));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn each_wrong_type_is_named() {
        insta::assert_snapshot!(only("type-wrong", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, timeout: soon,
    models: phi4}
  b: [x]
  c: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [[x], {name: [y]}]}
"), @"
        error[type-wrong]: `timeout` wants a number, not text, so the value is not used
          --> providers.yaml:2:78 `soon` this is text
          help: write a number
        error[type-wrong]: `models` wants a list, not text, so the value is not used
          --> providers.yaml:3:13 `phi4` this is text
          help: write a list
        error[type-wrong]: `b` wants a mapping, not a list, so the value is not used
          --> providers.yaml:4:6 `[x]` this is a list
          help: write a mapping
        error[type-wrong]: an item of `models` wants text or a mapping, not a list, so the value is not used
          --> providers.yaml:5:78 `[x]` this is a list
          help: write text or a mapping
        error[type-wrong]: `name` wants text, not a list, so the value is not used
          --> providers.yaml:5:90 `[y]` this is a list
          help: write text
        ");
    }

    #[test]
    fn what_is_not_finite_is_no_number_to_work_with() {
        insta::assert_snapshot!(only("type-wrong", "
--- model-mappings.yaml
exact_matches: {phi4: {provider: ollama}}
load_balancing:
  chat: {providers: [{provider: ollama, weight: .nan}, {provider: ollama, weight: -.inf}]}
"), @"
        error[type-wrong]: `weight` wants a number, not `.nan`, so the value is not used
          --> model-mappings.yaml:3:49 `.nan` this is `.nan`
          help: write a number
        error[type-wrong]: `weight` wants a number, not `-.inf`, so the value is not used
          --> model-mappings.yaml:3:83 `-.inf` this is `-.inf`
          help: write a number
        ");
    }

    #[test]
    fn a_wrong_root_is_named() {
        insta::assert_snapshot!(only("type-wrong", "
--- providers.yaml
- a
"), @r"
        error[type-wrong]: this place wants a mapping, not a list, so the value is not used
          --> providers.yaml:1:1 `- a\n` this is a list
          help: write a mapping
        ");
    }

    #[test]
    fn right_types_are_silent() {
        insta::assert_snapshot!(only("type-wrong", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, timeout: 30,
    models: [phi4, {name: qwen3, context_length: 4096}]}
"), @"");
    }
}
