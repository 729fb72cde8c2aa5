//! A provider that shall serve models has a type that does.

use crate::checks::Context;
use crate::checks::words::place_phrase;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "provider-serves-no-models",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "a provider is named to serve models, and its type serves none",
    page: include_str!("provider_serves_no_models.md"),
};

/// Reports providers in use of a type that is no model server, wherever they are named.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for defect in &context.routing.defects {
        let Why::ServesNoModels(id) = defect.why else { continue };
        let Some(provider) = context.routing.provider(id) else { continue };
        let name = defect.name;
        let finding = out.report(
            format!(
                "{} names provider `{}`, whose type serves no models, so it is left out",
                place_phrase(defect),
                name.value
            ),
            name.span,
            "this is no model server",
        );
        let kind = provider.written.kind.span().unwrap_or(provider.name.span);
        finding
            .also(kind, "its type")
            .help("name a provider that serves models, or correct the type");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_server_of_tools() {
        insta::assert_snapshot!(only("provider-serves-no-models", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  search: {type: tool_server, base_url: 'http://127.0.0.1:9100', status: active}
--- model-mappings.yaml
exact_matches:
  chat: {provider: search}
"), @"
        error[provider-serves-no-models]: exact match `chat` names provider `search`, whose type serves no models, so it is left out
          --> model-mappings.yaml:2:20 `search` this is no model server
          ::: providers.yaml:3:18 `tool_server` its type
          help: name a provider that serves models, or correct the type
        ");
    }

    #[test]
    fn a_model_server_is_silent() {
        insta::assert_snapshot!(only("provider-serves-no-models", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  search: {type: tool_server, base_url: 'http://127.0.0.1:9100', status: active}
--- model-mappings.yaml
exact_matches:
  chat: {provider: ollama, backend_model: phi4}
"), @"");
    }
}
