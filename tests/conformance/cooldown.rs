//! When a failing deployment is left alone, and for how long.

use crate::support::litellm::{Failure, Gateway, gateway};
use crate::{answered, deployment, load, models};

const POLICY: &str = "
router_settings:
  num_retries: 0
  cooldown_time: 300
  allowed_fails_policy: {RateLimitErrorAllowedFails: 0, InternalServerErrorAllowedFails: 2}
";

/// How many of `requests` failing requests reach the only deployment of `a`.
fn calls_until_cooled(gateway: &mut Gateway, status: u16, requests: usize) -> usize {
    (0..requests).map(|_| gateway.request("a", &[Failure::all(status)]).calls.len()).sum()
}

#[test]
fn a_policy_of_n_cools_a_single_deployment_at_failure_n_plus_1() {
    let Some(mut gateway) = gateway("a_policy_of_n_cools_a_single_deployment") else { return };
    for (status, calls) in [(429, 1), (500, 3)] {
        load(&mut gateway, &(models(&["a"]) + POLICY));
        assert_eq!(calls_until_cooled(&mut gateway, status, 5), calls, "{status}");
        gateway.advance(301);
        assert_eq!(answered(&gateway.request("a", &[])), "a");
    }
}

#[test]
fn kinds_that_a_policy_does_not_name_are_cooled_at_the_fourth_failure() {
    let Some(mut gateway) = gateway("kinds_that_a_policy_does_not_name") else { return };
    load(&mut gateway, &(models(&["a"]) + POLICY));
    assert_eq!(calls_until_cooled(&mut gateway, 503, 6), 4);
}

#[test]
fn a_bad_request_never_cools() {
    let Some(mut gateway) = gateway("a_bad_request_never_cools") else { return };
    load(&mut gateway, &(models(&["a"]) + POLICY));
    assert_eq!(calls_until_cooled(&mut gateway, 400, 6), 6);
}

#[test]
fn failures_are_counted_within_the_cooldown_time_and_success_does_not_reset_them() {
    let Some(mut gateway) = gateway("failures_are_counted_within_the_cooldown_time") else {
        return;
    };
    load(&mut gateway, &(models(&["a"]) + POLICY));
    assert_eq!(calls_until_cooled(&mut gateway, 500, 2), 2);
    assert_eq!(answered(&gateway.request("a", &[])), "a");
    assert_eq!(calls_until_cooled(&mut gateway, 500, 2), 1);
    load(&mut gateway, &(models(&["a"]) + POLICY));
    assert_eq!(calls_until_cooled(&mut gateway, 500, 2), 2);
    gateway.advance(301);
    assert_eq!(calls_until_cooled(&mut gateway, 500, 5), 3);
}

#[test]
fn fallbacks_run_while_a_group_is_cooled() {
    let Some(mut gateway) = gateway("fallbacks_run_while_a_group_is_cooled") else { return };
    let config = models(&["a", "z"]) + POLICY + "  fallbacks: [{a: [z]}]\n";
    load(&mut gateway, &config);
    assert_eq!(answered(&gateway.request("a", &[Failure::of("a", 429)])), "a z");
    assert_eq!(answered(&gateway.request("a", &[])), "z");
}

#[test]
fn without_a_policy_a_single_deployment_is_cooled_by_401_but_not_by_429() {
    let Some(mut gateway) = gateway("without_a_policy_a_single_deployment") else { return };
    for (status, calls) in [(401, 1), (404, 1), (429, 4), (500, 4)] {
        let settings = "router_settings: {num_retries: 0, cooldown_time: 300}\n";
        load(&mut gateway, &(models(&["a"]) + settings));
        assert_eq!(calls_until_cooled(&mut gateway, status, 4), calls, "{status}");
    }
}

#[test]
fn a_rate_limited_member_of_a_group_is_left_alone_at_once() {
    let Some(mut gateway) = gateway("a_rate_limited_member_of_a_group") else { return };
    let group =
        deployment("g", "openai/m1", ", order: 1") + &deployment("g", "openai/m2", ", order: 2");
    let settings = "router_settings: {num_retries: 0, cooldown_time: 300}\n";
    load(&mut gateway, &format!("model_list:\n{group}{settings}"));
    assert_eq!(answered(&gateway.request("g", &[Failure::of("m1", 429)])), "m1 m2");
    assert_eq!(answered(&gateway.request("g", &[])), "m2");
    gateway.advance(301);
    assert_eq!(answered(&gateway.request("g", &[])), "m1");
}

#[test]
fn allowed_fails_of_3_does_nothing_for_a_single_deployment_and_2_does() {
    let Some(mut gateway) = gateway("allowed_fails_of_3_does_nothing") else { return };
    for (allowed, calls) in [(2, 3), (3, 8)] {
        let settings = format!(
            "router_settings: {{num_retries: 0, cooldown_time: 300, allowed_fails: {allowed}}}\n"
        );
        load(&mut gateway, &(models(&["a"]) + &settings));
        assert_eq!(calls_until_cooled(&mut gateway, 500, 8), calls, "{allowed}");
    }
}

#[test]
fn the_gateways_own_rate_limit_cools_like_a_429_of_the_provider() {
    let Some(mut gateway) = gateway("the_gateways_own_rate_limit_cools") else { return };
    let config = format!("model_list:\n{}", deployment("a", "openai/a", ", rpm: 1"))
        + POLICY
        + "  optional_pre_call_checks: [enforce_model_rate_limits]\n";
    load(&mut gateway, &config);
    // Two when a minute of the clock ends in between.
    let passed = (0..4).take_while(|_| gateway.request("a", &[]).ok).count();
    assert!((1..=2).contains(&passed), "{passed}");
    // The limit is of a minute, the cooldown of five.
    gateway.advance(70);
    let error = gateway.request("a", &[]).error.expect("still cooled");
    assert_eq!(error.class, "RouterRateLimitError");
    gateway.advance(301);
    assert_eq!(answered(&gateway.request("a", &[])), "a");
}
