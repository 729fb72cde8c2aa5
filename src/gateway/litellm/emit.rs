//! The config, piece by piece, each with its origin.

use crate::gateway::sink::{Scalar, Sink};
use crate::routing::Chain;

use super::entry::{group_entries, wildcard_entries};
use super::{Lowered, Setting, hop_name};

/// Writes the whole config.
///
/// # Errors
/// When the sink refuses.
pub fn emit<S: Sink>(lowered: &Lowered<'_>, sink: &mut S) -> Result<(), S::Error> {
    sink.map_start()?;
    sink.key("model_list", None)?;
    sink.list_start()?;
    for (group, stepped) in lowered.routing.groups.iter().zip(&lowered.steps) {
        group_entries(lowered, group, *stepped, sink)?;
    }
    for wildcard in &lowered.wildcards {
        wildcard_entries(lowered, wildcard, sink)?;
    }
    sink.list_end()?;
    if !lowered.litellm_settings.is_empty() {
        sink.key("litellm_settings", None)?;
        sink.map_start()?;
        settings(&lowered.litellm_settings, sink)?;
        sink.map_end()?;
    }
    sink.key("router_settings", None)?;
    router_settings(lowered, sink)?;
    if !lowered.general_settings.is_empty() {
        sink.key("general_settings", None)?;
        sink.map_start()?;
        settings(&lowered.general_settings, sink)?;
        sink.map_end()?;
    }
    sink.map_end()
}

fn router_settings<S: Sink>(lowered: &Lowered<'_>, sink: &mut S) -> Result<(), S::Error> {
    let routing = lowered.routing;
    sink.map_start()?;
    settings(&lowered.router_settings, sink)?;
    if !lowered.router_settings.iter().any(|setting| setting.key == "max_fallbacks") {
        sink.key("max_fallbacks", None)?;
        let hops = i64::try_from(lowered.max_fallbacks).unwrap_or(i64::MAX);
        sink.scalar(Scalar::Int(hops))?;
    }
    routing_groups(lowered, sink)?;
    hop_aliases(lowered, sink)?;
    sink.key("fallbacks", None)?;
    sink.list_start()?;
    for group in &routing.groups {
        let Some(chain) = group.chain.and_then(|id| routing.chain(id)) else { continue };
        let steps = routing.steps_of(chain);
        // An explicit end matters only where a default chain would go on behind it.
        if steps.is_empty() && routing.default_chain.is_none() {
            continue;
        }
        sink.item(Some(chain.owner.span))?;
        sink.map_start()?;
        sink.key(&lowered.model_name(group), None)?;
        step_list(lowered, chain, sink)?;
        sink.map_end()?;
    }
    sink.list_end()?;
    if let Some(chain) = &routing.default_chain {
        sink.key("default_fallbacks", Some(chain.owner.span))?;
        step_list(lowered, chain, sink)?;
    }
    sink.map_end()
}

fn routing_groups<S: Sink>(lowered: &Lowered<'_>, sink: &mut S) -> Result<(), S::Error> {
    if lowered.routing_groups.is_empty() {
        return Ok(());
    }
    sink.key("routing_groups", None)?;
    sink.list_start()?;
    for group in &lowered.routing_groups {
        sink.item(group.members.first().map(|(_, word)| word.span))?;
        sink.map_start()?;
        sink.key("group_name", None)?;
        sink.scalar(Scalar::Text(group.name))?;
        sink.key("models", None)?;
        sink.list_start()?;
        for (name, word) in &group.members {
            sink.item(Some(word.span))?;
            sink.scalar(Scalar::Text(name.value))?;
        }
        sink.list_end()?;
        sink.key("routing_strategy", None)?;
        sink.scalar(Scalar::Text(group.strategy))?;
        sink.map_end()?;
    }
    sink.list_end()
}

fn hop_aliases<S: Sink>(lowered: &Lowered<'_>, sink: &mut S) -> Result<(), S::Error> {
    let hops = lowered.hops.iter().zip(&lowered.routing.groups);
    let hops = || hops.clone().filter(|(hop, _)| **hop).map(|(_, group)| group);
    if hops().next().is_none() {
        return Ok(());
    }
    sink.key("model_group_alias", None)?;
    sink.map_start()?;
    for group in hops() {
        let name = lowered.model_name(group);
        sink.key(&hop_name(&name), Some(group.span))?;
        sink.map_start()?;
        sink.key("model", None)?;
        sink.scalar(Scalar::Text(&name))?;
        sink.key("hidden", None)?;
        sink.scalar(Scalar::Bool(true))?;
        sink.map_end()?;
    }
    sink.map_end()
}

fn step_list<S: Sink>(
    lowered: &Lowered<'_>,
    chain: &Chain<'_>,
    sink: &mut S,
) -> Result<(), S::Error> {
    let steps = lowered.routing.steps_of(chain);
    sink.list_start()?;
    for (index, step) in steps.iter().enumerate() {
        sink.item(Some(step.span))?;
        let name = lowered.step_name(step.target, index + 1 == steps.len());
        sink.scalar(Scalar::Text(&name))?;
    }
    sink.list_end()
}

fn settings<S: Sink>(settings: &[Setting<'_>], sink: &mut S) -> Result<(), S::Error> {
    for setting in settings {
        sink.key(setting.key, setting.origin)?;
        value(&setting.value, sink)?;
    }
    Ok(())
}

/// A value that was handed on. It came through the YAML reader, whose depth is bounded.
pub(super) fn value<S: Sink>(json: &serde_json::Value, sink: &mut S) -> Result<(), S::Error> {
    match json {
        serde_json::Value::Null => sink.scalar(Scalar::Null),
        serde_json::Value::Bool(flag) => sink.scalar(Scalar::Bool(*flag)),
        serde_json::Value::String(text) => sink.scalar(Scalar::Text(text)),
        serde_json::Value::Number(n) => sink.scalar(match n.as_i64() {
            Some(int) => Scalar::Int(int),
            None => number(n.as_f64().unwrap_or(0.0)),
        }),
        serde_json::Value::Array(items) => {
            sink.list_start()?;
            for item in items {
                sink.item(None)?;
                value(item, sink)?;
            }
            sink.list_end()
        }
        serde_json::Value::Object(entries) => {
            sink.map_start()?;
            for (key, entry) in entries {
                sink.key(key, None)?;
                value(entry, sink)?;
            }
            sink.map_end()
        }
    }
}

/// Whole numbers are written without a fraction.
pub(super) fn number(value: f64) -> Scalar<'static> {
    #[allow(clippy::cast_possible_truncation, reason = "whole and far below the limit")]
    if value.fract() == 0.0 && value.abs() < 1e15 {
        Scalar::Int(value as i64)
    } else {
        Scalar::Float(value)
    }
}
