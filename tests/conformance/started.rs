//! What the proxy does with settings that its loader takes: whether it starts, what it leaves out,
//! and what it answers. The rules about them say the same.

use std::collections::{BTreeMap, BTreeSet};

use gwcfg::checks::gateway::World;
use gwcfg::diagnostic::{Levels, Report};
use gwcfg::gateway::litellm::releases::Change;
use gwcfg::pipeline;
use gwcfg::source::{SourceFile, Sources};
use serde_json::{Value, json};

use crate::support::litellm::{Gateway, Serve, Served, gateway, release};

const KEY: &str = "sk-of-the-tests";

/// A name that answers without an upstream.
const MODELS: &str = "model_list:
- {model_name: a, litellm_params: {model: openai/a, api_key: none, mock_response: hello}}
";

/// Rules that have something to say, where these variables are set and these files are there.
fn linted(config: &str, there: &[&str]) -> BTreeSet<&'static str> {
    let mut sources = Sources::default();
    let bytes = config.as_bytes().to_vec();
    let file = sources.add(SourceFile::new("config.yaml".to_owned(), bytes, false));
    let mut report = Report::new(Levels::default());
    let there = |name: &str| there.contains(&name);
    let world = World { is_set: &there, is_file: &|_, name| there(name), release: release() };
    pipeline::lint(&sources, &[file], &world, &mut report);
    report.findings().iter().map(|finding| finding.rule.name).collect()
}

/// A config whose master key is [`KEY`]; `general` is more of `general_settings`.
fn with_key(general: &str, rest: &str) -> String {
    format!("{MODELS}general_settings: {{master_key: {KEY}{general}}}\n{rest}\n")
}

fn chat(key: Option<&str>) -> Value {
    let mut request = json!({
        "path": "/v1/chat/completions",
        "body": {"model": "a", "messages": [{"role": "user", "content": "ping"}]},
    });
    if let Some(key) = key {
        request["headers"] = json!({"Authorization": format!("Bearer {key}")});
    }
    request
}

fn started(gateway: &mut Gateway, config: &str, requests: Vec<Value>) -> Served {
    let served = gateway.serve(&Serve { config: config.to_owned(), requests, ..Serve::default() });
    assert!(served.ok, "{served:?}\n{config}");
    served
}

fn statuses(served: &Served) -> Vec<u16> {
    served.answers.iter().map(|answer| answer.status).collect()
}

#[test]
fn without_a_master_key_the_proxy_does_not_start() {
    let Some(mut gateway) = gateway("without_a_master_key_the_proxy") else { return };
    let Some(wanted) = Change::MasterKeyWanted.is_in(release()) else { return };
    const VARIABLE: &str = "LITELLM_MASTER_KEY";
    // The config, whether the variable is set, whether a release that wants a key starts, the rule.
    let cases = [
        ("", false, false, Some("master-key-missing")),
        ("", true, true, None),
        ("general_settings: {completion_model: a}", false, false, Some("master-key-missing")),
        ("general_settings: {completion_model: a}", true, true, None),
        ("general_settings: {master_key: null}", true, false, Some("master-key-refused")),
        ("general_settings: {master_key: ''}", true, false, Some("master-key-refused")),
        ("general_settings: {master_key: sk-1234}", true, false, Some("master-key-refused")),
        ("general_settings: {master_key: sk-own}", false, true, None),
        (
            "environment_variables: {LITELLM_MASTER_KEY: a}",
            false,
            false,
            Some("master-key-missing"),
        ),
        (
            "environment_variables: {LITELLM_MASTER_KEY: a}\n\
             general_settings: {completion_model: a}",
            false,
            true,
            None,
        ),
        (
            "general_settings: {dangerously_permit_weak_or_unset_master_key: true}",
            false,
            true,
            None,
        ),
    ];
    for (settings, set, starts, rule) in cases {
        let config = format!("{MODELS}{settings}\n");
        let env: BTreeMap<String, String> =
            set.then(|| (VARIABLE.to_owned(), KEY.to_owned())).into_iter().collect();
        let served = gateway.serve(&Serve { config: config.clone(), env, ..Serve::default() });
        assert_eq!(served.ok, starts || !wanted, "{settings}: {served:?}");
        if !served.ok {
            assert!(
                served.error.as_deref().unwrap().contains("UnsafeMasterKeyError"),
                "{served:?}"
            );
        }
        let there: &[&str] = if set { &[VARIABLE] } else { &[] };
        let said = linted(&config, there);
        let said: Vec<_> = said.iter().filter(|rule| rule.starts_with("master-key")).collect();
        assert_eq!(said, rule.iter().collect::<Vec<_>>(), "{settings}");
    }
}

