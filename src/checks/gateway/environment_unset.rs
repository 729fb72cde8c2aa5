//! Variables of the environment that are not set here.

use std::collections::BTreeSet;

use crate::checks::words::listed;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::releases::Change;

use super::variables::Leaf;
use super::{Context, start};

/// The record.
pub static RULE: Rule = Rule {
    name: "environment-unset",
    stage: Stage::Behaviour,
    severity: Severity::Info,
    summary: "a variable of the environment that is not set where gwcfg runs",
    page: include_str!("environment_unset.md"),
};

/// Reports each variable once; LiteLLM says nothing of it, so what follows is told. Where none is
/// set, this is not the environment of the gateway, and one finding says so.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let defined = context.section("environment_variables");
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut unset: Vec<Leaf<'_, '_>> = Vec::new();
    for leaf in &context.leaves {
        let Some(name) = leaf.value.variable().filter(|name| !name.contains(":-")) else {
            continue;
        };
        let own = defined.is_some_and(|defined| defined.get(name).is_some());
        if !leaf.in_list && !own && seen.insert(name) && !context.is_set(name) {
            unset.push(*leaf);
        }
    }
    if unset.len() > 1 && unset.len() == seen.len() {
        let names = unset.iter().filter_map(|leaf| leaf.value.variable());
        let first = unset.iter().map(|leaf| leaf.value.span()).min();
        if let Some(first) = first {
            out.report(
                format!("none of the variables is set here: {}", listed(names)),
                first,
                "the first of them",
            )
            .help("set them where the gateway runs; run gwcfg there to see which are missing");
        }
    } else {
        unset.iter().for_each(|leaf| one(leaf, out));
    }
    cache(context, out);
}

fn one(leaf: &Leaf<'_, '_>, out: &mut Reporter<'_>) {
    let Some(name) = leaf.value.variable() else { return };
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

/// `cache: true` alone looks for a Redis in the environment, and so does `type: redis` without a
/// server.
fn cache(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let Some(settings) = context.section("litellm_settings") else { return };
    const NAMES: [&str; 4] =
        ["REDIS_CLUSTER_NODES", "REDIS_HOST", "REDIS_SENTINEL_NODES", "REDIS_URL"];
    let on = settings.entry("cache").filter(|(_, cache)| cache.is_true());
    let Some((cache, _)) = on.filter(|_| !NAMES.iter().any(|name| context.is_set(name))) else {
        return;
    };
    let (what, span, help) = match settings.get("cache_params") {
        None => (
            "`cache_params`",
            cache.span(),
            "set it where the gateway runs, or add `cache_params: {type: local}`",
        ),
        Some(params) => {
            // Earlier releases do not look there, and another rule says so.
            let looks = context.has(Change::CacheLooksForRedis);
            let kind = params.get("type").filter(|kind| looks && kind.text() == Some("redis"));
            let Some(kind) = kind.filter(|_| !start::settings::names_server(params)) else {
                return;
            };
            let help = "set it where the gateway runs, or add `host` and `port`";
            ("`host`", kind.span(), help)
        }
    };
    let message =
        format!("`REDIS_HOST` is not set here: without it, or {what}, LiteLLM does not start");
    out.report(message, span, "which cache?").help(help);
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn a_variable_is_told_with_what_follows() {
        insta::assert_snapshot!(linted("environment-unset", &["A"], "
model_list:
  - {model_name: chat, litellm_params: {model: os.environ/M, api_key: os.environ/A, api_base: os.environ/B}}
general_settings: {master_key: os.environ/K}
"), @"
        info[environment-unset]: `M` is not set here: without it LiteLLM does not start
          --> config.yaml:2:48 `os.environ/M` not set
          help: set it where the gateway runs, or mend the name
        info[environment-unset]: `B` is not set here: without it requests go to the provider's own address
          --> config.yaml:2:95 `os.environ/B` not set
          help: set it where the gateway runs, or mend the name
        info[environment-unset]: `K` is not set here: without it LiteLLM refuses to start, whatever else is set
          --> config.yaml:3:32 `os.environ/K` not set
          help: set it where the gateway runs, or mend the name
        ");
    }

    #[test]
    fn where_none_is_set_one_finding_says_so() {
        insta::assert_snapshot!(linted("environment-unset", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, api_key: os.environ/A, api_base: os.environ/B}}
"), @"
        info[environment-unset]: none of the variables is set here: `A`, `B`
          --> config.yaml:2:67 `os.environ/A` the first of them
          help: set them where the gateway runs; run gwcfg there to see which are missing
        ");
    }

    #[test]
    fn a_cache_in_redis_looks_for_its_server() {
        insta::assert_snapshot!(linted("environment-unset", &[], "
litellm_settings: {cache: true, cache_params: {type: redis, port: 6379}}
"), @"
        info[environment-unset]: `REDIS_HOST` is not set here: without it, or `host`, LiteLLM does not start
          --> config.yaml:1:54 `redis` which cache?
          help: set it where the gateway runs, or add `host` and `port`
        ");
        insta::assert_snapshot!(linted("environment-unset", &["REDIS_URL"], "
litellm_settings: {cache: true, cache_params: {type: redis}}
"), @"");
    }

    #[test]
    fn a_cache_looks_for_its_server() {
        insta::assert_snapshot!(linted("environment-unset", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
litellm_settings: {cache: true}
"), @"
        info[environment-unset]: `REDIS_HOST` is not set here: without it, or `cache_params`, LiteLLM does not start
          --> config.yaml:6:20 `cache` which cache?
          help: set it where the gateway runs, or add `cache_params: {type: local}`
        ");
    }

    #[test]
    fn what_is_set_is_silent() {
        insta::assert_snapshot!(linted("environment-unset", &["A", "REDIS_HOST"], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, api_key: os.environ/A}}
litellm_settings: {cache: true}
"), @"");
    }
}
