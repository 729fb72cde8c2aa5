//! What reaches each kind of provider: URL, model and credentials.

use crate::support::litellm::{Call, Failure, Gateway, Load, gateway};
use crate::{UPSTREAM, deployment, load};

/// The call that one deployment makes; `params` are `litellm_params` in flow style.
fn call(gateway: &mut Gateway, origin: &str, params: &str, env: &[(&str, &str)]) -> Call {
    let config = format!(
        "model_list:\n  - model_name: \"x\"\n    litellm_params: {{{params}}}\n\
         router_settings: {{num_retries: 0}}\n"
    );
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let upstreams = vec![origin.to_owned()];
    let loaded = gateway.load(&Load { config, env, upstreams });
    assert!(loaded.ok, "{params}: {loaded:?}");
    let answer = gateway.request("x", &[]);
    assert!(answer.ok && answer.refused.is_empty(), "{params}: {answer:?}");
    answer.calls.first().expect("an answer comes from a call").clone()
}

#[test]
fn each_prefix_calls_its_path_with_the_model_and_the_key() {
    let Some(mut gateway) = gateway("each_prefix_calls_its_path") else { return };
    let chat = "/v1/chat/completions";
    let bearer = "authorization: Bearer KEY";
    for (model, base, path, sent, key) in [
        ("ollama_chat/llama3.1:8b", "", "/api/chat", "llama3.1:8b", bearer),
        ("openai/org/m", "/v1", chat, "org/m", bearer),
        ("hosted_vllm/org/m", "/v1", chat, "org/m", bearer),
        ("lm_studio/org/m", "/v1", chat, "org/m", bearer),
        ("anthropic/c", "", "/v1/messages", "c", "x-api-key: KEY"),
        ("cohere_chat/c", "/v2/chat", "/v2/chat", "c", bearer),
        ("perplexity/sonar", "", "/chat/completions", "sonar", bearer),
        ("xai/grok", "/v1", chat, "grok", bearer),
        ("openrouter/a/b", "/api/v1", "/api/v1/chat/completions", "a/b", bearer),
        (
            "openrouter/openrouter/auto",
            "/api/v1",
            "/api/v1/chat/completions",
            "openrouter/auto",
            bearer,
        ),
        ("openai/blackboxai/a/b", "", "/chat/completions", "blackboxai/a/b", bearer),
        ("gemini/g", "/v1beta", "/v1beta/models/g:generateContent", "g", "x-goog-api-key: KEY"),
        ("huggingface/org/m", "/v1", chat, "org/m", bearer),
        ("groq/l", "/openai/v1", "/openai/v1/chat/completions", "l", bearer),
        ("mistral/m", "/v1", chat, "m", bearer),
        ("deepseek/d", "", "/chat/completions", "d", bearer),
        ("together_ai/a/b", "/v1", chat, "a/b", bearer),
        (
            "fireworks_ai/f",
            "/inference/v1",
            "/inference/v1/chat/completions",
            "accounts/fireworks/models/f",
            bearer,
        ),
        (
            "fireworks_ai/accounts/a/models/f",
            "/inference/v1",
            "/inference/v1/chat/completions",
            "accounts/a/models/f",
            bearer,
        ),
    ] {
        let params = format!("model: \"{model}\", api_base: \"{UPSTREAM}{base}\", api_key: KEY");
        let call = call(&mut gateway, UPSTREAM, &params, &[]);
        let (header, value) = key.split_once(": ").expect("a header and its value");
        assert_eq!((call.path.as_str(), call.model.as_deref()), (path, Some(sent)), "{model}");
        assert_eq!(call.header(header), Some(value), "{model}");
    }
}

#[test]
fn azure_puts_the_deployment_into_the_path_and_the_version_into_the_query() {
    let Some(mut gateway) = gateway("azure_puts_the_deployment_into_the_path") else { return };
    let base = format!("model: azure/dep, api_base: \"{UPSTREAM}\", api_key: KEY");
    let plain = call(&mut gateway, UPSTREAM, &base, &[]);
    assert_eq!(plain.path, "/openai/deployments/dep/chat/completions");
    assert_eq!(plain.query, "api-version=2025-02-01-preview");
    assert_eq!(plain.header("api-key"), Some("KEY"));
    let dated = format!("{base}, api_version: \"2024-06-01\"");
    assert_eq!(call(&mut gateway, UPSTREAM, &dated, &[]).query, "api-version=2024-06-01");
    let current = format!("{base}, api_version: \"v1\"");
    assert_eq!(call(&mut gateway, UPSTREAM, &current, &[]).path, "/openai/v1/chat/completions");
}

