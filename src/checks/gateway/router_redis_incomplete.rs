//! Settings of a Redis that the router does not use.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::Value;

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "router-redis-incomplete",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a Redis of the router that is never asked",
    page: include_str!("router_redis_incomplete.md"),
};

/// Reports the first setting of a server that is not named in full: without address and port, or an
/// address with both in one, the router shares nothing with other processes.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let Some(settings) = context.section("router_settings") else { return };
    let has = |key: &str| settings.get(key).is_some_and(|value| !value.is_falsy());
    if has("redis_url") || has("redis_host") && has("redis_port") || cache_in_redis(context) {
        return;
    }
    let named = ["redis_host", "redis_port", "redis_password", "redis_db"]
        .into_iter()
        .find_map(|key| settings.entry(key).filter(|(_, value)| !value.is_falsy()));
    let Some((key, _)) = named else { return };
    let lacks = if has("redis_host") { "redis_port" } else { "redis_host" };
    let message = format!("the router asks no Redis: `{lacks}` is missing, and nothing says so");
    out.report(message, key.span(), "not used")
        .help(format!("add `{lacks}`, or write `redis_url` in the place of all"));
}

/// The router takes the server of a cache that is in Redis.
fn cache_in_redis(context: &Context<'_, '_>) -> bool {
    let params = context.setting("litellm_settings", "cache_params");
    let on = context.setting("litellm_settings", "cache").is_some_and(Value::is_true);
    on && params.is_none_or(|params| params.get("type").and_then(Value::text) == Some("redis"))
        || context.setting("general_settings", "coordination_redis").is_some()
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn a_host_without_a_port_is_told() {
        insta::assert_snapshot!(linted("router-redis-incomplete", &["REDIS_PORT"], "
router_settings: {redis_host: 127.0.0.1, redis_password: os.environ/REDIS_PASSWORD}
"), @"
        warning[router-redis-incomplete]: the router asks no Redis: `redis_port` is missing, and nothing says so
          --> config.yaml:1:19 `redis_host` not used
          help: add `redis_port`, or write `redis_url` in the place of all
        ");
    }

    #[test]
    fn a_port_without_a_host_is_told() {
        insta::assert_snapshot!(linted("router-redis-incomplete", &[], "
router_settings: {redis_port: 6379}
"), @"
        warning[router-redis-incomplete]: the router asks no Redis: `redis_host` is missing, and nothing says so
          --> config.yaml:1:19 `redis_port` not used
          help: add `redis_host`, or write `redis_url` in the place of all
        ");
    }

    #[test]
    fn the_server_of_the_cache_is_enough() {
        insta::assert_snapshot!(linted("router-redis-incomplete", &[], "
router_settings: {redis_host: 127.0.0.1}
litellm_settings: {cache: true, cache_params: {type: redis, host: 127.0.0.1, port: 6379}}
"), @"");
    }

    #[test]
    fn both_or_an_address_are_silent() {
        insta::assert_snapshot!(linted("router-redis-incomplete", &[], "
router_settings: {redis_host: os.environ/REDIS_HOST, redis_port: os.environ/REDIS_PORT}
"), @"");
    }
}
