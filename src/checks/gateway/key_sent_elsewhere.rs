//! A key of OpenAI that goes to somebody else.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::infer::Provider;

use super::{Context, provider_of};

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
    let own = context.own_providers();
    for deployment in context.deployments() {
        let Some(Provider::Named(prefix)) = provider_of(&deployment, &own) else { continue };
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
