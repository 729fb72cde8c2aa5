//! Every provider type, compiled by gwcfg: the path, the model and the key that reach the
//! provider, at its own address and at one of the user's.

use std::fmt::Write as _;

use gwcfg::routing::provider_type::PROVIDER_TYPES;

use crate::project::{Project, compile, load};
use crate::support::litellm::{Call, Failure, Gateway, gateway};

/// What a type does with a request for one of its models.
struct Row {
    kind: &'static str,
    /// Where its requests go when no address is written; empty when one must be.
    host: &'static str,
    /// The model as the sources name it, and as the provider reads it.
    model: &'static str,
    sent: &'static str,
    path: &'static str,
    /// The variable that holds the key; empty when no key is needed.
    variable: &'static str,
    /// The header with the key.
    header: (&'static str, &'static str),
}

const CHAT: &str = "/v1/chat/completions";
const BEARER: (&str, &str) = ("authorization", "Bearer KEY");
/// The dummy of servers without keys.
const NONE: (&str, &str) = ("authorization", "Bearer none");

const fn row(
    (kind, host): (&'static str, &'static str),
    (model, sent): (&'static str, &'static str),
    path: &'static str,
    variable: &'static str,
    header: (&'static str, &'static str),
) -> Row {
    Row { kind, host, model, sent, path, variable, header }
}

const ROWS: [Row; 20] = [
    row(("ollama", "http://127.0.0.1:11434"), ("o:8b", "o:8b"), "/api/chat", "", NONE),
    row(("llama_cpp", ""), ("lc", "lc"), CHAT, "", NONE),
    row(("vllm", ""), ("org/v", "org/v"), CHAT, "", NONE),
    row(("lm_studio", "http://127.0.0.1:1234"), ("lm", "lm"), CHAT, "", NONE),
    row(("openai_compatible", ""), ("org/oc", "org/oc"), CHAT, "", NONE),
    row(("openai", "https://api.openai.com"), ("gpt", "gpt"), CHAT, "OPENAI_API_KEY", BEARER),
    row(
        ("anthropic", "https://api.anthropic.com"),
        ("cl", "cl"),
        "/v1/messages",
        "ANTHROPIC_API_KEY",
        ("x-api-key", "KEY"),
    ),
    row(
        ("azure_openai", ""),
        ("dep", "dep"),
        "/openai/deployments/dep/chat/completions",
        "AZURE_API_KEY",
        ("api-key", "KEY"),
    ),
    row(("cohere", "https://api.cohere.com"), ("co", "co"), "/v2/chat", "COHERE_API_KEY", BEARER),
    row(
        ("perplexity", "https://api.perplexity.ai"),
        ("sonar", "sonar"),
        "/chat/completions",
        "PERPLEXITYAI_API_KEY",
        BEARER,
    ),
    row(("xai", "https://api.x.ai"), ("gr", "gr"), CHAT, "XAI_API_KEY", BEARER),
    row(
        ("openrouter", "https://openrouter.ai"),
        ("a/b", "a/b"),
        "/api/v1/chat/completions",
        "OPENROUTER_API_KEY",
        BEARER,
    ),
    row(
        ("blackbox", "https://api.blackbox.ai"),
        ("blackboxai/a/b", "blackboxai/a/b"),
        "/chat/completions",
        "BLACKBOX_API_KEY",
        BEARER,
    ),
    row(
        ("google_genai", "https://generativelanguage.googleapis.com"),
        ("gem", "gem"),
        "/v1beta/models/gem:generateContent",
        "GEMINI_API_KEY",
        ("x-goog-api-key", "KEY"),
    ),
    row(
        ("huggingface", "https://router.huggingface.co"),
        ("org/hf", "org/hf"),
        CHAT,
        "HF_TOKEN",
        BEARER,
    ),
    row(
        ("groq", "https://api.groq.com"),
        ("gq", "gq"),
        "/openai/v1/chat/completions",
        "GROQ_API_KEY",
        BEARER,
    ),
    row(("mistral", "https://api.mistral.ai"), ("mi", "mi"), CHAT, "MISTRAL_API_KEY", BEARER),
    row(
        ("deepseek", "https://api.deepseek.com"),
        ("ds", "ds"),
        "/chat/completions",
        "DEEPSEEK_API_KEY",
        BEARER,
    ),
    row(
        ("together_ai", "https://api.together.ai"),
        ("t/o", "t/o"),
        CHAT,
        "TOGETHERAI_API_KEY",
        BEARER,
    ),
    row(
        ("fireworks_ai", "https://api.fireworks.ai"),
        ("fw", "accounts/fireworks/models/fw"),
        "/inference/v1/chat/completions",
        "FIREWORKS_API_KEY",
        BEARER,
    ),
];

