//! A fallback can answer.

use crate::checks::Context;
use crate::checks::words::{place_phrase, with_status};
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::{Place, Why};

/// The record.
pub static RULE: Rule = Rule {
    name: "fallback-inactive",
    stage: Stage::Fallbacks,
    severity: Severity::Error,
    summary: "a fallback names a provider or model that is not active",
    page: include_str!("fallback_inactive.md"),
};

/// Reports steps that could never answer, because a status keeps them out of the output.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    for defect in &routing.defects {
        if !defect.place.is_fallback() || defect.place == Place::ChainOwner {
            continue;
        }
        let provider = match defect.why {
            Why::InactiveProvider(provider) => Some(provider),
            Why::InactiveModel(model) => routing.model(model).map(|model| model.provider),
            Why::Unknown
            | Why::NotAtProvider(_)
            | Why::ProviderNotModel(_)
            | Why::Undecided(_)
            | Why::SeveralProviders(_)
            | Why::ServesNoModels(_)
            | Why::Empty
            | Why::NoWeight
            | Why::Shadowed(_)
            | Why::Itself
            | Why::Repeated(_)
            | Why::CaseDiffers(..)
            | Why::LeftOut => None,
        };
        let Some(provider) = provider else { continue };
        let name = defect.name;
        let finding = out.report(
            format!(
                "{} names `{}`, which is not active, so the step is left out",
                place_phrase(defect),
                name.value
            ),
            name.span,
            "nobody would answer here",
        );
        with_status(finding, routing, provider)
            .help("set the provider's status to `active`, or name something else");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn inactive_steps() {
        insta::assert_snapshot!(only("fallback-inactive", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [old, llama2]}
"), @"
        error[fallback-inactive]: the fallback chain of `phi4` names `old`, which is not active, so the step is left out
          --> model-mappings.yaml:4:18 `old` nobody would answer here
          ::: providers.yaml:4:67 `disabled` the status of provider `old`
          help: set the provider's status to `active`, or name something else
        error[fallback-inactive]: the fallback chain of `phi4` names `llama2`, which is not active, so the step is left out
          --> model-mappings.yaml:4:23 `llama2` nobody would answer here
          ::: providers.yaml:4:67 `disabled` the status of provider `old`
          help: set the provider's status to `active`, or name something else
        ");
    }

    #[test]
    fn an_active_provider_is_silent() {
        insta::assert_snapshot!(only("fallback-inactive", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [spare]}
"), @"");
    }
}
