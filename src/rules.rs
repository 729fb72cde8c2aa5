//! The catalogue: every stage's table joined.

use crate::checks::{
    baseline, behaviour, comments, fallbacks, gateway, lexical, lowering, ports, references, schema,
};
use crate::diagnostic::{Check, Rule};

fn rules_of<Context>(checks: Vec<Check<Context>>) -> impl Iterator<Item = &'static Rule> {
    checks.into_iter().map(|check| check.rule)
}

/// Every rule, in the order of the stages and their tables.
#[must_use]
pub fn all() -> Vec<&'static Rule> {
    rules_of(lexical::checks())
        .chain(rules_of(comments::checks()))
        .chain(rules_of(baseline::checks()))
        .chain(rules_of(schema::shape_checks()))
        .chain(rules_of(schema::overlays::overlay_checks()))
        .chain(rules_of(schema::value_checks()))
        .chain(rules_of(references::checks()))
        .chain(rules_of(ports::checks()))
        .chain(rules_of(fallbacks::checks()))
        .chain(rules_of(lowering::checks()))
        .chain(rules_of(lowering::omission_checks()))
        .chain(rules_of(behaviour::checks()))
        .chain(rules_of(gateway::checks()))
        .chain(rules_of(gateway::text_checks()))
        .collect()
}

/// The rule of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    all().into_iter().find(|rule| rule.name == name)
}
