//! `litellm_settings` and `general_settings`.

use crate::checks::gateway::Context;
use crate::diagnostic::{Reporter, suggest};
use crate::gateway::litellm::keys::{knows, words};
use crate::gateway::litellm::kinds::is_float;
use crate::gateway::litellm::releases::Change;
use crate::gateway::litellm::value::{Python, Value};

use super::{fails, is_path, place};

/// Settings of the library that become a number.
const BUDGETS: [&str; 3] =
    ["max_budget", "max_internal_user_budget", "default_max_internal_user_budget"];

/// Settings of the proxy that name a Python object.
const OBJECTS: [&str; 8] = [
    "custom_auth",
    "custom_key_generate",
    "custom_key_update",
    "custom_key_policy",
    "custom_team_metadata_validate",
    "custom_sso",
    "custom_ui_sso_sign_in_handler",
    "custom_validate",
];

const OBJECT: &str = "write `MODULE.OBJECT`, of a module beside the config";

/// Both sections.
pub(in crate::checks::gateway) fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    if let Some(settings) = context.section("litellm_settings") {
        cache(context, settings, out);
        callbacks(settings, out);
        numbers(settings, out);
        providers(settings, out);
    }
    if let Some(settings) = context.section("general_settings") {
        general(context, settings, out);
        pass_through(context, settings, out);
    }
}

fn cache(context: &Context<'_, '_>, settings: Value<'_, '_>, out: &mut Reporter<'_>) {
    let on = settings.get("cache").is_some_and(|cache| cache.kind() == Python::Bool(true));
    let Some((key, params)) = settings.entry("cache_params").filter(|_| on) else { return };
    if params.kind() != Python::Map {
        let why = format!("`cache_params` is {}, not a mapping", params.kind().words());
        fails(out, place(key, params), why, "write `cache_params: {type: local}`, or another type");
        return;
    }
    let Some(kind) = params.get("type").filter(|kind| kind.variable().is_none()) else { return };
    let word = kind.text().unwrap_or("");
    if !knows("cache_params", word) {
        let help = match suggest::nearest(word, words("cache_params")) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let known: Vec<String> =
                    words("cache_params").map(|word| format!("`{word}`")).collect();
                format!("write one of {}", known.join(", "))
            }
        };
        let why = format!("it knows no cache of the type `{}`", kind.written());
        fails(out, kind.span(), why, &help);
    } else if word == "redis" {
        if !context.has(Change::CacheLooksForRedis) && !names_server(params) {
            let why = "a cache of `type: redis` names no server";
            fails(out, kind.span(), why, "add `host` and `port`");
        }
        redis(context, params, out);
    }
}

/// Whether a cache in Redis says where that is.
pub(in crate::checks::gateway) fn names_server(params: Value<'_, '_>) -> bool {
    const SERVER: [&str; 5] =
        ["host", "url", "startup_nodes", "redis_startup_nodes", "sentinel_nodes"];
    SERVER.iter().any(|key| params.given(key).is_some())
}

/// What goes to the client of a Redis that is named by its host. (One that is named by an address,
/// or by nodes, gets what it knows and no more.)
fn redis(context: &Context<'_, '_>, params: Value<'_, '_>, out: &mut Reporter<'_>) {
    const OTHER_WAYS: [&str; 4] = ["url", "startup_nodes", "redis_startup_nodes", "sentinel_nodes"];
    let other = OTHER_WAYS.iter().any(|way| params.given(way).is_some());
    if params.given("host").is_none() || other || context.is_set("REDIS_URL") {
        return;
    }
    for (key, _) in params.entries().filter(|(key, _)| !knows("cache_key", key.written())) {
        let why = format!("a cache in Redis takes no `{}`", key.written());
        let help = match suggest::nearest(key.written(), words("cache_key")) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "remove it".to_owned(),
        };
        fails(out, key.span(), why, &help);
    }
}

/// Lists of callbacks of the wrong shape. A name that nobody knows is another rule's.
fn callbacks(settings: Value<'_, '_>, out: &mut Reporter<'_>) {
    const LIST: &str = "write a list of names: `[NAME]`";
    if let Some((key, value)) = settings.entry("callbacks") {
        let path = value.text().is_some_and(|text| is_path(text) || value.variable().is_some());
        if value.kind() != Python::List && !path {
            let why = format!("`callbacks` is {}, not a list", value.kind().words());
            fails(out, place(key, value), why, LIST);
        }
        for item in value.items().filter(|item| item.text().is_none()) {
            let why = format!("an item of `callbacks` is {}, not text", item.kind().words());
            fails(out, item.span(), why, LIST);
        }
    }
    for name in ["success_callback", "failure_callback", "audit_log_callbacks"] {
        let Some((key, value)) = settings.entry(name) else { continue };
        let walked = matches!(value.kind(), Python::List | Python::Text | Python::Map);
        if !walked {
            let why = format!("`{name}` is {}, not a list", value.kind().words());
            fails(out, place(key, value), why, LIST);
        }
        for item in value.items() {
            let searchable = matches!(item.kind(), Python::Text | Python::List | Python::Map);
            if !searchable {
                let why = format!("an item of `{name}` is {}, not text", item.kind().words());
                fails(out, item.span(), why, LIST);
            }
        }
    }
}

