//! Weights under a strategy that does not look at them.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::walk::Strategy;

use super::{Context, groups};

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
    let groups = groups::of(context);
    let several = groups.iter().filter(|(_, members)| members.len() > 1);
    let ignored =
        several.filter(|(name, _)| context.tables.strategy_of(name) == Strategy::Measured);
    let mut weights: Vec<_> =
        ignored.flat_map(|(_, members)| members).filter_map(|one| one.param("weight")).collect();
    weights.sort_by_key(|weight| weight.span());
    let Some(first) = weights.first() else { return };
    let more = match weights.len() {
        1 => String::new(),
        count => format!(", here and at {} more places", count - 1),
    };
    out.report(
        format!("`weight` does nothing{more}: only `simple-shuffle` looks at it"),
        first.span(),
        "not looked at",
    )
    .help("remove `routing_strategy`, or the weights");
}
