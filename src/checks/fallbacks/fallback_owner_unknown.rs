//! A chain belongs to a public name.

use crate::checks::Context;
use crate::checks::words::Suggestions;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::quoting::anywhere;
use crate::routing::{Place, Why};

/// The record.
pub static RULE: Rule = Rule {
    name: "fallback-owner-unknown",
    stage: Stage::Fallbacks,
    severity: Severity::Warning,
    summary: "a fallback chain belongs to a name that nobody can request",
    page: include_str!("fallback_owner_unknown.md"),
};

/// Reports chains of unknown names, of providers, and of models that are not served.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let mut suggestions = Suggestions::public_names(context.routing);
    for defect in &context.routing.defects {
        if defect.place != Place::ChainOwner {
            continue;
        }
        let name = defect.name;
        let (what, place) = match defect.why {
            Why::ProviderNotModel(id) => ("is a provider", context.routing.provider(id)),
            Why::InactiveModel(id) => (
                "is a model of an inactive provider",
                context
                    .routing
                    .model(id)
                    .and_then(|model| context.routing.provider(model.provider)),
            ),
            Why::Unknown
            | Why::InactiveProvider(_)
            | Why::NotAtProvider(_)
            | Why::Undecided(_)
            | Why::SeveralProviders(_)
            | Why::ServesNoModels(_)
            | Why::Empty
            | Why::NoWeight
            | Why::Shadowed(_)
            | Why::Itself
            | Why::Repeated(_) => ("is not declared", None),
            // Told of elsewhere.
            Why::CaseDiffers(..) | Why::LeftOut => continue,
        };
        let message = format!("the fallback chain of `{}` is never used: it {what}", name.value);
        let finding = out.report(message, name.span, "no public name, so nobody requests it");
        if let Some(provider) = place {
            finding
                .also(provider.name.span, "the provider")
                .help("write the chain for a public name, or for `default`");
            continue;
        }
        match suggestions.nearest(name.value) {
            Some((near, declared)) => finding
                .also(declared, "a similar name is declared here")
                .help(format!("did you mean `{near}`?"))
                .unsafe_fix(format!("change it to `{near}`"), name.span, anywhere(near)),
            None => finding.help("declare the name, or remove the chain"),
        };
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn chains_of_no_public_name() {
        insta::assert_snapshot!(only("fallback-owner-unknown", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi44: {chain: [qwen3]}
  spare: {chain: [phi4]}
  llama2: {chain: [phi4]}
"), @"
        warning[fallback-owner-unknown]: the fallback chain of `phi44` is never used: it is not declared
          --> model-mappings.yaml:4:3 `phi44` no public name, so nobody requests it
          ::: model-mappings.yaml:2:3 `phi4` a similar name is declared here
          help: did you mean `phi4`?
          unsafe fix: change it to `phi4`
        warning[fallback-owner-unknown]: the fallback chain of `spare` is never used: it is a provider
          --> model-mappings.yaml:5:3 `spare` no public name, so nobody requests it
          ::: providers.yaml:3:3 `spare` the provider
          help: write the chain for a public name, or for `default`
        warning[fallback-owner-unknown]: the fallback chain of `llama2` is never used: it is a model of an inactive provider
          --> model-mappings.yaml:6:3 `llama2` no public name, so nobody requests it
          ::: providers.yaml:4:3 `old` the provider
          help: write the chain for a public name, or for `default`
        ");
    }

    #[test]
    fn a_public_name_and_the_default_are_silent() {
        insta::assert_snapshot!(only("fallback-owner-unknown", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [qwen3]}
  default: {chain: [gemma3]}
"), @"");
    }
}