fn numbers(settings: Value<'_, '_>, out: &mut Reporter<'_>) {
    for name in BUDGETS {
        let Some((key, value)) = settings.entry(name) else { continue };
        if !is_float(value) {
            let why = format!("`{name}` is {}, not a number", value.kind().words());
            fails(out, place(key, value), why, "write a number, or remove it");
        }
    }
}

fn providers(settings: Value<'_, '_>, out: &mut Reporter<'_>) {
    const PROVIDER: &str = "write `- {provider: NAME, custom_handler: MODULE.OBJECT}`";
    let Some((key, map)) = settings.entry("custom_provider_map") else { return };
    if map.kind() != Python::List {
        let why = format!("`custom_provider_map` is {}, not a list", map.kind().words());
        fails(out, place(key, map), why, PROVIDER);
    }
    for item in map.items() {
        let handler = item.get("custom_handler").and_then(Value::text);
        if item.get("provider").is_none() || !handler.is_some_and(is_path) {
            let why = "an item of `custom_provider_map` has no `provider`, or no object for it";
            fails(out, item.span(), why, PROVIDER);
        }
    }
}

/// `pass_through_endpoints`.
fn pass_through(context: &Context<'_, '_>, settings: Value<'_, '_>, out: &mut Reporter<'_>) {
    const ENDPOINT: &str = "write `{path: /NAME, target: URL}`";
    let Some((key, list)) = settings.entry("pass_through_endpoints") else { return };
    // Later releases pass it over; another rule says so.
    let no_list = matches!(list.kind(), Python::Map | Python::Text) && list.variable().is_none();
    if no_list && !context.has(Change::PassThroughPassedOver) {
        let why = format!("`pass_through_endpoints` is {}, not a list", list.kind().words());
        fails(out, place(key, list), why, "write a list: `- {path: /NAME, target: URL}`");
    }
    for item in list.items() {
        if item.kind() != Python::Map {
            let kind = item.kind().words();
            let why = format!("an item of `pass_through_endpoints` is {kind}, not a mapping");
            fails(out, item.span(), why, ENDPOINT);
            continue;
        }
        if item.given("path").is_none() {
            fails(out, item.span(), "a pass-through endpoint has no `path`", ENDPOINT);
        }
        if let Some((key, headers)) = item.entry("headers")
            && headers.kind() != Python::Map
            && !headers.is_null()
        {
            let why = format!("`headers` are {}, not a mapping", headers.kind().words());
            fails(out, place(key, headers), why, "write `NAME: VALUE` lines in it");
        }
    }
}

/// `key_management_system`, with what it wants of the environment left to whoever sets it.
fn key_management(settings: Value<'_, '_>, out: &mut Reporter<'_>) {
    let Some(system) = settings.given("key_management_system") else { return };
    let word = system.text().unwrap_or("");
    if knows("key_management", word) || system.variable().is_some() {
        return;
    }
    let help = match suggest::nearest(word, words("key_management")) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let known: Vec<String> =
                words("key_management").map(|word| format!("`{word}`")).collect();
            format!("write one of {}, or remove it", known.join(", "))
        }
    };
    let why = format!("it knows no store of secrets `{}`", system.written());
    fails(out, system.span(), why, &help);
}

fn general(context: &Context<'_, '_>, settings: Value<'_, '_>, out: &mut Reporter<'_>) {
    key_management(settings, out);
    for name in ["master_key", "database_url"] {
        let wrong = settings.entry(name).filter(|(_, v)| !v.is_falsy() && v.text().is_none());
        if let Some((key, value)) = wrong {
            let why = format!("`{name}` is {}, not text", value.kind().words());
            fails(out, place(key, value), why, "put it in quotes");
        }
    }
    for name in OBJECTS {
        let Some((key, value)) = settings.entry(name) else { continue };
        let fine = value.kind() == Python::Null
            || value.text().is_some_and(|text| is_path(text) || value.variable().is_some());
        if !fine {
            let why = format!("`{name}` names no Python object");
            fails(out, place(key, value), why, OBJECT);
        }
    }
    if let Some((key, value)) = settings.entry("user_api_key_cache_ttl")
        && value.kind() != Python::Null
        && !is_float(value)
    {
        let why = "`user_api_key_cache_ttl` is no number of seconds";
        fails(out, place(key, value), why, "write a number");
    }
    if let Some((key, value)) = settings.entry("alerting") {
        let walked =
            matches!(value.kind(), Python::Null | Python::List | Python::Text | Python::Map);
        if !walked {
            let why = format!("`alerting` is {}, not a list", value.kind().words());
            fails(out, place(key, value), why, "write a list: `[slack]`");
        }
    }
    if let Some((key, redis)) = settings.entry("coordination_redis")
        && redis.kind() != Python::Null
        && redis.kind() != Python::Map
        && context.has(Change::CoordinationRedisRead)
    {
        let why = format!("`coordination_redis` is {}, not a mapping", redis.kind().words());
        fails(out, place(key, redis), why, "write `{host: …, port: …}`");
    }
}
