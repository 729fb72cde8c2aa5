//! A callback that the release does not know.

use crate::diagnostic::{Reporter, Rule, Severity, Stage, suggest};
use crate::gateway::litellm::keys::{knows, words};
use crate::gateway::litellm::value::Value;

use super::{Context, start};

/// The record.
pub static RULE: Rule = Rule {
    name: "callback-unknown",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a callback that LiteLLM 1.106.2 does not know, and does not start with",
    page: include_str!("callback_unknown.md"),
};

/// Reports every name in `callbacks` that is neither known nor the path of an object.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let callbacks = context.setting("litellm_settings", "callbacks");
    let declared = context.section("callback_settings");
    for callback in callbacks.into_iter().flat_map(Value::items) {
        let Some(name) = callback.text() else { continue };
        let own = declared.is_some_and(|settings| settings.get(name).is_some());
        if knows("callback", name) || start::is_path(name) || own || callback.variable().is_some() {
            continue;
        }
        let finding = out.report(
            format!("LiteLLM 1.106.2 knows no callback `{name}`, and does not start with it"),
            callback.span(),
            "neither known nor an object",
        );
        finding.help(match suggest::nearest(name, words("callback")) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write `MODULE.OBJECT` for one of your own, or use a release that knows it"
                .to_owned(),
        });
    }
}
