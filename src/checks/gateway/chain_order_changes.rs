//! Fallbacks of fallbacks, which come between two steps of a list.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::walk::{Failure, attempts};

use super::{Context, MAX_WALKS, is_walkable};

/// The record.
pub static RULE: Rule = Rule {
    name: "chain-order-changes",
    stage: Stage::Behaviour,
    severity: Severity::Info,
    summary: "fallbacks that are tried in another order than their list says",
    page: include_str!("chain_order_changes.md"),
};

/// Names that a message shows.
const SHOWN: usize = 8;

/// Reports every list between whose steps something else is tried.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    if !is_walkable(context) {
        return;
    }
    let tables = context.tables;
    let known = &context.known;
    let all = &context.chains;
    let own = all.iter().filter(|chain| chain.setting == "fallbacks");
    for chain in own.take(MAX_WALKS) {
        let Some(source) = chain.source.text().filter(|name| known.answers(name)) else {
            continue;
        };
        let steps: Vec<&str> = chain.steps().map(|(name, _)| name).collect();
        // Without a step before the last that has a list, nothing comes between.
        let last = steps.len().saturating_sub(1);
        let nests = steps
            .iter()
            .take(last)
            .any(|step| tables.own_chain(step).or_else(|| tables.own_chain("*")).is_some());
        if !nests || chain.is_for_all() || source == "*" {
            continue;
        }
        let mut stated = vec![source];
        for step in steps.into_iter().filter(|step| known.answers(step)) {
            if !stated.contains(&step) {
                stated.push(step);
            }
        }
        let real = attempts(tables, source, Failure::Server);
        let mut tried: Vec<&str> = Vec::new();
        for attempt in &real {
            if tried.last() != Some(&attempt.group.as_str()) {
                tried.push(&attempt.group);
            }
        }
        if tried.is_empty() || tried.starts_with(&stated) {
            continue;
        }
        let shown: Vec<String> = tried.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
        let more = if tried.len() > SHOWN { ", …" } else { "" };
        out.report(
            format!(
                "when all fail, `{source}` goes this way: {}{more}: a step's own fallbacks come \
                 before the next step",
                shown.join(", ")
            ),
            chain.source.span(),
            "not in this order",
        )
        .help("leave it when that is meant; else give the step's list to its last step only");
    }
}

#[cfg(test)]
mod tests {
    use crate::gateway::litellm::releases::Release;
    use crate::testing::{linted, linted_for};

    #[test]
    fn the_real_order_is_told() {
        insta::assert_snapshot!(linted("chain-order-changes", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
  - model_name: small
    litellm_params: {model: ollama_chat/tiny, api_base: 'http://127.0.0.1:11434'}
  - {model_name: cloud, litellm_params: {model: openai/x, api_key: none}}
router_settings: {fallbacks: [{chat: [code, small]}, {code: [cloud]}]}
"), @"
        info[chain-order-changes]: when all fail, `chat` goes this way: `chat`, `code`, `cloud`, `small`: a step's own fallbacks come before the next step
          --> config.yaml:9:32 `chat` not in this order
          help: leave it when that is meant; else give the step's list to its last step only
        ");
    }

    #[test]
    fn a_list_at_the_last_step_changes_nothing() {
        insta::assert_snapshot!(linted("chain-order-changes", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
  - model_name: small
    litellm_params: {model: ollama_chat/tiny, api_base: 'http://127.0.0.1:11434'}
router_settings: {fallbacks: [{chat: [code]}, {code: [small, chat]}, {small: [chat]}]}
"), @"");
    }

    #[test]
    fn the_order_is_that_of_the_target() {
        let config = "
model_list:
  - {model_name: a, litellm_params: {model: openai/a, api_key: none}}
  - {model_name: b, litellm_params: {model: openai/b, api_key: none}}
  - {model_name: c, litellm_params: {model: openai/c, api_key: none}}
  - {model_name: d, litellm_params: {model: openai/d, api_key: none}}
  - {model_name: e, litellm_params: {model: openai/e, api_key: none}}
router_settings: {num_retries: 0, max_fallbacks: 4, fallbacks: [{a: [b, c, b]}, {b: [d, e]}]}
";
        let order = |release: (u64, u64, u64)| {
            let release = Release::new(release.0, release.1, release.2);
            let told = linted_for(release, "chain-order-changes", &[], config);
            let told = told.split_once("this way: ").unwrap().1;
            told.split_once(": a step").unwrap().0.replace('`', "")
        };
        // Nothing is remembered: `b` is asked again, and `d` and `e` behind it.
        assert_eq!(order((1, 92, 2)), "a, b, d, e, c, b, d, e");
        assert_eq!(order((1, 100, 5)), "a, b, d, e, c");
        // Behind `d` the list of `a` goes on.
        assert_eq!(order((1, 106, 2)), "a, b, d, c, e");
        assert_eq!(order((1, 109, 1)), "a, b, d, c, e");
    }
}
