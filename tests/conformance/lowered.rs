//! What providers and models say of themselves, compiled by gwcfg, as it reaches the upstreams.

use serde_json::{Value, json};

use crate::project::{Project, compile, load};
use crate::support::litellm::{Call, Failure, Gateway, gateway};

const OLLAMA: &str = "http://127.0.0.1:11434";
const VLLM: &str = "http://127.0.0.1:8001";
const OPENAI: &str = "https://api.openai.com";
const KEYS: [(&str, &str); 1] = [("OPENAI_API_KEY", "sk-test")];

const PROVIDERS: &str = "
providers:
  ollama:
    type: ollama
    base_url: http://127.0.0.1:11434
    status: active
    default_model: phi4
    models:
      - qwen3
      - name: phi4
        options: {num_ctx: 8192, temperature: 0.2, num_predict: 64, top_k: 20, keep_alive: 5m, stop: [END]}
  vllm:
    type: vllm
    base_url: http://127.0.0.1:8001
    status: active
    tags: [gpu, batch]
    headers: {X-Team: red, X-Version: '2'}
    timeout: 30
    stream_timeout: 10
    models:
      - {name: qwen, options: {temperature: 0.7, top_k: 5, repetition_penalty: 1.1, max_tokens: 99}}
  openai: {type: openai, status: active, models: [gpt-4o-mini]}
health_checks: {enabled: true, interval_seconds: 60, timeout_seconds: 5, retry_attempts: 3}
";

const MAPPINGS: &str = "
exact_matches: {fast: {provider: vllm, backend_model: qwen}}
patterns: [{pattern: '^org/.*', provider: vllm}]
routing_rules: {default_provider: ollama}
";

fn loaded(test: &str) -> Option<Gateway> {
    let mut gateway = gateway(test)?;
    let project = Project { providers: PROVIDERS, mappings: MAPPINGS, ..Project::default() };
    load(&mut gateway, &project, &KEYS, &[OLLAMA, VLLM, OPENAI]);
    Some(gateway)
}

fn only_call(gateway: &mut Gateway, name: &str, params: &Value) -> Call {
    let answer = gateway.request_with(name, &[], params);
    assert!(answer.ok && answer.calls.len() == 1, "{answer:?}");
    answer.calls[0].clone()
}

#[test]
fn options_of_a_model_reach_its_server_where_it_reads_them() {
    let Some(mut gateway) = loaded("options_of_a_model_reach_its_server") else { return };
    let ollama = only_call(&mut gateway, "phi4", &json!({}));
    assert_eq!(
        ollama.body["options"],
        json!({
            "num_ctx": 8192, "temperature": 0.2, "num_predict": 64, "top_k": 20, "stop": ["END"]
        })
    );
    assert_eq!(ollama.body["keep_alive"], json!("5m"));
    let vllm = only_call(&mut gateway, "fast", &json!({}));
    let read = ["temperature", "top_k", "repetition_penalty", "max_tokens"];
    let sent: Vec<&Value> = read.iter().map(|key| &vllm.body[*key]).collect();
    assert_eq!(sent, [&json!(0.7), &json!(5), &json!(1.1), &json!(99)]);
    // What a client asks for wins.
    let asked = only_call(&mut gateway, "fast", &json!({"temperature": 0.1}));
    assert_eq!(asked.body["temperature"], json!(0.1));
}

#[test]
fn headers_timeouts_and_tags_of_a_provider_are_compiled() {
    let Some(mut gateway) = loaded("headers_timeouts_and_tags") else { return };
    let call = only_call(&mut gateway, "fast", &json!({}));
    assert_eq!((call.header("x-team"), call.header("x-version")), (Some("red"), Some("2")));
    assert_eq!(call.body.get("tags"), None);
    assert_eq!(call.body.get("metadata"), None);
    let streamed = only_call(&mut gateway, "fast", &json!({"stream": true}));
    assert_eq!(streamed.origin, VLLM);
}

#[test]
fn the_health_check_asks_one_deployment_of_each_local_provider() {
    let Some(mut gateway) = loaded("the_health_check_asks_one_deployment") else { return };
    let health = gateway.health();
    assert_eq!(health.interval, Some(60.0));
    assert!(health.refused.is_empty(), "{health:?}");
    let mut calls: Vec<(&str, &str)> = health
        .calls
        .iter()
        .map(|call| (call.origin.as_str(), call.model.as_deref().unwrap_or("-")))
        .collect();
    calls.sort_unstable();
    // The default model of one, the first of the other, and nothing that costs money.
    assert_eq!(calls, [(OLLAMA, "phi4"), (VLLM, "qwen")]);
    let vllm = health.calls.iter().find(|call| call.origin == VLLM).expect("asked");
    assert!(vllm.body["max_tokens"].as_u64().is_some_and(|tokens| tokens <= 16), "{vllm:?}");
}

#[test]
fn no_health_check_is_compiled_where_it_is_off() {
    let Some(mut gateway) = gateway("no_health_check_is_compiled") else { return };
    let providers = PROVIDERS.replace("{enabled: true", "{enabled: false");
    let project = Project { providers: &providers, mappings: MAPPINGS, ..Project::default() };
    assert!(!compile(&project).contains("health"));
    load(&mut gateway, &project, &KEYS, &[OLLAMA, VLLM, OPENAI]);
    assert_eq!(gateway.health().interval, None);
}

#[test]
fn every_member_of_a_shared_name_is_tried_before_its_chain() {
    let Some(mut gateway) = gateway("every_member_of_a_shared_name_is_tried") else { return };
    let members: String =
        (1..=7).map(|n| format!("      - {{provider: vllm, preferred_model: m{n}}}\n")).collect();
    let mappings = format!(
        "load_balancing:\n  shared:\n    providers:\n{members}  second:\n    providers:\n{members}\
         fallback_chains:\n  shared: {{chain: [second, z]}}\n  second: {{chain: [z]}}\n\
         \x20 m1: {{chain: [shared]}}\n"
    );
    let project = Project {
        providers: "
providers:
  vllm:
    type: vllm
    base_url: http://127.0.0.1:8001
    status: active
    models: [m1, m2, m3, m4, m5, m6, m7, z]
",
        mappings: &mappings,
        ..Project::default()
    };
    load(&mut gateway, &project, &[], &[VLLM]);
    let down: Vec<Failure> = (1..=7).map(|n| Failure::of(&format!("m{n}"), 500)).collect();
    for (name, calls) in [("second", 8), ("shared", 15), ("m1", 16)] {
        load(&mut gateway, &project, &[], &[VLLM]);
        let answer = gateway.request(name, &down);
        assert_eq!(answer.answered_by(), Some((VLLM, "z")), "{name}");
        assert_eq!(answer.calls.len(), calls, "{name}: {}", answer.models());
    }
}