#[test]
fn included_files_are_looked_for_beside_the_config() {
    let Some(mut gateway) = gateway("included_files_are_looked_for") else { return };
    let more = "model_list: [{model_name: b, litellm_params: {model: openai/b}}]\n";
    for (include, starts) in [("[more.yaml]", true), ("[missing.yaml]", false), ("['.']", false)] {
        let config = with_key("", &format!("include: {include}"));
        let files = [("more.yaml".to_owned(), more.to_owned())].into();
        let served = gateway.serve(&Serve { config: config.clone(), files, ..Serve::default() });
        assert_eq!(served.ok, starts, "{include}: {served:?}");
        assert_eq!(linted(&config, &["more.yaml"]).contains("include-missing"), !starts);
    }
}

#[test]
fn a_section_of_an_included_file_takes_the_place_of_the_whole_section() {
    let Some(mut gateway) = gateway("a_section_of_an_included_file") else { return };
    let settings = "router_settings: {model_group_alias: {x: a}}\ninclude: [more.yaml]";
    let config = with_key("", settings);
    let mut serve = |more: &str| {
        let ask = |name: &str| {
            let mut request = chat(Some(KEY));
            request["body"]["model"] = json!(name);
            request
        };
        let files = [("more.yaml".to_owned(), more.to_owned())].into();
        let requests = vec![ask("a"), ask("x"), ask("b")];
        gateway.serve(&Serve { config: config.clone(), files, requests, ..Serve::default() })
    };
    // Lists are joined, and a section of another name changes nothing.
    let served = serve(&MODELS.replace("model_name: a", "model_name: b"));
    assert_eq!((served.ok, statuses(&served)), (true, vec![200, 200, 200]), "{served:?}");
    let served = serve("litellm_settings: {num_retries: 1}");
    assert_eq!((served.ok, statuses(&served)), (true, vec![200, 200, 400]), "{served:?}");
    // The alias of the config is gone, whatever is written in its place.
    let served = serve("router_settings: {num_retries: 1}");
    assert_eq!((served.ok, statuses(&served)), (true, vec![200, 400, 400]), "{served:?}");
    // So is its master key.
    let served = serve("general_settings: {completion_model: a}");
    assert!(!served.ok, "{served:?}");
    assert!(served.error.as_deref().unwrap().contains("UnsafeMasterKeyError"), "{served:?}");
}

#[test]
fn pass_through_endpoints_are_served_or_left_out() {
    let Some(mut gateway) = gateway("pass_through_endpoints_are_served") else { return };
    let target = "target: 'http://127.0.0.1:1'";
    // Whether somebody answers at `/x`: nobody is behind it, so an answer is an error of another
    // kind than 404.
    for (endpoints, served) in [
        (format!("[{{path: /x, {target}}}]"), true),
        (format!("[{{path: x, {target}}}]"), false),
        ("[{path: /x}]".to_owned(), false),
        ("[]".to_owned(), false),
    ] {
        let config = with_key(&format!(", pass_through_endpoints: {endpoints}"), "");
        let headers = json!({"Authorization": format!("Bearer {KEY}")});
        let request = json!({"path": "/x", "headers": headers});
        let answer = started(&mut gateway, &config, vec![request]);
        assert_eq!(statuses(&answer) != [404], served, "{endpoints}: {answer:?}");
        let said = linted(&config, &[]).contains("pass-through-unserved");
        assert_eq!(said, !served && endpoints != "[]", "{endpoints}");
    }
}

#[test]
fn a_guardrail_that_is_wrong_is_left_out() {
    let Some(mut gateway) = gateway("a_guardrail_that_is_wrong_is_left_out") else { return };
    let bedrock = "guardrail: bedrock, guardrailIdentifier: x, guardrailVersion: '1'";
    for params in [
        "{guardrail: nonsense, mode: pre_call}".to_owned(),
        "{guardrail: Bedrock, mode: pre_call}".to_owned(),
        "{mode: pre_call}".to_owned(),
        "{guardrail: 5, mode: pre_call}".to_owned(),
        "null".to_owned(),
        "{}".to_owned(),
        format!("{{{bedrock}}}"),
        format!("{{{bedrock}, mode: null}}"),
        format!("{{{bedrock}, mode: before}}"),
        format!("{{{bedrock}, mode: [pre_call, during]}}"),
        format!("{{{bedrock}, mode: pre_call}}"),
        format!("{{{bedrock}, mode: [pre_call, post_call]}}"),
        format!("{{{bedrock}, mode: {{tags: {{a: pre_call}}, default: post_call}}}}"),
        "{guardrail: lakera_v2, mode: pre_call, api_key: none}".to_owned(),
    ] {
        let guardrail = format!("guardrails: [{{guardrail_name: g, litellm_params: {params}}}]");
        let config = with_key("", &guardrail);
        let served = started(&mut gateway, &config, vec![chat(Some(KEY))]);
        let left_out = served.log.iter().any(|line| line.text.contains("WITHOUT this guardrail"));
        assert_eq!(statuses(&served), [200], "{params}: {served:?}");
        assert_eq!(linted(&config, &[]).contains("guardrail-skipped"), left_out, "{params}");
    }
}

