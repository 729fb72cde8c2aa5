//! `gwcfg.yaml` holds known settings only.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::diagnostic::suggest;
use crate::document::Document;

use crate::gateway::litellm::keys::{self, Section};
use crate::source::UnknownKey;

use super::Shape;

/// The record.
pub static RULE: Rule = Rule {
    name: "setting-unknown",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "`gwcfg.yaml` has a key that gwcfg does not know",
    page: include_str!("setting_unknown.md"),
};

/// Reports every unknown key of `gwcfg.yaml`: nobody but gwcfg reads that file.
pub fn check(shape: &Shape<'_>, out: &mut Reporter<'_>) {
    if shape.document != Document::Project {
        return;
    }
    for unknown in shape.unknown_keys() {
        let finding = out.report(
            format!("gwcfg has no setting `{}`, so it changes nothing", unknown.key),
            unknown.span,
            "not a setting",
        );
        if let Some(help) = gateway_help(unknown) {
            finding.help(help);
            continue;
        }
        match suggest::nearest(unknown.key, unknown.known.iter().copied()) {
            Some(near) => {
                finding.help(format!("did you mean `{near}`?")).unsafe_fix(
                    format!("change it to `{near}`"),
                    unknown.span,
                    near,
                );
            }
            None => {
                finding.help("remove it, or see the reference for the settings there are");
            }
        }
    }
}

/// What to do about a setting that stands under `gateway` itself instead of in a section of it.
fn gateway_help(unknown: &UnknownKey<'_>) -> Option<String> {
    if !unknown.known.contains(&Section::Router.as_str()) {
        return None;
    }
    let outside = keys::outside(unknown.key).map(str::to_owned);
    outside.or_else(|| {
        let home = keys::home(unknown.key)?;
        Some(format!("move it into `{}` under `gateway`", home.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn every_unknown_setting_is_named() {
        insta::assert_snapshot!(only("setting-unknown", "
--- gwcfg.yaml
target: litellm
outptu: a.yaml
colour: red
"), @"
        error[setting-unknown]: gwcfg has no setting `outptu`, so it changes nothing
          --> gwcfg.yaml:2:1 `outptu` not a setting
          help: did you mean `output`?
          unsafe fix: change it to `output`
        error[setting-unknown]: gwcfg has no setting `colour`, so it changes nothing
          --> gwcfg.yaml:3:1 `colour` not a setting
          help: remove it, or see the reference for the settings there are
        ");
    }

    #[test]
    fn every_setting_of_the_contract_is_known() {
        insta::assert_snapshot!(only("setting-unknown", "
--- gwcfg.yaml
required-version: '>=0.1'
config-dir: config
target: litellm
output: config/litellm-unified.yaml
state-dir: .gwcfg
keep: {last: 10, daily: 7, weekly: 4}
rules: {fallback-cycle: error}
gateway: {}
deploy:
  reload: [systemctl, --user, restart, litellm.service]
  probe: {url: 'http://127.0.0.1:4000', timeout: 60s}
"), @"");
    }

    #[test]
    fn settings_of_the_gateway_outside_of_its_sections_are_shown_their_place() {
        insta::assert_snapshot!(only("setting-unknown", "
--- gwcfg.yaml
gateway: {num_retries: 2, port: 4000, router_setings: {}}
"), @"
        error[setting-unknown]: gwcfg has no setting `num_retries`, so it changes nothing
          --> gwcfg.yaml:1:11 `num_retries` not a setting
          help: move it into `router_settings` under `gateway`
        error[setting-unknown]: gwcfg has no setting `port`, so it changes nothing
          --> gwcfg.yaml:1:27 `port` not a setting
          help: give `--port` to the proxy, or set `PORT` in its environment
        error[setting-unknown]: gwcfg has no setting `router_setings`, so it changes nothing
          --> gwcfg.yaml:1:39 `router_setings` not a setting
          help: did you mean `router_settings`?
          unsafe fix: change it to `router_settings`
        ");
    }

    #[test]
    fn known_settings_are_silent() {
        insta::assert_snapshot!(only("setting-unknown", "
--- gwcfg.yaml
target: litellm
output: a.yaml
"), @"");
    }
}