/// Types without a row: two have tests of their own below, two serve no models.
const OTHERS: [&str; 4] = ["bedrock", "vertex_ai", "tool_server", "web_ui"];

fn keys() -> Vec<(&'static str, &'static str)> {
    let variables = ROWS.iter().map(|row| row.variable).filter(|variable| !variable.is_empty());
    variables.map(|variable| (variable, "KEY")).collect()
}

/// The only call of a request, at `origin`.
fn call(gateway: &mut Gateway, origin: &str, model: &str) -> Call {
    let answer = gateway.request(model, &[]);
    assert!(answer.ok && answer.refused.is_empty() && answer.calls.len() == 1, "{answer:?}");
    let call = answer.calls[0].clone();
    assert_eq!(call.origin, origin, "{model}");
    call
}

fn check(gateway: &mut Gateway, row: &Row, origin: &str) {
    let call = call(gateway, origin, row.model);
    assert_eq!(call.path, row.path, "{}", row.kind);
    assert_eq!(call.model.as_deref(), Some(row.sent), "{}", row.kind);
    assert_eq!(call.header(row.header.0), Some(row.header.1), "{}", row.kind);
}

#[test]
fn every_type_has_a_test() {
    let mut tested: Vec<&str> = ROWS.iter().map(|row| row.kind).chain(OTHERS).collect();
    let mut types: Vec<&str> = PROVIDER_TYPES.iter().map(|kind| kind.name).collect();
    tested.sort_unstable();
    types.sort_unstable();
    assert_eq!(tested, types);
}

#[test]
fn each_type_at_its_own_address() {
    let Some(mut gateway) = gateway("each_type_at_its_own_address") else { return };
    let mut providers = "providers:\n".to_owned();
    let own = || ROWS.iter().filter(|row| !row.host.is_empty());
    for Row { kind, model, .. } in own() {
        writeln!(providers, "  {kind}: {{type: {kind}, status: active, models: ['{model}']}}")
            .unwrap();
    }
    let hosts: Vec<&str> = own().map(|row| row.host).collect();
    let project = Project { providers: &providers, mappings: "{}", ..Project::default() };
    load(&mut gateway, &project, &keys(), &hosts);
    for row in own() {
        check(&mut gateway, row, row.host);
    }
}

#[test]
fn each_type_at_an_address_of_the_users() {
    let Some(mut gateway) = gateway("each_type_at_an_address_of_the_users") else { return };
    let origin = |index: usize| format!("http://127.0.0.1:{}", 20_000 + index);
    // As one writes it, and with a slash, which some prefixes would double.
    for end in ["", "/"] {
        let mut providers = "providers:\n".to_owned();
        for (index, Row { kind, model, .. }) in ROWS.iter().enumerate() {
            let url = origin(index);
            writeln!(
                providers,
                "  {kind}: {{type: {kind}, base_url: '{url}{end}', status: active, \
                 models: ['{model}']}}"
            )
            .unwrap();
        }
        let origins: Vec<String> = (0..ROWS.len()).map(origin).collect();
        let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
        let project = Project { providers: &providers, mappings: "{}", ..Project::default() };
        load(&mut gateway, &project, &keys(), &origins);
        for (row, origin) in ROWS.iter().zip(origins) {
            check(&mut gateway, row, origin);
        }
    }
}

#[test]
fn no_type_sends_a_key_that_is_not_its_own() {
    let Some(mut gateway) = gateway("no_type_sends_a_key_that_is_not_its_own") else { return };
    let mut providers = "providers:\n".to_owned();
    for Row { kind, model, .. } in &ROWS {
        writeln!(
            providers,
            "  {kind}: {{type: {kind}, base_url: 'http://127.0.0.1:20000', status: active, \
             requires_api_key: false, models: ['{model}']}}"
        )
        .unwrap();
    }
    let flags = ["-A", "provider-address-shared"];
    let project =
        Project { providers: &providers, mappings: "{}", flags: &flags, ..Project::default() };
    load(&mut gateway, &project, &keys(), &["http://127.0.0.1:20000"]);
    for Row { kind, model, .. } in &ROWS {
        let headers = call(&mut gateway, "http://127.0.0.1:20000", model).headers;
        assert!(!headers.values().any(|value| value.contains("KEY")), "{kind}: {headers:?}");
    }
}

