//! What was found to differ once, each as small as it can be: settings and shapes that decide about
//! a request, compared with the real router in every scenario.

use crate::support::litellm::gateway;
use crate::{Total, compare};

/// Names with one deployment each, `a` with two, at three upstreams; then `settings`.
fn config(deployments: &[(&str, &str)], settings: &str) -> String {
    let entry = |(number, (name, more)): (usize, &(&str, &str))| {
        let port = 8001 + number % 3;
        format!(
            "- {{model_name: \"{name}\", litellm_params: {{model: openai/m{number}, api_key: \
             none, api_base: 'http://127.0.0.1:{port}/v1'}}{more}}}\n"
        )
    };
    let entries: Vec<String> = deployments.iter().enumerate().map(entry).collect();
    format!("model_list:\n{}{settings}\n", entries.concat())
}

const TWO: [(&str, &str); 4] = [("a", ""), ("a", ""), ("b", ""), ("c", "")];

/// Settings beside `TWO`.
const SETTINGS: [&str; 11] = [
    // Of the failures of one request the first is counted, so the second member is asked again.
    "router_settings: {num_retries: 4}",
    "router_settings: {num_retries: 6, enable_weighted_failover: true, fallbacks: [{a: [b]}]}",
    "router_settings: {retry_policy: {RateLimitErrorRetries: 3, AuthenticationErrorRetries: 2, \
     BadRequestErrorRetries: 1, TimeoutErrorRetries: 0}, fallbacks: [{a: [b, c]}]}",
    "router_settings: {retry_policy: {DefaultRetries: 1}, model_group_retry_policy: {b: \
     {InternalServerErrorRetries: 3, ContentPolicyViolationErrorRetries: 2}}, \
     fallbacks: [{a: [b]}, {b: [c]}]}",
    "router_settings: {num_retries: 3, allowed_fails: 0, fallbacks: [{a: [b]}, {b: [a, c]}]}",
    "router_settings: {num_retries: 3, allowed_fails_policy: {RateLimitErrorAllowedFails: 1, \
     InternalServerErrorAllowedFails: 0}, fallbacks: [{a: [b]}, {b: [a, c]}]}",
    "litellm_settings: {allowed_fails: 0, num_retries: 3}",
    "litellm_settings: {fallbacks: [{model: b}, {model: c}], num_retries: 0}",
    "router_settings: {context_window_fallbacks: {a: b, b: c}, num_retries: 0}",
    // That there is nobody behind `x` is the failure that is counted.
    "router_settings: {model_group_alias: {x: [a], y: a}, fallbacks: [{x: [a]}], num_retries: 4}",
    "router_settings: {routing_strategy: least-busy, num_retries: 2, fallbacks: [{a: [c]}]}",
];

#[test]
fn the_walk_is_what_the_real_router_does_with_what_differed_once() {
    let test = "the_walk_is_what_the_real_router_does_with_what_differed_once";
    let Some(mut gateway) = gateway(test) else { return };
    let mut configs: Vec<String> = SETTINGS.iter().map(|text| config(&TWO, text)).collect();
    let plain = "router_settings: {num_retries: 3, fallbacks: [{a: [b, c]}]}";
    configs.extend([
        of(", model_info: {blocked: true}", plain),
        of(", model_info: {allowed_fails: 0}", plain),
        of(", model_info: {allowed_fails_policy: {BadRequestErrorAllowedFails: 0}}", plain),
        of(", model_info: {cooldown_time: 0}", plain),
        of(", model_info: {order: 2}", plain),
        of(", model_info: {tier: primary}", plain),
        of(", rpm: 3", plain),
        // One id for two.
        format!("{}{plain}\n", config(&[("a", "")], "") + &twin()),
        config(&TWO, plain).replace("openai/m0", "nobody/m0"),
        config(
            &[("a", ""), ("gpt-4o-mini", "")],
            "router_settings: {num_retries: 0, fallbacks: \
             [{openai/gpt-4o-mini: [a]}]}",
        ),
        config(
            &[("a", ""), ("openai/*", "")],
            "router_settings: {num_retries: 0, fallbacks: \
             [{a: [gpt-4o-mini, claude-3-opus-20240229]}]}",
        ),
        config(
            &[("a", ", rpm: 1"), ("b", "")],
            "router_settings: {num_retries: 2, \
             routing_strategy: usage-based-routing-v2, fallbacks: [{a: [b]}]}",
        ),
    ]);
    let mut total = Total::default();
    for (number, config) in configs.iter().enumerate() {
        compare(&mut gateway, config, &format!("pinned {number}"), &mut total);
    }
    total.is_right("pinned config");
}

/// With the first member of `a` in this way.
fn of(more: &str, settings: &str) -> String {
    config(&[("a", more), ("a", ""), ("b", ""), ("c", "")], settings)
}

/// The entry of `a` once more.
fn twin() -> String {
    config(&[("a", "")], "").replace("model_list:\n", "").trim_end().to_owned() + "\n"
}
