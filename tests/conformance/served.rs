//! The names that gwcfg reads out of a config are those that the real gateway lists for it, and it
//! counts as many models as the gateway's own check does.

use gwcfg::gateway::litellm::served;

use crate::project::{Project, compile};
use crate::support::litellm::gateway;
use crate::{UPSTREAM, load, models};

/// What a person may write by hand.
const SETTINGS: &[&str] = &[
    "",
    "router_settings: {model_group_alias: {s: a, h: {model: a, hidden: true}}}\n",
    "router_settings: {model_group_alias: {v: {model: a, hidden: false}}}\n",
    "router_settings: {model_group_alias: {lost: nobody, twice: b, b: a}}\n",
    "  - {model_name: a, litellm_params: {model: openai/c, api_base: 'http://127.0.0.1:8001/v1', \
     api_key: none}}\nrouter_settings: {model_group_alias: {s: a, t: b, h: {model: a, hidden: \
     true}}, routing_groups: [{group_name: g, models: [a, b, s, lost], routing_strategy: \
     least-busy}]}\n",
    "router_settings: {model_group_alias: {w: 'org/*', o: 'org/m'}}\n",
    "router_settings: {routing_groups: [{group_name: g, models: [a, b], \
     routing_strategy: least-busy}]}\n",
    "router_settings: {routing_groups: [{group_name: a, models: [b], routing_strategy: \
     least-busy}]}\n",
    "router_settings: {model_group_alias: {s: g}, routing_groups: [{group_name: g, models: [a], \
     routing_strategy: least-busy}]}\n",
    "router_settings: {fallbacks: [{unknown: [a]}, {a: [b]}]}\n",
];

/// Chains with a hop, a deployment without a public name, and a pattern.
const PROVIDERS: &str = "
providers:
  one: {type: vllm, base_url: 'http://127.0.0.1:8001', status: active, models: [a, b]}
  two:
    {type: vllm, base_url: 'http://127.0.0.1:8001', status: active, models: [c],
     default_model: c}
";
const MAPPINGS: &str = "
exact_matches:
  z: {provider: one, backend_model: a, fallback: two}
load_balancing:
  both:
    strategy: least_busy
    providers: [{provider: one, preferred_model: a}, {provider: two, preferred_model: c}]
patterns: [{pattern: '^org/.*', provider: one}]
fallback_chains:
  a: {chain: [b, c]}
  b: {chain: [both]}
";

#[test]
fn the_listed_names_are_those_of_the_gateway() {
    let Some(mut gateway) = gateway("the_listed_names_are_those_of_the_gateway") else { return };
    assert_eq!(UPSTREAM, "http://127.0.0.1:8001");
    let by_hand =
        SETTINGS.iter().map(|settings| models(&["a", "b", "org/*", "gwcfg:p:m"]) + settings);
    let allow = ["-A", "model-unreached", "-A", "provider-address-shared"];
    let project = Project { providers: PROVIDERS, mappings: MAPPINGS, flags: &allow, more: &[] };
    let compiled = compile(&project);
    assert!(compiled.contains("gwcfg:hop:b"), "{compiled}");
    for config in by_hand.chain([compiled]) {
        let mut listed = load(&mut gateway, &config).models;
        assert_eq!(served::models(&config), listed.len(), "{listed:?}\n{config}");
        listed.retain(|name| !name.contains('*'));
        listed.dedup();
        let read: Vec<String> = served::names(&config).into_iter().collect();
        assert_eq!(read, listed, "{config}");
    }
}
