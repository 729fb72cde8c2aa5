//! Settings about the length of requests that do nothing.

use crate::checks::words::listed;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::{Python, Value};

use super::{Context, Deployment, chains};

/// The record.
pub static RULE: Rule = Rule {
    name: "context-setting-without-effect",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a setting for requests that are too long that does nothing, or hides fallbacks",
    page: include_str!("context_setting_without_effect.md"),
};

/// Reports limits that the check of the length does not see, and names that are left without
/// fallbacks when a request is too long.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let on = context
        .setting("router_settings", "enable_pre_call_checks")
        .is_some_and(|on| !on.is_falsy());
    if on {
        context.deployments().iter().for_each(|deployment| limit(deployment, out));
    }
    without_fallbacks(context, out);
}

/// Keys that say the length and are not read.
const OTHERS: [&str; 3] = ["max_tokens", "context_window", "context_length"];

fn limit(deployment: &Deployment<'_, '_>, out: &mut Reporter<'_>) {
    let Some(info) = deployment.info else { return };
    let name = deployment.name;
    if let Some((key, limit)) = info.entry("max_input_tokens") {
        let prefix = deployment.text("model").split('/').next().unwrap_or("");
        if limit.kind() != Python::Int && limit.kind() != Python::Null {
            out.report(
                format!(
                    "the length of requests for `{name}` is not checked: `max_input_tokens` is {}",
                    limit.kind().words()
                ),
                limit.span(),
                "no whole number",
            )
            .help("write a whole number without quotes");
        } else if prefix == "ollama_chat" {
            out.report(
                format!(
                    "the length of requests for `{name}` is not checked: LiteLLM finds no limits \
                     for `ollama_chat/`"
                ),
                key.span(),
                "not found",
            )
            .help("use `ollama/` when the limit matters more than the chat format");
        }
        return;
    }
    let other = OTHERS.into_iter().find_map(|key| info.entry(key));
    if let Some((key, _)) = other {
        out.report(
            format!(
                "the length of requests for `{name}` is not checked by `{}`: LiteLLM looks at \
                 `max_input_tokens`",
                key.written()
            ),
            key.span(),
            "not looked at",
        )
        .help("add `max_input_tokens`");
    }
}

/// When a request is too long `context_window_fallbacks` take the place of all `fallbacks`.
fn without_fallbacks(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let all = &context.chains;
    let of = |setting: &'static str| all.iter().filter(move |chain| chain.setting == setting);
    let long: Vec<&str> = of(chains::CONTEXT_WINDOW).filter_map(|it| it.source.text()).collect();
    let Some(first) = of(chains::CONTEXT_WINDOW).next().filter(|_| !long.contains(&"*")) else {
        return;
    };
    let other = of("fallbacks").filter(|chain| !chain.is_for_all());
    let names = other.filter_map(|chain| chain.source.text());
    let without: Vec<&str> = names.filter(|name| !long.contains(name) && *name != "*").collect();
    if without.is_empty() {
        return;
    }
    out.report(
        format!(
            "when a request is too long, the fallbacks of {} are not tried: \
             `context_window_fallbacks` take the place of all of them",
            listed(without.iter().copied())
        ),
        Value::span(first.source),
        "replaces every list for this failure",
    )
    .help("add an entry for each of them, or one for `\"*\"`");
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn limits_that_are_not_looked_at_are_told() {
        insta::assert_snapshot!(linted("context-setting-without-effect", &[], "
model_list:
  - model_name: a
    litellm_params: {model: hosted_vllm/x, api_base: 'http://h/v1'}
    model_info: {context_window: 8}
  - model_name: b
    litellm_params: {model: hosted_vllm/x, api_base: 'http://h/v1'}
    model_info: {max_input_tokens: '8'}
  - model_name: c
    litellm_params: {model: ollama_chat/x}
    model_info: {max_input_tokens: 8}
router_settings: {enable_pre_call_checks: true}
"), @r"
        warning[context-setting-without-effect]: the length of requests for `a` is not checked by `context_window`: LiteLLM looks at `max_input_tokens`
          --> config.yaml:4:18 `context_window` not looked at
          help: add `max_input_tokens`
        warning[context-setting-without-effect]: the length of requests for `b` is not checked: `max_input_tokens` is text
          --> config.yaml:7:36 `\'8\'` no whole number
          help: write a whole number without quotes
        warning[context-setting-without-effect]: the length of requests for `c` is not checked: LiteLLM finds no limits for `ollama_chat/`
          --> config.yaml:10:18 `max_input_tokens` not found
          help: use `ollama/` when the limit matters more than the chat format
        ");
    }

    #[test]
    fn names_left_without_fallbacks_are_told() {
        insta::assert_snapshot!(linted("context-setting-without-effect", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings: {fallbacks: [{chat: [code]}, {code: [chat]}], context_window_fallbacks: [{chat: [code]}]}
"), @r#"
        warning[context-setting-without-effect]: when a request is too long, the fallbacks of `code` are not tried: `context_window_fallbacks` take the place of all of them
          --> config.yaml:6:92 `chat` replaces every list for this failure
          help: add an entry for each of them, or one for `"*"`
        "#);
    }

    #[test]
    fn without_the_check_nothing_is_claimed() {
        insta::assert_snapshot!(linted("context-setting-without-effect", &[], "
model_list:
  - model_name: a
    litellm_params: {model: hosted_vllm/x, api_base: 'http://h/v1'}
    model_info: {context_window: 8}
router_settings: {fallbacks: [{a: [a]}], context_window_fallbacks: [{'*': [a]}]}
"), @"");
    }
}
