//! Names in the lists of callbacks that nobody listens to.

use crate::diagnostic::{Reporter, Rule, Severity, Stage, suggest};
use crate::gateway::litellm::keys::{knows, words};
use crate::gateway::litellm::value::Value;

use super::{Context, start};

/// The record.
pub static RULE: Rule = Rule {
    name: "callback-ignored",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a name to which LiteLLM 1.106.2 sends nothing",
    page: include_str!("callback_ignored.md"),
};

/// Reports every name that is neither known nor the path of an object. (In `callbacks` such a name
/// stops the start; another rule tells of it.)
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let declared = context.section("callback_settings");
    for setting in ["success_callback", "failure_callback"] {
        let callbacks = context.setting("litellm_settings", setting);
        for callback in callbacks.into_iter().flat_map(Value::items) {
            let Some(name) = callback.text() else { continue };
            let own = declared.is_some_and(|settings| settings.get(name).is_some());
            if knows("receiver", name)
                || start::is_path(name)
                || own
                || callback.variable().is_some()
            {
                continue;
            }
            let message =
                format!("LiteLLM 1.106.2 sends nothing to `{name}`: it knows no such one");
            let finding = out.report(message, callback.span(), "not known");
            finding.help(match suggest::nearest(name, words("receiver")) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "remove it, or write `MODULE.OBJECT` for one of your own".to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn a_name_that_nobody_knows_is_told() {
        insta::assert_snapshot!(linted("callback-ignored", &[], "
litellm_settings: {success_callback: [lanfuse, mine], failure_callback: [sentri]}
"), @"
        warning[callback-ignored]: LiteLLM 1.106.2 sends nothing to `lanfuse`: it knows no such one
          --> config.yaml:1:39 `lanfuse` not known
          help: did you mean `langfuse`?
        warning[callback-ignored]: LiteLLM 1.106.2 sends nothing to `mine`: it knows no such one
          --> config.yaml:1:48 `mine` not known
          help: remove it, or write `MODULE.OBJECT` for one of your own
        warning[callback-ignored]: LiteLLM 1.106.2 sends nothing to `sentri`: it knows no such one
          --> config.yaml:1:74 `sentri` not known
          help: did you mean `sentry`?
        ");
    }

    #[test]
    fn known_ones_are_silent() {
        insta::assert_snapshot!(linted("callback-ignored", &[], "
litellm_settings: {success_callback: [langfuse, s3, mine.handler], failure_callback: [sentry]}
"), @"");
    }
}
