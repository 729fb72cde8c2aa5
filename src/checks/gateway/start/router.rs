//! `router_settings`, and what `litellm_settings` says for the router.

use crate::checks::gateway::Context;
use crate::diagnostic::{Reporter, suggest};
use crate::gateway::litellm::keys::{knows, words};
use crate::gateway::litellm::kinds::is_int;
use crate::gateway::litellm::releases::Change;
use crate::gateway::litellm::value::{Python, Value};

use super::{fails, place};

const CHAIN: &str = "write one key in each item: `- NAME: [OTHER, ANOTHER]`";

/// The router's settings.
pub(in crate::checks::gateway) fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    for key in ["fallbacks", "content_policy_fallbacks"] {
        if let Some(chains) = context.router_setting(key) {
            fallbacks(key, chains, out);
            if context.has(Change::FallbacksRefused) {
                targets(key, chains, out);
            }
        }
    }
    if context.has(Change::FallbacksRefused) {
        default_fallbacks(context, out);
    }
    let Some(settings) = context.section("router_settings") else { return };
    for key in ["health_check_interval", "health_check_concurrency"] {
        if let Some((at, _)) = settings.entry(key) {
            let why = format!("`{key}` is no setting of the router");
            fails(out, at.span(), why, "move it into `general_settings`");
        }
    }
    strategy(settings, out);
    aliases(settings, out);
    for key in ["retry_policy", "allowed_fails_policy"] {
        policy(settings, key, out);
    }
    groups(settings, out);
    for key in ["provider_budget_config", "default_litellm_params", "routing_strategy_args"] {
        let wrong = settings.entry(key).filter(|(_, value)| {
            !value.is_falsy() && value.kind() != Python::Map && value.variable().is_none()
        });
        if let Some((at, value)) = wrong {
            let why = format!("`{key}` is {}, not a mapping", value.kind().words());
            fails(out, place(at, value), why, "write a mapping, or remove it");
        }
    }
}

fn fallbacks(key: &str, chains: Value<'_, '_>, out: &mut Reporter<'_>) {
    if chains.kind() != Python::List {
        if chains.variable().is_none() {
            let why = format!("`{key}` is {}, not a list", chains.kind().words());
            fails(out, chains.span(), why, CHAIN);
        }
        return;
    }
    for item in chains.items() {
        let keys = item.entries().count();
        if item.kind() != Python::Map {
            let why = format!("an item of `{key}` is {}, not a mapping", item.kind().words());
            fails(out, item.span(), why, CHAIN);
        } else if keys != 1 {
            let why = format!("an item of `{key}` has {keys} keys instead of one");
            fails(out, item.span(), why, CHAIN);
        }
    }
}

/// Releases that look at what is tried take a list, and nothing else.
fn targets(key: &str, chains: Value<'_, '_>, out: &mut Reporter<'_>) {
    let entries = chains.items().flat_map(Value::entries);
    for (name, targets) in entries.filter(|(_, targets)| targets.kind() != Python::List) {
        if targets.variable().is_none() && name.text() != Some("model") {
            let (name, kind) = (name.written(), targets.kind().words());
            let why = format!("the names for `{name}` in `{key}` are {kind}, not a list");
            fails(out, targets.span(), why, "write a list of names, or remove the entry");
        }
    }
}

fn default_fallbacks(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let Some(value) = context.router_setting("default_fallbacks") else { return };
    if value.kind() != Python::List && value.variable().is_none() {
        let why = format!("`default_fallbacks` are {}, not a list", value.kind().words());
        fails(out, value.span(), why, "write a list of names");
    }
}

fn strategy(settings: Value<'_, '_>, out: &mut Reporter<'_>) {
    let Some(strategy) = settings.given("routing_strategy") else { return };
    let word = strategy.text().unwrap_or("");
    // Null and `provider-budget-routing` start, and then refuse every request.
    let starts = knows("routing_strategy", word)
        || word == "provider-budget-routing"
        || strategy.variable().is_some();
    if starts {
        return;
    }
    let why = match strategy.text() {
        Some(word) => format!("it knows no routing strategy `{word}`"),
        None => format!("`routing_strategy` is {}, not text", strategy.kind().words()),
    };
    let help = match suggest::nearest(word, words("routing_strategy")) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let known: Vec<String> =
                words("routing_strategy").map(|word| format!("`{word}`")).collect();
            format!("write one of {}", known.join(", "))
        }
    };
    fails(out, strategy.span(), why, &help);
}

fn aliases(settings: Value<'_, '_>, out: &mut Reporter<'_>) {
    let Some((key, aliases)) = settings.entry("model_group_alias") else { return };
    if aliases.is_falsy() || aliases.variable().is_some() {
        return;
    }
    if aliases.kind() != Python::Map {
        let why = format!("`model_group_alias` is {}, not a mapping", aliases.kind().words());
        fails(out, place(key, aliases), why, "write `ALIAS: NAME`");
    }
    for (alias, target) in aliases.entries().filter(|(_, target)| target.kind() == Python::Map) {
        if target.get("hidden").is_none() {
            let why = format!("the alias `{}` is a mapping without `hidden`", alias.written());
            fails(out, alias.span(), why, "add `hidden: false`, or write the name alone");
        }
    }
}

/// The kinds that the release knows must have whole numbers; others are ignored.
fn policy(settings: Value<'_, '_>, key: &str, out: &mut Reporter<'_>) {
    let kinds = settings.get(key).into_iter().flat_map(Value::entries);
    for (kind, count) in kinds.filter(|(kind, _)| knows(key, kind.written())) {
        if count.kind() != Python::Null && !is_int(count) {
            let why = format!(
                "`{}` of `{key}` is {}, not a whole number",
                kind.written(),
                count.kind().words()
            );
            fails(out, place(kind, count), why, "write a whole number");
        }
    }
}

/// `routing_groups`.
fn groups(settings: Value<'_, '_>, out: &mut Reporter<'_>) {
    const GROUP: &str =
        "write `{group_name: …, models: […], routing_strategy: …}` for each of them";
    let Some((key, groups)) = settings.entry("routing_groups") else { return };
    if groups.is_falsy() || groups.variable().is_some() {
        return;
    }
    if groups.kind() != Python::List {
        let why = format!("`routing_groups` is {}, not a list", groups.kind().words());
        fails(out, place(key, groups), why, GROUP);
    }
    for group in groups.items() {
        let lacks = ["group_name", "models", "routing_strategy"]
            .into_iter()
            .find(|key| group.given(key).is_none());
        if let Some(lacks) = lacks {
            let why = format!("an item of `routing_groups` has no `{lacks}`");
            fails(out, group.span(), why, GROUP);
        }
    }
}
