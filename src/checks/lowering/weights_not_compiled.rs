//! Weights beside a strategy that does not look at them.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "weights-not-compiled",
    stage: Stage::Lowering,
    severity: Severity::Warning,
    summary: "weights beside a strategy that does not look at them",
    page: include_str!("weights_not_compiled.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        let Lost::Weights { count, first, strategy } = &loss.what else { continue };
        let first_name = first.value;
        let whose = match count {
            1 => format!("the weights of `{first_name}` have"),
            _ => format!("the weights of `{first_name}` and {} more have", count - 1),
        };
        out.report(
            format!("{whose} no effect: `{strategy}` does not look at them"),
            loss.span,
            "this strategy shares the requests in its own way",
        )
        .also(first.span, "weights are written for this name")
        .help("use `weighted_round_robin` where weights are to count, or remove the weights");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_once_for_a_name() {
        insta::assert_snapshot!(only("weights-not-compiled", r#"
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, qwen3]}
--- model-mappings.yaml
load_balancing:
  chat:
    strategy: least_busy
    providers:
      - {provider: ollama, preferred_model: phi4, weight: 0.9}
      - {provider: ollama, preferred_model: qwen3, weight: 0.1}
"#), @"
        warning[weights-not-compiled]: the weights of `chat` have no effect: `least-busy` does not look at them
          --> model-mappings.yaml:3:15 `least_busy` this strategy shares the requests in its own way
          ::: model-mappings.yaml:2:3 `chat` weights are written for this name
          help: use `weighted_round_robin` where weights are to count, or remove the weights
        ");
    }

    #[test]
    fn it_is_told_once_for_a_strategy_of_the_router() {
        insta::assert_snapshot!(only("weights-not-compiled", r#"
--- gwcfg.yaml
gateway: {router_settings: {routing_strategy: latency-based-routing}}
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, qwen3]}
--- model-mappings.yaml
load_balancing:
  chat:
    providers:
      - {provider: ollama, preferred_model: phi4, weight: 0.9}
      - {provider: ollama, preferred_model: qwen3, weight: 0.1}
  code:
    providers:
      - {provider: ollama, preferred_model: phi4, weight: 0.2}
      - {provider: ollama, preferred_model: qwen3, weight: 0.8}
  shared:
    strategy: weighted
    providers:
      - {provider: ollama, preferred_model: phi4, weight: 0.2}
      - {provider: ollama, preferred_model: qwen3, weight: 0.8}
"#), @"
        warning[weights-not-compiled]: the weights of `chat` and 1 more have no effect: `latency-based-routing` does not look at them
          --> gwcfg.yaml:1:47 `latency-based-routing` this strategy shares the requests in its own way
          ::: model-mappings.yaml:2:3 `chat` weights are written for this name
          help: use `weighted_round_robin` where weights are to count, or remove the weights
        ");
    }

    #[test]
    fn equal_weights_are_silent() {
        insta::assert_snapshot!(only("weights-not-compiled", r#"
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, qwen3]}
--- model-mappings.yaml
load_balancing:
  chat:
    strategy: least_busy
    providers:
      - {provider: ollama, preferred_model: phi4, weight: 0.5}
      - {provider: ollama, preferred_model: qwen3, weight: 0.5}
"#), @"");
    }
}
