//! A chain leads to another provider.

use crate::checks::Context;
use crate::checks::lost_steps::LostSteps;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::{GroupId, ProviderId, Routing};

/// The record.
pub static RULE: Rule = Rule {
    name: "fallback-one-provider",
    stage: Stage::Fallbacks,
    severity: Severity::Warning,
    summary: "a fallback chain never leaves the provider that has failed",
    page: include_str!("fallback_one_provider.md"),
};

/// Reports chains all of whose steps are served by the one provider that serves the name itself. A
/// step that is lost to a finding of its own may lead elsewhere.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    let lost = LostSteps::of(routing);
    for chain in &routing.chains {
        let Some(group) = routing.meaning_of(chain.owner.value).group else { continue };
        let steps = routing.steps_of(chain);
        let Some(id) = only_provider(routing, group) else { continue };
        let Some(provider) = routing.provider(id) else { continue };
        let Some(last) = steps.last() else { continue };
        if lost.may_leave(chain.owner.value, id) {
            continue;
        }
        if steps.iter().any(|step| only_provider(routing, step.target) != Some(id)) {
            continue;
        }
        let (owner, server) = (chain.owner.value, provider.name.value);
        out.report(
            format!("every fallback of `{owner}` is served by `{server}`, like `{owner}` itself"),
            last.span,
            format!("when `{server}` is down, this is down too"),
        )
        .also(chain.owner.span, "the name that it protects")
        .also(provider.name.span, "the provider of all of them")
        .help("add a step that another provider serves");
    }
}

/// The provider of a group's deployments, when it is one.
fn only_provider(routing: &Routing<'_>, group: GroupId) -> Option<ProviderId> {
    let deployments = routing.deployments_of(routing.group(group)?);
    let first = deployments.first()?.provider;
    deployments.iter().all(|deployment| deployment.provider == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn all_steps_at_one_provider() {
        insta::assert_snapshot!(only("fallback-one-provider", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [gemma3]}
"), @"
        warning[fallback-one-provider]: every fallback of `phi4` is served by `ollama`, like `phi4` itself
          --> model-mappings.yaml:4:18 `gemma3` when `ollama` is down, this is down too
          ::: model-mappings.yaml:4:3 `phi4` the name that it protects
          ::: providers.yaml:2:3 `ollama` the provider of all of them
          help: add a step that another provider serves
        ");
    }

    #[test]
    fn a_lost_step_may_have_led_elsewhere() {
        insta::assert_snapshot!(only("fallback-one-provider", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3, glm]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama, fallback: spare}
fallback_chains:
  phi4: {chain: [gemma3]}
  gemma3: {chain: [phi4, spare]}
  qwen3: {chain: [glm, spare]}
"), @"
        warning[fallback-one-provider]: every fallback of `qwen3` is served by `spare`, like `qwen3` itself
          --> model-mappings.yaml:6:19 `glm` when `spare` is down, this is down too
          ::: model-mappings.yaml:6:3 `qwen3` the name that it protects
          ::: providers.yaml:3:3 `spare` the provider of all of them
          help: add a step that another provider serves
        ");
    }

    #[test]
    fn one_step_elsewhere_is_silent() {
        insta::assert_snapshot!(only("fallback-one-provider", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [gemma3, qwen3]}
"), @"");
    }
}
