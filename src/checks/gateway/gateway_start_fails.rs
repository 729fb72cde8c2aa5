//! A config with which LiteLLM does not start.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::{Context, start};

/// The record.
pub static RULE: Rule = Rule {
    name: "gateway-start-fails",
    stage: Stage::Behaviour,
    severity: Severity::Error,
    summary: "LiteLLM does not start with this config",
    page: include_str!("gateway_start_fails.md"),
};

/// Reports every reason: the gateway tells of the first one only.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    start::models::check(context, out);
    start::router::check(context, out);
    start::settings::check(context, out);
    start::sections::check(context, out);
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn every_entry_that_is_wrong_is_told() {
        insta::assert_snapshot!(linted("gateway-start-fails", &[], "
model_list:
  - {model_name: yes, litellm_params: {model: openai/x}, model_info: null}
  - {model_name: b, litellm_params: {}}
  - {model_name: c}
  - text
"), @"
        error[gateway-start-fails]: LiteLLM does not start: `model_name` is a truth value, not text, for YAML 1.1
          --> config.yaml:2:18 `yes` stops the start
          help: put the name in quotes
        error[gateway-start-fails]: LiteLLM does not start: `model_info` is null, not a mapping
          --> config.yaml:2:58 `model_info` stops the start
          help: remove it, or write a mapping
        error[gateway-start-fails]: LiteLLM does not start: `litellm_params` has no `model`
          --> config.yaml:3:21 `litellm_params` stops the start
          help: add `model: PROVIDER/NAME`
        error[gateway-start-fails]: LiteLLM does not start: an entry of `model_list` has no `litellm_params`
          --> config.yaml:4:18 `c` stops the start
          help: write `model_name: …` and `litellm_params: {model: …}` for each entry
        error[gateway-start-fails]: LiteLLM does not start: an entry of `model_list` is text, not a mapping
          --> config.yaml:5:5 `text` stops the start
          help: write `model_name: …` and `litellm_params: {model: …}` for each entry
        ");
    }

    #[test]
    fn every_setting_that_is_wrong_is_told() {
        insta::assert_snapshot!(linted("gateway-start-fails", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings:
  routing_strategy: simple-shufle
  fallbacks: [a, {a: [b], c: [d]}]
  model_group_alias: {x: {model: b}}
  retry_policy: {TimeoutErrorRetries: many}
  health_check_interval: 30
litellm_settings:
  cache: true
  cache_params: {type: memory}
  max_budget: lots
  success_callback: null
general_settings: {master_key: 1234, custom_auth: true}
guardrails: {g: 1}
"), @"
        error[gateway-start-fails]: LiteLLM does not start: it knows no routing strategy `simple-shufle`
          --> config.yaml:7:21 `simple-shufle` stops the start
          help: did you mean `simple-shuffle`?
        error[gateway-start-fails]: LiteLLM does not start: an item of `fallbacks` is text, not a mapping
          --> config.yaml:8:15 `a` stops the start
          help: write one key in each item: `- NAME: [OTHER, ANOTHER]`
        error[gateway-start-fails]: LiteLLM does not start: an item of `fallbacks` has 2 keys instead of one
          --> config.yaml:8:18 `{a: [b], c: [d]}` stops the start
          help: write one key in each item: `- NAME: [OTHER, ANOTHER]`
        error[gateway-start-fails]: LiteLLM does not start: the alias `x` is a mapping without `hidden`
          --> config.yaml:9:23 `x` stops the start
          help: add `hidden: false`, or write the name alone
        error[gateway-start-fails]: LiteLLM does not start: `TimeoutErrorRetries` of `retry_policy` is text, not a whole number
          --> config.yaml:10:39 `many` stops the start
          help: write a whole number
        error[gateway-start-fails]: LiteLLM does not start: `health_check_interval` is no setting of the router
          --> config.yaml:11:3 `health_check_interval` stops the start
          help: move it into `general_settings`
        error[gateway-start-fails]: LiteLLM does not start: it knows no cache of the type `memory`
          --> config.yaml:14:24 `memory` stops the start
          help: write one of `azure-blob`, `disk`, `gcs`, `local`, `qdrant-semantic`, `redis`, `redis-semantic`, `s3`, `valkey-semantic`
        error[gateway-start-fails]: LiteLLM does not start: `max_budget` is text, not a number
          --> config.yaml:15:15 `lots` stops the start
          help: write a number, or remove it
        error[gateway-start-fails]: LiteLLM does not start: `success_callback` is null, not a list
          --> config.yaml:16:3 `success_callback` stops the start
          help: write a list of names: `[NAME]`
        error[gateway-start-fails]: LiteLLM does not start: `master_key` is a whole number, not text
          --> config.yaml:17:32 `1234` stops the start
          help: put it in quotes
        error[gateway-start-fails]: LiteLLM does not start: `custom_auth` names no Python object
          --> config.yaml:17:51 `true` stops the start
          help: write `MODULE.OBJECT`, of a module beside the config
        error[gateway-start-fails]: LiteLLM does not start: `guardrails` is a mapping, not a list
          --> config.yaml:18:1 `guardrails` stops the start
          help: write a list of mappings
        ");
    }

    #[test]
    fn nothing_and_a_list_are_no_configs() {
        insta::assert_snapshot!(linted("gateway-start-fails", &[], "
- a
"), @r"
        error[gateway-start-fails]: LiteLLM does not start: the file holds a list, not a mapping of sections
          --> config.yaml:1:1 `- a\n` stops the start
          help: write sections such as `model_list:`
        ");
    }

    #[test]
    fn what_starts_is_silent() {
        insta::assert_snapshot!(linted("gateway-start-fails", &["REDIS_HOST"], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
  - {model_name: os.environ/NAME, litellm_params: {model: os.environ/MODEL}}
router_settings:
  routing_strategy: os.environ/STRATEGY
  fallbacks: [{chat: [code]}]
  context_window_fallbacks: {chat: code}
  model_group_alias: {x: [chat], y: {model: chat, hidden: true}}
litellm_settings: {cache: true, callbacks: [prometheus], max_budget: '10'}
general_settings: {master_key: null, alerting: slack}
"), @"");
    }
}
