//! Retries and fallbacks that take many times the time that is allowed.

use std::collections::HashMap;

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::releases::Change;
use crate::gateway::litellm::value::Value;
use crate::gateway::litellm::walk::{Attempt, Failure, attempts};

use super::{Context, Deployment, MAX_WALKS, is_walkable};

/// The record.
pub static RULE: Rule = Rule {
    name: "failover-exceeds-timeout",
    stage: Stage::Behaviour,
    severity: Severity::Info,
    summary: "a request that may take much longer than its timeout says",
    page: include_str!("failover_exceeds_timeout.md"),
};

/// Retries when nobody says a number: those of the OpenAI client.
const RETRIES: usize = 2;

/// Seconds of a rest when nobody says a number.
const REST: f64 = 5.0;

/// Reports the name whose request takes the longest when nobody answers in time. Without a timeout
/// in the config nobody has said how long is too long.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let request = context.setting("litellm_settings", "request_timeout");
    let router = context.setting("router_settings", "timeout");
    let Some(written) = request.or(router).filter(|_| is_walkable(context)) else { return };
    let Some(allowed) = written.number_or_text().filter(|seconds| *seconds > 0.0) else { return };
    let times = Times::new(context, allowed);
    let mut worst: Option<(f64, &str, usize)> = None;
    for name in context.known.names.iter().copied().take(MAX_WALKS) {
        let mut calls = 0;
        let mut seconds = 0.0;
        for attempt in attempts(context.tables, name, Failure::Timeout) {
            let taken = times.of(&attempt);
            calls += taken.0;
            seconds += taken.1;
        }
        if worst.is_none_or(|(most, ..)| seconds > most) {
            worst = Some((seconds, name, calls));
        }
    }
    let Some((seconds, name, calls)) = worst.filter(|(_, _, calls)| *calls > 1) else { return };
    if seconds <= allowed {
        return;
    }
    out.report(
        format!(
            "a request for `{name}` may take {seconds:.0} s, not {allowed:.0}: {calls} calls, each \
             with a timeout of its own, and the waits between them"
        ),
        written.span(),
        "for one call",
    )
    .help("use fewer retries or a shorter timeout where that is too long for a client");
}

/// What decides how long a name takes.
struct Times<'r, 'c, 'a> {
    /// The rows of the router's table.
    deployments: Vec<&'r Deployment<'c, 'a>>,
    /// How many members a name has.
    members: HashMap<&'a str, usize>,
    /// `retry_policy` and `model_group_retry_policy`.
    policy: Option<Value<'c, 'a>>,
    policies: Option<Value<'c, 'a>>,
    /// Whether the policies know `DefaultRetries`.
    default: bool,
    /// Retries when no policy and no deployment says a number.
    retries: usize,
    /// Seconds of one call.
    allowed: f64,
    /// `retry_after`: the least seconds of a wait.
    least: f64,
    /// Seconds of a rest.
    rest: f64,
}

impl<'r, 'c, 'a> Times<'r, 'c, 'a> {
    fn new(context: &'r Context<'c, 'a>, allowed: f64) -> Self {
        let deployments: Vec<&'r Deployment<'c, 'a>> = context
            .deployments()
            .iter()
            .filter(|one| one.written_name.is_some_and(|name| name.text().is_some()))
            .filter(|one| one.param("model").is_some_and(|model| model.text().is_some()))
            .collect();
        let mut members: HashMap<&str, usize> = HashMap::new();
        for one in &deployments {
            *members.entry(one.name).or_default() += 1;
        }
        let router = |key: &str| context.setting("router_settings", key);
        let retries = router("num_retries")
            .or_else(|| context.setting("litellm_settings", "num_retries"))
            .and_then(whole);
        Times {
            deployments,
            members,
            policy: router("retry_policy"),
            policies: router("model_group_retry_policy"),
            default: context.has(Change::RetriesOfServer),
            retries: retries.unwrap_or(RETRIES),
            allowed,
            least: router("retry_after").and_then(Value::number).unwrap_or(0.0),
            rest: router("cooldown_time")
                .and_then(Value::number)
                .filter(|it| *it > 0.0)
                .unwrap_or(REST),
        }
    }

    /// Calls and seconds of an attempt none of whose calls is answered in time. A policy counts
    /// before the number of a deployment, and that one before the router's.
    fn of(&self, attempt: &Attempt) -> (usize, f64) {
        let own = |row: usize| {
            self.deployments.get(row).and_then(|one| one.param("num_retries")).and_then(whole)
        };
        let of_row = |row: usize| own(row).unwrap_or(self.retries);
        let first = attempt.choices.first().map_or(self.retries, |choice| of_row(choice.row));
        let most = attempt.choices.iter().map(|choice| of_row(choice.row)).max().unwrap_or(first);
        let by_policy = self.by_policy(&attempt.group);
        let (counted, retries) = (by_policy.unwrap_or(first) + 1, by_policy.unwrap_or(most));
        // One round for each order. The walk leaves a name all of whose members rest.
        let rounds = attempt.tries.div_ceil(counted);
        let is_left = !attempt.tries.is_multiple_of(counted);
        let timeout = |row: usize| {
            let own = self.deployments.get(row).and_then(|one| one.param("timeout"));
            own.and_then(Value::number_or_text).filter(|own| *own > 0.0).unwrap_or(self.allowed)
        };
        let each = attempt.choices.iter().map(|choice| timeout(choice.row)).fold(0.0, f64::max);
        let alone = attempt.choices.first().and_then(|choice| self.deployments.get(choice.row));
        let alone = alone.is_some_and(|one| self.members.get(one.name) == Some(&1));
        // With others the first is awake again before the last rests, when rests are short.
        let is_left = is_left && (attempt.choices.len() == 1 || self.rest >= each);
        let calls = if is_left { attempt.tries } else { rounds * (retries + 1) };
        // There is a wait after each call but the one after which the name is left.
        let waits = if is_left || retries == 0 { calls.saturating_sub(1) } else { calls };
        (calls, each * count(calls) + if alone { self.waits(waits) } else { 0.0 })
    }

