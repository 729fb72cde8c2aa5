//! A key that LiteLLM reads in another place than this.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::{Context, sections};

/// The record.
pub static RULE: Rule = Rule {
    name: "config-key-misplaced",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a key that LiteLLM reads in another section, and ignores here",
    page: include_str!("config_key_misplaced.md"),
};

/// Reports every key with a home elsewhere.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    for unread in sections::unread(context) {
        let Some(home) = unread.home else { continue };
        let name = unread.key.written();
        let here = match unread.section {
            "" => "at the top level".to_owned(),
            "model_list" => "beside `litellm_params`".to_owned(),
            section => format!("in `{section}`"),
        };
        let help = match sections::cache_key(name).filter(|_| home == "cache_params") {
            Some(meant) => format!("write it as `{meant}` in `cache_params` of `litellm_settings`"),
            None if sections::is_top(home) => format!("move `{name}` to the top level"),
            None => format!("move it into `{home}`"),
        };
        out.report(format!("LiteLLM ignores `{name}` {here}"), unread.key.span(), "not read here")
            .help(help);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn the_right_section_is_named() {
        insta::assert_snapshot!(linted("config-key-misplaced", &[], "
model_list:
  - {model_name: a, api_base: 'http://127.0.0.1', litellm_params: {model: openai/x}}
general_settings: {request_timeout: 30, set_verbose: true}
litellm_settings: {routing_strategy: least-busy, cache_type: redis, guardrails_: 1}
fallbacks: [{a: [b]}]
"), @"
        warning[config-key-misplaced]: LiteLLM ignores `api_base` beside `litellm_params`
          --> config.yaml:2:21 `api_base` not read here
          help: move it into `litellm_params`
        warning[config-key-misplaced]: LiteLLM ignores `request_timeout` in `general_settings`
          --> config.yaml:3:20 `request_timeout` not read here
          help: move it into `litellm_settings`
        warning[config-key-misplaced]: LiteLLM ignores `set_verbose` in `general_settings`
          --> config.yaml:3:41 `set_verbose` not read here
          help: move it into `litellm_settings`
        warning[config-key-misplaced]: LiteLLM ignores `routing_strategy` in `litellm_settings`
          --> config.yaml:4:20 `routing_strategy` not read here
          help: move it into `router_settings`
        warning[config-key-misplaced]: LiteLLM ignores `cache_type` in `litellm_settings`
          --> config.yaml:4:50 `cache_type` not read here
          help: write it as `type` in `cache_params` of `litellm_settings`
        warning[config-key-misplaced]: LiteLLM ignores `fallbacks` at the top level
          --> config.yaml:5:1 `fallbacks` not read here
          help: move it into `router_settings`
        ");
    }

    #[test]
    fn keys_at_home_are_silent() {
        insta::assert_snapshot!(linted("config-key-misplaced", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
general_settings: {master_key: os.environ/KEY, max_parallel_requests: 5}
litellm_settings: {request_timeout: 30, fallbacks: [], cache_params: {type: local}}
router_settings: {num_retries: 2}
"), @"");
    }
}
