//! A config with which LiteLLM does not start.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::{Context, start};

/// The record.
pub static RULE: Rule = Rule {
    name: "gateway-start-fails",
    stage: Stage::Behaviour,
    severity: Severity::Error,
    summary: "LiteLLM does not start with this config",
    page: include_str!("gateway_start_fails.md"),
};

/// Reports every reason: the gateway tells of the first one only.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    start::models::check(context, out);
    start::router::check(context, out);
    start::settings::check(context, out);
    start::sections::check(context, out);
}
