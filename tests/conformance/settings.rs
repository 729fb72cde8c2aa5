//! Retries, request parameters, names, and what the harness itself promises.

use serde_json::json;

use crate::support::litellm::{Failure, Load, gateway};
use crate::{UPSTREAM, answered, deployment, load, models, try_load, walk};

#[test]
fn the_retries_of_a_deployment_beat_those_of_the_router() {
    let Some(mut gateway) = gateway("the_retries_of_a_deployment") else { return };
    for (deployment_retries, router_retries, calls) in [(0, 2, "a"), (2, 0, "a a a")] {
        let list = deployment("a", "openai/a", &format!(", num_retries: {deployment_retries}"));
        let settings = format!("router_settings: {{num_retries: {router_retries}}}\n");
        load(&mut gateway, &format!("model_list:\n{list}{settings}"));
        assert_eq!(walk(&mut gateway, "a"), calls);
    }
}

#[test]
fn every_hop_has_the_retries_of_its_own_deployment() {
    let Some(mut gateway) = gateway("every_hop_has_the_retries_of_its_own") else { return };
    let list = deployment("p", "openai/p", ", num_retries: 0")
        + &deployment("a", "openai/a", ", num_retries: 2")
        + &deployment("b", "openai/b", "");
    let settings = "router_settings: {num_retries: 1, fallbacks: [{p: [a, b]}]}\n";
    load(&mut gateway, &format!("model_list:\n{list}{settings}"));
    assert_eq!(walk(&mut gateway, "p"), "p a a a b b");
}

#[test]
fn a_failover_of_a_single_deployment_costs_seconds_unless_retries_are_0() {
    let Some(mut gateway) = gateway("a_failover_of_a_single_deployment_costs") else { return };
    for (settings, least, most) in [
        ("num_retries: 0", 0.0, 0.0),
        ("num_retries: 1", 1.0, 3.5),
        ("num_retries: 2", 3.0, 6.5),
        ("num_retries: 2, retry_after: 2", 6.0, 9.0),
    ] {
        let settings = format!("router_settings: {{{settings}, fallbacks: [{{a: [b]}}]}}\n");
        load(&mut gateway, &(models(&["a", "b"]) + &settings));
        let slept = gateway.request("a", &[Failure::of("a", 500)]).slept;
        assert!((least..=most).contains(&slept), "{settings}: {slept}");
    }
}

#[test]
fn headers_organization_and_timeouts_are_sent_and_nothing_is_added_to_the_body() {
    let Some(mut gateway) = gateway("headers_organization_and_timeouts") else { return };
    let more = ", extra_headers: {X-Team: red}, organization: org-1, api_version: \"2024-06-01\", \
                timeout: 30.0, stream_timeout: 10.0";
    let config = format!("model_list:\n{}", deployment("a", "openai/a", more));
    load(&mut gateway, &config);
    let answer = gateway.request("a", &[]);
    let call = &answer.calls[0];
    assert_eq!(call.header("x-team"), Some("red"));
    assert_eq!(call.header("openai-organization"), Some("org-1"));
    assert_eq!(call.header("x-stainless-read-timeout"), Some("30.0"));
    assert_eq!(call.body, json!({"model": "a", "messages": [{"role": "user", "content": "ping"}]}));
    let answer = gateway.request_with("a", &[], &json!({"stream": true}));
    assert_eq!(answer.text.as_deref(), Some("pong"));
    assert_eq!(answer.calls[0].header("x-stainless-read-timeout"), Some("10.0"));
}

#[test]
fn any_text_is_an_alias_name() {
    let Some(mut gateway) = gateway("any_text_is_an_alias_name") else { return };
    let names = [
        "org/model",
        "a:b",
        "with space",
        " lead",
        "ha#sh",
        "#lead",
        "qu\"ote",
        "si'ngle",
        "{x}",
        "*lit",
        "null",
        "123",
        "é",
        "emoji🚀",
        "gwcfg:hop:llama3.1:latest",
    ];
    let quoted: Vec<String> =
        names.iter().map(|name| format!("\"{}\"", name.replace('"', "\\\""))).collect();
    let aliases: String =
        quoted.iter().map(|name| format!("    {name}: {{model: \"a\", hidden: true}}\n")).collect();
    let settings = format!(
        "router_settings:\n  num_retries: 0\n  fallbacks: [{{p: [{}]}}]\n  model_group_alias:\n\
         {aliases}",
        quoted.join(", ")
    );
    load(&mut gateway, &(models(&["a", "p"]) + &settings));
    for name in names {
        assert_eq!(answered(&gateway.request(name, &[])), "a", "{name}");
    }
    assert_eq!(gateway.request("p", &[Failure::all(500)]).calls.len(), 1 + names.len());
}

