//! Retries that hold up what is tried next.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::Lowered;
use crate::routing::{Group, Provider};

use super::{goes_on, only, router_setting};

/// The record.
pub static RULE: Rule = Rule {
    name: "failover-cost",
    stage: Stage::Behaviour,
    severity: Severity::Info,
    summary: "retries that hold up what is tried next",
    page: include_str!("failover_cost.md"),
};

/// Reports retries of chains, of providers and of the router, each once.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    let routing = lowered.routing;
    let mut of_providers: Vec<Option<(&str, usize)>> = vec![None; routing.providers.len()];
    let mut of_router: Option<(&str, usize)> = None;
    for group in &routing.groups {
        let Some(member) = only(lowered, group).filter(|_| goes_on(lowered, group)) else {
            continue;
        };
        let name = routing.names.text(group.name);
        let attempts = attempts(lowered, group);
        if let Some((attempts, span)) = attempts {
            if attempts > 0 {
                let text =
                    format!("`{name}` holds up what is tried when it fails {}", cost(attempts));
                out.report(text, span, "further attempts at its only deployment").help(HELP);
            }
            continue;
        }
        let row = member.provider.0 as usize;
        let retries = routing.providers.get(row).and_then(retries);
        let seen = match retries {
            Some(_) => of_providers.get_mut(row),
            None => Some(&mut of_router),
        };
        if let Some(seen) = seen {
            seen.get_or_insert((name, 0)).1 += 1;
        }
    }
    for (provider, seen) in routing.providers.iter().zip(of_providers) {
        if let (Some(retries), Some(seen)) = (retries(provider).filter(|n| *n > 0), seen) {
            let span = provider.written.max_retries.span().unwrap_or(provider.name.span);
            let text = format!("{} what is tried when they fail {}", whose(seen), cost(retries));
            out.report(text, span, "further attempts at each deployment").help(HELP);
        }
    }
    let setting = router_setting(lowered, "num_retries");
    let retries = setting.and_then(|setting| setting.value.as_u64()).filter(|n| *n > 0);
    if let (Some(retries), Some(seen)) = (retries, of_router)
        && let Some(span) = setting.and_then(|setting| setting.origin)
    {
        let text = format!("{} what is tried when they fail {}", whose(seen), cost(retries));
        out.report(text, span, "further attempts at every deployment").help(HELP);
    }
}

const HELP: &str = "use 0 where something else is tried next, or allow this for a name that is \
                    better late than elsewhere";

/// The retries that a chain asks for, and where.
fn attempts(lowered: &Lowered<'_>, group: &Group) -> Option<(u64, crate::source::Span)> {
    let chain = group.chain.and_then(|id| lowered.routing.chain(id))?;
    let attempts = chain.attempts?;
    Some((u64::from(attempts.value), attempts.span))
}

fn retries(provider: &Provider<'_>) -> Option<u64> {
    provider.written.max_retries.value().map(|retries| u64::from(*retries))
}

fn whose((first, count): (&str, usize)) -> String {
    match count {
        1 => format!("`{first}` holds up"),
        _ => format!("`{first}` and {} more hold up", count - 1),
    }
}

/// LiteLLM 1.106.2 waits 0.5 s, then twice as long each time up to 8 s, and up to 0.75 s more;
/// after the last attempt too.
fn cost(retries: u64) -> String {
    // Past the limit nobody reads the number.
    let waits = u32::try_from(retries).unwrap_or(u32::MAX).min(1000) + 1;
    let least: f64 = (0..waits).map(|wait| (0.5 * 2_f64.powi(wait.min(9) as i32)).min(8.0)).sum();
    let most = least + 0.75 * f64::from(waits);
    let times = if retries == 1 { "1 retry".to_owned() } else { format!("{retries} retries") };
    format!("by {times}, {least:.1} to {most:.1} s of waiting")
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn retries_of_a_chain_are_told_with_their_time() {
        insta::assert_snapshot!(only("failover-cost", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
fallback_chains:
  phi4: {chain: [qwen3], retry_attempts: 2}
  qwen3: {chain: [], retry_attempts: 3}
"#), @"
        info[failover-cost]: `phi4` holds up what is tried when it fails by 2 retries, 3.5 to 5.8 s of waiting
          --> model-mappings.yaml:2:42 `2` further attempts at its only deployment
          help: use 0 where something else is tried next, or allow this for a name that is better late than elsewhere
        ");
    }

    #[test]
    fn retries_of_a_provider_and_of_the_router_are_told_once() {
        insta::assert_snapshot!(only("failover-cost", r#"
--- gwcfg.yaml
gateway: {router_settings: {num_retries: 1}}
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
    max_retries: 3
  vllm: {type: vllm, base_url: 'http://127.0.0.1:8001', status: active, models: [a, b]}
--- model-mappings.yaml
fallback_chains:
  default: {chain: [b]}
"#), @"
        info[failover-cost]: `a` holds up what is tried when they fail by 1 retry, 1.5 to 3.0 s of waiting
          --> gwcfg.yaml:1:42 `1` further attempts at every deployment
          help: use 0 where something else is tried next, or allow this for a name that is better late than elsewhere
        info[failover-cost]: `phi4` and 1 more hold up what is tried when they fail by 3 retries, 7.5 to 10.5 s of waiting
          --> providers.yaml:7:18 `3` further attempts at each deployment
          help: use 0 where something else is tried next, or allow this for a name that is better late than elsewhere
        ");
    }

    #[test]
    fn without_anything_behind_there_is_nothing_to_hold_up() {
        insta::assert_snapshot!(only("failover-cost", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
    max_retries: 3
"#), @"");
    }
}
