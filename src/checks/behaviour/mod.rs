//! What the gateway does with the compiled config that its author would not expect. Each finding
//! stands at the place in the sources that the compiled setting comes from.

mod chain_not_used;
mod failover_cost;
mod failover_one_member;
mod health_check_asks_all;
mod limit_locks_out;
mod name_refused_alone;
mod ollama_asks_localhost;

use crate::diagnostic::Check;
use crate::gateway::litellm::{Lowered, Setting};
use crate::routing::{Deployment, Group};

/// The table.
#[must_use]
pub fn checks<'a>() -> Vec<Check<Lowered<'a>>> {
    vec![
        Check { rule: &failover_cost::RULE, run: failover_cost::check },
        Check { rule: &failover_one_member::RULE, run: failover_one_member::check },
        Check { rule: &name_refused_alone::RULE, run: name_refused_alone::check },
        Check { rule: &limit_locks_out::RULE, run: limit_locks_out::check },
        Check { rule: &ollama_asks_localhost::RULE, run: ollama_asks_localhost::check },
        Check { rule: &chain_not_used::RULE, run: chain_not_used::check },
        Check { rule: &health_check_asks_all::RULE, run: health_check_asks_all::check },
    ]
}

/// The only deployment of a group; `None` when there are several.
fn only<'r, 'a>(lowered: &'r Lowered<'a>, group: &Group) -> Option<&'r Deployment> {
    match lowered.routing.deployments_of(group) {
        [only] => Some(only),
        _ => None,
    }
}

/// Whether something else is tried when all of a group's deployments have failed.
fn goes_on(lowered: &Lowered<'_>, group: &Group) -> bool {
    let routing = lowered.routing;
    if !routing.steps_of_group(group).is_empty() {
        return true;
    }
    let default = routing.default_chain.as_ref().filter(|_| group.chain.is_none());
    let mut steps = default.into_iter().flat_map(|chain| routing.steps_of(chain));
    let other = |target: &Group| target.deployments != group.deployments;
    steps.any(|step| routing.group(step.target).is_some_and(other))
}

/// A router setting.
fn router_setting<'r, 'a>(lowered: &'r Lowered<'a>, key: &str) -> Option<&'r Setting<'a>> {
    lowered.router_settings.iter().find(|setting| setting.key == key)
}

/// Failures of a kind after which a deployment is left alone, when the policy says so.
fn allowed_fails(lowered: &Lowered<'_>, kind: &str) -> Option<u64> {
    let policy = router_setting(lowered, "allowed_fails_policy")?;
    policy.value.get(kind).and_then(serde_json::Value::as_u64)
}

/// Seconds that a failing deployment is left alone.
fn cooldown(lowered: &Lowered<'_>) -> f64 {
    // LiteLLM's own: 5 s.
    let setting = router_setting(lowered, "cooldown_time");
    setting.and_then(|setting| setting.value.as_f64()).unwrap_or(5.0)
}