    /// Retries after a timeout by the policy of the name, else by that of all.
    fn by_policy(&self, group: &str) -> Option<usize> {
        let policy = self.policies.and_then(|all| all.get(group)).or(self.policy)?;
        let said = |key: &str| policy.given(key).and_then(whole);
        let default = || said("DefaultRetries").filter(|_| self.default);
        said("TimeoutErrorRetries").or_else(default)
    }

    /// So many waits of a name with one deployment: 0.5 s, doubled, at least `retry_after`, at most
    /// 8 s, each up to 0.75 s longer.
    fn waits(&self, number: usize) -> f64 {
        let wait = |number: usize| {
            let doubled = 0.5 * 2_f64.powi(i32::try_from(number.min(9)).unwrap_or(9));
            doubled.max(self.least).min(8.0) + 0.75
        };
        (0..number.min(1000)).map(wait).sum()
    }
}

/// A number of retries; a negative one is none.
fn whole(value: Value<'_, '_>) -> Option<usize> {
    let number = value.number_or_text().filter(|number| number.fract() == 0.0)?;
    // More than this many is no matter of seconds.
    let number = number.clamp(0.0, 1e6);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    Some(number as usize)
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use crate::gateway::litellm::releases::Release;
    use crate::testing::{linted, linted_for};

    #[test]
    fn the_longest_way_is_told_in_seconds() {
        insta::assert_snapshot!(linted("failover-exceeds-timeout", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings: {num_retries: 2, fallbacks: [{chat: [code]}]}
litellm_settings: {request_timeout: 30}
"), @"
        info[failover-exceeds-timeout]: a request for `chat` may take 192 s, not 30: 6 calls, each with a timeout of its own, and the waits between them
          --> config.yaml:7:37 `30` for one call
          help: use fewer retries or a shorter timeout where that is too long for a client
        ");
    }

    #[test]
    fn policies_and_the_least_wait_count() {
        let told = |settings: &str| {
            let config = format!(
                "model_list:
  - {{model_name: a, litellm_params: {{model: ollama_chat/a, num_retries: 1}}}}
  - {{model_name: b, litellm_params: {{model: ollama_chat/b}}}}
  - {{model_name: b, litellm_params: {{model: ollama_chat/c, timeout: 20}}}}
litellm_settings: {{request_timeout: 10}}
router_settings: {{fallbacks: [{{a: [b]}}], {settings}}}
"
            );
            let told = linted("failover-exceeds-timeout", &[], &config);
            told.lines().next().unwrap_or_default().to_owned()
        };
        insta::assert_snapshot!(told("num_retries: 0"), @"info[failover-exceeds-timeout]: a request for `a` may take 43 s, not 10: 3 calls, each with a timeout of its own, and the waits between them");
        insta::assert_snapshot!(told("num_retries: 0, retry_after: 5"), @"info[failover-exceeds-timeout]: a request for `a` may take 52 s, not 10: 3 calls, each with a timeout of its own, and the waits between them");
        insta::assert_snapshot!(told("retry_policy: {TimeoutErrorRetries: 0}"), @"info[failover-exceeds-timeout]: a request for `a` may take 30 s, not 10: 2 calls, each with a timeout of its own, and the waits between them");
        insta::assert_snapshot!(told("retry_policy: {DefaultRetries: 3}"), @"info[failover-exceeds-timeout]: a request for `a` may take 130 s, not 10: 8 calls, each with a timeout of its own, and the waits between them");
        insta::assert_snapshot!(
            told(
                "retry_policy: {DefaultRetries: 0}, \
                 model_group_retry_policy: {b: {TimeoutErrorRetries: 4}}"
            ),
            @"info[failover-exceeds-timeout]: a request for `a` may take 110 s, not 10: 6 calls, each with a timeout of its own, and the waits between them"
        );
    }

    #[test]
    fn one_call_is_one_timeout() {
        insta::assert_snapshot!(linted("failover-exceeds-timeout", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings: {num_retries: 0, timeout: 30}
"), @"");
    }

    #[test]
    fn the_calls_are_those_of_the_target() {
        let calls = |release: (u64, u64, u64), settings: &str| {
            let config = format!(
                "
model_list:
  - {{model_name: a, litellm_params: {{model: openai/a, num_retries: 1}}}}
  - {{model_name: b, litellm_params: {{model: openai/b, num_retries: 0}}}}
litellm_settings: {{request_timeout: 10}}
router_settings: {{fallbacks: [{{a: [b]}}], {settings}}}
"
            );
            let release = Release::new(release.0, release.1, release.2);
            let told = linted_for(release, "failover-exceeds-timeout", &[], &config);
            let told = told.split_once(" calls").unwrap().0;
            told.rsplit_once(' ').unwrap().1.to_owned()
        };
        assert_eq!(calls((1, 106, 2), "num_retries: 0"), "3");
        // The client of `a` tries each of its two calls twice.
        assert_eq!(calls((1, 92, 2), "num_retries: 0"), "5");
        assert_eq!(calls((1, 106, 2), "retry_policy: {DefaultRetries: 3}"), "8");
        assert_eq!(calls((1, 100, 5), "retry_policy: {DefaultRetries: 3}"), "3");
    }
}
