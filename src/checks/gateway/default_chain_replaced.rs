//! Names whose own fallbacks switch the default ones off.

use crate::checks::words::listed;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::{Context, chains};

/// The record.
pub static RULE: Rule = Rule {
    name: "default-chain-replaced",
    stage: Stage::Behaviour,
    severity: Severity::Info,
    summary: "names whose own fallbacks take the place of the default ones",
    page: include_str!("default_chain_replaced.md"),
};

/// Reports the default list once, with the names that do not come to it.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let all = &context.chains;
    let of = |wanted: &'static str| {
        let steps = all.iter().filter(move |chain| chain.setting == "fallbacks");
        steps.filter(move |chain| (chain.source.text() == Some("*")) == (wanted == "*"))
    };
    let defaults = chains::defaults(context);
    let star = of("*").next();
    let names: Vec<&str> = match star {
        Some(star) => star.steps().map(|(name, _)| name).collect(),
        None => defaults.iter().map(|(name, _)| *name).collect(),
    };
    let place = star.map(|star| star.source.span());
    let Some(place) = place.or_else(|| defaults.first().map(|(_, value)| value.span())) else {
        return;
    };
    // A list that ends with the default's names anyway loses nothing.
    let without = of("").filter(|chain| {
        let own: Vec<&str> = chain.steps().map(|(name, _)| name).collect();
        !chain.is_for_all()
            && names.iter().any(|name| !own.contains(name) && chain.source.text() != Some(*name))
    });
    let without: Vec<&str> = without.filter_map(|chain| chain.source.text()).collect();
    if without.is_empty() {
        return;
    }
    let names = listed(without.iter().copied());
    out.report(
        format!("no default fallbacks for {names}: a list of its own takes their place"),
        place,
        "for names without a list only",
    )
    .help("write the default names at the end of those lists, where they are wanted");
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn names_that_never_come_to_it_are_listed() {
        insta::assert_snapshot!(linted("default-chain-replaced", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
  - model_name: small
    litellm_params: {model: ollama_chat/tiny, api_base: 'http://127.0.0.1:11434'}
router_settings:
  default_fallbacks: [small]
  fallbacks: [{chat: [code]}, {code: [chat]}]
"), @"
        info[default-chain-replaced]: no default fallbacks for `chat`, `code`: a list of its own takes their place
          --> config.yaml:9:23 `small` for names without a list only
          help: write the default names at the end of those lists, where they are wanted
        ");
    }

    #[test]
    fn the_catch_all_is_one_too() {
        insta::assert_snapshot!(linted("default-chain-replaced", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
  - model_name: small
    litellm_params: {model: ollama_chat/tiny, api_base: 'http://127.0.0.1:11434'}
router_settings: {fallbacks: [{'*': [small]}, {chat: [code]}]}
"), @r"
        info[default-chain-replaced]: no default fallbacks for `chat`: a list of its own takes their place
          --> config.yaml:8:32 `\'*\'` for names without a list only
          help: write the default names at the end of those lists, where they are wanted
        ");
    }

    #[test]
    fn a_list_that_ends_with_it_loses_nothing() {
        insta::assert_snapshot!(linted("default-chain-replaced", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
  - model_name: small
    litellm_params: {model: ollama_chat/tiny, api_base: 'http://127.0.0.1:11434'}
router_settings: {default_fallbacks: [small], fallbacks: [{chat: [code, small]}, {small: []}]}
"), @"");
    }
}
