//! Required keys are there.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::Shape;
use super::violations::ViolationKind;

/// The record.
pub static RULE: Rule = Rule {
    name: "key-missing",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a key that must be there is not",
    page: include_str!("key_missing.md"),
};

/// Reports every required key that is missing, or has no value.
pub fn check(shape: &Shape<'_>, out: &mut Reporter<'_>) {
    for violation in shape.violations {
        let ViolationKind::Required { key } = &violation.kind else { continue };
        let place = if violation.in_list { "in an item of" } else { "in" };
        let of = violation.key.map(|owner| format!(" {place} `{owner}`")).unwrap_or_default();
        out.report(
            format!("key `{key}` is missing{of}, and nothing can stand in for it"),
            violation.span,
            format!("`{key}` belongs here"),
        )
        .help(format!("add `{key}`"));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn each_missing_key_is_named() {
        insta::assert_snapshot!(only("key-missing", "
--- providers.yaml
providers:
  a: {base_url: 'http://127.0.0.1:1', status: active, models: [{size: 8B}]}
  b: {type: ollama, status: }
--- model-mappings.yaml
exact_matches:
  phi4: {backend_model: phi4}
patterns:
  - pattern: ^a
    description: none
"), @"
        error[key-missing]: key `provider` is missing in `phi4`, and nothing can stand in for it
          --> model-mappings.yaml:2:3 `phi4` `provider` belongs here
          help: add `provider`
        error[key-missing]: key `provider` is missing in an item of `patterns`, and nothing can stand in for it
          --> model-mappings.yaml:4:5 `pattern: ^a` `provider` belongs here
          help: add `provider`
        error[key-missing]: key `type` is missing in `a`, and nothing can stand in for it
          --> providers.yaml:2:3 `a` `type` belongs here
          help: add `type`
        error[key-missing]: key `name` is missing in an item of `models`, and nothing can stand in for it
          --> providers.yaml:2:64 `{size: 8B` `name` belongs here
          help: add `name`
        error[key-missing]: key `status` is missing in `b`, and nothing can stand in for it
          --> providers.yaml:3:3 `b` `status` belongs here
          help: add `status`
        ");
    }

    #[test]
    fn an_empty_file_lacks_its_key() {
        insta::assert_snapshot!(only("key-missing", "
--- providers.yaml
# nothing
"), @"
        error[key-missing]: key `providers` is missing, and nothing can stand in for it
          --> providers.yaml:1:1 `` `providers` belongs here
          help: add `providers`
        ");
    }

    #[test]
    fn a_merged_key_is_there() {
        insta::assert_snapshot!(only("key-missing", "
--- providers.yaml
providers:
  a: &a {type: ollama, base_url: 'http://127.0.0.1:1', status: active}
  b: {<<: *a, models: x}
"), @"");
    }
}
