//! Where only a provider is named, one of its models is meant.

use std::mem;

use crate::checks::Context;
use crate::checks::words::{listed, model_names, place_phrase};
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "provider-model-undecided",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "a provider is named and nothing says which of its models is meant",
    page: include_str!("provider_model_undecided.md"),
};

/// Reports providers that stand for a model, in balanced groups and fallbacks, where neither the
/// name nor `default_model` decides between their models.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    // The models are listed once for each provider: the cause is the same in all its places.
    let mut listed_before = vec![false; routing.providers.len()];
    for defect in &routing.defects {
        let Why::Undecided(id) = defect.why else { continue };
        let Some(provider) = routing.provider(id) else { continue };
        let name = defect.name;
        let finding = out
            .report(
                format!(
                    "{} names provider `{}`, and nothing decides which model it is asked for, so \
                     it is left out",
                    place_phrase(defect),
                    name.value
                ),
                name.span,
                "which of its models?",
            )
            .also(provider.name.span, "the provider is declared here");
        let models = routing.models_of(provider);
        let before = listed_before.get_mut(id.0 as usize).map(|slot| mem::replace(slot, true));
        if models.is_empty() {
            finding
                .help("list the provider's models, and set its `default_model` if there are more");
        } else if before == Some(true) {
            finding.help("set the provider's `default_model`, or name one of its models");
        } else {
            let names = listed(model_names(routing, models));
            finding.help(format!("set the provider's `default_model`, or name a model: {names}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn several_models_and_no_default() {
        insta::assert_snapshot!(only("provider-model-undecided", "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  default: {chain: [ollama]}
"), @"
        warning[provider-model-undecided]: the fallback chain of `default` names provider `ollama`, and nothing decides which model it is asked for, so it is left out
          --> model-mappings.yaml:4:21 `ollama` which of its models?
          ::: providers.yaml:2:3 `ollama` the provider is declared here
          help: set the provider's `default_model`, or name a model: `phi4`, `qwen3`
        ");
    }

    #[test]
    fn a_named_model_is_silent() {
        insta::assert_snapshot!(only("provider-model-undecided", "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  default: {chain: [qwen3]}
"), @"");
    }
}
