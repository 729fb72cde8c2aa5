//! A chain that is written has entries.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};

/// The record.
pub static RULE: Rule = Rule {
    name: "fallback-chain-empty",
    stage: Stage::Fallbacks,
    severity: Severity::Info,
    summary: "a fallback chain has no entries",
    page: include_str!("fallback_chain_empty.md"),
};

/// Reports chains that were written without an entry, where no `fallback` adds one.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    for chain in routing.default_chain.iter().chain(&routing.chains) {
        let Some(list) = chain.empty else { continue };
        if !routing.steps_of(chain).is_empty() {
            continue;
        }
        out.report(
            format!("the fallback chain of `{}` is empty and protects nobody", chain.owner.value),
            list,
            "nothing to try",
        )
        .help("name what shall be tried, or remove the chain");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn an_empty_chain() {
        insta::assert_snapshot!(only("fallback-chain-empty", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: []}
"), @"
        info[fallback-chain-empty]: the fallback chain of `phi4` is empty and protects nobody
          --> model-mappings.yaml:4:17 `[]` nothing to try
          help: name what shall be tried, or remove the chain
        ");
    }

    #[test]
    fn a_chain_with_an_entry_is_silent() {
        insta::assert_snapshot!(only("fallback-chain-empty", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [qwen3]}
"), @"");
    }
}
