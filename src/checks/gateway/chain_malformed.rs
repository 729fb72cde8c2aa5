//! Fallbacks of a shape that LiteLLM takes and makes nothing of.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::releases::Change;
use crate::gateway::litellm::value::{Python, Value};

use super::{Context, chains, place};

/// The record.
pub static RULE: Rule = Rule {
    name: "chain-malformed",
    stage: Stage::Behaviour,
    severity: Severity::Error,
    summary: "fallbacks of a shape that LiteLLM takes, and makes nothing of",
    page: include_str!("chain_malformed.md"),
};

/// Reports every list that is none, and what is not looked at.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    context_window(context, out);
    let refused = context.has(Change::FallbacksRefused);
    for chain in &context.chains {
        // One setting takes a name alone, and all take `{model: NAME}`.
        let alone = chain.targets.text().is_some();
        if chain.is_for_all() || alone && chain.setting == chains::CONTEXT_WINDOW {
            continue;
        }
        // Later releases do not start with these; another rule says so.
        if refused && chain.setting != chains::CONTEXT_WINDOW {
            continue;
        }
        if chain.targets.kind() != Python::List && chain.targets.variable().is_none() {
            let source = chain.source.written();
            let (message, help) = match chain.targets.text() {
                Some(text) => (
                    format!(
                        "LiteLLM 1.106.2 tries the letters of `{text}` one by one when `{source}` \
                         fails, and later releases do not start"
                    ),
                    format!("write a list: `[{text}]`"),
                ),
                None => (
                    format!(
                        "the fallbacks of `{source}` are {}, not a list, so nothing is tried",
                        chain.targets.kind().words()
                    ),
                    "write a list of names, or remove the entry".to_owned(),
                ),
            };
            out.report(message, place(chain.source, chain.targets), "no list").help(help);
        }
    }
    for section in ["router_settings", "litellm_settings"].into_iter().filter(|_| !refused) {
        if let Some(text) = context.setting(section, "default_fallbacks").and_then(Value::text) {
            let value = context.setting(section, "default_fallbacks");
            let Some(value) = value.filter(|value| value.variable().is_none()) else { continue };
            let message = format!("LiteLLM 1.106.2 tries the letters of `{text}` one by one");
            out.report(message, value.span(), "no list").help(format!("write `[{text}]`"));
        }
    }
}

/// `context_window_fallbacks` are not looked at when the gateway starts.
fn context_window(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let Some(value) = context.router_setting("context_window_fallbacks") else { return };
    if value.kind() == Python::Map {
        let message = "`context_window_fallbacks` is a mapping, in which LiteLLM finds no name";
        out.report(message, value.span(), "no list")
            .help("write one key in each item: `- NAME: [OTHER, ANOTHER]`");
    }
    for item in value.items() {
        let keys = item.entries().count();
        if keys > 1 {
            let message = format!(
                "LiteLLM looks at the first key of an item of `context_window_fallbacks`; this \
                 one has {keys}"
            );
            out.report(message, item.span(), "only the first counts")
                .help("write one key in each item: `- NAME: [OTHER, ANOTHER]`");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn shapes_that_do_nothing_are_told() {
        insta::assert_snapshot!(linted("chain-malformed", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings:
  fallbacks: [{chat: code}, {code: null}]
  context_window_fallbacks: [{chat: [code], code: [chat]}]
  default_fallbacks: code
"), @"
        error[chain-malformed]: LiteLLM 1.106.2 tries the letters of `code` one by one when `chat` fails, and later releases do not start
          --> config.yaml:7:22 `code` no list
          help: write a list: `[code]`
        error[chain-malformed]: the fallbacks of `code` are null, not a list, so nothing is tried
          --> config.yaml:7:30 `code` no list
          help: write a list of names, or remove the entry
        error[chain-malformed]: LiteLLM looks at the first key of an item of `context_window_fallbacks`; this one has 2
          --> config.yaml:8:30 `{chat: [code], code: [chat]}` only the first counts
          help: write one key in each item: `- NAME: [OTHER, ANOTHER]`
        error[chain-malformed]: LiteLLM 1.106.2 tries the letters of `code` one by one
          --> config.yaml:9:22 `code` no list
          help: write `[code]`
        ");
    }

    #[test]
    fn a_name_alone_works_in_one_setting() {
        insta::assert_snapshot!(linted("chain-malformed", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings:
  fallbacks: [{chat: [code]}, {model: code}]
  context_window_fallbacks: [{chat: code}]
"), @"");
    }
}
