//! Environment variables are named, not expanded.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Status;
use crate::source::secrets::{is_literal, is_variable_name};
use crate::source::{Entries, Field, Spanned};

use super::Values;

/// The record.
pub static RULE: Rule = Rule {
    name: "env-var-invalid",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a name of an environment variable is none",
    page: include_str!("env_var_invalid.md"),
};

/// Reports names that no variable can have. A key itself in the place of its name is reported as a
/// literal secret.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    let providers = values.documents.providers.providers.value();
    for (name, provider) in providers.into_iter().flat_map(Entries::given) {
        if provider.status.value() == Some(&Status::Active) {
            for field in [&provider.env_var, &provider.api_key_env] {
                report(out, field, "provider", name.value);
            }
        }
    }
    let types = values.documents.project.provider_types.value();
    for (name, declared) in types.into_iter().flat_map(Entries::given) {
        report(out, &declared.key_env, "provider type", name.value);
    }
}

fn report(out: &mut Reporter<'_>, field: &Field<&str>, what: &str, name: &str) {
    let Some(given) = field.copied().filter(|given| !is_variable_name(given.value)) else { return };
    if is_literal("env_var", given.value) {
        return;
    }
    let Spanned { value, span } = given;
    let finding = out.report(
        format!(
            "`{value}` of {what} `{name}` is no name of an environment variable, so the gateway \
             would have no key"
        ),
        span,
        "no name of a variable",
    );
    match meant(value) {
        Some(bare) => {
            finding.help("write the name alone").fix(format!("write `{bare}`"), span, bare);
        }
        None => {
            finding
                .help("write a name of letters, digits and `_` that does not begin with a digit");
        }
    }
}

/// The name in `$NAME`, `${NAME}` and `os.environ/NAME`.
fn meant(value: &str) -> Option<&str> {
    let value = value.trim();
    let braced = value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let bare = braced.or_else(|| value.strip_prefix('$'));
    let bare = bare.or_else(|| value.strip_prefix("os.environ/")).unwrap_or(value);
    is_variable_name(bare).then_some(bare)
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, only};

    const PROJECT: &str = "
--- providers.yaml
providers:
  a: {type: openai, status: active, env_var: '${A_KEY}', models: [m]}
  b: {type: openai, status: active, api_key_env: os.environ/B_KEY, models: [m]}
  c: {type: openai, status: active, env_var: my-key, models: [m]}
--- gwcfg.yaml
provider_types: {mine: {extends: openai, key_env: $MINE}}
";

    #[test]
    fn what_is_no_name_is_shown() {
        insta::assert_snapshot!(only("env-var-invalid", PROJECT), @r"
        error[env-var-invalid]: `$MINE` of provider type `mine` is no name of an environment variable, so the gateway would have no key
          --> gwcfg.yaml:1:51 `$MINE` no name of a variable
          help: write the name alone
          fix: write `MINE`
        error[env-var-invalid]: `${A_KEY}` of provider `a` is no name of an environment variable, so the gateway would have no key
          --> providers.yaml:2:46 `\'${A_KEY}\'` no name of a variable
          help: write the name alone
          fix: write `A_KEY`
        error[env-var-invalid]: `os.environ/B_KEY` of provider `b` is no name of an environment variable, so the gateway would have no key
          --> providers.yaml:3:50 `os.environ/B_KEY` no name of a variable
          help: write the name alone
          fix: write `B_KEY`
        error[env-var-invalid]: `my-key` of provider `c` is no name of an environment variable, so the gateway would have no key
          --> providers.yaml:4:46 `my-key` no name of a variable
          help: write a name of letters, digits and `_` that does not begin with a digit
        ");
    }

    #[test]
    fn the_name_alone_mends_it() {
        insta::assert_snapshot!(fixed("env-var-invalid", "providers.yaml", PROJECT), @"
        providers:
          a: {type: openai, status: active, env_var: A_KEY, models: [m]}
          b: {type: openai, status: active, api_key_env: B_KEY, models: [m]}
          c: {type: openai, status: active, env_var: my-key, models: [m]}
        ");
    }

    #[test]
    fn names_inactive_providers_and_literal_keys_are_silent() {
        insta::assert_snapshot!(only("env-var-invalid", "
--- providers.yaml
providers:
  a: {type: openai, status: active, env_var: _My_KEY2, models: [m]}
  b: {type: openai, status: template, env_var: '<name>', models: [m]}
  c: {type: openai, status: active, env_var: sk-proj-0123456789abcdef, models: [m]}
"), @"");
    }
}
