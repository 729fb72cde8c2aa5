//! The key of the manuals, with which the proxy does not start.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::{Python, Value};

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "master-key-refused",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a master key with which LiteLLM 1.106.2 refuses to start",
    page: include_str!("master_key_refused.md"),
};

/// Reports the key that everybody knows, and an empty one. A warning: a variable of the environment
/// can permit it.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let permits = "dangerously_permit_weak_or_unset_master_key";
    let permitted = context
        .setting("general_settings", permits)
        .is_some_and(|permitted| permitted.kind() == Python::Bool(true));
    let key = context.setting("general_settings", "master_key").filter(|_| !permitted);
    let Some(key) = key else { return };
    let why = match key.text().map(str::trim) {
        Some("") => "it is empty",
        Some("sk-1234") => "it is the one of the manuals",
        Some(_) | None => return,
    };
    out.report(
        format!("LiteLLM 1.106.2 refuses to start with this master key: {why}"),
        Value::span(key),
        "refused",
    )
    .help(format!("write `os.environ/LITELLM_MASTER_KEY`, or permit it with `{permits}: true`"));
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn the_key_of_the_manuals_is_told() {
        insta::assert_snapshot!(linted("master-key-refused", &[], "
general_settings: {master_key: sk-1234}
"), @"
        warning[master-key-refused]: LiteLLM 1.106.2 refuses to start with this master key: it is the one of the manuals
          --> config.yaml:1:32 `sk-1234` refused
          help: write `os.environ/LITELLM_MASTER_KEY`, or permit it with `dangerously_permit_weak_or_unset_master_key: true`
        ");
    }

    #[test]
    fn a_permitted_one_is_silent() {
        insta::assert_snapshot!(linted("master-key-refused", &[], "
general_settings: {master_key: '', dangerously_permit_weak_or_unset_master_key: true}
"), @"");
    }
}
