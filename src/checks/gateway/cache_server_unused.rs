//! A cache that names a server and does not use it.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::Value;

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "cache-server-unused",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a cache in memory that names a server",
    page: include_str!("cache_server_unused.md"),
};

/// What belongs to a server.
const SERVER: [&str; 4] = ["host", "port", "url", "password"];

/// Reports what is said of a server in a cache of the type `local`, which is also the type of one
/// that names none.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let Some(settings) = context.section("litellm_settings") else { return };
    let on = settings.get("cache").is_some_and(Value::is_true);
    let Some(params) = settings.get("cache_params").filter(|_| on) else { return };
    let kind = params.get("type");
    if kind.is_some_and(|kind| kind.text() != Some("local")) {
        return;
    }
    let Some((key, _)) = SERVER.into_iter().find_map(|key| params.entry(key)) else { return };
    let message = format!(
        "the cache is in the memory of each process: `{}` is not used without `type: redis`",
        key.written()
    );
    out.report(message, key.span(), "not used")
        .help("add `type: redis`, or remove what is said of the server");
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn a_server_without_its_type_is_told() {
        insta::assert_snapshot!(linted("cache-server-unused", &[], "
litellm_settings: {cache: true, cache_params: {host: 127.0.0.1, port: 6379}}
"), @"
        warning[cache-server-unused]: the cache is in the memory of each process: `host` is not used without `type: redis`
          --> config.yaml:1:48 `host` not used
          help: add `type: redis`, or remove what is said of the server
        ");
    }

    #[test]
    fn a_local_cache_has_no_server() {
        insta::assert_snapshot!(linted("cache-server-unused", &[], "
litellm_settings: {cache: true, cache_params: {type: local, url: 'redis://127.0.0.1'}}
"), @"
        warning[cache-server-unused]: the cache is in the memory of each process: `url` is not used without `type: redis`
          --> config.yaml:1:61 `url` not used
          help: add `type: redis`, or remove what is said of the server
        ");
    }

    #[test]
    fn others_are_silent() {
        insta::assert_snapshot!(linted("cache-server-unused", &[], "
litellm_settings: {cache: true, cache_params: {type: redis, host: 127.0.0.1, port: 6379}}
"), @"");
    }
}
