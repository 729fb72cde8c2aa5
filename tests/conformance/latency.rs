//! The time that `failover-exceeds-timeout` tells is the one that the router takes: as many calls,
//! and waits that are as long.

use gwcfg::checks::gateway::World;
use gwcfg::diagnostic::{Levels, Report};
use gwcfg::gateway::litellm::releases::PINNED;
use gwcfg::pipeline;
use gwcfg::source::{SourceFile, Sources};

use crate::support::litellm::{Failure, Status, gateway};
use crate::{deployment, load};

/// Seconds of a call.
const TIMEOUT: f64 = 30.0;

/// The name, the seconds and the calls that the rule tells.
fn told(config: &str) -> Option<(String, f64, usize)> {
    let mut sources = Sources::default();
    let bytes = config.as_bytes().to_vec();
    let file = sources.add(SourceFile::new("config.yaml".to_owned(), bytes, false));
    let mut report = Report::new(Levels::default());
    let world = World { is_set: &|_| true, is_file: &|_, _| true, release: PINNED };
    pipeline::lint(&sources, &[file], &world, &mut report);
    let mut findings = report.findings().iter();
    let finding = findings.find(|finding| finding.rule.name == "failover-exceeds-timeout")?;
    let message = &finding.message;
    let name = message.split('`').nth(1).unwrap().to_owned();
    let seconds = message.split(" may take ").nth(1).unwrap().split(' ').next().unwrap();
    let calls = message.split(": ").nth(1).unwrap().split(' ').next().unwrap();
    Some((name, seconds.parse().unwrap(), calls.parse().unwrap()))
}

/// More of the parameters of `a`, and the settings of the router.
fn cases() -> Vec<(&'static str, String)> {
    let chain = "fallbacks: [{a: [b]}]";
    vec![
        ("", chain.to_owned()),
        ("", format!("{chain}, num_retries: 0")),
        ("", format!("{chain}, num_retries: 4")),
        ("", format!("{chain}, num_retries: 7")),
        ("", format!("{chain}, retry_after: 3")),
        ("", format!("{chain}, retry_after: 20")),
        ("", format!("{chain}, cooldown_time: 60")),
        ("", format!("{chain}, cooldown_time: 60, allowed_fails: 0")),
        ("", format!("{chain}, cooldown_time: 60, allowed_fails: 1, num_retries: 4")),
        ("", format!("{chain}, cooldown_time: 60, allowed_fails: 3, num_retries: 4")),
        (
            "",
            format!(
                "{chain}, cooldown_time: 60, num_retries: 3, \
                 allowed_fails_policy: {{TimeoutErrorAllowedFails: 1}}"
            ),
        ),
        (", num_retries: 1", format!("{chain}, num_retries: 3")),
        ("", format!("{chain}, retry_policy: {{TimeoutErrorRetries: 0}}")),
        ("", format!("{chain}, retry_policy: {{TimeoutErrorRetries: 3}}")),
        ("", format!("{chain}, retry_policy: {{DefaultRetries: 1}}")),
        ("", format!("{chain}, retry_policy: {{InternalServerErrorRetries: 5}}")),
        (", num_retries: 4", format!("{chain}, retry_policy: {{TimeoutErrorRetries: 1}}")),
        ("", format!("{chain}, model_group_retry_policy: {{b: {{TimeoutErrorRetries: 4}}}}")),
        (
            "",
            format!(
                "{chain}, retry_policy: {{DefaultRetries: 0}}, \
                 model_group_retry_policy: {{a: {{TimeoutErrorRetries: 1}}}}"
            ),
        ),
        ("", "model_group_alias: {z: a}, fallbacks: [{z: [b]}]".to_owned()),
        (
            "",
            "model_group_alias: {z: a}, fallbacks: [{z: [b]}], \
             model_group_retry_policy: {z: {TimeoutErrorRetries: 3}}"
                .to_owned(),
        ),
        (
            "",
            "model_group_alias: {z: a}, fallbacks: [{z: [b]}], \
             model_group_retry_policy: {a: {TimeoutErrorRetries: 3}}"
                .to_owned(),
        ),
        (", order: 1", format!("{chain}, retry_policy: {{TimeoutErrorRetries: 1}}")),
    ]
}

#[test]
fn the_longest_time_is_the_one_that_the_router_takes() {
    let Some(mut gateway) = gateway("the_longest_time_is_the_one") else { return };
    let mut wrong = Vec::new();
    for (params, settings) in cases() {
        let second = params.contains("order").then(|| deployment("a", "openai/a2", ", order: 2"));
        let config = format!(
            "model_list:\n{}{}{}{}router_settings: {{{settings}}}\n\
             litellm_settings: {{request_timeout: {TIMEOUT}}}\n",
            deployment("a", "openai/a", params),
            second.unwrap_or_default(),
            deployment("b", "openai/b", ""),
            deployment("b", "openai/c", ""),
        );
        let (name, seconds, calls) = told(&config).unwrap();
        load(&mut gateway, &config);
        let never = Failure { status: Status::Wire("timeout"), ..Failure::all(0) };
        let answer = gateway.request(&name, &[never]);
        assert!(!answer.ok);
        let waits = seconds - TIMEOUT * f64::from(u32::try_from(calls).unwrap());
        // Each wait is up to 0.75 s longer by chance, and the time is told in whole seconds.
        let chance = 0.75 * f64::from(u32::try_from(calls).unwrap()) + 0.5;
        let slept = answer.slept;
        let same = answer.calls.len() == calls;
        if !same || slept > waits + 0.5 || slept < waits - chance {
            let made = answer.calls.len();
            wrong.push(format!(
                "{params} {settings}: {made} calls and {slept} s of waits, told {calls} and {waits}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
