//! Fallbacks of fallbacks that are cut off.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::walk::{Failure, Gateway, attempts};

use super::{Context, chains};

/// The record.
pub static RULE: Rule = Rule {
    name: "chain-too-deep",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "fallbacks that `max_fallbacks` cuts off",
    page: include_str!("chain_too_deep.md"),
};

/// Reports the first name whose fallbacks are cut off, and how many more there are.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let all = chains::all(context);
    let own = all.iter().filter(|chain| chain.setting == "fallbacks");
    let sources: Vec<_> = own.filter(|chain| chain.source.text().is_some()).collect();
    let limit = context.tables.max_fallbacks();
    // Each hop of a nested list begins at a name with a list.
    if sources.is_empty() || i64::try_from(sources.len()).unwrap_or(i64::MAX) <= limit {
        return;
    }
    let free = Gateway::new(context.config).without_limit();
    let mut cut = sources.iter().filter_map(|chain| {
        let name = chain.source.text().filter(|name| *name != "*")?;
        let tried = attempts(context.tables, name, Failure::Server);
        let all = attempts(&free, name, Failure::Server);
        let group = |at: usize| all.get(at).map(|attempt| attempt.group.clone());
        let first = (0..all.len()).find(|at| {
            let here = tried.get(*at).map(|attempt| &attempt.group);
            here != group(*at).as_ref()
        })?;
        Some((*chain, name, group(first)?))
    });
    let Some((chain, name, lost)) = cut.next() else { return };
    let more = match cut.count() {
        0 => String::new(),
        count => format!(", and {count} more lists are cut off too"),
    };
    let hops = if limit == 1 { "1 hop".to_owned() } else { format!("{limit} hops") };
    let place = context.router_setting("max_fallbacks").map_or(chain.source.span(), |it| it.span());
    out.report(
        format!(
            "when `{name}` fails, `{lost}` is not tried: `max_fallbacks` ends it after {hops}{more}"
        ),
        place,
        "too few hops",
    )
    .help("write a larger `max_fallbacks` in `router_settings`, or one longer list");
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn what_is_cut_off_is_told() {
        insta::assert_snapshot!(linted("chain-too-deep", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
  - model_name: small
    litellm_params: {model: ollama_chat/tiny, api_base: 'http://127.0.0.1:11434'}
router_settings:
  max_fallbacks: 1
  fallbacks: [{chat: [code]}, {code: [small]}]
"), @"
        warning[chain-too-deep]: when `chat` fails, `small` is not tried: `max_fallbacks` ends it after 1 hop
          --> config.yaml:9:18 `1` too few hops
          help: write a larger `max_fallbacks` in `router_settings`, or one longer list
        ");
    }

    #[test]
    fn a_long_list_is_not_deep() {
        insta::assert_snapshot!(linted("chain-too-deep", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
  - model_name: small
    litellm_params: {model: ollama_chat/tiny, api_base: 'http://127.0.0.1:11434'}
router_settings:
  max_fallbacks: 1
  fallbacks: [{chat: [code, small]}, {code: []}]
"), @"");
    }
}
