//! What `gwcfg lint` says of a config is what the real gateway does with it: it says that the
//! gateway does not start, or that a deployment is dropped, when that is so, and only then.

use std::collections::BTreeSet;
use std::fs;

use gwcfg::checks::gateway::World;
use gwcfg::diagnostic::{Levels, Report, Severity, Stage};
use gwcfg::pipeline;
use gwcfg::source::{SourceFile, Sources};

use crate::support::corpus;
use crate::support::litellm::{Verdict, gateway, release};

/// Rules that say that the gateway does not start; so does every error about the YAML, but for keys
/// that are written twice.
const START: &[&str] =
    &["gateway-start-fails", "callback-unknown", "include-missing", "enterprise-setting-refused"];

/// Rules that say that a deployment is dropped.
const DROPPED: &[&str] = &["deployment-dropped", "deployment-provider-unknown"];

/// What `gwcfg lint` says.
#[derive(Debug)]
struct Said {
    starts: bool,
    dropped: BTreeSet<String>,
    errors: Vec<String>,
}

fn lint(config: &str) -> Said {
    let mut sources = Sources::default();
    let bytes = config.as_bytes().to_vec();
    let file = sources.add(SourceFile::new("config.yaml".to_owned(), bytes, false));
    let mut report = Report::new(Levels::default());
    // The world of `verdict.py`: what is referred to is there, but for what changes the gateway.
    let is_set = |name: &str| !["LITELLM_LICENSE", "REDIS_URL"].contains(&name);
    let world = World { is_set: &is_set, is_file: &|_, _| false, release: release() };
    pipeline::lint(&sources, &[file], &world, &mut report);
    let findings = report.findings();
    let stops = |rule: &gwcfg::diagnostic::Rule| {
        START.contains(&rule.name)
            || rule.stage == Stage::Lexical
                && rule.severity == Severity::Error
                && rule.name != "key-duplicate"
    };
    let named = |message: &str| {
        let (_, rest) = message.split_once("deployment of `").unwrap();
        rest.split_once('`').unwrap().0.to_owned()
    };
    let dropped = findings.iter().filter(|finding| DROPPED.contains(&finding.rule.name));
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    Said {
        starts: !findings.iter().any(|finding| stops(finding.rule)),
        dropped: dropped.map(|finding| named(&finding.message)).collect(),
        errors: errors.map(|finding| finding.message.clone()).collect(),
    }
}

/// In words, how the two differ.
fn difference(said: &Said, verdict: &Verdict) -> Option<String> {
    if said.starts != verdict.ok {
        return Some(format!("lint says {said:?}, the gateway {verdict:?}"));
    }
    // What would be dropped by a gateway that does not start is nobody's matter.
    let dropped: BTreeSet<String> = verdict.dropped.iter().cloned().collect();
    (verdict.ok && said.dropped != dropped)
        .then(|| format!("lint drops {:?}, the gateway {dropped:?}", said.dropped))
}

