//! Names that ask for different strategies, compiled by gwcfg and chosen by the real router.

use crate::project::{Project, load};
use crate::support::litellm::{Failure, Gateway, gateway};

const PROVIDERS: &str = "
providers:
  first:
    {type: vllm, base_url: 'http://127.0.0.1:8001', status: active, models: [a1, b1, c1, d1, e1],
     cost_per_1k_tokens: {d1: 2.0}}
  second:
    {type: vllm, base_url: 'http://127.0.0.1:8002', status: active, models: [a2, b2, c2, d2, e2],
     cost_per_1k_tokens: {d2: 1.0}}
";

/// One name for each strategy; the second member has all the weight.
const MAPPINGS: &str = "
load_balancing:
  shuffled:
    strategy: weighted_round_robin
    providers:
      - {provider: first, preferred_model: a1, weight: 0}
      - {provider: second, preferred_model: a2, weight: 1}
  used:
    strategy: usage_based
    providers: [{provider: first, preferred_model: b1}, {provider: second, preferred_model: b2}]
  busy:
    strategy: least_busy
    providers: [{provider: first, preferred_model: c1}, {provider: second, preferred_model: c2}]
  cheap:
    strategy: lowest_cost
    providers: [{provider: first, preferred_model: d1}, {provider: second, preferred_model: d2}]
  fast:
    strategy: fastest_response
    providers: [{provider: first, preferred_model: e1}, {provider: second, preferred_model: e2}]
  cheaper:
    strategy: lowest_cost
    providers: [{provider: second, preferred_model: d2}, {provider: first, preferred_model: d1}]
fallback_chains:
  e2: {chain: [cheap, used, shuffled]}
  cheap: {chain: [a1]}
";

const ORIGINS: [&str; 2] = ["http://127.0.0.1:8001", "http://127.0.0.1:8002"];

/// Which models answered, each with its count.
fn answers(gateway: &mut Gateway, name: &str, requests: u32) -> [(String, u32); 2] {
    let mut counts = [(String::new(), 0), (String::new(), 0)];
    for _ in 0..requests {
        let answer = gateway.request(name, &[]);
        let (_, model) = answer.answered_by().expect("every upstream works");
        let free = counts.iter_mut().find(|(known, _)| known.is_empty() || known == model);
        let (known, count) = free.expect("two members");
        model.clone_into(known);
        *count += 1;
    }
    counts.sort();
    counts
}

fn count(model: &str, count: u32) -> (String, u32) {
    (model.to_owned(), count)
}

fn none() -> (String, u32) {
    count("", 0)
}

#[test]
fn each_name_gets_the_strategy_that_it_asks_for() {
    let Some(mut gateway) = gateway("each_name_gets_the_strategy") else { return };
    let project = Project { providers: PROVIDERS, mappings: MAPPINGS, ..Project::default() };
    let loaded = load(&mut gateway, &project, &[], &ORIGINS);
    // One line for each strategy, and no name that the sources do not have.
    let shadowed = loaded.log.iter().filter(|line| line.text.contains("is shadowed by"));
    assert_eq!(shadowed.count(), 4, "{:?}", loaded.log);
    let mut names = loaded.models.clone();
    names.dedup();
    let own = ["busy", "cheap", "cheaper", "fast", "shuffled", "used"];
    let models = ["a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2", "e1", "e2"];
    let mut expected = [&own[..], &models[..]].concat();
    expected.sort_unstable();
    assert_eq!(names, expected);
    // Weights count for the name that asks for them, whatever the others ask for.
    assert_eq!(answers(&mut gateway, "shuffled", 20), [none(), count("a2", 20)]);
    // The price, not the order of the file.
    assert_eq!(answers(&mut gateway, "cheap", 10), [none(), count("d2", 10)]);
    assert_eq!(answers(&mut gateway, "cheaper", 10), [none(), count("d2", 10)]);
    // The one that was used less; the counts begin anew when a minute of the clock does.
    let [(_, first), (_, second)] = answers(&mut gateway, "used", 20);
    assert!(first >= 7 && second >= 7, "{first} {second}");
    // Nobody is busy between two requests of a single client: always the same one.
    let [idle, (_, requests)] = answers(&mut gateway, "busy", 20);
    assert_eq!((idle, requests), (none(), 20));
    // By time, which no test decides; both are asked once at least.
    let [(_, first), (_, second)] = answers(&mut gateway, "fast", 20);
    assert!(first >= 1 && second >= 1, "{first} {second}");
}

#[test]
fn a_strategy_holds_on_every_step_of_a_chain() {
    let Some(mut gateway) = gateway("a_strategy_holds_on_every_step") else { return };
    let project = Project { providers: PROVIDERS, mappings: MAPPINGS, ..Project::default() };
    load(&mut gateway, &project, &[], &ORIGINS);
    // `cheap` has a chain of its own, so it is reached by a hidden alias.
    for _ in 0..10 {
        let answer = gateway.request("e2", &[Failure::of("e2", 500)]);
        assert_eq!(answer.models(), "e2 d2");
    }
}
