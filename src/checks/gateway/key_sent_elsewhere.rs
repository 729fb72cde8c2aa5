//! A key of OpenAI that goes to somebody else.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::infer::Provider;

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "key-sent-elsewhere",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "an address without a key: LiteLLM sends `OPENAI_API_KEY` there",
    page: include_str!("key_sent_elsewhere.md"),
};

/// Prefixes that send `OPENAI_API_KEY` to the address that is written, when no key is (seen on
/// LiteLLM 1.106.2).
const LEAKING: [&str; 27] = [
    "openai",
    "custom_openai",
    "text-completion-openai",
    "cerebras",
    "nvidia_nim",
    "sambanova",
    "github",
    "perplexity",
    "deepinfra",
    "moonshot",
    "zai",
    "novita",
    "litellm_proxy",
    "xinference",
    "publicai",
    "baseten",
    "volcengine",
    "empower",
    "friendliai",
    "galadriel",
    "meta_llama",
    "nebius",
    "v0",
    "morph",
    "wandb",
    "vercel_ai_gateway",
    "hyperbolic",
];

/// Reports every deployment with an address of its own and no key.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    for (deployment, provider) in context.provided() {
        let Some(Provider::Named(prefix)) = provider else { continue };
        let base = deployment.param("base_url").or_else(|| deployment.param("api_base"));
        let Some(base) = base.filter(|_| LEAKING.contains(&prefix)) else { continue };
        let has_key = ["api_key", "litellm_credential_name", "mock_response"]
            .into_iter()
            .any(|key| deployment.param(key).is_some_and(|value| !value.is_falsy()));
        let client = deployment.param("configurable_clientside_auth_params").is_some();
        if has_key || client || base.variable().is_some() || is_openai(base.written()) {
            continue;
        }
        out.report(
            format!(
                "`{}` has no `api_key`: LiteLLM sends `OPENAI_API_KEY` to this address when it is \
                 set, else every request fails",
                deployment.name
            ),
            base.span(),
            "gets the key of another provider",
        )
        .help("write `api_key: none` for a server without keys, or `api_key: os.environ/NAME`");
    }
}

fn is_openai(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or("");
    host == "api.openai.com" || host.ends_with(".api.openai.com")
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn an_address_without_a_key_is_told() {
        insta::assert_snapshot!(linted("key-sent-elsewhere", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, api_base: 'http://127.0.0.1:8000/v1'}}
"), @r"
        warning[key-sent-elsewhere]: `chat` has no `api_key`: LiteLLM sends `OPENAI_API_KEY` to this address when it is set, else every request fails
          --> config.yaml:2:68 `\'http://127.0.0.1:8000/v1\'` gets the key of another provider
          help: write `api_key: none` for a server without keys, or `api_key: os.environ/NAME`
        ");
    }

    #[test]
    fn a_key_another_prefix_or_its_own_address_is_silent() {
        insta::assert_snapshot!(linted("key-sent-elsewhere", &[], "
model_list:
  - {model_name: a, litellm_params: {model: openai/x, api_base: 'http://h/v1', api_key: none}}
  - {model_name: b, litellm_params: {model: hosted_vllm/x, api_base: 'http://h/v1'}}
  - {model_name: c, litellm_params: {model: openai/x, api_base: 'https://api.openai.com/v1'}}
  - {model_name: d, litellm_params: {model: openai/x}}
"), @"");
    }
}