/// Settings beside a `model_list` that is right.
const SETTINGS: &[&str] = &[
    "",
    "router_settings: {fallbacks: [{a: [b]}], context_window_fallbacks: {a: b}}",
    "router_settings: {fallbacks: [{a: b}]}",
    "router_settings: {fallbacks: [{a: null}]}",
    "router_settings: {fallbacks: [{a: [b], b: [a]}]}",
    "router_settings: {fallbacks: [{}]}",
    "router_settings: {fallbacks: {a: [b]}}",
    "router_settings: {fallbacks: [a, b]}",
    "router_settings: {fallbacks: a}",
    "router_settings: {fallbacks: []}",
    "router_settings: {fallbacks: {}}",
    "router_settings: {content_policy_fallbacks: [a]}",
    "router_settings: {context_window_fallbacks: [{a: [b], b: [a]}]}",
    "litellm_settings: {fallbacks: [a]}",
    "litellm_settings: {fallbacks: [a]}\nrouter_settings: {fallbacks: [{a: [b]}]}",
    "router_settings: {default_fallbacks: a}",
    "router_settings: {routing_strategy: round-robin}",
    "router_settings: {routing_strategy: ''}",
    "router_settings: {routing_strategy: null}",
    "router_settings: {routing_strategy: [simple-shuffle]}",
    "router_settings: {routing_strategy: provider-budget-routing}",
    "router_settings: {routing_strategy: latency-based-routing, num_retry: 3}",
    "router_settings: {health_check_interval: 30}",
    "router_settings: {health_check_concurrency: null}",
    "router_settings: {model_group_alias: {x: a, y: [a], z: null, n: 3}}",
    "router_settings: {model_group_alias: {x: {model: a, hidden: true}}}",
    "router_settings: {model_group_alias: {x: {model: a}}}",
    "router_settings: {model_group_alias: [x]}",
    "router_settings: {model_group_alias: x}",
    "router_settings: {retry_policy: {TimeoutErrorRetries: 1, nonsense: x}}",
    "router_settings: {retry_policy: {TimeoutErrorRetries: x}}",
    "router_settings: {retry_policy: {TimeoutErrorRetries: 1.5}}",
    "router_settings: {retry_policy: {TimeoutErrorRetries: '2'}}",
    "router_settings: {retry_policy: [1]}",
    "router_settings: {allowed_fails_policy: {TimeoutErrorAllowedFails: x}}",
    "router_settings: {routing_groups: [{group_name: g, models: [a], \
     routing_strategy: least-busy}]}",
    "router_settings: {routing_groups: [{group_name: g, models: [a]}]}",
    "router_settings: {routing_groups: [g]}",
    "router_settings: {provider_budget_config: 3}",
    "router_settings: {default_litellm_params: 3}",
    "router_settings: {timeout: 30s, num_retries: '2', cooldown_time: x, allowed_fails: x}",
    "router_settings: [a]",
    "router_settings: text",
    "router_settings: null",
    "litellm_settings: [drop_params]",
    "litellm_settings: text",
    "litellm_settings: null",
    "general_settings: [a]",
    "general_settings: text",
    "general_settings: null",
    "environment_variables: [A]",
    "environment_variables: text",
    "environment_variables: {A: 5, B: null}",
    "litellm_settings: {cache: true}",
    "litellm_settings: {cache: true, cache_params: null}",
    "litellm_settings: {cache: true, cache_params: {type: memory}}",
    "litellm_settings: {cache: true, cache_params: {type: Redis}}",
    "litellm_settings: {cache: true, cache_params: {type: local}}",
    "litellm_settings: {cache: true, cache_params: {host: h, port: 1}}",
    "litellm_settings: {cache: false, cache_params: {type: memory}}",
    "litellm_settings: {cache: {type: redis}}",
    "litellm_settings: {cache: 'true'}",
    "litellm_settings: {callbacks: [nobody]}",
    "litellm_settings: {callbacks: [mine.handler]}",
    "litellm_settings: {callbacks: mine.handler}",
    "litellm_settings: {callbacks: prometheus}",
    "litellm_settings: {callbacks: [5]}",
    "litellm_settings: {callbacks: null}",
    "litellm_settings: {callbacks: []}",
    "litellm_settings: {success_callback: [nobody]}",
    "litellm_settings: {success_callback: langfuse}",
    "litellm_settings: {success_callback: null}",
    "litellm_settings: {failure_callback: [null]}",
    "litellm_settings: {failure_callback: 3}",
    "litellm_settings: {max_budget: x}",
    "litellm_settings: {max_budget: '10'}",
    "litellm_settings: {max_budget: null}",
    "litellm_settings: {custom_provider_map: [{provider: p, custom_handler: mine.handler}]}",
    "litellm_settings: {custom_provider_map: [{provider: p}]}",
    "litellm_settings: {custom_provider_map: [{provider: p, custom_handler: mine}]}",
    "litellm_settings: {unknown: 3, request_timeout: 30s, num_retries: x}",
    "general_settings: {master_key: 1234}",
    "general_settings: {master_key: null}",
    "general_settings: {database_url: 5}",
    "general_settings: {custom_auth: true}",
    "general_settings: {custom_auth: mine}",
    "general_settings: {custom_auth: mine.auth}",
    "general_settings: {user_api_key_cache_ttl: 5m}",
    "general_settings: {alerting: slack}",
    "general_settings: {alerting: true}",
    "general_settings: {coordination_redis: x}",
    "general_settings: {unknown: 3, health_check_interval: x}",
    "guardrails: {g: 1}",
    "guardrails: [g]",
    "guardrails: [{guardrail_name: g}]",
    "guardrails: []",
    "credential_list: [{}]",
    "credential_list: {a: b}",
    "prompts: [{}]",
    "files_settings: {a: b}",
    "finetune_settings: text",
    "default_vertex_config: [a]",
    "assistant_settings: {a: b}",
    "include: other.yaml",
    "include: null",
    "include: []",
    "include: [missing.yaml]",
    "include: [os.environ/MORE]",
    "include: ['http://127.0.0.1:1/more.yaml']",
    "unknown_section: {a: b}",
    "worker_registry: [{worker_id: a, url: 'http://127.0.0.1:1'}]",
    "worker_registry: []",
    "general_settings: {allowed_ips: [127.0.0.1]}",
    "general_settings: {allowed_ips: []}",
    "general_settings: {allowed_ips: null}",
    "general_settings: {enforced_params: [user]}",
    "general_settings: {enforced_params: []}",
    "general_settings: {enforced_params: null}",
    "general_settings: {enable_jwt_auth: true, public_routes: [/x], max_request_size_mb: 1}",
    "general_settings: {allowed_routes: [/x], admin_only_routes: [/y], role_permissions: []}",
    "general_settings: {key_management_system: google_secret_manager}",
    "general_settings: {key_management_system: nonsense}",
    "general_settings: {key_management_system: local}",
    "general_settings: {key_management_system: null}",
    "general_settings: {pass_through_endpoints: [{path: /x, target: 'http://127.0.0.1:1'}]}",
    "general_settings: {pass_through_endpoints: [{target: 'http://127.0.0.1:1'}]}",
    "general_settings: {pass_through_endpoints: [{path: null, target: 'http://127.0.0.1:1'}]}",
    "general_settings: {pass_through_endpoints: [{path: /x}]}",
    "general_settings: {pass_through_endpoints: [{path: x, target: 5, nonsense: 1}]}",
    "general_settings: {pass_through_endpoints: {path: /x, target: 'http://127.0.0.1:1'}}",
    "general_settings: {pass_through_endpoints: text}",
    "general_settings: {pass_through_endpoints: [text]}",
    "general_settings: {pass_through_endpoints: null}",
    "general_settings: {pass_through_endpoints: [{path: /x, target: 'http://127.0.0.1:1', \
     headers: [a]}]}",
    "general_settings: {pass_through_endpoints: [{path: /x, target: 'http://127.0.0.1:1', \
     headers: {a: 5}, auth: true}]}",
    "litellm_settings: {callbacks: [hide_secrets]}",
    "litellm_settings: {callbacks: [llamaguard_moderations]}",
    "litellm_settings: {callbacks: [llmguard_moderations]}",
    "litellm_settings: {callbacks: [gcs_bucket, gcs_pubsub]}",
    "litellm_settings: {tag_budget_config: {a: {max_budget: 1, budget_duration: 1d}}}",
    "litellm_settings: {tag_budget_config: {}}",
    "litellm_settings: {tag_budget_config: null}",
    "litellm_settings: {success_callback: [lanfuse], failure_callback: [sentri]}",
    "litellm_settings: {cache: true, cache_params: {type: redis}}",
    "litellm_settings: {cache: true, cache_params: {type: redis, host: 127.0.0.1, port: 1, \
     ttl: 60, namespace: a, max_connections: 5, password: x, ssl: true, db: 1}}",
    "litellm_settings: {cache: true, cache_params: {type: redis, host: 127.0.0.1, port: 1, \
     nonsense: 3}}",
    "litellm_settings: {cache: true, cache_params: {type: redis, host: 127.0.0.1, port: 1, \
     enabled: true}}",
    "litellm_settings: {cache: true, cache_params: {type: redis, nonsense: 3, \
     url: 'redis://127.0.0.1:1'}}",
    "litellm_settings: {cache: true, cache_params: {type: local, host: h, nonsense: 3}}",
    "environment_variables: {NO_PROXY: x, HOME: /tmp, OWN: os.environ/OTHER}",
    "router_settings: {redis_host: 127.0.0.1}",
    "router_settings: {redis_port: 1, redis_password: x, redis_db: 1}",
    "guardrails: [{guardrail_name: g, litellm_params: {guardrail: nonsense, mode: pre_call}}]",
    "guardrails: [{guardrail_name: g, litellm_params: {guardrail: bedrock, mode: before}}]",
    "guardrails: [{guardrail_name: g, litellm_params: {guardrail: bedrock}}]",
    "guardrails: [{guardrail_name: g, litellm_params: {mode: pre_call}}]",
    "guardrails: [{guardrail_name: g, litellm_params: {guardrail: 5, mode: 5}}]",
    "guardrails: [{guardrail_name: g, litellm_params: null}]",
    "guardrails: [{guardrail_name: g, litellm_params: {}}]",
    "guardrails: [{guardrail_name: g, litellm_params: [a]}]",
    "guardrails: [{guardrail_name: g, litellm_params: text}]",
    "guardrails: [{litellm_params: {guardrail: bedrock, mode: pre_call}}]",
    "search_tools: nonsense",
];

