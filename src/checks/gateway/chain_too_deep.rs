//! Fallbacks of fallbacks that are cut off.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::{Context, MAX_WALKS, is_walkable};

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
    let limit = usize::try_from(context.tables.max_fallbacks()).unwrap_or(0);
    if !is_walkable(context) {
        return;
    }
    let all = &context.chains;
    let sources = all.iter().filter(|chain| chain.setting == "fallbacks" && !chain.is_for_all());
    let sources: Vec<_> = sources.take(MAX_WALKS).collect();
    let lists: Lists<'_> = sources
        .iter()
        .filter_map(|chain| {
            let steps = chain.steps().map(|(name, _)| name);
            Some((
                chain.source.text()?,
                steps.filter(|name| context.tables.answers_to(name)).collect(),
            ))
        })
        .collect();
    if !reaches(&lists, limit) {
        return;
    }
    let mut cut = sources.iter().filter_map(|chain| {
        let name = chain.source.text().filter(|name| *name != "*")?;
        Some((*chain, name, lost(&lists, name, limit)?))
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

/// The steps of each name.
type Lists<'a> = HashMap<&'a str, Vec<&'a str>, RandomState>;

/// Whether from some name more than `limit` hops follow each other: else nothing is cut off.
fn reaches(lists: &Lists<'_>, limit: usize) -> bool {
    let mut names: HashSet<&str, RandomState> = lists.keys().copied().collect();
    for _ in 0..limit {
        if names.is_empty() {
            return false;
        }
        // Those with a step to one of those before: one hop more.
        let more = lists.iter().filter(|(_, steps)| steps.iter().any(|step| names.contains(step)));
        names = more.map(|(name, _)| *name).collect();
    }
    !names.is_empty()
}

/// The first name that is tried from `name` by no way of at most `limit` hops, and would be by a
/// longer one. Names are taken hop by hop, so each is met on its shortest way.
fn lost<'a>(lists: &Lists<'a>, name: &'a str, limit: usize) -> Option<&'a str> {
    let mut seen: HashSet<&str, RandomState> = HashSet::from_iter([name]);
    let mut hop = vec![name];
    for _ in 0..limit {
        if hop.is_empty() {
            return None;
        }
        let steps = hop.iter().filter_map(|name| lists.get(name)).flatten();
        hop = steps.copied().filter(|step| seen.insert(step)).collect();
    }
    let beyond = hop.iter().filter_map(|name| lists.get(name)).flatten();
    beyond.copied().find(|step| !seen.contains(step))
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
