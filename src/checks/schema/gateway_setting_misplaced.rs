//! Settings of the gateway stand in their own section.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::keys;

use super::{Values, gateway_settings};

/// The record.
pub static RULE: Rule = Rule {
    name: "gateway-setting-misplaced",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a setting under `gateway` stands in another section than its own",
    page: include_str!("gateway_setting_misplaced.md"),
};

/// Reports settings that another section knows.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    for (section, entry) in gateway_settings::all(values) {
        let name = entry.name.value;
        if keys::types(section, name).is_some() || keys::managed_by(section, name).is_some() {
            continue;
        }
        let Some(home) = keys::home(name) else { continue };
        let (here, there) = (section.as_str(), home.as_str());
        out.report(
            format!("`{name}` is a setting of `{there}`, not of `{here}`, so it is left out"),
            entry.name.span,
            format!("no setting of `{here}`"),
        )
        .help(format!("move it to `{there}`"));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn the_right_section_is_named() {
        insta::assert_snapshot!(only("gateway-setting-misplaced", "
--- gwcfg.yaml
gateway:
  router_settings: {health_check_interval: 300, drop_params: true}
  litellm_settings: {enable_pre_call_checks: true}
  general_settings: {num_retries: 2}
"), @"
        error[gateway-setting-misplaced]: `health_check_interval` is a setting of `general_settings`, not of `router_settings`, so it is left out
          --> gwcfg.yaml:2:21 `health_check_interval` no setting of `router_settings`
          help: move it to `general_settings`
        error[gateway-setting-misplaced]: `drop_params` is a setting of `litellm_settings`, not of `router_settings`, so it is left out
          --> gwcfg.yaml:2:49 `drop_params` no setting of `router_settings`
          help: move it to `litellm_settings`
        error[gateway-setting-misplaced]: `enable_pre_call_checks` is a setting of `router_settings`, not of `litellm_settings`, so it is left out
          --> gwcfg.yaml:3:22 `enable_pre_call_checks` no setting of `litellm_settings`
          help: move it to `router_settings`
        error[gateway-setting-misplaced]: `num_retries` is a setting of `router_settings`, not of `general_settings`, so it is left out
          --> gwcfg.yaml:4:22 `num_retries` no setting of `general_settings`
          help: move it to `router_settings`
        ");
    }

    #[test]
    fn settings_in_their_sections_are_silent() {
        insta::assert_snapshot!(only("gateway-setting-misplaced", "
--- gwcfg.yaml
gateway:
  router_settings: {num_retries: 2, enable_pre_call_checks: true, unknown_one: 1}
  litellm_settings: {num_retries: 2, drop_params: true}
  general_settings: {health_check_interval: 300}
"), @"");
    }
}
