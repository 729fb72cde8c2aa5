//! The oracle: what `route` and `simulate` say of a request is what the real router of LiteLLM
//! does with it. Random configs, every public name, every outage and every class of error; the
//! calls that the real router makes must be one of the ways that the walk allows, call by call.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    unreachable_pub,
    dead_code,
    reason = "a test fails by panicking, and the support module serves several test binaries"
)]

#[path = "../support/mod.rs"]
mod support;

mod chance;
mod configs;
mod corpus;
mod http;
mod pinned;
mod projects;
mod shares;
mod world;

use gwcfg::gateway::litellm::config::Config;
use gwcfg::gateway::litellm::releases::{Change, Changes};
use gwcfg::gateway::litellm::walk::{Ended, Failure, Gateway as Tables, walk};
use gwcfg::source::{SourceFile, Sources, parse};

use support::litellm::{Call, Gateway, Load, gateway, release};
use world::Scenario;

/// Calls of a request above which it is not made: a release that does not remember what it tried
/// makes thousands of them when all fail, and takes minutes. (Others never make so many here.)
const MOST: usize = 300;

/// Random configs and random projects, each, unless `GWCFG_ORACLE` names another number.
const EACH: u64 = 30;

#[test]
fn the_walk_is_what_the_real_router_does() {
    let Some(gateway) = gateway("the_walk_is_what_the_real_router_does") else { return };
    compare_all(gateway, "config", configs::config);
}

#[test]
fn the_walk_is_what_the_real_router_does_with_what_is_compiled() {
    let test = "the_walk_is_what_the_real_router_does_with_what_is_compiled";
    let Some(gateway) = gateway(test) else { return };
    compare_all(gateway, "project", |seed| projects::compiled(&projects::project(seed)));
}

fn compare_all(mut gateway: Gateway, what: &str, config: impl Fn(u64) -> String) {
    let number = |variable| std::env::var(variable).ok().and_then(|number| number.parse().ok());
    let first = number("GWCFG_ORACLE_FIRST").unwrap_or(0);
    let mut total = Total::default();
    for seed in first..first + number("GWCFG_ORACLE").unwrap_or(EACH) {
        compare(&mut gateway, &config(seed), &format!("{what} {seed}"), &mut total);
    }
    total.is_right(what);
}

/// What was compared.
#[derive(Default)]
struct Total {
    requests: usize,
    calls: usize,
    /// Requests that were not made: see [`MOST`].
    left_out: usize,
    /// The first of each config, with the config.
    differences: Vec<String>,
}

impl Total {
    /// Fails with every difference that there is.
    fn is_right(&self, what: &str) {
        let Total { requests, calls, left_out, differences } = self;
        let found = differences.len();
        let release = release();
        println!(
            "LiteLLM {release}, {what}s: {requests} requests, {calls} calls to upstreams, {found} \
             differences, {left_out} requests left out"
        );
        assert!(*left_out == 0 || !Changes::of(release).has(Change::AttemptsRemembered));
        assert!(found == 0, "{}", differences.join("\n\n"));
        assert!(calls > requests, "{requests} requests made {calls} calls");
    }
}

/// What a request did in the real gateway.
struct Real {
    /// Model and origin of each call to an upstream.
    calls: Vec<(String, String)>,
    ok: bool,
    /// What the client was told.
    end: String,
}

/// Asks the real router for every public name in every scenario, until the first difference.
fn compare(gateway: &mut Gateway, config: &str, what: &str, total: &mut Total) {
    let upstreams = with_tables(config, upstreams_of);
    let load = Load { config: config.to_owned(), upstreams, ..Load::default() };
    let loaded = gateway.load(&load);
    assert!(loaded.ok, "{what}: {loaded:?}\n{config}");
    compare_by(config, what, total, |name, scenario| {
        gateway.advance(3600);
        let answer = gateway.request(name, &scenario.failures());
        let model = |call: &Call| call.model.clone().unwrap_or_else(|| "-".to_owned());
        let calls = answer.calls.iter().map(|call| (model(call), call.origin.clone())).collect();
        let end = answer.error.map_or_else(String::new, |error| error.text);
        Some(Real { calls, ok: answer.ok, end })
    });
}

