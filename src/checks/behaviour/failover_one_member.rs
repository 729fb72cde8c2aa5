//! A strategy under which one member is tried and the others are not.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use crate::checks::words::listed;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::Lowered;

use super::router_setting;

/// The record.
pub static RULE: Rule = Rule {
    name: "failover-one-member",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a strategy under which one member of a group is tried and the others are not",
    page: include_str!("failover_one_member.md"),
};

const HELP: &str = "use `weighted_round_robin`, under which every member is tried, or give the \
                    names a chain";

/// Reports each strategy once, with its names, and all orders of several members once.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    strategies(lowered, out);
    of_router(lowered, out);
    orders(lowered, out);
}

/// The project's own strategy for all names without one.
fn of_router(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    let Some(setting) = router_setting(lowered, "routing_strategy") else { return };
    let (Some(span), Some(strategy)) = (setting.origin, setting.value.as_str()) else { return };
    if strategy == "simple-shuffle" {
        return;
    }
    let own = lowered.routing_groups.iter().flat_map(|group| &group.members);
    let own: HashSet<&str, RandomState> = own.map(|(name, _)| name.value).collect();
    let routing = lowered.routing;
    let shared = routing.public_groups().filter(|group| {
        let members = routing.deployments_of(group);
        members.len() > 1 && members.iter().all(|member| member.order == 1)
    });
    let names = shared.map(|group| routing.names.text(group.name));
    let mut names = names.filter(|name| !own.contains(name)).peekable();
    if names.peek().is_some() {
        let names = listed(names);
        let text = format!(
            "when the member that `{strategy}` picks for {names} fails, the others are not tried"
        );
        out.report(text, span, "the strategy of every name that asks for none").help(HELP);
    }
}

fn strategies(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for group in &lowered.routing_groups {
        // This one alone tries the others (seen on 1.106.2).
        if group.strategy == "simple-shuffle" {
            continue;
        }
        let Some((_, word)) = group.members.first() else { continue };
        let names = listed(group.members.iter().map(|(name, _)| name.value));
        let text = format!(
            "when the member that `{}` picks for {names} fails, the others are not tried",
            group.strategy
        );
        out.report(text, word.span, "the strategy of these names").help(HELP);
    }
}

/// Capabilities that prefer a shared name: its members have one order, and LiteLLM goes on to the
/// next order after one of them.
fn orders(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    let routing = lowered.routing;
    let shared = routing.groups.iter().filter_map(|group| {
        let members = routing.deployments_of(group);
        let last = members.last()?;
        // Where all have one order, each of them is tried.
        let ordered = last.order > 1;
        let mut pairs = members.windows(2).filter(|_| ordered);
        let place = pairs.find_map(|pair| match pair {
            [one, other] if one.order == other.order => Some(one.span),
            _ => None,
        })?;
        Some((routing.names.text(group.name), place))
    });
    let mut shared = shared.peekable();
    let Some(&(_, place)) = shared.peek() else { return };
    let names = listed(shared.map(|(name, _)| name));
    let text = format!(
        "where several deployments share a model of {names}, one of them is tried, and then the \
         next model"
    );
    out.report(text, place, "the others are not tried when it fails")
        .help("name the deployments themselves, in the order in which they are to be tried");
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn each_strategy_is_told_once() {
        insta::assert_snapshot!(only("failover-one-member", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
load_balancing:
  chat:
    strategy: least_loaded
    providers:
      - {provider: ollama, preferred_model: phi4}
      - {provider: ollama, preferred_model: qwen3}
  code:
    strategy: least_busy
    providers:
      - {provider: ollama, preferred_model: phi4}
      - {provider: ollama, preferred_model: qwen3}
"#), @"
        warning[failover-one-member]: when the member that `least-busy` picks for `chat`, `code` fails, the others are not tried
          --> model-mappings.yaml:3:15 `least_loaded` the strategy of these names
          help: use `weighted_round_robin`, under which every member is tried, or give the names a chain
        ");
    }

    #[test]
    fn a_strategy_of_the_router_is_told_of_once() {
        insta::assert_snapshot!(only("failover-one-member", r#"
--- gwcfg.yaml
gateway: {router_settings: {routing_strategy: latency-based-routing}}
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
capabilities:
  any: {provider: ollama}
load_balancing:
  weighed:
    strategy: weighted
    providers:
      - {provider: ollama, preferred_model: phi4}
      - {provider: ollama, preferred_model: qwen3}
"#), @"
        warning[failover-one-member]: when the member that `latency-based-routing` picks for `any` fails, the others are not tried
          --> gwcfg.yaml:1:47 `latency-based-routing` the strategy of every name that asks for none
          help: use `weighted_round_robin`, under which every member is tried, or give the names a chain
        ");
    }

    #[test]
    fn an_order_of_several_members_is_told_of() {
        insta::assert_snapshot!(only("failover-one-member", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3, glm]
--- model-mappings.yaml
capabilities:
  quick: {preferred_models: [shared]}
  code: {preferred_models: [glm, shared]}
load_balancing:
  shared:
    providers:
      - {provider: ollama, preferred_model: phi4}
      - {provider: ollama, preferred_model: qwen3}
"#), @"
        warning[failover-one-member]: where several deployments share a model of `code`, one of them is tried, and then the next model
          --> model-mappings.yaml:3:34 `shared` the others are not tried when it fails
          help: name the deployments themselves, in the order in which they are to be tried
        ");
    }

    #[test]
    fn under_weights_every_member_is_tried() {
        insta::assert_snapshot!(only("failover-one-member", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
load_balancing:
  chat:
    strategy: weighted_round_robin
    providers:
      - {provider: ollama, preferred_model: phi4}
      - {provider: ollama, preferred_model: qwen3}
"#), @"");
    }
}
