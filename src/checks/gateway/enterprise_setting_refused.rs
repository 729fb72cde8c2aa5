//! Settings with which only a licensed gateway starts.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::Value;

use super::{Context, is_licensed};

/// The record.
pub static RULE: Rule = Rule {
    name: "enterprise-setting-refused",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a setting with which LiteLLM does not start without a licence",
    page: include_str!("enterprise_setting_refused.md"),
};

/// Settings of the proxy with which it asks for a licence, whatever their value.
const SETTINGS: [&str; 2] = ["allowed_ips", "enforced_params"];

/// Names in `callbacks` with which it asks for one.
const CALLBACKS: [&str; 3] = ["hide_secrets", "llamaguard_moderations", "llmguard_moderations"];

/// Reports every setting that stops an unlicensed gateway.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    if is_licensed(context) {
        return;
    }
    let mut tell = |at: Value<'_, '_>, name: &str| {
        let message = format!("LiteLLM does not start with `{name}` without an enterprise licence");
        out.report(message, at.span(), "wants a licence")
            .help("set `LITELLM_LICENSE` where the gateway runs, or remove it");
    };
    for name in SETTINGS {
        let entry = context.section("general_settings").and_then(|it| it.entry(name));
        if let Some((key, _)) = entry.filter(|(_, value)| !value.is_null()) {
            tell(key, name);
        }
    }
    let keys = context.setting("general_settings", "key_management_system");
    if let Some(keys) = keys.filter(|keys| keys.text() == Some("google_secret_manager")) {
        tell(keys, "google_secret_manager");
    }
    let budgets = context.section("litellm_settings").and_then(|it| it.entry("tag_budget_config"));
    if let Some((key, _)) = budgets.filter(|(_, value)| !value.is_null()) {
        tell(key, "tag_budget_config");
    }
    let callbacks = context.setting("litellm_settings", "callbacks");
    for callback in callbacks.into_iter().flat_map(Value::items) {
        if let Some(name) = callback.text().filter(|name| CALLBACKS.contains(name)) {
            tell(callback, name);
        }
    }
    let workers = context.root.and_then(|root| root.entry("worker_registry"));
    if let Some((key, _)) = workers.filter(|(_, value)| !value.is_falsy()) {
        tell(key, "worker_registry");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn each_is_told() {
        insta::assert_snapshot!(linted("enterprise-setting-refused", &[], "
litellm_settings: {callbacks: [prometheus, hide_secrets], tag_budget_config: {}}
general_settings:
  allowed_ips: []
  enforced_params: [user]
  key_management_system: google_secret_manager
worker_registry: [{worker_id: a}]
"), @"
        warning[enterprise-setting-refused]: LiteLLM does not start with `hide_secrets` without an enterprise licence
          --> config.yaml:1:44 `hide_secrets` wants a licence
          help: set `LITELLM_LICENSE` where the gateway runs, or remove it
        warning[enterprise-setting-refused]: LiteLLM does not start with `tag_budget_config` without an enterprise licence
          --> config.yaml:1:59 `tag_budget_config` wants a licence
          help: set `LITELLM_LICENSE` where the gateway runs, or remove it
        warning[enterprise-setting-refused]: LiteLLM does not start with `allowed_ips` without an enterprise licence
          --> config.yaml:3:3 `allowed_ips` wants a licence
          help: set `LITELLM_LICENSE` where the gateway runs, or remove it
        warning[enterprise-setting-refused]: LiteLLM does not start with `enforced_params` without an enterprise licence
          --> config.yaml:4:3 `enforced_params` wants a licence
          help: set `LITELLM_LICENSE` where the gateway runs, or remove it
        warning[enterprise-setting-refused]: LiteLLM does not start with `google_secret_manager` without an enterprise licence
          --> config.yaml:5:26 `google_secret_manager` wants a licence
          help: set `LITELLM_LICENSE` where the gateway runs, or remove it
        warning[enterprise-setting-refused]: LiteLLM does not start with `worker_registry` without an enterprise licence
          --> config.yaml:6:1 `worker_registry` wants a licence
          help: set `LITELLM_LICENSE` where the gateway runs, or remove it
        ");
    }

    #[test]
    fn a_licence_and_null_are_silent() {
        insta::assert_snapshot!(linted("enterprise-setting-refused", &["LITELLM_LICENSE"], "
general_settings: {allowed_ips: [127.0.0.1]}
"), @"");
    }

    #[test]
    fn nothing_is_wanted_for_null() {
        insta::assert_snapshot!(linted("enterprise-setting-refused", &[], "
general_settings: {allowed_ips: null, enforced_params: null}
worker_registry: []
"), @"");
    }
}
