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
        let ViolationKind::Required { key, misspelt } = &violation.kind else { continue };
        let place = if violation.in_list { "in an item of" } else { "in" };
        let of = violation.key.map(|owner| format!(" {place} `{owner}`")).unwrap_or_default();
        let Some(misspelt) = misspelt else {
            out.report(
                format!("key `{key}` is missing{of}, and nothing can stand in for it"),
                violation.span,
                format!("`{key}` belongs here"),
            )
            .help(format!("add `{key}`"));
            continue;
        };
        // One mistake, so one finding: at the key to correct, with the weight of what is missing.
        let written = shape.tree.resolve(*misspelt);
        let span = shape.tree.span(written);
        let finding = out.report(
            format!("key `{key}` is missing{of}, and `{}` is not known", shape.tree.value(written)),
            span,
            "nothing reads this",
        );
        let apart = violation.span.end() <= span.start();
        let finding = if apart {
            finding.also(violation.span, format!("`{key}` belongs here"))
        } else {
            finding
        };
        finding.help(format!("did you mean `{key}`?")).unsafe_fix(
            format!("change it to `{key}`"),
            span,
            key,
        );
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
    fn an_entry_of_a_chain_names_something() {
        insta::assert_snapshot!(only("key-missing", "
--- model-mappings.yaml
exact_matches: {phi4: {provider: ollama}}
fallback_chains:
  phi4:
    chain: [{primary: x}, {provider: x}, {tertiary: x}, {}, x, {condition: always, secondry: x}]
"), @"
        error[key-missing]: key `primary` is missing in an item of `chain`, and nothing can stand in for it
          --> model-mappings.yaml:4:27 `{provider: x` `primary` belongs here
          help: add `primary`
        error[key-missing]: key `primary` is missing in an item of `chain`, and nothing can stand in for it
          --> model-mappings.yaml:4:57 `{}` `primary` belongs here
          help: add `primary`
        error[key-missing]: key `primary` is missing in an item of `chain`, and nothing can stand in for it
          --> model-mappings.yaml:4:64 `{condition: always` `primary` belongs here
          help: add `primary`
        ");
    }

    #[test]
    fn a_mistyped_key_is_one_mistake() {
        let text = "
--- providers.yaml
providers:
  a: {tpye: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [{nmae: phi4}]}
  b: {tpye: ollama, base_url: 'http://127.0.0.1:2', status: active, models: [qwen3]}
--- model-mappings.yaml
exact_matches: {phi4: {provdier: a}}
--- gwcfg.yaml
provider_types: {mine: {extend: vllm}}
";
        insta::assert_snapshot!(only("key-missing", text), @"
        error[key-missing]: key `extends` is missing in `mine`, and `extend` is not known
          --> gwcfg.yaml:1:25 `extend` nothing reads this
          ::: gwcfg.yaml:1:18 `mine` `extends` belongs here
          help: did you mean `extends`?
          unsafe fix: change it to `extends`
        error[key-missing]: key `provider` is missing in `phi4`, and `provdier` is not known
          --> model-mappings.yaml:1:24 `provdier` nothing reads this
          ::: model-mappings.yaml:1:17 `phi4` `provider` belongs here
          help: did you mean `provider`?
          unsafe fix: change it to `provider`
        error[key-missing]: key `type` is missing in `a`, and `tpye` is not known
          --> providers.yaml:2:7 `tpye` nothing reads this
          ::: providers.yaml:2:3 `a` `type` belongs here
          help: did you mean `type`?
          unsafe fix: change it to `type`
        error[key-missing]: key `name` is missing in an item of `models`, and `nmae` is not known
          --> providers.yaml:2:79 `nmae` nothing reads this
          help: did you mean `name`?
          unsafe fix: change it to `name`
        error[key-missing]: key `type` is missing in `b`, and `tpye` is not known
          --> providers.yaml:3:7 `tpye` nothing reads this
          ::: providers.yaml:3:3 `b` `type` belongs here
          help: did you mean `type`?
          unsafe fix: change it to `type`
        ");
        insta::assert_snapshot!(only("key-unknown", text), @"");
        insta::assert_snapshot!(only("setting-unknown", text), @"");
        insta::assert_snapshot!(only("key-missing", "
--- providers.yaml
provders: {}
"), @"
        error[key-missing]: key `providers` is missing, and `provders` is not known
          --> providers.yaml:1:1 `provders` nothing reads this
          help: did you mean `providers`?
          unsafe fix: change it to `providers`
        ");
    }

    #[test]
    fn what_an_unknown_alias_may_stand_for_is_not_missing() {
        let text = "
--- providers.yaml
providers:
  a: {type: *t, status: active, base_url: 'http://127.0.0.1:1', models: [phi4]}
  b: {<<: *t, base_url: 'http://127.0.0.1:2', models: [qwen3]}
  c: {<<: [*t], base_url: 'http://127.0.0.1:2', models: [{size: 8B}]}
--- model-mappings.yaml
exact_matches: {phi4: {provider: *p}}
";
        insta::assert_snapshot!(only("alias-unknown", text), @"
        error[alias-unknown]: `*p` stands for nothing, since no `&p` stands before it
          --> model-mappings.yaml:1:34 `*p` unknown alias
          help: put `&p` at the value that is meant, or quotes around a plain `*`
        error[alias-unknown]: `*t` stands for nothing, since no `&t` stands before it
          --> providers.yaml:2:13 `*t` unknown alias
          help: put `&t` at the value that is meant, or quotes around a plain `*`
        error[alias-unknown]: `*t` stands for nothing, since no `&t` stands before it
          --> providers.yaml:3:11 `*t` unknown alias
          help: put `&t` at the value that is meant, or quotes around a plain `*`
        error[alias-unknown]: `*t` stands for nothing, since no `&t` stands before it
          --> providers.yaml:4:12 `*t` unknown alias
          help: put `&t` at the value that is meant, or quotes around a plain `*`
        ");
        insta::assert_snapshot!(only("key-missing", text), @"
        error[key-missing]: key `name` is missing in an item of `models`, and nothing can stand in for it
          --> providers.yaml:4:58 `{size: 8B` `name` belongs here
          help: add `name`
        ");
        insta::assert_snapshot!(only("key-missing", "
--- providers.yaml
providers: *p
"), @"");
    }

    #[test]
    fn a_mistyped_key_beside_the_right_one_is_another_mistake() {
        let text = "
--- providers.yaml
providers:
  a: {type: ollama, tpye: ollama, base_url: 'http://127.0.0.1:1', status: active}
";
        insta::assert_snapshot!(only("key-missing", text), @"");
        insta::assert_snapshot!(only("key-unknown", text), @"
        warning[key-unknown]: key `tpye` is not known, so its value is ignored
          --> providers.yaml:2:21 `tpye` nothing reads this
          help: did you mean `type`?
          unsafe fix: change it to `type`
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