#[test]
fn hidden_aliases_are_not_listed() {
    let Some(mut gateway) = gateway("hidden_aliases_are_not_listed") else { return };
    let aliases = "router_settings: {model_group_alias: {s: a, h: {model: a, hidden: true}}}\n";
    assert_eq!(load(&mut gateway, &(models(&["a"]) + aliases)).models, ["a", "s"]);
}

#[test]
fn an_unknown_router_setting_is_logged() {
    let Some(mut gateway) = gateway("an_unknown_router_setting_is_logged") else { return };
    let loaded = load(&mut gateway, &(models(&["a"]) + "router_settings: {num_retry: 1}\n"));
    assert!(
        loaded.log.iter().any(|line| line.level == "WARNING" && line.text.contains("num_retry"))
    );
}

#[test]
fn an_origin_that_the_test_does_not_name_is_refused() {
    let Some(mut gateway) = gateway("an_origin_that_the_test_does_not_name") else { return };
    let elsewhere = "
model_list:
  - {model_name: a, litellm_params: {model: openai/a, api_key: k}}
  - {model_name: b, litellm_params: {model: openai/b, api_key: k, api_base: \"http://b.invalid\"}}
";
    let loaded = try_load(&mut gateway, elsewhere);
    assert_eq!(loaded.refused, ["a: https://api.openai.com", "b: http://b.invalid"]);
}

#[test]
fn variables_are_read_from_the_given_environment_alone() {
    let Some(mut gateway) = gateway("variables_are_read_from_the_given_environment") else {
        return;
    };
    let config = format!(
        "model_list:\n  - {{model_name: a, litellm_params: {{model: openai/a, \
         api_base: \"{UPSTREAM}/v1\", api_key: os.environ/GWCFG_TEST_KEY}}}}\n"
    );
    let mut world = Load { config, upstreams: vec![UPSTREAM.to_owned()], ..Load::default() };
    assert!(gateway.load(&world).ok);
    assert!(gateway.request("a", &[]).calls.is_empty());
    world.env.insert("GWCFG_TEST_KEY".to_owned(), "secret".to_owned());
    assert!(gateway.load(&world).ok);
    let answer = gateway.request("a", &[]);
    assert_eq!(answer.calls[0].header("authorization"), Some("Bearer secret"));
}

#[test]
fn the_keys_of_the_release_are_known() {
    let Some(mut gateway) = gateway("the_keys_of_the_release_are_known") else { return };
    let keys = gateway.keys();
    let has = |list: &[String], name: &str| list.iter().any(|one| one == name);
    assert!(has(&keys.router_settings, "allowed_fails_policy"));
    assert!(has(&keys.general_settings, "background_health_checks"));
    assert!(has(&keys.litellm_settings, "request_timeout"));
    assert!(has(&keys.litellm_params, "stream_timeout"));
    assert!(has(&keys.providers, "hosted_vllm"));
    assert!(!has(&keys.providers, "llama_cpp"));
}

#[test]
fn background_health_checks_call_every_deployment_that_does_not_opt_out() {
    let Some(mut gateway) = gateway("background_health_checks_call_every_deployment") else {
        return;
    };
    let list = models(&["a", "b"])
        + &deployment("b", "openai/second", ", order: 2")
        + &deployment("quiet", "openai/quiet", "")
        + "    model_info: {disable_background_health_check: true}\n"
        + &deployment("org/*", "hosted_vllm/org/*", "");
    load(&mut gateway, &list);
    assert_eq!(gateway.health().interval, None);
    let checks = "general_settings: {background_health_checks: true, health_check_interval: 60}\n";
    load(&mut gateway, &(list + checks));
    let health = gateway.health();
    assert_eq!(health.interval, Some(60.0));
    let mut called: Vec<&str> =
        health.calls.iter().filter_map(|call| call.model.as_deref()).collect();
    called.sort_unstable();
    assert_eq!(called, ["a", "b", "second"]);
    // A completion that is paid for, though a short one.
    assert!(health.calls.iter().all(|call| call.body["max_tokens"] == json!(16)));
}

#[test]
fn health_check_interval_in_router_settings_stops_the_start() {
    let Some(mut gateway) = gateway("health_check_interval_in_router_settings") else { return };
    let settings = "router_settings: {health_check_interval: 60}\n";
    assert!(!try_load(&mut gateway, &(models(&["a"]) + settings)).ok);
}

#[test]
fn nothing_but_the_named_upstreams_is_reachable_while_requests_run() {
    let Some(mut gateway) = gateway("nothing_but_the_named_upstreams_is_reachable") else {
        return;
    };
    load(&mut gateway, &models(&["a"]));
    // A request may name a base of its own, which no check at load time can see.
    let elsewhere = json!({"api_base": "http://127.0.0.1:9/v1", "api_key": "k"});
    let answer = gateway.request_with("a", &[], &elsewhere);
    assert!(!answer.ok);
    assert!(answer.calls.is_empty());
    assert!(answer.refused.iter().all(|url| url == "http://127.0.0.1:9/v1/chat/completions"));
    assert!(!answer.refused.is_empty());
}
