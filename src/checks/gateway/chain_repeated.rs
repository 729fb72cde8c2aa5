//! A second list of fallbacks for one name.

use std::collections::BTreeMap;

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::Value;

use super::{Context, chains};

/// The record.
pub static RULE: Rule = Rule {
    name: "chain-repeated",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a list of fallbacks that is not used, because another one comes first",
    page: include_str!("chain_repeated.md"),
};

/// Reports every list behind the first of a name, and settings that another section replaces.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let mut first: BTreeMap<(&str, &str), Value<'_, '_>> = BTreeMap::new();
    for chain in &context.chains {
        let Some(name) = chain.source.text() else { continue };
        let seen = *first.entry((chain.setting, name)).or_insert(chain.source);
        if seen.span() != chain.source.span() {
            out.report(
                format!("`{name}` has two entries in `{}`: this one is not used", chain.setting),
                chain.source.span(),
                "not used",
            )
            .also(seen.span(), "the first one counts")
            .help("join the two lists");
        }
    }
    for setting in chains::SETTINGS.into_iter().chain(["default_fallbacks"]) {
        let router = context.setting("router_settings", setting).filter(|it| !it.is_falsy());
        let litellm = context.section("litellm_settings").and_then(|all| all.entry(setting));
        if let (Some(router), Some((key, value))) = (router, litellm)
            && !value.is_falsy()
        {
            out.report(
                format!(
                    "`{setting}` of `litellm_settings` are not used: those of `router_settings` \
                     take their place"
                ),
                key.span(),
                "not used",
            )
            .also(router.span(), "these count")
            .help("keep them in one of the two sections");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn the_second_list_is_told() {
        insta::assert_snapshot!(linted("chain-repeated", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings: {fallbacks: [{chat: [code]}, {chat: []}]}
litellm_settings: {fallbacks: [{code: [chat]}]}
"), @"
        warning[chain-repeated]: `chat` has two entries in `fallbacks`: this one is not used
          --> config.yaml:6:48 `chat` not used
          ::: config.yaml:6:32 `chat` the first one counts
          help: join the two lists
        warning[chain-repeated]: `fallbacks` of `litellm_settings` are not used: those of `router_settings` take their place
          --> config.yaml:7:20 `fallbacks` not used
          ::: config.yaml:6:30 `[{chat: [code]}, {chat: []}]` these count
          help: keep them in one of the two sections
        ");
    }

    #[test]
    fn one_list_for_each_name_is_silent() {
        insta::assert_snapshot!(linted("chain-repeated", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings: {fallbacks: [{chat: [code]}, {code: [chat]}]}
litellm_settings: {context_window_fallbacks: [{chat: [code]}]}
"), @"");
    }
}
