//! Several deployments under one name: orders, weights, strategies, wildcards.

use crate::support::litellm::{Failure, Gateway, gateway};
use crate::{around, deployment, load, models, try_load, walk};

/// A group `g` of `m1`, `m2`, `m3` at the orders 1, 2, 3, and a model `z`.
fn ordered(settings: &str) -> String {
    let mut text = models(&["z"]);
    for order in 1..=3 {
        let model = format!("openai/m{order}");
        text.push_str(&deployment("g", &model, &format!(", order: {order}")));
    }
    text + settings
}

/// How often each of two models answered `requests` requests.
fn shares(gateway: &mut Gateway, name: &str, models: [&str; 2], requests: u32) -> [u32; 2] {
    let mut counts = [0, 0];
    for _ in 0..requests {
        let answer = gateway.request(name, &[]);
        for (count, model) in counts.iter_mut().zip(models) {
            *count += u32::from(answer.answered_by().is_some_and(|(_, by)| by == model));
        }
    }
    counts
}

#[test]
fn orders_are_walked_for_every_kind_of_failure() {
    let Some(mut gateway) = gateway("orders_are_walked") else { return };
    for status in [400, 401, 404, 408, 429, 500, 503] {
        load(&mut gateway, &ordered("router_settings: {num_retries: 0}\n"));
        let answer = gateway.request("g", &[Failure::of("m1", status), Failure::of("m2", status)]);
        assert_eq!(answer.models(), "m1 m2 m3", "{status}");
    }
    for how in ["refused", "timeout"] {
        load(&mut gateway, &ordered("router_settings: {num_retries: 0}\n"));
        let answer = gateway.request("g", &[Failure::wire("m1", how)]);
        assert_eq!(answer.models(), "m1 m2", "{how}");
    }
}

#[test]
fn the_fallback_list_comes_after_all_orders() {
    let Some(mut gateway) = gateway("the_fallback_list_comes_after_all_orders") else { return };
    for settings in ["fallbacks: [{g: [z]}]", "default_fallbacks: [z]"] {
        let settings = format!("router_settings: {{num_retries: 0, {settings}}}\n");
        load(&mut gateway, &ordered(&settings));
        assert_eq!(around(&mut gateway, "g", &["m1", "m2", "m3"]), "m1 m2 m3 z");
    }
}

#[test]
fn an_ordered_group_is_a_hop_and_an_alias_target_like_any_other() {
    let Some(mut gateway) = gateway("an_ordered_group_is_a_hop") else { return };
    let settings = "
router_settings:
  num_retries: 0
  fallbacks: [{z: [g]}]
  model_group_alias: {h: {model: g, hidden: true}}
";
    load(&mut gateway, &ordered(settings));
    assert_eq!(walk(&mut gateway, "z"), "z m1 m2 m3");
    assert_eq!(walk(&mut gateway, "h"), "m1 m2 m3");
}

#[test]
fn retries_repeat_each_order_without_waiting() {
    let Some(mut gateway) = gateway("retries_repeat_each_order") else { return };
    load(&mut gateway, &ordered("router_settings: {num_retries: 1}\n"));
    let answer = gateway.request("g", &[Failure::all(500)]);
    assert_eq!(answer.models(), "m1 m1 m2 m2 m3 m3");
    assert!(answer.slept < 0.001, "{}", answer.slept);
}

#[test]
fn zero_max_fallbacks_switches_orders_off_too() {
    let Some(mut gateway) = gateway("zero_max_fallbacks_switches_orders_off") else { return };
    load(&mut gateway, &ordered("router_settings: {num_retries: 0, max_fallbacks: 0}\n"));
    assert_eq!(walk(&mut gateway, "g"), "m1");
}

#[test]
fn without_retries_only_one_member_of_an_order_is_tried() {
    let Some(mut gateway) = gateway("only_one_member_of_an_order_is_tried") else { return };
    let group = deployment("g", "openai/m1", ", order: 1, weight: 1")
        + &deployment("g", "openai/m2", ", order: 1, weight: 0")
        + &deployment("g", "openai/m3", ", order: 2, weight: 1");
    load(&mut gateway, &format!("model_list:\n{group}router_settings: {{num_retries: 0}}\n"));
    assert_eq!(around(&mut gateway, "g", &["m1"]), "m1 m3");
}

