//! Where only a provider is named, one of its models is meant.

use std::collections::BTreeMap;

use crate::checks::Context;
use crate::checks::words::{listed, model_names, place_phrase};
use crate::diagnostic::{Finding, Reporter, Rule, Severity, Stage};
use crate::routing::{Defect, Provider, ProviderId, Why};

/// The record.
pub static RULE: Rule = Rule {
    name: "provider-model-undecided",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "a provider is named and nothing says which of its models is meant",
    page: include_str!("provider_model_undecided.md"),
};

/// Places of one provider that a finding shows; behind these it counts.
const MAX_PLACES: usize = 20;

/// Reports providers that stand for a model, in balanced groups and fallbacks, where neither the
/// name nor `default_model` decides between their models. The cause is the provider's: it has one
/// finding, with the places that name it.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    let mut places: BTreeMap<ProviderId, Vec<&Defect<'_>>> = BTreeMap::new();
    for defect in &routing.defects {
        if let Why::Undecided(id) = defect.why {
            places.entry(id).or_default().push(defect);
        }
    }
    for (id, mut places) in places {
        places.sort_by_key(|defect| defect.name.span);
        let Some(provider) = routing.provider(id) else { continue };
        let finding = match places.as_slice() {
            [] => continue,
            [only] => one(only, provider, out),
            several => many(several, provider, out),
        };
        let models = routing.models_of(provider);
        if models.is_empty() {
            finding
                .help("list the provider's models, and set its `default_model` if there are more");
        } else {
            let names = listed(model_names(routing, models));
            finding.help(format!("set the provider's `default_model`, or name a model: {names}"));
        }
    }
}

fn one<'o>(defect: &Defect<'_>, provider: &Provider<'_>, out: &'o mut Reporter<'_>) -> Finding<'o> {
    let text = format!(
        "{} names provider `{}`, and nothing decides which model it is asked for, so it is left \
         out",
        place_phrase(defect),
        defect.name.value
    );
    out.report(text, defect.name.span, "which of its models?")
        .also(provider.name.span, "the provider is declared here")
}

fn many<'o>(
    places: &[&Defect<'_>],
    provider: &Provider<'_>,
    out: &'o mut Reporter<'_>,
) -> Finding<'o> {
    let text = format!(
        "provider `{}` is named in {} places, and nothing decides which model it is asked for, so \
         it is left out there",
        provider.name.value,
        places.len()
    );
    let mut finding = out.report(text, provider.name.span, "which of its models?");
    let unshown = places.len().saturating_sub(MAX_PLACES);
    for (row, place) in places.iter().take(MAX_PLACES).enumerate() {
        finding = if unshown > 0 && row + 1 == MAX_PLACES {
            finding.also(place.name.span, format!("named here, and in {unshown} more places"))
        } else {
            finding.also(place.name.span, "named here")
        };
    }
    finding
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
    fn a_provider_that_is_named_twice_has_one_finding() {
        insta::assert_snapshot!(only("provider-model-undecided", "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3, gemma3]
--- model-mappings.yaml
exact_matches:
  chat: {provider: ollama, backend_model: phi4, fallback: ollama}
fallback_chains:
  chat: {chain: [ollama, qwen3]}
  default: {chain: [ollama]}
"), @"
        warning[provider-model-undecided]: provider `ollama` is named in 3 places, and nothing decides which model it is asked for, so it is left out there
          --> providers.yaml:2:3 `ollama` which of its models?
          ::: model-mappings.yaml:2:59 `ollama` named here
          ::: model-mappings.yaml:4:18 `ollama` named here
          ::: model-mappings.yaml:5:21 `ollama` named here
          help: set the provider's `default_model`, or name a model: `phi4`, `qwen3`, `gemma3`
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