/// Compares the walk with what `ask` does for every public name in every scenario, where it does,
/// until the first difference.
fn compare_by(
    config: &str,
    what: &str,
    total: &mut Total,
    mut ask: impl FnMut(&str, &Scenario) -> Option<Real>,
) {
    with_tables(config, |tables| {
        let upstreams = upstreams_of(tables);
        let names: Vec<&str> = tables.public_names().into_iter().chain(configs::UNKNOWN).collect();
        for (turn, scenario) in Scenario::all(&upstreams, config.len()).into_iter().enumerate() {
            // An outage is asked about under every name, a class of errors under one.
            let turn = turn % names.len();
            let asked = if scenario.is_outage() { &names[..] } else { &names[turn..=turn] };
            for name in asked {
                let world = |row| scenario.failure(&upstream_of(tables, row));
                if walk(tables, name, &world, &mut |_| 0).calls.len() > MOST {
                    total.left_out += 1;
                    continue;
                }
                let Some(real) = ask(name, &scenario) else { continue };
                let is_real =
                    |row, number: usize| real.calls.get(number) == Some(&asked_of(tables, row));
                let ended = follow(tables, name, &world, &is_real);
                total.requests += 1;
                total.calls += real.calls.len();
                if let Some(difference) = difference(tables, &ended, &real) {
                    let line = format!("{what}, {scenario:?}, request for {name}: {difference}");
                    total.differences.push(format!("{line}\n{config}"));
                    return;
                }
            }
        }
    });
}

/// What is done with the tables of a config.
fn with_tables<T>(config: &str, then: impl FnOnce(&Tables<'_>) -> T) -> T {
    let mut sources = Sources::default();
    let bytes = config.as_bytes().to_vec();
    let file = sources.add(SourceFile::new("config.yaml".to_owned(), bytes, false));
    let parsed = parse(&sources, file);
    then(&Tables::for_release(&Config::read_foreign(&parsed.tree), release()))
}

fn upstreams_of(tables: &Tables<'_>) -> Vec<String> {
    world::different((0..tables.deployments.len()).map(|row| upstream_of(tables, row)))
}

/// The origin of a deployment.
fn upstream_of(tables: &Tables<'_>, row: usize) -> String {
    tables.deployments[row].api_base.trim_end_matches("/v1").to_owned()
}

/// The walk that makes the choices of the real router, as far as it can: `is_real` tells whether a
/// deployment is the one that the real router asked in its call of this number.
fn follow(
    tables: &Tables<'_>,
    name: &str,
    world: &dyn Fn(usize) -> Option<Failure>,
    is_real: &dyn Fn(usize, usize) -> bool,
) -> Ended {
    let mut made = 0;
    // A group of one is no choice, and the chooser is not asked.
    let mut chosen = Vec::new();
    loop {
        let mut step = 0;
        let mut pending: Option<Vec<(usize, f64)>> = None;
        let ended = walk(tables, name, world, &mut |choices| {
            let choice = chosen.get(step).copied();
            step += 1;
            choice.unwrap_or_else(|| {
                pending.get_or_insert_with(|| choices.to_vec());
                0
            })
        });
        let Some(choices) = pending else { return ended };
        // The first open choice is the one of a call whose number is known by now.
        made = ended
            .calls
            .iter()
            .enumerate()
            .skip(made)
            .filter(|(_, call)| call.choices.len() > 1)
            .nth(usize::from(!chosen.is_empty()))
            .map_or(made, |(number, _)| number);
        chosen.push(choices.iter().position(|(row, _)| is_real(*row, made)).unwrap_or(0));
    }
}

/// Model and origin of a call to a deployment.
fn asked_of(tables: &Tables<'_>, row: usize) -> (String, String) {
    (without_prefix(tables.deployments[row].model), upstream_of(tables, row))
}

fn without_prefix(model: &str) -> String {
    model.split_once('/').map_or(model, |(_, model)| model).to_owned()
}

/// In words, how the two differ.
fn difference(tables: &Tables<'_>, ended: &Ended, real: &Real) -> Option<String> {
    let calls = ended.calls.iter();
    let ours: Vec<(String, String)> =
        calls.map(|call| (without_prefix(&call.model), upstream_of(tables, call.row))).collect();
    let Real { calls, ok, end } = real;
    (ours != *calls || ended.failure.is_none() != *ok).then(|| {
        let failure = ended.failure;
        format!("the walk says {ours:?} and {failure:?}, the gateway did {calls:?}: {end}")
    })
}
