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

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn a_misspelt_callback_is_told() {
        insta::assert_snapshot!(linted("callback-unknown", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
litellm_settings: {callbacks: [prometeus, mine]}
"), @"
        warning[callback-unknown]: LiteLLM 1.106.2 knows no callback `prometeus`, and does not start with it
          --> config.yaml:6:32 `prometeus` neither known nor an object
          help: did you mean `prometheus`?
        warning[callback-unknown]: LiteLLM 1.106.2 knows no callback `mine`, and does not start with it
          --> config.yaml:6:43 `mine` neither known nor an object
          help: write `MODULE.OBJECT` for one of your own, or use a release that knows it
        ");
    }

    #[test]
    fn known_ones_and_objects_are_silent() {
        insta::assert_snapshot!(linted("callback-unknown", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
litellm_settings:
  callbacks: [prometheus, mine.handler, my_logger]
callback_settings: {my_logger: {callback_type: generic_api}}
"), @"");
    }
}
