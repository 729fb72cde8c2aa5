//! Limits that limit nothing.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::keys::knows;
use crate::gateway::litellm::value::Value;

use super::{Context, groups};

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
        || (context.is_set)(DATABASE);
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
    let strategy = groups::strategy(context);
    if !["simple-shuffle", "least-busy"].contains(&strategy) || is_enforced(context) {
        return;
    }
    let limits = context.deployments().filter_map(|one| one.param("rpm").or(one.param("tpm")));
    let mut limits = limits.filter(|limit| !limit.is_falsy());
    let Some(first) = limits.next() else { return };
    let more = match limits.count() {
        0 => String::new(),
        count => format!(", here and at {count} more places"),
    };
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
