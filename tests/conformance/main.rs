//! What the compiler relies on in the real gateway, each fact pinned by one small test.
//!
//! The configurations are written here by hand: what gwcfg emits is tested against the same
//! gateway elsewhere. Facts hold for LiteLLM 1.106.2.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::use_debug,
    unreachable_pub,
    dead_code,
    reason = "a test fails by panicking, and the support module serves several test binaries"
)]

#[path = "../support/mod.rs"]
mod support;

mod behaviour;
mod compiled;
mod cooldown;
mod fallbacks;
mod gateway_settings;
mod groups;
mod latency;
mod lowered;
mod project;
mod provider_types;
mod providers;
mod served;
mod settings;
mod started;
mod strategies;
mod verdicts;

use support::litellm::{Answer, Failure, Gateway, Load, Loaded};

/// The origin that answers in every configuration of these tests.
const UPSTREAM: &str = "http://127.0.0.1:8001";

/// A `model_list` with one deployment for each name, at [`UPSTREAM`].
fn models(names: &[&str]) -> String {
    let mut text = "model_list:\n".to_owned();
    for name in names {
        text.push_str(&deployment(name, &format!("openai/{name}"), ""));
    }
    text
}

/// One deployment; `more` is further `litellm_params` in flow style, such as `, order: 1`.
fn deployment(name: &str, model: &str, more: &str) -> String {
    format!(
        "  - model_name: \"{name}\"\n    litellm_params: {{model: \"{model}\", \
         api_base: \"{UPSTREAM}/v1\", api_key: \"none\"{more}}}\n"
    )
}

/// Loads a configuration that must load without an error line.
fn load(gateway: &mut Gateway, config: &str) -> Loaded {
    let loaded = try_load(gateway, config);
    assert!(loaded.ok, "{loaded:?}\n{config}");
    loaded
}

/// Loads a configuration that may fail.
fn try_load(gateway: &mut Gateway, config: &str) -> Loaded {
    let upstreams = vec![UPSTREAM.to_owned()];
    gateway.load(&Load { config: config.to_owned(), upstreams, ..Load::default() })
}

/// The calls of a request that finds every upstream broken.
fn walk(gateway: &mut Gateway, model: &str) -> String {
    let answer = gateway.request(model, &[Failure::all(500)]);
    assert!(!answer.ok, "{answer:?}");
    answer.models()
}

/// The calls of a request that is answered although some models fail with 500.
fn around(gateway: &mut Gateway, model: &str, broken: &[&str]) -> String {
    let failures: Vec<Failure> = broken.iter().map(|model| Failure::of(model, 500)).collect();
    answered(&gateway.request(model, &failures))
}

/// The calls of a request that must have been answered.
fn answered(answer: &Answer) -> String {
    assert!(answer.ok, "{answer:?}");
    answer.models()
}