#[test]
fn weighted_failover_tries_every_member_before_the_fallbacks() {
    let Some(mut gateway) = gateway("weighted_failover_tries_every_member") else { return };
    let group = deployment("g", "openai/m1", ", weight: 1")
        + &deployment("g", "openai/m2", ", weight: 0")
        + &deployment("z", "openai/z", "");
    let settings = "router_settings: {num_retries: 0, enable_weighted_failover: true, \
                    fallbacks: [{g: [z]}]}\n";
    for status in [400, 401, 404, 429, 500] {
        load(&mut gateway, &format!("model_list:\n{group}{settings}"));
        let down = [Failure::of("m1", status)];
        assert_eq!(gateway.request("g", &down).models(), "m1 m2", "{status}");
        load(&mut gateway, &format!("model_list:\n{group}{settings}"));
        let down = [Failure::of("m1", status), Failure::of("m2", status)];
        assert_eq!(gateway.request("g", &down).models(), "m1 m2 z", "{status}");
    }
}

#[test]
fn each_member_of_a_weighted_failover_counts_as_a_hop() {
    let Some(mut gateway) = gateway("each_member_of_a_weighted_failover_counts") else { return };
    let group: String =
        (0..9).map(|member| deployment("g", &format!("openai/m{member}"), ", weight: 1")).collect();
    for (most, calls) in [(5, 6), (8, 9)] {
        let settings = format!(
            "router_settings: {{num_retries: 0, enable_weighted_failover: true, \
             max_fallbacks: {most}}}\n"
        );
        load(&mut gateway, &format!("model_list:\n{group}{settings}"));
        assert_eq!(gateway.request("g", &[Failure::all(500)]).calls.len(), calls);
    }
}

#[test]
fn another_strategy_than_simple_shuffle_tries_one_member() {
    let Some(mut gateway) = gateway("another_strategy_than_simple_shuffle") else { return };
    let group = deployment("g", "openai/m1", "") + &deployment("g", "openai/m2", "");
    let strategies =
        ["least-busy", "usage-based-routing-v2", "cost-based-routing", "latency-based-routing"];
    for strategy in strategies {
        let settings = format!(
            "router_settings: {{num_retries: 0, enable_weighted_failover: true, \
             routing_strategy: {strategy}}}\n"
        );
        load(&mut gateway, &format!("model_list:\n{group}{settings}"));
        assert_eq!(gateway.request("g", &[Failure::all(500)]).calls.len(), 1, "{strategy}");
    }
}

#[test]
fn weights_decide_under_simple_shuffle_and_beat_rate_limits() {
    let Some(mut gateway) = gateway("weights_decide") else { return };
    let group = deployment("g", "openai/m1", ", weight: 0, rpm: 900")
        + &deployment("g", "openai/m2", ", weight: 1, rpm: 100");
    let settings = "
router_settings:
  num_retries: 0
  optional_pre_call_checks: [enforce_model_rate_limits]
";
    load(&mut gateway, &format!("model_list:\n{group}{settings}"));
    assert_eq!(shares(&mut gateway, "g", ["m1", "m2"], 20), [0, 20]);
}

#[test]
fn an_enforced_rate_limit_goes_to_the_fallbacks_without_a_call() {
    let Some(mut gateway) = gateway("an_enforced_rate_limit") else { return };
    let group = deployment("g", "openai/m1", ", rpm: 2") + &deployment("z", "openai/z", "");
    let settings = "
router_settings:
  num_retries: 0
  optional_pre_call_checks: [enforce_model_rate_limits]
  fallbacks: [{g: [z]}]
";
    // The limit counts per minute of the clock: a first round may end in the minute before.
    for round in 0..2 {
        load(&mut gateway, &format!("model_list:\n{group}{settings}"));
        let calls: Vec<String> = (0..3).map(|_| around(&mut gateway, "g", &[])).collect();
        if calls == ["m1", "m1", "z"] {
            return;
        }
        assert_eq!(round, 0, "{calls:?}");
    }
}

