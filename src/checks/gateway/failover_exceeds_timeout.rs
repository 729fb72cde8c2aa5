//! Retries and fallbacks that take many times the time that is allowed.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
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

/// Reports the name whose request takes the longest when nobody answers in time. Without a timeout
/// in the config nobody has said how long is too long.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let request = context.setting("litellm_settings", "request_timeout");
    let router = context.setting("router_settings", "timeout");
    let Some(written) = request.or(router).filter(|_| is_walkable(context)) else { return };
    let Some(allowed) = written.number_or_text().filter(|seconds| *seconds > 0.0) else { return };
    let deployments: Vec<Deployment<'_, '_>> = context
        .deployments()
        .filter(|one| one.entry.get("model_name").is_some_and(|name| name.text().is_some()))
        .filter(|one| one.param("model").is_some_and(|model| model.text().is_some()))
        .collect();
    let mut worst: Option<(f64, &str, usize)> = None;
    for name in context.tables.public_names().into_iter().take(MAX_WALKS) {
        let attempts = attempts(context.tables, name, Failure::Timeout);
        let calls: usize = attempts.iter().map(|attempt| attempt.tries).sum();
        let seconds: f64 =
            attempts.iter().map(|attempt| longest(attempt, &deployments, allowed)).sum();
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

/// Seconds of one name: its calls, none of which is answered, and the waits of a name with one
/// deployment: 0.5 s, doubled up to 8 s, each up to 0.75 s longer, the last one too.
fn longest(attempt: &Attempt, deployments: &[Deployment<'_, '_>], allowed: f64) -> f64 {
    let of = |row: usize| {
        let own = deployments.get(row).and_then(|one| one.param("timeout"));
        own.and_then(Value::number_or_text).filter(|own| *own > 0.0).unwrap_or(allowed)
    };
    let each = attempt.choices.iter().map(|choice| of(choice.row)).fold(0.0, f64::max);
    let waits = if attempt.choices.len() > 1 || attempt.tries < 2 { 0 } else { attempt.tries };
    let waits: f64 = (0..waits.min(1000))
        .map(|wait| (0.5 * 2_f64.powi(i32::try_from(wait.min(9)).unwrap_or(9))).min(8.0) + 0.75)
        .sum();
    // Calls are few; a number of them that is no `u32` is no matter of seconds.
    each * f64::from(u32::try_from(attempt.tries).unwrap_or(u32::MAX)) + waits
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

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
}
