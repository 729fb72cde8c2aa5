//! Names with nobody else, which a cooldown makes unknown.

use crate::checks::lost_steps::LostSteps;
use crate::checks::words::listed;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::Lowered;
use crate::routing::{DEFAULT, Group};

use super::{cooldown, goes_on, only, router_setting};

/// The record.
pub static RULE: Rule = Rule {
    name: "name-refused-alone",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "names that nobody serves while their only deployment is left alone",
    page: include_str!("name_refused_alone.md"),
};

/// Reports all such names in one finding, at what leaves deployments alone. A name whose step is
/// lost to a finding of its own is not among them.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    let Some(policy) = router_setting(lowered, "allowed_fails_policy") else { return };
    let Some(span) = policy.origin else { return };
    let lost = LostSteps::of(lowered.routing);
    let is_unsure = |group: &Group| {
        let name = lowered.routing.names.text(group.name);
        lost.has(name) || group.chain.is_none() && lost.has(DEFAULT)
    };
    let alone = |group: &&Group| {
        only(lowered, group).is_some() && !goes_on(lowered, group) && !is_unsure(group)
    };
    let mut groups = lowered.routing.public_groups().filter(alone).peekable();
    let Some(first) = groups.peek().map(|group| group.span) else { return };
    let names = listed(groups.map(|group| lowered.routing.names.text(group.name)));
    let text = format!(
        "requests for {names} are refused for {} s when their only deployment is left alone: \
         nothing else serves them",
        cooldown(lowered)
    );
    out.report(text, span, "deployments that fail are left alone")
        .also(first, "one deployment and no fallback")
        .help("give them a `fallback` or a chain, or a `default` chain for all");
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn names_without_a_fallback_are_told_together() {
        insta::assert_snapshot!(only("name-refused-alone", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
special_cases:
  error_based_routing: {enabled: true, error_threshold: 3, cooldown_seconds: 300}
"#), @"
        warning[name-refused-alone]: requests for `phi4`, `qwen3` are refused for 300 s when their only deployment is left alone: nothing else serves them
          --> model-mappings.yaml:2:3 `error_based_routing` deployments that fail are left alone
          ::: providers.yaml:6:14 `phi4` one deployment and no fallback
          help: give them a `fallback` or a chain, or a `default` chain for all
        ");
    }

    #[test]
    fn a_name_whose_step_is_lost_is_not_told() {
        let text = |chains: &str| {
            format!(
                "
--- providers.yaml
providers:
  ollama: {{type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}}
  spare: {{type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [a, b]}}
--- model-mappings.yaml
special_cases:
  error_based_routing: {{enabled: true, error_threshold: 3, cooldown_seconds: 300}}
fallback_chains: {{{chains}}}
"
            )
        };
        let one = text("phi4: {chain: [spare]}, a: {chain: [phi4]}, b: {chain: [phi4]}");
        insta::assert_snapshot!(only("name-refused-alone", &one), @"");
        let all = text("default: {chain: [spare]}");
        insta::assert_snapshot!(only("name-refused-alone", &all), @"");
    }

    #[test]
    fn a_default_chain_serves_them() {
        insta::assert_snapshot!(only("name-refused-alone", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
special_cases:
  error_based_routing: {enabled: true, error_threshold: 3, cooldown_seconds: 300}
fallback_chains:
  default: {chain: [phi4, qwen3]}
"#), @"");
    }
}
