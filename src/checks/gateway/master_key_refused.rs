//! The key of the manuals, with which the proxy does not start.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::releases::Change;
use crate::gateway::litellm::value::{Python, Value};

use super::{Context, place};

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
    let general = context.section("general_settings").filter(|_| !permitted);
    let Some((at, key)) = general.and_then(|general| general.entry("master_key")) else { return };
    let why = match key.text().map(str::trim) {
        Some("") => "it is empty",
        Some("sk-1234") => "it is the one of the manuals",
        None if key.is_null() => "it is null, and counts before `LITELLM_MASTER_KEY`",
        Some(_) | None => return,
    };
    if !context.has(Change::MasterKeyWanted) {
        earlier(at, key, out);
        return;
    }
    out.report(
        format!("LiteLLM 1.106.2 refuses to start with this master key: {why}"),
        place(at, key),
        "refused",
    )
    .help(format!("write `os.environ/LITELLM_MASTER_KEY`, or permit it with `{permits}: true`"));
}

/// Releases that start with any key: null lets everybody in, and the one of the manuals whoever has
/// read them. With an empty one nobody gets an answer.
fn earlier(at: Value<'_, '_>, key: Value<'_, '_>, out: &mut Reporter<'_>) {
    let message = match key.text().map(str::trim) {
        Some("") => "nobody is served with an empty master key",
        Some(_) => "everybody knows this master key, and is served with it",
        None => "without a master key everybody is served, whatever `LITELLM_MASTER_KEY` is",
    };
    out.report(message, place(at, key), "no key of your own")
        .help("write `os.environ/LITELLM_MASTER_KEY`");
}

#[cfg(test)]
mod tests {
    use crate::gateway::litellm::releases::Release;
    use crate::testing::{linted, linted_for};

    #[test]
    fn null_is_told() {
        insta::assert_snapshot!(linted("master-key-refused", &["LITELLM_MASTER_KEY"], "
general_settings: {master_key: null}
"), @"
        warning[master-key-refused]: LiteLLM 1.106.2 refuses to start with this master key: it is null, and counts before `LITELLM_MASTER_KEY`
          --> config.yaml:1:20 `master_key` refused
          help: write `os.environ/LITELLM_MASTER_KEY`, or permit it with `dangerously_permit_weak_or_unset_master_key: true`
        ");
    }

    #[test]
    fn earlier_releases_start_with_any_key() {
        let earlier = |key: &str| {
            let config = format!("general_settings: {{master_key: {key}}}");
            linted_for(Release::new(1, 100, 5), "master-key-refused", &[], &config)
        };
        insta::assert_snapshot!(earlier("sk-1234"), @"
        warning[master-key-refused]: everybody knows this master key, and is served with it
          --> config.yaml:1:32 `sk-1234` no key of your own
          help: write `os.environ/LITELLM_MASTER_KEY`
        ");
        insta::assert_snapshot!(earlier("null"), @"
        warning[master-key-refused]: without a master key everybody is served, whatever `LITELLM_MASTER_KEY` is
          --> config.yaml:1:20 `master_key` no key of your own
          help: write `os.environ/LITELLM_MASTER_KEY`
        ");
        insta::assert_snapshot!(earlier("''"), @r"
        warning[master-key-refused]: nobody is served with an empty master key
          --> config.yaml:1:32 `\'\'` no key of your own
          help: write `os.environ/LITELLM_MASTER_KEY`
        ");
    }

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
