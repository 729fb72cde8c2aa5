//! Deployments that LiteLLM drops because it cannot tell their provider.

use crate::diagnostic::{Reporter, Rule, Severity, Stage, suggest};
use crate::gateway::litellm::infer::Provider;
use crate::gateway::litellm::keys::words;

use super::{Context, Deployment};

/// The record.
pub static RULE: Rule = Rule {
    name: "deployment-provider-unknown",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a model whose provider LiteLLM 1.106.2 does not know: the deployment is dropped",
    page: include_str!("deployment_provider_unknown.md"),
};

/// Words that people write for a provider, and its prefix.
const MEANT: [(&str, &str); 11] = [
    ("google", "gemini"),
    ("google_genai", "gemini"),
    ("vertex", "vertex_ai"),
    ("grok", "xai"),
    ("together", "together_ai"),
    ("fireworks", "fireworks_ai"),
    ("azure_openai", "azure"),
    ("lmstudio", "lm_studio"),
    ("hf", "huggingface"),
    ("aws", "bedrock"),
    ("mistralai", "mistral"),
];

/// Reports every deployment without a provider.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    for (deployment, provider) in context.provided() {
        let Some(model) = deployment.param("model") else { continue };
        match provider {
            Some(Provider::Missing) => {
                let text = model.written();
                let message = format!(
                    "LiteLLM drops this deployment of `{}`: `{text}` has no prefix that names a \
                     provider",
                    deployment.name
                );
                out.report(message, model.span(), "whose model?").help(format!(
                    "write `PROVIDER/{text}`, such as `openai/{text}` for a server that speaks \
                     OpenAI's protocol"
                ));
            }
            Some(Provider::Unknown(prefix)) => unknown(deployment, prefix, out),
            Some(Provider::Named("auto_router")) => auto_router(deployment, out),
            Some(Provider::Named(_) | Provider::Inferred) | None => {}
        }
    }
}

fn unknown(deployment: &Deployment<'_, '_>, prefix: &str, out: &mut Reporter<'_>) {
    let Some(model) = deployment.param("model") else { return };
    let message = format!(
        "LiteLLM 1.106.2 drops this deployment of `{}`: it knows no provider `{prefix}`",
        deployment.name
    );
    let lower = prefix.to_ascii_lowercase();
    let meant = MEANT.iter().find(|(word, _)| *word == lower).map(|(_, meant)| *meant);
    let near = meant.or_else(|| suggest::nearest(prefix, words("provider")));
    out.report(message, model.span(), "no provider").help(match near {
        Some(near) => format!("did you mean `{near}/`?"),
        None => format!(
            "write the provider before it, such as `openai/{}`, or use a release that knows it",
            model.written()
        ),
    });
}

/// `auto_router/…` asks a model which model to ask; other routers of LiteLLM have names of theirs.
fn auto_router(deployment: &Deployment<'_, '_>, out: &mut Reporter<'_>) {
    let Some(model) = deployment.param("model") else { return };
    let kind = model.written().strip_prefix("auto_router/").unwrap_or("");
    let other = ["complexity_router", "adaptive_router", "quality_router"];
    let has = ["auto_router_config_path", "auto_router_config"]
        .into_iter()
        .any(|key| deployment.param(key).is_some());
    if has || other.into_iter().any(|other| kind.starts_with(other)) {
        return;
    }
    let message = format!(
        "LiteLLM 1.106.2 drops this deployment of `{}`: `auto_router/` needs an \
         `auto_router_config`",
        deployment.name
    );
    out.report(message, model.span(), "routes by what?")
        .help("add `auto_router_config` or `auto_router_config_path`");
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn unknown_and_missing_prefixes_are_told() {
        insta::assert_snapshot!(linted("deployment-provider-unknown", &[], "
model_list:
  - {model_name: a, litellm_params: {model: opnai/x}}
  - {model_name: b, litellm_params: {model: google/gemini-2.0-flash}}
  - {model_name: c, litellm_params: {model: llama3}}
  - {model_name: d, litellm_params: {model: auto_router/mine}}
"), @"
        warning[deployment-provider-unknown]: LiteLLM 1.106.2 drops this deployment of `a`: it knows no provider `opnai`
          --> config.yaml:2:45 `opnai/x` no provider
          help: did you mean `openai/`?
        warning[deployment-provider-unknown]: LiteLLM 1.106.2 drops this deployment of `b`: it knows no provider `google`
          --> config.yaml:3:45 `google/gemini-2.0-flash` no provider
          help: did you mean `gemini/`?
        warning[deployment-provider-unknown]: LiteLLM drops this deployment of `c`: `llama3` has no prefix that names a provider
          --> config.yaml:4:45 `llama3` whose model?
          help: write `PROVIDER/llama3`, such as `openai/llama3` for a server that speaks OpenAI's protocol
        warning[deployment-provider-unknown]: LiteLLM 1.106.2 drops this deployment of `d`: `auto_router/` needs an `auto_router_config`
          --> config.yaml:5:45 `auto_router/mine` routes by what?
          help: add `auto_router_config` or `auto_router_config_path`
        ");
    }

    #[test]
    fn inferred_and_own_providers_are_silent() {
        insta::assert_snapshot!(linted("deployment-provider-unknown", &[], "
model_list:
  - {model_name: a, litellm_params: {model: gpt-4o}}
  - {model_name: b, litellm_params: {model: mine/x}}
  - {model_name: c, litellm_params: {model: zhipu/x, api_base: 'https://api.groq.com/openai/v1'}}
  - {model_name: d, litellm_params: {model: x, custom_llm_provider: ollama}}
  - {model_name: e, litellm_params: {model: os.environ/MODEL}}
litellm_settings: {custom_provider_map: [{provider: mine, custom_handler: a.b}]}
"), @"");
    }
}