#[test]
fn a_type_of_the_projects_own_is_reached_as_it_declares() {
    let Some(mut gateway) = gateway("a_type_of_the_projects_own") else { return };
    let types = "provider_types:\n  my_gateway: {extends: openai_compatible, key_env: MY_KEY, \
                 path_suffix: /llm/v2}\n";
    let project = Project {
        providers: "providers:\n  mine: {type: my_gateway, base_url: 'https://llm.example.org', \
                    status: active, models: [m]}\n",
        mappings: "{}",
        more: &[("gwcfg.yaml", types)],
        ..Project::default()
    };
    load(&mut gateway, &project, &[("MY_KEY", "KEY")], &["https://llm.example.org"]);
    let call = call(&mut gateway, "https://llm.example.org", "m");
    assert_eq!(call.path, "/llm/v2/chat/completions");
    assert_eq!(call.header("authorization"), Some("Bearer KEY"));
}

#[test]
fn bedrock_is_found_by_its_region_or_at_an_address() {
    let Some(mut gateway) = gateway("bedrock_is_found_by_its_region") else { return };
    let id = "anthropic.claude-3-5-sonnet-20240620-v1";
    let providers = |more: &str| {
        format!(
            "providers:\n  aws: {{type: bedrock, status: active, models: ['{id}:0'], \
             region: eu-west-1{more}}}\n"
        )
    };
    let secrets = [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let region = "https://bedrock-runtime.eu-west-1.amazonaws.com";
    let local = "http://127.0.0.1:20000";
    for (more, origin) in
        [("", region), (", base_url: 'http://127.0.0.1:20000', env_var: BEDROCK_KEY", local)]
    {
        let providers = providers(more);
        let project = Project { providers: &providers, mappings: "{}", ..Project::default() };
        let env = [&secrets[..], &[("BEDROCK_KEY", "KEY")]].concat();
        load(&mut gateway, &project, &env, &[origin]);
        let call = call(&mut gateway, origin, &format!("{id}:0"));
        assert_eq!(call.path, format!("/model/{id}%3A0/converse"));
        let authorization = call.header("authorization").unwrap();
        // Signed with the credentials of the environment, or by the variable that is named.
        match more {
            "" => assert!(authorization.contains("Credential=AKIA/"), "{authorization}"),
            _ => assert_eq!(authorization, "Bearer KEY"),
        }
    }
}

/// LiteLLM signs with the package google-auth, which `litellm[proxy]` does not bring: no call can
/// be seen here. What can: the model string, the region, and that a chain goes on behind it.
#[test]
fn vertex_ai_is_written_with_its_location_and_its_chain_goes_on() {
    let Some(mut gateway) = gateway("vertex_ai_is_written_with_its_location") else { return };
    let project = Project {
        providers: "
providers:
  google: {type: vertex_ai, status: active, region: europe-west1, models: [gemini-2.0-flash]}
  local: {type: vllm, base_url: 'http://127.0.0.1:20000', status: active, models: [z]}
",
        mappings: "fallback_chains: {gemini-2.0-flash: {chain: [z]}}\n",
        ..Project::default()
    };
    let config = compile(&project);
    for line in ["model: vertex_ai/gemini-2.0-flash", "vertex_location: europe-west1"] {
        assert!(config.contains(line), "{line}\n{config}");
    }
    let origins = ["http://127.0.0.1:20000", "https://aiplatform.googleapis.com"];
    let loaded = load(&mut gateway, &project, &[], &origins);
    assert_eq!(loaded.models, ["gemini-2.0-flash", "z"]);
    let answer = gateway.request("gemini-2.0-flash", &[]);
    assert_eq!(answer.answered_by(), Some((origins[0], "z")));
    assert_eq!(gateway.request("z", &[Failure::all(500)]).calls[0].path, CHAT);
}

#[test]
fn tool_servers_and_web_pages_are_not_in_the_output() {
    let providers = |kind: &str| {
        format!(
            "providers:\n  local: {{type: vllm, base_url: 'http://127.0.0.1:20000', \
             status: active, \
             models: [z]}}\n  other: {{type: {kind}, base_url: 'http://127.0.0.1:3000', \
             status: active}}\n"
        )
    };
    for kind in ["tool_server", "web_ui"] {
        let providers = providers(kind);
        let project = Project { providers: &providers, mappings: "{}", ..Project::default() };
        assert!(!compile(&project).contains("127.0.0.1:3000"), "{kind}");
    }
}