#[test]
fn without_a_licence_some_settings_do_not_do_their_work() {
    let Some(mut gateway) = gateway("without_a_licence_some_settings") else { return };
    const RULE: &str = "enterprise-setting-unlicensed";
    let jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.x";
    let route = "'/v1/chat/completions'";
    let cases = [
        (", enable_jwt_auth: true".to_owned(), chat(Some(jwt)), 403),
        (", enable_oauth2_auth: true".to_owned(), chat(Some(KEY)), 403),
        (", max_request_size_mb: 0.00001".to_owned(), chat(Some(KEY)), 200),
        (", max_response_size_mb: 0.00001".to_owned(), chat(Some(KEY)), 200),
    ];
    for (general, request, status) in cases {
        let config = with_key(&general, "");
        let served = started(&mut gateway, &config, vec![request]);
        assert_eq!(statuses(&served), [status], "{general}: {served:?}");
        assert!(linted(&config, &[]).contains(RULE), "{general}");
        assert!(!linted(&config, &["LITELLM_LICENSE"]).contains(RULE), "{general}");
    }
    let config = with_key(&format!(", public_routes: [{route}]"), "");
    let served = started(&mut gateway, &config, vec![chat(None)]);
    assert_ne!(statuses(&served), [200], "{served:?}");
    assert!(linted(&config, &[]).contains(RULE));
    for callback in ["gcs_bucket", "gcs_pubsub"] {
        let config = with_key("", &format!("litellm_settings: {{callbacks: [{callback}]}}"));
        let served = started(&mut gateway, &config, vec![chat(Some(KEY))]);
        let said = served.log.iter().any(|line| line.text.contains("Enterprise"));
        assert!(said && statuses(&served) == [200], "{callback}: {served:?}");
        assert!(linted(&config, &[]).contains(RULE), "{callback}");
    }
}

#[test]
fn a_callback_that_nobody_knows_is_passed_over_in_silence() {
    let Some(mut gateway) = gateway("a_callback_that_nobody_knows") else { return };
    let settings = "litellm_settings: {success_callback: [lanfuse], failure_callback: [sentri]}";
    let config = with_key("", settings);
    let served = started(&mut gateway, &config, vec![chat(Some(KEY))]);
    assert_eq!(statuses(&served), [200]);
    assert!(served.log.is_empty(), "{:?}", served.log);
    assert!(linted(&config, &[]).contains("callback-ignored"));
}

#[test]
fn a_server_is_used_when_it_is_named_in_full() {
    let Some(mut gateway) = gateway("a_server_is_used_when_it_is_named") else { return };
    for (settings, redis) in [
        ("redis_host: 127.0.0.1", false),
        ("redis_port: 1", false),
        ("redis_password: x", false),
        ("redis_host: 127.0.0.1, redis_port: null", false),
        ("redis_host: 127.0.0.1, redis_port: 1", true),
        ("redis_url: 'redis://127.0.0.1:1'", true),
    ] {
        let config = with_key("", &format!("router_settings: {{{settings}}}"));
        let served = started(&mut gateway, &config, Vec::new());
        assert_eq!(served.redis, redis, "{settings}");
        assert_eq!(linted(&config, &[]).contains("router-redis-incomplete"), !redis, "{settings}");
    }
    for (params, memory) in [
        ("{host: 127.0.0.1, port: 1}", true),
        ("{type: local, host: 127.0.0.1, port: 1}", true),
        ("{type: redis, host: 127.0.0.1, port: 1}", false),
    ] {
        let config =
            with_key("", &format!("litellm_settings: {{cache: true, cache_params: {params}}}"));
        let served = started(&mut gateway, &config, Vec::new());
        assert_eq!(served.cache == "InMemoryCache", memory, "{params}: {served:?}");
        assert_eq!(linted(&config, &[]).contains("cache-server-unused"), memory, "{params}");
    }
}

#[test]
fn variables_of_the_file_are_set_after_references_are_looked_up() {
    let Some(mut gateway) = gateway("variables_of_the_file_are_set_after") else { return };
    let config = format!(
        "model_list:
- {{model_name: a, litellm_params: {{model: openai/a, api_key: os.environ/OWN}}}}
general_settings: {{master_key: {KEY}}}
environment_variables: {{OWN: secret, NOTHING: null, NO_PROXY: here, NUMBER: 5}}
"
    );
    let variables = ["OWN", "NOTHING", "NO_PROXY", "NUMBER"].map(str::to_owned).to_vec();
    let served = gateway.serve(&Serve { config: config.clone(), variables, ..Serve::default() });
    assert!(served.ok, "{served:?}");
    assert_eq!(served.key, None);
    let value = |name: &str| served.variables[name].as_deref();
    assert_eq!(value("OWN"), Some("secret"));
    assert_eq!(value("NOTHING"), Some("None"));
    assert_eq!(value("NO_PROXY"), None);
    assert_eq!(value("NUMBER"), Some("5"));
    let said = linted(&config, &[]);
    assert!(said.contains("environment-not-yet-set") && said.contains("environment-variable-lost"));
}