/// A `model_list` that is right.
const MODELS: &str = "model_list:
- {model_name: a, litellm_params: {model: openai/a, api_base: 'http://127.0.0.1:1', api_key: none}}
- {model_name: b, litellm_params: {model: openai/b, api_base: 'http://127.0.0.1:1', api_key: none}}
";

/// Entries of `model_list`, each beside one that is right.
const ENTRIES: &[&str] = &[
    "{model_name: x, litellm_params: {model: openai/x}}",
    "{litellm_params: {model: openai/x}}",
    "{model_name: x}",
    "{model_name: x, litellm_params: null}",
    "{model_name: x, litellm_params: []}",
    "{model_name: x, litellm_params: {}}",
    "{model_name: x, litellm_params: {model: null}}",
    "{model_name: x, litellm_params: {model: 5}}",
    "{model_name: x, litellm_params: {model: [a]}}",
    "{model_name: x, litellm_params: {model: {a: b}}}",
    "{model_name: x, litellm_params: {model: openai/x}, model_info: null}",
    "{model_name: x, litellm_params: {model: openai/x}, model_info: text}",
    "{model_name: x, litellm_params: {model: openai/x}, model_info: {tier: primary}}",
    "{model_name: x, litellm_params: {model: openai/x}, model_info: {tier: paid, note: [1]}}",
    "{model_name: x, litellm_params: {model: openai/x}, model_info: {id: 5, base_model: 5}}",
    "{model_name: x, litellm_params: {model: openai/x}, model_info: {id: 5}}",
    "{model_name: x, litellm_params: {model: openai/x}, model_info: {blocked: maybe}}",
    "{model_name: 12:30, litellm_params: {model: openai/x}}",
    "{model_name: yes, litellm_params: {model: openai/x}}",
    "{model_name: 1e3, litellm_params: {model: openai/x}}",
    "{model_name: '', litellm_params: {model: openai/x}}",
    "{model_name: [x], litellm_params: {model: openai/x}}",
    "text",
    "null",
    "[a]",
    "{model_name: x, litellm_params: {model: opnai/x}}",
    "{model_name: x, litellm_params: {model: OpenAI/x}}",
    "{model_name: x, litellm_params: {model: meta-llama/Llama-3}}",
    "{model_name: x, litellm_params: {model: llama3}}",
    "{model_name: x, litellm_params: {model: llama3, custom_llm_provider: ollama}}",
    "{model_name: x, litellm_params: {model: llama3, custom_llm_provider: olama}}",
    "{model_name: x, litellm_params: {model: gpt-4o}}",
    "{model_name: x, litellm_params: {model: GPT-4o}}",
    "{model_name: x, litellm_params: {model: gpt-image-99}}",
    "{model_name: x, litellm_params: {model: 'ft:gpt-4o-mini:me'}}",
    "{model_name: x, litellm_params: {model: claude-opus-9}}",
    "{model_name: x, litellm_params: {model: gemini-2.5-pro}}",
    "{model_name: x, litellm_params: {model: anthropic.claude-next}}",
    "{model_name: x, litellm_params: {model: mistral}}",
    "{model_name: x, litellm_params: {model: openai}}",
    "{model_name: x, litellm_params: {model: openai/}}",
    "{model_name: x, litellm_params: {model: '*'}}",
    "{model_name: x, litellm_params: {model: langfuse/prompt}}",
    "{model_name: x, litellm_params: {model: auto_router/mine}}",
    "{model_name: x, litellm_params: {model: veniceai/x}}",
    "{model_name: x, litellm_params: {model: zhipu/x, api_base: 'https://api.groq.com/openai/v1'}}",
    "{model_name: x, litellm_params: {model: x, api_base: 'https://api.groq.com/openai'}}",
    "{model_name: x, litellm_params: {model: x, api_base: 'https://api.x.ai/v1'}}",
    "{model_name: x, litellm_params: {model: x, api_base: 'API.DeepSeek.com/v1/chat'}}",
    "{model_name: x, litellm_params: {model: openai/x, rpm: 10/min}}",
    "{model_name: x, litellm_params: {model: openai/x, rpm: 1.5}}",
    "{model_name: x, litellm_params: {model: openai/x, rpm: 2.0, tpm: '60'}}",
    "{model_name: x, litellm_params: {model: openai/x, tpm: 60k}}",
    "{model_name: x, litellm_params: {model: openai/x, tpm: true}}",
    "{model_name: x, litellm_params: {model: openai/x, tags: free}}",
    "{model_name: x, litellm_params: {model: openai/x, tags: [1]}}",
    "{model_name: x, litellm_params: {model: openai/x, tags: [a]}}",
    "{model_name: x, litellm_params: {model: openai/x, max_retries: two}}",
    "{model_name: x, litellm_params: {model: openai/x, max_retries: '2'}}",
    "{model_name: x, litellm_params: {model: openai/x, api_key: 123}}",
    "{model_name: x, litellm_params: {model: openai/x, api_key: on}}",
    "{model_name: x, litellm_params: {model: openai/x, api_version: 2024-06-01}}",
    "{model_name: x, litellm_params: {model: openai/x, api_base: {URL}}}",
    "{model_name: x, litellm_params: {model: openai/x, budget_duration: 86400}}",
    "{model_name: x, litellm_params: {model: openai/x, max_budget: '15'}}",
    "{model_name: x, litellm_params: {model: openai/x, max_budget: lots}}",
    "{model_name: x, litellm_params: {model: openai/x, input_cost_per_token: 1e-6}}",
    "{model_name: x, litellm_params: {model: openai/x, input_cost_per_token: free}}",
    "{model_name: x, litellm_params: {model: openai/x, use_in_pass_through: maybe}}",
    "{model_name: x, litellm_params: {model: openai/x, use_in_pass_through: 'yes'}}",
    "{model_name: x, litellm_params: {model: openai/x, timeout: 30s, weight: 50%, order: '1'}}",
    "{model_name: x, litellm_params: {model: openai/x, timeout: [1]}}",
    "{model_name: x, litellm_params: {model: openai/x, drop_params: maybe}}",
    "{model_name: x, litellm_params: {model: openai/x, organization: [a, b]}}",
    "{model_name: x, litellm_params: {model: openai/x, organization: 5}}",
    "{model_name: x, litellm_params: {model: openai/x, unknown: [1], max_tokens: many}}",
    "{model_name: x, litellm_params: {model: openai/x, model_info: text}}",
    "{model_name: x, litellm_params: {model: openai/x}, rpm: many, note: 1}",
    "{model_name: x, litellm_params: {model: os.environ/MODEL, api_key: os.environ/KEY}}",
];

