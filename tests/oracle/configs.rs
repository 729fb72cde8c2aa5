//! Random configs of LiteLLM: groups, weights, orders, aliases, wildcards, chains that nest and
//! turn in circles, default chains, retries.

use std::fmt::Write as _;

use crate::chance::Chance;

/// Names that no config knows, and some pattern may.
pub const UNKNOWN: [&str; 2] = ["w/x", "nobody"];

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// The config of a seed.
pub fn config(seed: u64) -> String {
    let chance = &mut Chance::new(seed);
    let names = &NAMES[..2 + chance.below(5)];
    let mut text = "model_list:\n".to_owned();
    let mut number = 0;
    for name in names {
        let members = *chance.one_of(&[1, 1, 1, 2, 2, 3]);
        let (weights, orders) = (chance.percent(40), chance.percent(30));
        for _ in 0..members {
            deployment(chance, &mut text, name, &format!("m{number}"), weights, orders);
            number += 1;
        }
    }
    if chance.percent(20) {
        deployment(chance, &mut text, "w/*", "w-*", false, false);
    }
    text.push_str("router_settings:\n");
    let retries = *chance.one_of(&[0, 0, 0, 1, 2]);
    writeln!(text, "  num_retries: {retries}").unwrap();
    if chance.percent(40) {
        text.push_str("  enable_weighted_failover: true\n");
    }
    if chance.percent(40) {
        writeln!(text, "  max_fallbacks: {}", chance.below(8)).unwrap();
    }
    let mut known: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    if chance.percent(50) {
        text.push_str("  model_group_alias:\n");
        for alias in ["x", "y"] {
            let hidden = chance.percent(50);
            let target = chance.one_of(names);
            writeln!(text, "    {alias}: {{model: {target}, hidden: {hidden}}}").unwrap();
            known.push(alias.to_owned());
        }
    }
    lists(chance, &mut text, "fallbacks", &known, 60);
    if chance.percent(30) {
        lists(chance, &mut text, "context_window_fallbacks", &known, 40);
    }
    if chance.percent(30) {
        lists(chance, &mut text, "content_policy_fallbacks", &known, 40);
    }
    if chance.percent(40) {
        writeln!(text, "  default_fallbacks: {}", steps(chance, &known)).unwrap();
    }
    text
}

fn deployment(
    chance: &mut Chance,
    text: &mut String,
    name: &str,
    model: &str,
    weights: bool,
    orders: bool,
) {
    let port = 8001 + chance.below(3);
    write!(
        text,
        "  - model_name: \"{name}\"\n    litellm_params: {{model: \"openai/{model}\", api_base: \
         \"http://127.0.0.1:{port}/v1\", api_key: \"none\""
    )
    .unwrap();
    if weights && chance.percent(85) {
        write!(text, ", weight: {}", chance.one_of(&[0, 1, 2, 5])).unwrap();
    }
    if orders && chance.percent(85) {
        write!(text, ", order: {}", 1 + chance.below(3)).unwrap();
    }
    if chance.percent(10) {
        write!(text, ", num_retries: {}", chance.below(3)).unwrap();
    }
    text.push_str("}\n");
}

fn lists(chance: &mut Chance, text: &mut String, key: &str, known: &[String], percent: usize) {
    let with: Vec<&String> = known.iter().filter(|_| chance.percent(percent)).collect();
    if with.is_empty() {
        return;
    }
    writeln!(text, "  {key}:").unwrap();
    for name in with {
        writeln!(text, "    - {name}: {}", steps(chance, known)).unwrap();
    }
}

fn steps(chance: &mut Chance, known: &[String]) -> String {
    let mut steps = Vec::new();
    for _ in 0..chance.below(4) {
        steps.push(match chance.below(12) {
            0 => "gone".to_owned(),
            1 => "w/y".to_owned(),
            _ => chance.one_of(known).clone(),
        });
    }
    format!("[{}]", steps.join(", "))
}
