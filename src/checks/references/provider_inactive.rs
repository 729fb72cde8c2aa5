//! A provider that is named to serve requests is compiled.

use crate::checks::Context;
use crate::checks::words::{place_phrase, with_status};
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "provider-inactive",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "a provider is named that is not active",
    page: include_str!("provider_inactive.md"),
};

/// Reports every provider in use whose status keeps it out of the output.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for defect in &context.routing.defects {
        let Why::InactiveProvider(id) = defect.why else { continue };
        if defect.place.is_fallback() {
            continue;
        }
        let name = defect.name;
        let finding = out.report(
            format!(
                "{} names provider `{}`, which is not active, so it is left out",
                place_phrase(defect),
                name.value
            ),
            name.span,
            "this provider is not compiled",
        );
        with_status(finding, context.routing, id)
            .help(format!("set its status to `active`, or name another than `{}`", name.value));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_disabled_provider_serves_nobody() {
        insta::assert_snapshot!(only("provider-inactive", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: disabled, models: [phi4]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [phi4]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
"), @"
        error[provider-inactive]: exact match `phi4` names provider `ollama`, which is not active, so it is left out
          --> model-mappings.yaml:2:20 `ollama` this provider is not compiled
          ::: providers.yaml:2:70 `disabled` the status of provider `ollama`
          help: set its status to `active`, or name another than `ollama`
        ");
    }

    #[test]
    fn an_active_provider_is_silent() {
        insta::assert_snapshot!(only("provider-inactive", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: disabled, models: [phi4]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [phi4]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: spare}
"), @"");
    }
}