/// Whole files.
const FILES: &[&str] = &[
    "",
    "# nothing\n",
    "{}",
    "[]",
    "text",
    "- model_list",
    "model_list: []",
    "model_list: {}",
    "model_list: null",
    "model_list: {a: {litellm_params: {model: openai/a}}}",
    "model_list: text",
    "model_list: true",
    "router_settings: {routing_strategy: least-busy}",
    "a: b: c",
    "a: [b",
    "a: 1\n---\nb: 2\n",
    "a:\n\tb: 1\n",
    "a: *b\n",
    "model_list: []\nmodel_list: []\n",
];

/// What differs, of some configs.
fn differences(test: &str, configs: impl Iterator<Item = (String, String)>) -> Option<usize> {
    let mut gateway = gateway(test)?;
    let mut count = 0;
    let mut wrong = Vec::new();
    for (name, config) in configs {
        count += 1;
        if let Some(difference) = difference(&lint(&config), &gateway.judge(&config)) {
            wrong.push(format!("{name}: {difference}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    Some(count)
}

#[test]
fn small_configs_get_the_verdict_of_the_gateway() {
    let settings = SETTINGS.iter().map(|text| ((*text).to_owned(), format!("{MODELS}{text}\n")));
    let entries = ENTRIES.iter().map(|text| ((*text).to_owned(), format!("{MODELS}- {text}\n")));
    let files = FILES.iter().map(|text| (format!("{text:?}"), (*text).to_owned()));
    let all = settings.chain(entries).chain(files);
    differences("small_configs_get_the_verdict_of_the_gateway", all);
}

#[test]
fn real_configs_get_the_verdict_of_the_gateway() {
    let Some(corpus) = corpus() else { return };
    let mut configs = Vec::new();
    for folder in ["litellm-wild", "litellm-examples"] {
        for entry in fs::read_dir(corpus.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let text = fs::read_to_string(&path).unwrap();
                if folder == "litellm-examples" {
                    let said = lint(&text);
                    assert!(said.errors.is_empty(), "{path:?}: {said:?}");
                }
                configs.push((path.display().to_string(), text));
            }
        }
    }
    configs.sort();
    let test = "real_configs_get_the_verdict_of_the_gateway";
    let Some(count) = differences(test, configs.into_iter()) else { return };
    assert!(count > 150, "{count}");
}
