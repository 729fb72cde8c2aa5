//! A strategy under which one member is tried and the others are not.

use crate::checks::words::listed;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::Lowered;

/// The record.
pub static RULE: Rule = Rule {
    name: "failover-one-member",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a strategy under which one member of a group is tried and the others are not",
    page: include_str!("failover_one_member.md"),
};

/// Reports each strategy once, with its names.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for group in &lowered.routing_groups {
        // This one alone tries the others (seen on 1.106.2).
        if group.strategy == "simple-shuffle" {
            continue;
        }
        let Some((_, word)) = group.members.first() else { continue };
        let names = listed(group.members.iter().map(|(name, _)| name.value));
        let text = format!(
            "when the member that `{}` picks for {names} fails, the others are not tried",
            group.strategy
        );
        out.report(text, word.span, "the strategy of these names").help(
            "use `weighted_round_robin`, under which every member is tried, \
             or give the names a chain",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn each_strategy_is_told_once() {
        insta::assert_snapshot!(only("failover-one-member", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
load_balancing:
  chat:
    strategy: least_loaded
    providers:
      - {provider: ollama, preferred_model: phi4}
      - {provider: ollama, preferred_model: qwen3}
  code:
    strategy: least_busy
    providers:
      - {provider: ollama, preferred_model: phi4}
      - {provider: ollama, preferred_model: qwen3}
"#), @"
        warning[failover-one-member]: when the member that `least-busy` picks for `chat`, `code` fails, the others are not tried
          --> model-mappings.yaml:3:15 `least_loaded` the strategy of these names
          help: use `weighted_round_robin`, under which every member is tried, or give the names a chain
        ");
    }

    #[test]
    fn under_weights_every_member_is_tried() {
        insta::assert_snapshot!(only("failover-one-member", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
load_balancing:
  chat:
    strategy: weighted_round_robin
    providers:
      - {provider: ollama, preferred_model: phi4}
      - {provider: ollama, preferred_model: qwen3}
"#), @"");
    }
}