#[test]
fn a_routing_group_gives_one_name_a_strategy_of_its_own() {
    let Some(mut gateway) = gateway("a_routing_group_gives_one_name_a_strategy") else { return };
    let members = |name: &str| {
        deployment(name, &format!("openai/{name}1"), ", weight: 0")
            + &deployment(name, &format!("openai/{name}2"), ", weight: 1")
    };
    let settings = "
router_settings:
  num_retries: 0
  routing_strategy: \"simple-shuffle\"
  routing_groups:
    - group_name: \"g\"
      models: [\"g\"]
      routing_strategy: \"usage-based-routing-v2\"
";
    let config = format!("model_list:\n{}{}{settings}", members("g"), members("w"));
    let loaded = load(&mut gateway, &config);
    // Named like its only member, the group adds no public name.
    assert_eq!(loaded.models, ["g", "g", "w", "w"]);
    // By use, not by weight; the counts begin anew when a minute of the clock does.
    let [first, second] = shares(&mut gateway, "g", ["g1", "g2"], 10);
    assert!(first >= 3 && second >= 3, "{first} {second}");
    assert_eq!(shares(&mut gateway, "w", ["w1", "w2"], 10), [0, 10]);
}

#[test]
fn a_routing_group_with_a_name_of_its_own_is_a_public_model() {
    let Some(mut gateway) = gateway("a_routing_group_with_a_name_of_its_own") else { return };
    let settings = "
router_settings:
  num_retries: 0
  routing_groups:
    - {group_name: p, models: [a, b], routing_strategy: priority, model_priorities: {a: 1, b: 2}}
";
    let loaded = load(&mut gateway, &(models(&["a", "b"]) + settings));
    assert_eq!(loaded.models, ["a", "b", "p", "p"]);
    assert_eq!(around(&mut gateway, "p", &["a"]), "a b");
}

#[test]
fn a_model_in_two_routing_groups_stops_the_start() {
    let Some(mut gateway) = gateway("a_model_in_two_routing_groups") else { return };
    let settings = "
router_settings:
  routing_groups:
    - {group_name: p, models: [a], routing_strategy: least-busy}
    - {group_name: q, models: [a], routing_strategy: least-busy}
";
    let loaded = try_load(&mut gateway, &(models(&["a"]) + settings));
    assert!(loaded.error.expect("no start").contains("at most one group"));
}

#[test]
fn a_star_keeps_the_requested_name() {
    let Some(mut gateway) = gateway("a_star_keeps_the_requested_name") else { return };
    for prefix in ["openai", "hosted_vllm", "ollama_chat", "openrouter"] {
        let star = deployment("*", &format!("{prefix}/*"), "");
        load(&mut gateway, &format!("model_list:\n{star}router_settings: {{num_retries: 0}}\n"));
        for name in ["foo", "org/foo", "foo:7b", "gpt-4o", "openai/gpt-4"] {
            let answer = gateway.request(name, &[Failure::all(500)]);
            assert_eq!(answer.models(), name, "{prefix}");
        }
    }
}

#[test]
fn a_wildcard_has_its_own_chain_by_orders() {
    let Some(mut gateway) = gateway("a_wildcard_has_its_own_chain_by_orders") else { return };
    let list = deployment("org/*", "hosted_vllm/org/*", ", order: 1")
        + &deployment("org/*", "openai/second", ", order: 2")
        + &deployment("*", "hosted_vllm/*", ", order: 1")
        + &deployment("*", "openai/last", ", order: 2");
    let config = models(&["known"]) + &list + "router_settings: {num_retries: 0}\n";
    load(&mut gateway, &config);
    assert_eq!(around(&mut gateway, "org/x", &["org/x"]), "org/x second");
    assert_eq!(around(&mut gateway, "foo", &["foo"]), "foo last");
    assert_eq!(walk(&mut gateway, "known"), "known");
}

#[test]
fn a_fallback_list_under_a_wildcard_is_dead() {
    let Some(mut gateway) = gateway("a_fallback_list_under_a_wildcard_is_dead") else { return };
    let list = models(&["d", "e"]) + &deployment("org/*", "hosted_vllm/org/*", "");
    let settings = "
router_settings:
  num_retries: 0
  fallbacks: [{\"org/*\": [d]}, {\"org/x\": [e]}]
";
    load(&mut gateway, &(list + settings));
    assert_eq!(walk(&mut gateway, "org/y"), "org/y");
    assert_eq!(around(&mut gateway, "org/x", &["org/x"]), "org/x e");
}
