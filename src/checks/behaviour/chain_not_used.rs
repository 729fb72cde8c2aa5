//! Fallbacks for a kind of failure, beside which the chains of other names do not count.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::Lowered;

use super::{goes_on, router_setting};

/// The record.
pub static RULE: Rule = Rule {
    name: "chain-not-used",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "chains that are not tried, because fallbacks for a kind of failure are set",
    page: include_str!("chain_not_used.md"),
};

/// A setting, and the failures for which it replaces all chains.
const KINDS: [(&str, &str); 2] = [
    ("context_window_fallbacks", "when a request is too long"),
    ("content_policy_fallbacks", "when a provider refuses the content"),
];

/// Reports each setting once.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    let routing = lowered.routing;
    for (key, when) in KINDS {
        let Some(setting) = router_setting(lowered, key) else { continue };
        let (Some(span), Some(entries)) = (setting.origin, setting.value.as_array()) else {
            continue;
        };
        let names = entries.iter().filter_map(|entry| entry.as_object()?.keys().next());
        let names: HashSet<&str, RandomState> = names.map(String::as_str).collect();
        if names.contains("*") {
            continue;
        }
        let without = routing.public_groups().filter(|group| {
            goes_on(lowered, group) && !names.contains(routing.names.text(group.name))
        });
        let mut without = without.peekable();
        let Some(first) = without.peek().map(|group| routing.names.text(group.name)) else {
            continue;
        };
        let whose = match without.count() {
            1 => format!("`{first}`"),
            count => format!("`{first}` and {} more", count - 1),
        };
        let text =
            format!("{when}, the chain of {whose} is not tried: `{key}` has no entry for it");
        out.report(text, span, "replaces every chain for this kind of failure")
            .help(format!("remove `{key}`, or add an entry for each name or for `\"*\"`"));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn chains_of_other_names_are_told_of_once() {
        insta::assert_snapshot!(only("chain-not-used", r#"
--- gwcfg.yaml
gateway: {router_settings: {context_window_fallbacks: [{phi4: [qwen3]}]}}
--- providers.yaml
providers:
  ollama:
    {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, qwen3, glm]}
--- model-mappings.yaml
fallback_chains:
  phi4: {chain: [glm]}
  qwen3: {chain: [glm]}
"#), @r#"
        warning[chain-not-used]: when a request is too long, the chain of `qwen3` is not tried: `context_window_fallbacks` has no entry for it
          --> gwcfg.yaml:1:55 `[{phi4: [qwen3]}]` replaces every chain for this kind of failure
          help: remove `context_window_fallbacks`, or add an entry for each name or for `"*"`
        "#);
    }

    #[test]
    fn an_entry_for_every_name_is_silent() {
        insta::assert_snapshot!(only("chain-not-used", r#"
--- gwcfg.yaml
gateway: {router_settings: {context_window_fallbacks: [{"*": [phi4]}]}}
--- model-mappings.yaml
fallback_chains:
  default: {chain: [phi4]}
"#), @"");
    }
}
