//! Wherever a provider is named, `providers.yaml` declares it.

use crate::checks::Context;
use crate::checks::words::{Suggestions, place_phrase};
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::quoting::anywhere;
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "provider-unknown",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "a provider is named that `providers.yaml` does not declare",
    page: include_str!("provider_unknown.md"),
};

/// Reports every provider's name that nothing declares, with the nearest one that is declared.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let mut suggestions = Suggestions::providers(context.routing);
    for defect in &context.routing.defects {
        if defect.why != Why::Unknown || !defect.place.wants_provider() {
            continue;
        }
        let name = defect.name;
        let finding = out.report(
            format!("{} names unknown provider `{}`", place_phrase(defect), name.value),
            name.span,
            "no provider of this name in `providers.yaml`",
        );
        match suggestions.nearest(name.value) {
            Some((near, declared)) => {
                finding
                    .also(declared, "a provider with a similar name is declared here")
                    .help(format!("did you mean `{near}`?"))
                    .unsafe_fix(format!("change it to `{near}`"), name.span, anywhere(near));
            }
            None => {
                finding
                    .help(format!("declare `{}` in `providers.yaml`, or name another", name.value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_misspelt_provider_gets_a_suggestion() {
        insta::assert_snapshot!(only("provider-unknown", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: olama}
  chat: {provider: nowhere}
"), @"
        error[provider-unknown]: exact match `phi4` names unknown provider `olama`
          --> model-mappings.yaml:2:20 `olama` no provider of this name in `providers.yaml`
          ::: providers.yaml:2:3 `ollama` a provider with a similar name is declared here
          help: did you mean `ollama`?
          unsafe fix: change it to `ollama`
        error[provider-unknown]: exact match `chat` names unknown provider `nowhere`
          --> model-mappings.yaml:3:20 `nowhere` no provider of this name in `providers.yaml`
          help: declare `nowhere` in `providers.yaml`, or name another
        ");
    }

    #[test]
    fn a_declared_provider_is_silent() {
        insta::assert_snapshot!(only("provider-unknown", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
"), @"");
    }
}
