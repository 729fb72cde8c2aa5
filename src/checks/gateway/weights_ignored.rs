//! Weights under a strategy that does not look at them.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::walk::Strategy;

use super::{Context, and_more};

/// The record.
pub static RULE: Rule = Rule {
    name: "weights-ignored",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "weights under a strategy that does not look at them",
    page: include_str!("weights_ignored.md"),
};

/// Reports the first weight that nobody looks at, and how many more there are.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let several = context.deployments.groups().filter(|group| group.len() > 1);
    let ignored =
        several.filter(|group| context.tables.strategy_of(group.name()) == Strategy::Measured);
    let mut weights: Vec<_> =
        ignored.flat_map(|group| group.iter()).filter_map(|one| one.param("weight")).collect();
    weights.sort_by_key(|weight| weight.span());
    let Some(first) = weights.first() else { return };
    let more = and_more(weights.len() - 1);
    out.report(
        format!("`weight` does nothing{more}: only `simple-shuffle` looks at it"),
        first.span(),
        "not looked at",
    )
    .help("remove `routing_strategy`, or the weights");
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn weights_are_told_once() {
        insta::assert_snapshot!(linted("weights-ignored", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/a, api_key: none, weight: 9}}
  - {model_name: chat, litellm_params: {model: openai/b, api_key: none, weight: 1}}
router_settings: {routing_strategy: least-busy}
"), @"
        warning[weights-ignored]: `weight` does nothing, here and at 1 more place: only `simple-shuffle` looks at it
          --> config.yaml:2:81 `9` not looked at
          help: remove `routing_strategy`, or the weights
        ");
    }

    #[test]
    fn the_default_strategy_looks_at_them() {
        insta::assert_snapshot!(linted("weights-ignored", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/a, api_key: none, weight: 9}}
  - {model_name: chat, litellm_params: {model: openai/b, api_key: none, weight: 1}}
"), @"");
    }
}
