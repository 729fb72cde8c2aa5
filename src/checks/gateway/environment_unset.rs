//! Variables of the environment that are not set here.

use std::collections::BTreeSet;

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::Context;
use super::variables::leaves;

/// The record.
pub static RULE: Rule = Rule {
    name: "environment-unset",
    stage: Stage::Behaviour,
    severity: Severity::Info,
    summary: "a variable of the environment that is not set where gwcfg runs",
    page: include_str!("environment_unset.md"),
};

/// Reports each variable once. LiteLLM says nothing of it, so what follows is told.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let defined = context.section("environment_variables");
    for leaf in leaves(context) {
        let Some(name) = leaf.value.variable().filter(|name| !name.contains(":-")) else {
            continue;
        };
        let own = defined.is_some_and(|defined| defined.get(name).is_some());
        if leaf.in_list || own || (context.is_set)(name) || !seen.insert(name) {
            continue;
        }
        let so = match leaf.key() {
            "model" | "model_name" => "without it LiteLLM does not start",
            "master_key" => "without it LiteLLM refuses to start, whatever else is set",
            "api_key" => "without it requests fail, or the key of another provider is sent instead",
            "api_base" | "base_url" => "without it requests go to the provider's own address",
            "host" | "url" | "redis_host" | "redis_url" => "without it there is no such server",
            _ => "without it the value is null",
        };
        out.report(format!("`{name}` is not set here: {so}"), leaf.value.span(), "not set")
            .help("set it where the gateway runs, or mend the name");
    }
    cache(context, out);
}

/// `cache: true` alone looks for a Redis in the environment.
fn cache(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    use crate::gateway::litellm::value::Python;

    let Some(settings) = context.section("litellm_settings") else { return };
    let on = settings.entry("cache").filter(|(_, cache)| cache.kind() == Python::Bool(true));
    let Some((key, _)) = on.filter(|_| settings.get("cache_params").is_none()) else { return };
    if ["REDIS_HOST", "REDIS_URL"].into_iter().any(|name| (context.is_set)(name)) {
        return;
    }
    let message = "`REDIS_HOST` is not set here: without it, or `cache_params`, LiteLLM does not \
                   start";
    out.report(message, key.span(), "which cache?")
        .help("set it where the gateway runs, or add `cache_params: {type: local}`");
}
