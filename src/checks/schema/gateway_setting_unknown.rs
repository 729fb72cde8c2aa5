//! Settings of the gateway are settings that it has.

use crate::diagnostic::suggest;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{RELEASE, keys};

use super::{Values, gateway_settings};

/// The record.
pub static RULE: Rule = Rule {
    name: "gateway-setting-unknown",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a setting under `gateway` is none that the gateway knows",
    page: include_str!("gateway_setting_unknown.md"),
};

/// Reports settings that no section of the pinned release knows.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    for (section, entry) in gateway_settings::all(values) {
        let name = entry.name.value;
        if keys::home(name).is_some() || keys::managed_by(section, name).is_some() {
            continue;
        }
        let place = section.as_str();
        let finding = out.report(
            format!("LiteLLM {RELEASE} has no `{name}` in `{place}`, so it would change nothing"),
            entry.name.span,
            "not a setting",
        );
        if let Some(help) = keys::outside(name) {
            finding.help(help);
        } else if let Some(near) = suggest::nearest(name, keys::names(section)) {
            finding.help(format!("did you mean `{near}`?")).unsafe_fix(
                format!("change it to `{near}`"),
                entry.name.span,
                near,
            );
        } else {
            finding.help("remove it, or see the gateway's own reference for what there is");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn unknown_settings_are_named_with_the_nearest_one() {
        insta::assert_snapshot!(only("gateway-setting-unknown", "
--- gwcfg.yaml
gateway:
  router_settings: {num_retry: 2, colour_of_the_rack: red}
  litellm_settings: {drop_parms: true}
  general_settings: {port: 4000, cors_origins: ['*']}
"), @"
        error[gateway-setting-unknown]: LiteLLM 1.106.2 has no `num_retry` in `router_settings`, so it would change nothing
          --> gwcfg.yaml:2:21 `num_retry` not a setting
          help: did you mean `num_retries`?
          unsafe fix: change it to `num_retries`
        error[gateway-setting-unknown]: LiteLLM 1.106.2 has no `colour_of_the_rack` in `router_settings`, so it would change nothing
          --> gwcfg.yaml:2:35 `colour_of_the_rack` not a setting
          help: remove it, or see the gateway's own reference for what there is
        error[gateway-setting-unknown]: LiteLLM 1.106.2 has no `drop_parms` in `litellm_settings`, so it would change nothing
          --> gwcfg.yaml:3:22 `drop_parms` not a setting
          help: did you mean `drop_params`?
          unsafe fix: change it to `drop_params`
        error[gateway-setting-unknown]: LiteLLM 1.106.2 has no `port` in `general_settings`, so it would change nothing
          --> gwcfg.yaml:4:22 `port` not a setting
          help: give `--port` to the proxy, or set `PORT` in its environment
        error[gateway-setting-unknown]: LiteLLM 1.106.2 has no `cors_origins` in `general_settings`, so it would change nothing
          --> gwcfg.yaml:4:34 `cors_origins` not a setting
          help: set `LITELLM_CORS_ORIGINS` in the proxy's environment
        ");
    }

    #[test]
    fn known_settings_are_silent_wherever_they_stand() {
        insta::assert_snapshot!(only("gateway-setting-unknown", "
--- gwcfg.yaml
gateway:
  router_settings: {num_retries: 2, timeout: 30, health_check_interval: 300, fallbacks: []}
  litellm_settings: {drop_params: true, cache: true, cache_params: {type: local}}
  general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
"), @"");
    }
}
