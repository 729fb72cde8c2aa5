//! A gateway without a master key.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::releases::Change;
use crate::gateway::litellm::value::Python;

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "master-key-missing",
    stage: Stage::Behaviour,
    severity: Severity::Info,
    summary: "no master key, in the config or the environment",
    page: include_str!("master_key_missing.md"),
};

const VARIABLE: &str = "LITELLM_MASTER_KEY";

/// Reports that no key is there: an info, since the variable is mostly set where the gateway runs.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let Some(root) = context.root.filter(|root| root.kind() == Python::Map) else { return };
    let general = root.entry("general_settings");
    let has = |key: &str| general.is_some_and(|(_, settings)| settings.get(key).is_some());
    // What the file itself sets comes too late, but where there are settings of the proxy.
    let variables = context.section("environment_variables");
    let own = variables.and_then(|variables| variables.entry(VARIABLE));
    let filled = general.is_some_and(|(_, settings)| settings.entries().next().is_some());
    let permits = "dangerously_permit_weak_or_unset_master_key";
    if has("master_key") || has(permits) || context.is_set(VARIABLE) || own.is_some() && filled {
        return;
    }
    let starts = !context.has(Change::MasterKeyWanted);
    let what = if starts { "serves everybody who asks" } else { "refuses to start" };
    let (message, span) = match own {
        Some((key, _)) => (
            format!("`{VARIABLE}` is set here too late to be the master key: LiteLLM {what}"),
            key.span(),
        ),
        None => {
            let first = root.entries().next().map_or(root, |(key, _)| key);
            let at = general.map_or(first, |(key, _)| key);
            (format!("no master key is here, nor in `{VARIABLE}`: LiteLLM {what}"), at.span())
        }
    };
    out.report(message, span, "without a master key")
        .help(format!("add `general_settings: {{master_key: os.environ/{VARIABLE}}}`, and set it"));
}

#[cfg(test)]
mod tests {
    use crate::gateway::litellm::releases::Release;
    use crate::testing::{linted, linted_for};

    #[test]
    fn a_config_without_a_key_is_told() {
        insta::assert_snapshot!(linted("master-key-missing", &[], "
model_list: []
"), @"
        info[master-key-missing]: no master key is here, nor in `LITELLM_MASTER_KEY`: LiteLLM refuses to start
          --> config.yaml:1:1 `model_list` without a master key
          help: add `general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}`, and set it
        ");
    }

    #[test]
    fn settings_without_a_key_are_told() {
        insta::assert_snapshot!(linted("master-key-missing", &[], "
model_list: []
general_settings: {completion_model: chat}
"), @"
        info[master-key-missing]: no master key is here, nor in `LITELLM_MASTER_KEY`: LiteLLM refuses to start
          --> config.yaml:2:1 `general_settings` without a master key
          help: add `general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}`, and set it
        ");
    }

    #[test]
    fn a_variable_of_the_file_is_too_late() {
        insta::assert_snapshot!(linted("master-key-missing", &[], "
environment_variables: {LITELLM_MASTER_KEY: 'os.environ/KEY'}
"), @"
        info[master-key-missing]: `LITELLM_MASTER_KEY` is set here too late to be the master key: LiteLLM refuses to start
          --> config.yaml:1:25 `LITELLM_MASTER_KEY` without a master key
          help: add `general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}`, and set it
        ");
    }

    #[test]
    fn an_earlier_release_serves_everybody() {
        insta::assert_snapshot!(linted_for(Release::new(1, 92, 2), "master-key-missing", &[], "
model_list: []
"), @"
        info[master-key-missing]: no master key is here, nor in `LITELLM_MASTER_KEY`: LiteLLM serves everybody who asks
          --> config.yaml:1:1 `model_list` without a master key
          help: add `general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}`, and set it
        ");
    }

    #[test]
    fn a_key_is_silent() {
        insta::assert_snapshot!(linted("master-key-missing", &["LITELLM_MASTER_KEY"], "
model_list: []
"), @"");
    }

    #[test]
    fn a_key_of_the_file_is_silent() {
        insta::assert_snapshot!(linted("master-key-missing", &[], "
environment_variables: {LITELLM_MASTER_KEY: 'os.environ/KEY'}
general_settings: {completion_model: chat}
"), @"");
    }
}
