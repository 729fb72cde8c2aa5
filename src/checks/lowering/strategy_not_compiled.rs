//! A strategy that the gateway does not have for this name.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
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
        let Lost::Strategy { strategy, owner, instead } = &loss.what else { continue };
        out.report(
            format!("`{}` asks for `{strategy}`, which is not compiled: {instead}", owner.value),
            loss.span,
            "no counterpart in the gateway",
        )
        .also(owner.span, "for this name")
        .help("use `weighted_round_robin` for shares, or an order of `preferred_models`");
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
          --> model-mappings.yaml:5:15 `adaptive_weighted` no counterpart in the gateway
          ::: model-mappings.yaml:3:3 `chat` for this name
          help: use `weighted_round_robin` for shares, or an order of `preferred_models`
        ");
    }

    #[test]
    fn what_the_gateway_can_do_is_silent() {
        insta::assert_snapshot!(only("strategy-not-compiled", r#"
--- model-mappings.yaml
exact_matches: {phi4: {provider: ollama}}
load_balancing:
  chat:
    providers: [{provider: ollama, weight: 1.0}]
    strategy: weighted_round_robin
"#), @"");
    }
}
