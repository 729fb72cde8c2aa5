//! A key that LiteLLM does not read anywhere.

use crate::diagnostic::{Reporter, Rule, Severity, Stage, suggest};
use crate::gateway::litellm::keys::{self, Section, knows, words};
use crate::gateway::litellm::value::Value;

use super::{Context, sections};

/// The record.
pub static RULE: Rule = Rule {
    name: "config-key-unknown",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a key that LiteLLM 1.106.2 does not know, and ignores",
    page: include_str!("config_key_unknown.md"),
};

/// Reports every key that is read nowhere.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    for unread in sections::unread(context).into_iter().filter(|unread| unread.home.is_none()) {
        let name = unread.key.written();
        let message = match unread.section {
            "" => format!("LiteLLM 1.106.2 knows no section `{name}`, and ignores it"),
            "model_list" => format!("LiteLLM ignores `{name}` beside `litellm_params`"),
            section => {
                format!("LiteLLM 1.106.2 knows no `{name}` in `{section}`, and ignores it")
            }
        };
        out.report(message, unread.key.span(), "ignored").help(help(unread.section, name));
    }
    for key in ["retry_policy", "allowed_fails_policy"] {
        let policy = context.setting("router_settings", key);
        for (kind, _) in policy.into_iter().flat_map(Value::entries) {
            let name = kind.written();
            if knows(key, name) {
                continue;
            }
            let known: Vec<String> = words(key).map(|word| format!("`{word}`")).collect();
            out.report(
                format!("LiteLLM 1.106.2 knows no `{name}` in `{key}`, and ignores it"),
                kind.span(),
                "ignored",
            )
            .help(match suggest::nearest(name, words(key)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write some of {}", known.join(", ")),
            });
        }
    }
}

fn help(section: &str, name: &str) -> String {
    if let Some(outside) = keys::outside(name) {
        return outside.to_owned();
    }
    let near = match Section::ALL.into_iter().find(|known| known.as_str() == section) {
        Some(Section::Router) => suggest::nearest(name, keys::names(Section::Router)),
        // Among so many names there is one that is like any word.
        Some(section) => suggest::slip(name, keys::names(section)),
        None if section.is_empty() => suggest::nearest(name, sections::names()),
        None => suggest::nearest(name, ["model_name", "litellm_params", "model_info"]),
    };
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "remove it, or see the manual of LiteLLM for what there is".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn sections_keys_and_policies_are_told() {
        insta::assert_snapshot!(linted("config-key-unknown", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings: {num_retry: 3, retry_policy: {max_retries: 3}}
general_settings: {port: 4000, disable_auth: true}
rate_limits: {a: 1}
"), @"
        warning[config-key-unknown]: LiteLLM 1.106.2 knows no `num_retry` in `router_settings`, and ignores it
          --> config.yaml:6:19 `num_retry` ignored
          help: did you mean `num_retries`?
        warning[config-key-unknown]: LiteLLM 1.106.2 knows no `max_retries` in `retry_policy`, and ignores it
          --> config.yaml:6:48 `max_retries` ignored
          help: write some of `AuthenticationErrorRetries`, `BadRequestErrorRetries`, `ContentPolicyViolationErrorRetries`, `DefaultRetries`, `InternalServerErrorRetries`, `NotFoundErrorRetries`, `RateLimitErrorRetries`, `ServiceUnavailableErrorRetries`, `TimeoutErrorRetries`
        warning[config-key-unknown]: LiteLLM 1.106.2 knows no `port` in `general_settings`, and ignores it
          --> config.yaml:7:20 `port` ignored
          help: give `--port` to the proxy, or set `PORT` in its environment
        warning[config-key-unknown]: LiteLLM 1.106.2 knows no `disable_auth` in `general_settings`, and ignores it
          --> config.yaml:7:32 `disable_auth` ignored
          help: remove it, or see the manual of LiteLLM for what there is
        warning[config-key-unknown]: LiteLLM 1.106.2 knows no section `rate_limits`, and ignores it
          --> config.yaml:8:1 `rate_limits` ignored
          help: remove it, or see the manual of LiteLLM for what there is
        ");
    }

    #[test]
    fn sections_of_the_writers_own_are_silent() {
        insta::assert_snapshot!(linted("config-key-unknown", &[], "
x-notes: 1
defaults: &defaults {model: openai/x, api_key: none}
model_list:
  - {model_name: a, litellm_params: *defaults, rpm: 5}
"), @"");
    }
}
