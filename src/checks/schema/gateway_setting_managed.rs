//! Settings that the sources decide are not written twice.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::keys;

use super::{Values, gateway_settings};

/// The record.
pub static RULE: Rule = Rule {
    name: "gateway-setting-managed",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a setting under `gateway` is one that gwcfg writes itself",
    page: include_str!("gateway_setting_managed.md"),
};

/// Reports settings that gwcfg makes from the other files.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    for (section, entry) in gateway_settings::all(values) {
        let name = entry.name.value;
        let Some(place) = keys::managed_by(section, name) else { continue };
        out.report(
            format!("gwcfg writes `{name}` itself, so what stands here is left out"),
            entry.name.span,
            "made from the other files",
        )
        .help(format!("say it in {place}"));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn the_place_that_decides_is_named() {
        insta::assert_snapshot!(only("gateway-setting-managed", "
--- gwcfg.yaml
gateway:
  router_settings: {fallbacks: [{a: [b]}], model_group_alias: {c: a}}
  litellm_settings: {default_fallbacks: [a]}
"), @"
        error[gateway-setting-managed]: gwcfg writes `fallbacks` itself, so what stands here is left out
          --> gwcfg.yaml:2:21 `fallbacks` made from the other files
          help: say it in `fallback_chains` of `model-mappings.yaml`
        error[gateway-setting-managed]: gwcfg writes `model_group_alias` itself, so what stands here is left out
          --> gwcfg.yaml:2:44 `model_group_alias` made from the other files
          help: say it in the names and chains of `model-mappings.yaml`
        error[gateway-setting-managed]: gwcfg writes `default_fallbacks` itself, so what stands here is left out
          --> gwcfg.yaml:3:22 `default_fallbacks` made from the other files
          help: say it in the chain `default` of `model-mappings.yaml`
        ");
    }

    #[test]
    fn settings_that_a_person_may_decide_are_silent() {
        insta::assert_snapshot!(only("gateway-setting-managed", "
--- gwcfg.yaml
gateway:
  router_settings: {num_retries: 2, cooldown_time: 5, context_window_fallbacks: [{phi4: [phi4]}]}
"), @"");
    }
}
