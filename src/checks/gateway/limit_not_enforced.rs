//! Limits that limit nothing.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::keys::knows;
use crate::gateway::litellm::value::Value;

use super::{Context, and_more, strategy};

/// The record.
pub static RULE: Rule = Rule {
    name: "limit-not-enforced",
    stage: Stage::Behaviour,
    severity: Severity::Info,
    summary: "a limit on requests or costs that LiteLLM does not enforce",
    page: include_str!("limit_not_enforced.md"),
};

/// Reports each kind of limit once, at its first place.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    checks(context, out);
    rates(context, out);
    for deployment in context.deployments() {
        let budget = deployment.param("max_budget");
        if let Some(budget) = budget.filter(|_| deployment.param("budget_duration").is_none()) {
            out.report(
                format!(
                    "the budget of `{}` is not enforced: it has no `budget_duration`",
                    deployment.name
                ),
                budget.span(),
                "for how long?",
            )
            .help("add `budget_duration: 30d`, or another time");
        }
    }
    let budget = context.setting("litellm_settings", "max_budget");
    let database = context.setting("general_settings", "database_url").is_some()
        || context.section("environment_variables").is_some_and(|own| own.get(DATABASE).is_some())
        || context.is_set(DATABASE);
    if let Some(budget) = budget.filter(|_| !database) {
        out.report("`max_budget` is not enforced without a database", budget.span(), "who counts?")
            .help(format!(
                "set `{DATABASE}`, or give `max_budget` and `budget_duration` to deployments"
            ));
    }
    provider_budgets(context, out);
}

/// The variable that names the database.
const DATABASE: &str = "DATABASE_URL";

/// The check that enforces `rpm` and `tpm`, whatever the strategy.
const ENFORCE: &str = "enforce_model_rate_limits";

fn is_enforced(context: &Context<'_, '_>) -> bool {
    let checks = context.setting("router_settings", "optional_pre_call_checks");
    checks.into_iter().flat_map(Value::items).any(|check| check.text() == Some(ENFORCE))
}

/// What is named in `optional_pre_call_checks` and is none.
fn checks(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let checks = context.setting("router_settings", "optional_pre_call_checks");
    for check in checks.into_iter().flat_map(Value::items) {
        let word = check.written();
        if !knows("optional_pre_call_checks", word) && check.variable().is_none() {
            out.report(
                format!("LiteLLM 1.106.2 knows no check `{word}`, and checks nothing"),
                check.span(),
                "no check",
            )
            .help(format!("write `{ENFORCE}` for limits on requests"));
        }
    }
}

/// `rpm` and `tpm`, which two strategies do not count.
fn rates(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let strategy = strategy(context);
    if !["simple-shuffle", "least-busy"].contains(&strategy) || is_enforced(context) {
        return;
    }
    let limits = context.deployments().iter();
    let limits = limits.filter_map(|one| one.param("rpm").or(one.param("tpm")));
    let mut limits = limits.filter(|limit| !limit.is_falsy());
    let Some(first) = limits.next() else { return };
    let more = and_more(limits.count());
    out.report(
        format!(
            "`{strategy}` counts no requests{more}: `rpm` and `tpm` are shares of the load, and \
             cap the requests that run at the same time"
        ),
        first.span(),
        "no limit for a minute",
    )
    .help(format!("add `optional_pre_call_checks: [{ENFORCE}]` to `router_settings` for a limit"));
}

/// Words that are not read in a budget of a provider.
fn provider_budgets(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let budgets = context.setting("router_settings", "provider_budget_config");
    for (provider, budget) in budgets.into_iter().flat_map(Value::entries) {
        for (wrong, right) in [("max_budget", "budget_limit"), ("budget_duration", "time_period")] {
            if let Some((key, _)) = budget.entry(wrong).filter(|_| budget.get(right).is_none()) {
                out.report(
                    format!(
                        "the budget of `{}` is not enforced: `{wrong}` is not read here",
                        provider.written()
                    ),
                    key.span(),
                    "not read",
                )
                .help(format!("write `{right}`"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn each_kind_of_limit_is_told_once() {
        insta::assert_snapshot!(linted("limit-not-enforced", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/a, api_key: none, rpm: 5, max_budget: 3}}
  - {model_name: chat, litellm_params: {model: openai/b, api_key: none, rpm: 5}}
router_settings:
  optional_pre_call_checks: [enforce_limits]
  provider_budget_config: {openai: {max_budget: 5}}
litellm_settings: {max_budget: 10}
"), @"
        info[limit-not-enforced]: `simple-shuffle` counts no requests, here and at 1 more place: `rpm` and `tpm` are shares of the load, and cap the requests that run at the same time
          --> config.yaml:2:78 `5` no limit for a minute
          help: add `optional_pre_call_checks: [enforce_model_rate_limits]` to `router_settings` for a limit
        info[limit-not-enforced]: the budget of `chat` is not enforced: it has no `budget_duration`
          --> config.yaml:2:93 `3` for how long?
          help: add `budget_duration: 30d`, or another time
        info[limit-not-enforced]: LiteLLM 1.106.2 knows no check `enforce_limits`, and checks nothing
          --> config.yaml:5:30 `enforce_limits` no check
          help: write `enforce_model_rate_limits` for limits on requests
        info[limit-not-enforced]: the budget of `openai` is not enforced: `max_budget` is not read here
          --> config.yaml:6:37 `max_budget` not read
          help: write `budget_limit`
        info[limit-not-enforced]: `max_budget` is not enforced without a database
          --> config.yaml:7:32 `10` who counts?
          help: set `DATABASE_URL`, or give `max_budget` and `budget_duration` to deployments
        ");
    }

    #[test]
    fn limits_that_are_counted_are_silent() {
        insta::assert_snapshot!(linted("limit-not-enforced", &["DATABASE_URL"], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/a, api_key: none, rpm: 5, max_budget: 3, budget_duration: daily}}
  - {model_name: chat, litellm_params: {model: openai/b, api_key: none, rpm: 5}}
router_settings: {optional_pre_call_checks: [enforce_model_rate_limits]}
litellm_settings: {max_budget: 10}
"), @"");
    }
}
