//! Wildcards to an Ollama elsewhere, for which LiteLLM asks this machine.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::Lowered;
use crate::gateway::litellm::WildcardTarget;

/// The record.
pub static RULE: Rule = Rule {
    name: "ollama-asks-localhost",
    stage: Stage::Behaviour,
    severity: Severity::Info,
    summary: "a wildcard to an Ollama elsewhere, for which the gateway asks its own machine",
    page: include_str!("ollama_asks_localhost.md"),
};

/// Where LiteLLM asks, whatever the address of the deployment (1.106.2).
const ASKED: [&str; 2] = ["http://localhost:11434", "http://127.0.0.1:11434"];

/// Reports each provider once, at the first wildcard to it.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    let mut told = Vec::new();
    for wildcard in &lowered.wildcards {
        let first = wildcard.targets.first();
        let Some(WildcardTarget::AsRequested(id)) = first else { continue };
        let parameters = lowered.providers.get(id.0 as usize).and_then(Option::as_ref);
        let Some(parameters) = parameters.filter(|p| p.prefix == "ollama_chat/") else { continue };
        let elsewhere = parameters.api_base.as_deref().is_some_and(|base| !ASKED.contains(&base));
        if !elsewhere || told.contains(id) {
            continue;
        }
        told.push(*id);
        let name = lowered.routing.provider(*id).map_or("", |provider| provider.name.value);
        let text = format!(
            "for each request to `{name}` by this wildcard the gateway also asks \
             http://localhost:11434 for the model, several times"
        );
        out.report(text, wildcard.origin, "names that are not listed go to an Ollama elsewhere")
            .also(parameters.origin, "not on the gateway's machine")
            .help("list the models, or set `OLLAMA_API_BASE` in the gateway's environment");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn an_ollama_elsewhere_is_told_once() {
        insta::assert_snapshot!(only("ollama-asks-localhost", r#"
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://10.0.0.5:11434', status: active, models: [phi4]}
--- model-mappings.yaml
patterns: [{pattern: '^org/.*', provider: ollama}]
routing_rules: {default_provider: ollama}
"#), @r"
        info[ollama-asks-localhost]: for each request to `ollama` by this wildcard the gateway also asks http://localhost:11434 for the model, several times
          --> model-mappings.yaml:1:22 `\'^org/.*\'` names that are not listed go to an Ollama elsewhere
          ::: providers.yaml:2:3 `ollama` not on the gateway's machine
          help: list the models, or set `OLLAMA_API_BASE` in the gateway's environment
        ");
    }

    #[test]
    fn an_ollama_beside_the_gateway_is_silent() {
        insta::assert_snapshot!(only("ollama-asks-localhost", r#"
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
--- model-mappings.yaml
routing_rules: {default_provider: ollama}
"#), @"");
    }
}
