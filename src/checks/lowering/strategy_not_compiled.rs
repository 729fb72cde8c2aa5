//! A strategy that the gateway does not have for this name.

use crate::diagnostic::{Reporter, Rule, Severity, Stage, suggest};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "strategy-not-compiled",
    stage: Stage::Lowering,
    severity: Severity::Warning,
    summary: "a strategy that the gateway does not have for this name",
    page: include_str!("strategy_not_compiled.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        let Lost::Strategy { strategy, owner, instead, words } = &loss.what else { continue };
        let finding = out.report(
            format!("`{}` asks for `{strategy}`, which is not compiled: {instead}", owner.value),
            loss.span,
            "not compiled",
        );
        let finding = finding.also(owner.span, "for this name");
        match suggest::slip(strategy, words.iter().copied()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")).unsafe_fix(
                format!("change it to `{near}`"),
                loss.span,
                near,
            ),
            None => finding
                .help("use `weighted_round_robin` for shares, or an order of `preferred_models`"),
        };
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_at_its_place() {
        insta::assert_snapshot!(only("strategy-not-compiled", r#"
--- model-mappings.yaml
exact_matches: {phi4: {provider: ollama}}
load_balancing:
  chat:
    providers: [{provider: ollama, weight: 1.0}]
    strategy: adaptive_weighted
"#), @"
        warning[strategy-not-compiled]: `chat` asks for `adaptive_weighted`, which is not compiled: requests are shared at random by weight
          --> model-mappings.yaml:5:15 `adaptive_weighted` not compiled
          ::: model-mappings.yaml:3:3 `chat` for this name
          help: use `weighted_round_robin` for shares, or an order of `preferred_models`
        ");
    }

    #[test]
    fn a_slip_of_the_hand_is_told() {
        insta::assert_snapshot!(only("strategy-not-compiled", r#"
--- model-mappings.yaml
exact_matches: {phi4: {provider: ollama}}
capabilities:
  code: {preferred_models: [phi4], routing_strategy: directt}
load_balancing:
  chat:
    providers: [{provider: ollama, weight: 1.0}]
    strategy: weighted_round_robn
"#), @"
        warning[strategy-not-compiled]: `code` asks for `directt`, which is not compiled: the models are tried in the order in which they are written
          --> model-mappings.yaml:3:54 `directt` not compiled
          ::: model-mappings.yaml:3:3 `code` for this name
          help: did you mean `direct`?
          unsafe fix: change it to `direct`
        warning[strategy-not-compiled]: `chat` asks for `weighted_round_robn`, which is not compiled: requests are shared at random by weight
          --> model-mappings.yaml:7:15 `weighted_round_robn` not compiled
          ::: model-mappings.yaml:5:3 `chat` for this name
          help: did you mean `weighted_round_robin`?
          unsafe fix: change it to `weighted_round_robin`
        ");
    }

    #[test]
    fn an_order_and_a_reserved_name_and_groups_of_the_projects_own_stand_in_the_way() {
        let mappings = r#"
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, qwen3]}
--- model-mappings.yaml
capabilities:
  code: {preferred_models: [phi4, qwen3], routing_strategy: least_busy}
load_balancing:
  default:
    strategy: least_busy
    providers:
      - {provider: ollama, preferred_model: phi4}
      - {provider: ollama, preferred_model: qwen3}
"#;
        insta::assert_snapshot!(only("strategy-not-compiled", mappings), @"
        warning[strategy-not-compiled]: `code` asks for `least_busy`, which is not compiled: the models are tried in the order in which they are written
          --> model-mappings.yaml:2:61 `least_busy` not compiled
          ::: model-mappings.yaml:2:3 `code` for this name
          help: use `weighted_round_robin` for shares, or an order of `preferred_models`
        warning[strategy-not-compiled]: `default` asks for `least_busy`, which is not compiled: requests are shared at random by weight
          --> model-mappings.yaml:5:15 `least_busy` not compiled
          ::: model-mappings.yaml:4:3 `default` for this name
          help: use `weighted_round_robin` for shares, or an order of `preferred_models`
        ");
        let own = "--- gwcfg.yaml\ngateway: {router_settings: {routing_groups: []}}\n";
        let own = format!("{own}{}", mappings.trim_start());
        insta::assert_snapshot!(only("strategy-not-compiled", &own), @"
        warning[strategy-not-compiled]: `code` asks for `least_busy`, which is not compiled: the models are tried in the order in which they are written
          --> model-mappings.yaml:2:61 `least_busy` not compiled
          ::: model-mappings.yaml:2:3 `code` for this name
          help: use `weighted_round_robin` for shares, or an order of `preferred_models`
        warning[strategy-not-compiled]: `default` asks for `least_busy`, which is not compiled: the project's own `router_settings` decide
          --> model-mappings.yaml:5:15 `least_busy` not compiled
          ::: model-mappings.yaml:4:3 `default` for this name
          help: use `weighted_round_robin` for shares, or an order of `preferred_models`
        ");
    }

    #[test]
    fn what_the_gateway_can_do_is_silent() {
        insta::assert_snapshot!(only("strategy-not-compiled", r#"
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, qwen3]}
--- model-mappings.yaml
capabilities:
  both: {provider: ollama, routing_strategy: usage_based}
load_balancing:
  chat:
    strategy: weighted_round_robin
    providers:
      - {provider: ollama, preferred_model: phi4}
      - {provider: ollama, preferred_model: qwen3}
  quick:
    strategy: fastest_response
    providers:
      - {provider: ollama, preferred_model: phi4}
      - {provider: ollama, preferred_model: qwen3}
"#), @"");
    }
}
