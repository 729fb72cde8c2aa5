//! Health is watched of providers that are there.

use crate::checks::Context;
use crate::checks::words::Suggestions;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::quoting::anywhere;

/// The record.
pub static RULE: Rule = Rule {
    name: "health-check-provider-unknown",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "`health_checks` has an endpoint of a provider that is not declared",
    page: include_str!("health_check_provider_unknown.md"),
};

/// Reports endpoints whose name no provider has, in whatever status.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let (documents, routing) = (context.documents, context.routing);
    let health = documents.providers.health_checks.value();
    let Some(health) = health.filter(|health| health.enabled.value() != Some(&false)) else {
        return;
    };
    // What a file that breaks off would have declared is unknown.
    if !documents.incomplete.is_empty() {
        return;
    }
    let mut suggestions = Suggestions::providers(routing);
    for entry in health.endpoints.value().into_iter().flat_map(|all| all.iter()) {
        let name = entry.name;
        let meaning = routing.meaning_of(name.value);
        if meaning.provider.is_some() || meaning.left_out {
            continue;
        }
        let finding = out.report(
            format!("`health_checks` has an endpoint of unknown provider `{}`", name.value),
            name.span,
            "no provider of this name in `providers`",
        );
        match suggestions.nearest(name.value) {
            Some((near, declared)) => finding
                .also(declared, "a provider with a similar name is declared here")
                .help(format!("did you mean `{near}`?"))
                .unsafe_fix(format!("change it to `{near}`"), name.span, anywhere(near)),
            None => finding.help("declare the provider, or remove the endpoint"),
        };
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_provider_that_was_renamed_and_one_that_is_gone() {
        insta::assert_snapshot!(only("health-check-provider-unknown", "
--- providers.yaml
providers:
  vllm-qwen: {type: vllm, base_url: 'http://127.0.0.1:8001', status: active, models: [qwen3]}
health_checks:
  endpoints:
    vllm_qwen: http://127.0.0.1:8001/health
    triton: http://127.0.0.1:8100/health
"), @"
        warning[health-check-provider-unknown]: `health_checks` has an endpoint of unknown provider `vllm_qwen`
          --> providers.yaml:5:5 `vllm_qwen` no provider of this name in `providers`
          ::: providers.yaml:2:3 `vllm-qwen` a provider with a similar name is declared here
          help: did you mean `vllm-qwen`?
          unsafe fix: change it to `vllm-qwen`
        warning[health-check-provider-unknown]: `health_checks` has an endpoint of unknown provider `triton`
          --> providers.yaml:6:5 `triton` no provider of this name in `providers`
          help: declare the provider, or remove the endpoint
        ");
    }

    #[test]
    fn declared_providers_and_checks_that_are_off_are_silent() {
        insta::assert_snapshot!(only("health-check-provider-unknown", "
--- providers.yaml
providers:
  vllm: {type: vllm, base_url: 'http://127.0.0.1:8001', status: active, models: [qwen3]}
  old: {type: vllm, base_url: 'http://127.0.0.1:8002', status: disabled, models: [phi4]}
health_checks:
  endpoints: {vllm: 'http://127.0.0.1:8001/health', old: 'http://127.0.0.1:8002/health'}
"), @"");
        insta::assert_snapshot!(only("health-check-provider-unknown", "
--- providers.yaml
providers:
  vllm: {type: vllm, base_url: 'http://127.0.0.1:8001', status: active, models: [qwen3]}
health_checks:
  enabled: false
  endpoints: {triton: 'http://127.0.0.1:8100/health'}
"), @"");
    }
}