#[test]
fn bedrock_signs_for_the_region_or_sends_a_bearer_key() {
    let Some(mut gateway) = gateway("bedrock_signs_for_the_region") else { return };
    let origin = "https://bedrock-runtime.eu-west-1.amazonaws.com";
    let region = "aws_region_name: eu-west-1";
    let id = "anthropic.claude-3-5-sonnet-20240620-v1";
    let params = format!("model: \"bedrock/{id}:0\", {region}");
    let env = [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let signed = call(&mut gateway, origin, &params, &env);
    assert_eq!(signed.path, format!("/model/{id}%3A0/converse"));
    let signature = signed.header("authorization").expect("signed");
    assert!(signature.starts_with("AWS4-HMAC-SHA256 Credential=AKIA/"), "{signature}");
    let keyed = call(&mut gateway, origin, &format!("{params}, api_key: KEY"), &[]);
    assert_eq!(keyed.header("authorization"), Some("Bearer KEY"));
    // An Anthropic model that the catalogue does not know is called by the older path.
    let unknown = format!("model: \"bedrock/anthropic.unknown\", {region}, api_key: KEY");
    assert_eq!(call(&mut gateway, origin, &unknown, &[]).path, "/model/anthropic.unknown/invoke");
}

#[test]
fn vertex_ai_loads_and_falls_back_where_google_auth_is_not_installed() {
    let Some(mut gateway) = gateway("vertex_ai_loads_and_falls_back") else { return };
    let config = format!(
        "model_list:\n  - {{model_name: v, litellm_params: {{model: vertex_ai/gemini-x, \
         vertex_project: p, vertex_location: us-central1}}}}\n{}\
         router_settings: {{num_retries: 0, fallbacks: [{{v: [z]}}]}}\n",
        deployment("z", "openai/z", "")
    );
    let upstreams = vec![UPSTREAM.to_owned(), "https://aiplatform.googleapis.com".to_owned()];
    let loaded = gateway.load(&Load { config, upstreams, ..Load::default() });
    assert_eq!(loaded.models, ["v", "z"]);
    let answer = gateway.request("v", &[]);
    assert_eq!(answer.answered_by(), Some((UPSTREAM, "z")));
}

#[test]
fn trailing_slashes_are_doubled_by_some_prefixes() {
    let Some(mut gateway) = gateway("trailing_slashes_are_doubled") else { return };
    for (model, base, path) in [
        ("ollama_chat/m", "/", "//api/chat"),
        ("ollama_chat/m", "/v1", "/v1/api/chat"),
        ("anthropic/m", "/", "//v1/messages"),
        ("anthropic/m", "/v1", "/v1/v1/messages"),
        ("mistral/m", "/v1/", "/v1//v1/chat/completions"),
        ("deepseek/m", "/v1/", "/v1//chat/completions"),
        ("gemini/m", "/v1beta/", "/v1beta//models/m:generateContent"),
        ("openai/m", "/v1/", "/v1/chat/completions"),
        ("openai/m", "", "/chat/completions"),
    ] {
        let params = format!("model: \"{model}\", api_base: \"{UPSTREAM}{base}\", api_key: KEY");
        load(
            &mut gateway,
            &format!("model_list:\n  - {{model_name: x, litellm_params: {{{params}}}}}\n"),
        );
        let answer = gateway.request_with("x", &[Failure::all(404)], &serde_json::json!({}));
        assert_eq!(answer.calls[0].path, path, "{model} {base}");
    }
}

#[test]
fn without_a_key_openai_style_prefixes_send_the_openai_key_elsewhere() {
    let Some(mut gateway) = gateway("without_a_key_openai_style_prefixes") else { return };
    let env = [("OPENAI_API_KEY", "sk-theirs")];
    for (prefix, sent) in [
        ("openai", Some("Bearer sk-theirs")),
        ("perplexity", Some("Bearer sk-theirs")),
        ("hosted_vllm", Some("Bearer fake-api-key")),
        ("lm_studio", Some("Bearer fake-api-key")),
        ("xai", None),
        ("huggingface", None),
    ] {
        let params = format!("model: {prefix}/m, api_base: \"{UPSTREAM}/v1\"");
        let call = call(&mut gateway, UPSTREAM, &params, &env);
        assert_eq!(call.header("authorization"), sent, "{prefix}");
    }
}

#[test]
fn without_a_base_hosted_vllm_and_lm_studio_call_openai() {
    let Some(mut gateway) = gateway("without_a_base_hosted_vllm") else { return };
    for prefix in ["hosted_vllm", "lm_studio"] {
        let params = format!("model: {prefix}/m, api_key: KEY");
        let call = call(&mut gateway, "https://api.openai.com", &params, &[]);
        assert_eq!(call.origin, "https://api.openai.com", "{prefix}");
    }
}

#[test]
fn ollama_facts_are_asked_for_at_localhost_whatever_the_base() {
    let Some(mut gateway) = gateway("ollama_facts_are_asked_for_at_localhost") else { return };
    let star = deployment("*", "ollama_chat/*", "").replace("/v1", "");
    load(&mut gateway, &format!("model_list:\n{star}"));
    let answer = gateway.request("foo", &[]);
    assert_eq!(answer.answered_by(), Some((UPSTREAM, "foo")));
    let facts = "http://localhost:11434/api/show";
    assert!(answer.side_calls.iter().any(|url| url == facts), "{:?}", answer.side_calls);
}
