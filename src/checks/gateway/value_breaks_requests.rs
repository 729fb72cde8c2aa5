//! Values with which LiteLLM starts, and then fails requests.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::{Python, Value};

use super::{Context, Deployment, place};

/// The record.
pub static RULE: Rule = Rule {
    name: "value-breaks-requests",
    stage: Stage::Behaviour,
    severity: Severity::Error,
    summary: "a value with which LiteLLM starts, and then fails requests",
    page: include_str!("value_breaks_requests.md"),
};

/// Reports every value that was seen to fail requests.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let seconds = [
        ("router_settings", "timeout"),
        ("router_settings", "stream_timeout"),
        ("litellm_settings", "request_timeout"),
    ];
    for (section, key) in seconds {
        judge_seconds(context.section(section), key, out);
    }
    let numbers = [
        ("router_settings", "num_retries", "every request that fails ends in a `TypeError`"),
        ("litellm_settings", "num_retries", "every request that fails ends in a `TypeError`"),
        ("router_settings", "retry_after", "every retry ends in a `TypeError`"),
        ("router_settings", "max_fallbacks", "no fallback is tried"),
    ];
    for (section, key, so) in numbers {
        judge_number(context.section(section), key, so, out);
    }
    strategy(context, out);
    cache(context, out);
    for deployment in context.deployments() {
        of_deployment(deployment, out);
    }
}

fn judge_seconds(holder: Option<Value<'_, '_>>, key: &str, out: &mut Reporter<'_>) {
    let Some(value) = holder.and_then(|holder| holder.given(key)) else { return };
    let Some(text) = value.text().filter(|_| value.variable().is_none()) else { return };
    if value.number_or_text().is_none() {
        let message = format!("every request fails: `{text}` in `{key}` is no number of seconds");
        out.report(message, value.span(), "no number").help("write seconds, such as `30`");
    }
}

fn judge_number(holder: Option<Value<'_, '_>>, key: &str, so: &str, out: &mut Reporter<'_>) {
    let Some(value) = holder.and_then(|holder| holder.given(key)) else { return };
    let Some(text) = value.text().filter(|_| value.variable().is_none()) else { return };
    let message = format!("{so}: `{key}` is text");
    let help = match text.trim().parse::<i64>() {
        Ok(number) => format!("write `{number}` without quotes"),
        Err(_) => "write a number".to_owned(),
    };
    out.report(message, value.span(), "text").help(help);
}

fn strategy(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let settings = context.section("router_settings");
    let Some((key, value)) = settings.and_then(|all| all.entry("routing_strategy")) else { return };
    if value.kind() == Python::Null {
        out.report(
            "every request is refused with 429: `routing_strategy` is null",
            key.span(),
            "no strategy",
        )
        .help("remove the line: `simple-shuffle` is the default");
    }
    if value.text() == Some("provider-budget-routing") {
        out.report(
            "every request is refused with 429: `provider-budget-routing` picks nobody",
            value.span(),
            "no strategy by itself",
        )
        .help("use `simple-shuffle`; `provider_budget_config` alone switches budgets on");
    }
}

/// `cache` is `true` or `false`; anything else that counts as true is taken for the cache itself.
fn cache(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let settings = context.section("litellm_settings");
    let Some((key, value)) = settings.and_then(|all| all.entry("cache")) else { return };
    if value.is_falsy() || value.kind() == Python::Bool(true) || value.variable().is_some() {
        return;
    }
    let message = format!("every request fails: `cache` is {}, not `true`", value.kind().words());
    let help = match value.kind() {
        Python::Map => "write `cache: true`, and the mapping as `cache_params`",
        Python::Text
        | Python::Null
        | Python::Bool(_)
        | Python::Int
        | Python::Float
        | Python::Date
        | Python::List => "write `cache: true`, and `cache_params: {type: …}`",
    };
    out.report(message, place(key, value), "taken for a cache").help(help);
}

fn of_deployment(deployment: &Deployment<'_, '_>, out: &mut Reporter<'_>) {
    for key in ["timeout", "stream_timeout"] {
        judge_seconds(deployment.params, key, out);
    }
    let so = format!("every request for `{}` fails", deployment.name);
    judge_number(deployment.params, "weight", &so, out);
    let negative = deployment.param("rpm").filter(|rpm| rpm.number().is_some_and(|rpm| rpm < 0.0));
    if let Some(rpm) = negative {
        let message = format!("every request for `{}` gets 429: `rpm` is below 0", deployment.name);
        out.report(message, rpm.span(), "below 0").help("remove it, or write a limit");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn every_value_is_told_with_what_it_does() {
        insta::assert_snapshot!(linted("value-breaks-requests", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, weight: '9', rpm: -1, timeout: 30s}}
router_settings: {timeout: 30s, num_retries: '2', routing_strategy: provider-budget-routing}
litellm_settings: {cache: {type: redis}}
"), @r"
        error[value-breaks-requests]: every request for `chat` fails: `weight` is text
          --> config.yaml:2:66 `\'9\'` text
          help: write `9` without quotes
        error[value-breaks-requests]: every request for `chat` gets 429: `rpm` is below 0
          --> config.yaml:2:76 `-1` below 0
          help: remove it, or write a limit
        error[value-breaks-requests]: every request fails: `30s` in `timeout` is no number of seconds
          --> config.yaml:2:89 `30s` no number
          help: write seconds, such as `30`
        error[value-breaks-requests]: every request fails: `30s` in `timeout` is no number of seconds
          --> config.yaml:3:28 `30s` no number
          help: write seconds, such as `30`
        error[value-breaks-requests]: every request that fails ends in a `TypeError`: `num_retries` is text
          --> config.yaml:3:46 `\'2\'` text
          help: write `2` without quotes
        error[value-breaks-requests]: every request is refused with 429: `provider-budget-routing` picks nobody
          --> config.yaml:3:69 `provider-budget-routing` no strategy by itself
          help: use `simple-shuffle`; `provider_budget_config` alone switches budgets on
        error[value-breaks-requests]: every request fails: `cache` is a mapping, not `true`
          --> config.yaml:4:20 `cache` taken for a cache
          help: write `cache: true`, and the mapping as `cache_params`
        ");
    }

    #[test]
    fn numbers_and_numbers_in_quotes_that_work_are_silent() {
        insta::assert_snapshot!(linted("value-breaks-requests", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, weight: 9, timeout: '30'}}
router_settings: {timeout: os.environ/TIMEOUT, num_retries: 2}
litellm_settings: {cache: false, request_timeout: 30.5}
"), @"");
    }
}
