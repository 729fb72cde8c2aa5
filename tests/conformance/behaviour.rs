//! What the behaviour rules say, seen in the real gateway with compiled configs.

use serde_json::json;

use crate::project::{Project, load};
use crate::support::litellm::{Failure, gateway};

const LOCAL: &str = "http://127.0.0.1:8001";

const TWO: &str = "
providers:
  vllm: {type: vllm, base_url: 'http://127.0.0.1:8001', status: active, models: [a, b]}
";

#[test]
fn retries_that_a_chain_asks_for_hold_it_up() {
    let Some(mut gateway) = gateway("retries_that_a_chain_asks_for") else { return };
    for (attempts, least, most) in [(0, 0.0, 0.0), (1, 1.5, 3.0), (2, 3.5, 5.8), (3, 7.5, 10.5)] {
        let mappings =
            format!("fallback_chains: {{a: {{chain: [b], retry_attempts: {attempts}}}}}\n");
        let project = Project { providers: TWO, mappings: &mappings, ..Project::default() };
        load(&mut gateway, &project, &[], &[LOCAL]);
        let answer = gateway.request("a", &[Failure::of("a", 500)]);
        assert_eq!(answer.calls.len(), attempts + 2);
        assert!((least..=most).contains(&answer.slept), "{attempts}: {} s", answer.slept);
    }
}

#[test]
fn a_wildcard_to_an_ollama_elsewhere_asks_localhost_and_a_listed_model_does_not() {
    let Some(mut gateway) = gateway("a_wildcard_to_an_ollama_elsewhere") else { return };
    let elsewhere = "http://10.0.0.5:11434";
    let project = Project {
        providers: "providers:\n  far: {type: ollama, base_url: 'http://10.0.0.5:11434', \
                    status: active, models: [phi4]}\n",
        mappings: "routing_rules: {default_provider: far}\n",
        ..Project::default()
    };
    load(&mut gateway, &project, &[], &[elsewhere]);
    let unlisted = gateway.request("other", &[]);
    assert_eq!(unlisted.answered_by(), Some((elsewhere, "other")));
    let asked = |url: &str| unlisted.side_calls.iter().filter(|call| *call == url).count();
    assert!(asked("http://localhost:11434/api/show") > 1, "{:?}", unlisted.side_calls);
    let listed = gateway.request("phi4", &[]);
    assert!(listed.ok && listed.side_calls.is_empty(), "{:?}", listed.side_calls);
}

#[test]
fn a_name_without_anybody_else_is_refused_while_it_is_left_alone() {
    let Some(mut gateway) = gateway("a_name_without_anybody_else_is_refused") else { return };
    let mappings = "
special_cases:
  rate_limited_fallback: {enabled: true, fallback_duration_seconds: 300}
fallback_chains:
  b: {chain: [a]}
";
    let project = Project { providers: TWO, mappings, ..Project::default() };
    load(&mut gateway, &project, &[], &[LOCAL]);
    let limited = [Failure { times: Some(1), ..Failure::of("a", 429) }];
    // The retries of a name without a chain are asked in vain as well.
    assert!(!gateway.request("a", &limited).ok);
    let refused = gateway.request("a", &[]);
    assert!(!refused.ok && refused.calls.is_empty(), "{refused:?}");
    assert_eq!(gateway.request("b", &[]).answered_by(), Some((LOCAL, "b")));
    gateway.advance(301);
    assert_eq!(gateway.request("a", &[]).answered_by(), Some((LOCAL, "a")));
}

#[test]
fn a_list_for_long_requests_replaces_the_chains_of_names_without_an_entry() {
    let Some(mut gateway) = gateway("a_list_for_long_requests_replaces") else { return };
    let providers = "
providers:
  vllm:
    type: vllm
    base_url: 'http://127.0.0.1:8001'
    status: active
    models: [{name: a, context_length: 10}, {name: c, context_length: 10}, b, d]
";
    let mappings = "fallback_chains: {a: {chain: [b]}, c: {chain: [b]}}\n";
    let long = "word ".repeat(100);
    let message = json!({"messages": [{"role": "user", "content": long}]});
    for (lists, a, c) in [("", "b", "b"), ("[{a: [d]}]", "d", ""), ("[{'*': [d]}]", "d", "d")] {
        let setting =
            format!("gateway: {{router_settings: {{context_window_fallbacks: {lists}}}}}\n");
        let more = [("gwcfg.yaml", if lists.is_empty() { "{}" } else { setting.as_str() })];
        let project = Project { providers, mappings, more: &more, ..Project::default() };
        load(&mut gateway, &project, &[], &[LOCAL]);
        assert_eq!(gateway.request_with("a", &[], &message).models(), a, "{lists}");
        assert_eq!(gateway.request_with("c", &[], &message).models(), c, "{lists}");
    }
}

#[test]
fn a_capability_tries_one_member_of_a_shared_model() {
    let Some(mut gateway) = gateway("a_capability_tries_one_member") else { return };
    let mappings = "
capabilities: {code: {preferred_models: [shared, c]}}
load_balancing:
  shared:
    providers:
      - {provider: vllm, preferred_model: a, weight: 1}
      - {provider: vllm, preferred_model: b, weight: 0}
";
    let providers = TWO.replace("[a, b]", "[a, b, c]");
    let project = Project { providers: &providers, mappings, ..Project::default() };
    load(&mut gateway, &project, &[], &[LOCAL]);
    assert_eq!(gateway.request("code", &[Failure::of("a", 500)]).models(), "a c");
    // Under its own name each member is tried.
    assert_eq!(gateway.request("shared", &[Failure::of("a", 500)]).models(), "a b");
}
