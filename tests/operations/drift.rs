//! `gwcfg drift` beside a gateway.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::ends;
use crate::gateway::{Gateway, KEY};
use crate::support::project::{Ended, Project, finish};

/// The names that the example project makes a gateway list.
fn listed(project: &Project) -> Vec<String> {
    let config = project.read("config/litellm-unified.yaml");
    gwcfg::gateway::litellm::served::names(&config).into_iter().collect()
}

/// The example project with its output in place.
fn generated() -> Project {
    let project = Project::new();
    ends(&project.run(&["generate"]), 0, &["wrote"]);
    project
}

fn drift(project: &Project, arguments: &[&str], key: Option<&str>) -> Ended {
    let mut command = project.command(&["drift"]);
    command.args(arguments).env_remove("LITELLM_MASTER_KEY");
    if let Some(key) = key {
        command.env("LITELLM_MASTER_KEY", key);
    }
    finish(command)
}

fn json_of(ended: &Ended) -> Value {
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

/// A gateway that serves what is in place, with these names more and without these.
fn gateway(project: &Project, more: &[&str], without: &[&str]) -> Gateway {
    let listed = listed(project);
    assert!(listed.len() > 4, "{listed:?}");
    let names = listed.iter().map(String::as_str).filter(|name| !without.contains(name));
    let names: Vec<&str> = names.chain(more.iter().copied()).collect();
    Gateway::start(&names, 401)
}

#[test]
fn the_same_names_are_no_drift() {
    let project = generated();
    let gateway = gateway(&project, &[], &[]);
    let url = gateway.url();
    let ended = drift(&project, &["--url", &url], Some(KEY));
    ends(&ended, 0, &["serves all", "is what gwcfg wrote last, generation 1"]);
    assert_eq!(ended.err, "");
    let ended = drift(&project, &["--url", &url, "--format", "json"], Some(KEY));
    ends(&ended, 0, &[]);
    let expected = json!({
        "version": 1, "url": url, "equal": true, "missing": [], "unexpected": [],
        "file": "current",
    });
    assert_eq!(json_of(&ended), expected);
}

#[test]
fn the_project_file_says_where_the_gateway_is() {
    let project = generated();
    let gateway = gateway(&project, &[], &[]);
    let deploy = format!(
        "{}deploy:\n  probe: {{url: '{}', key-env: OTHER_KEY}}\n",
        project.read("gwcfg.yaml"),
        gateway.url()
    );
    project.write("gwcfg.yaml", deploy);
    let mut command = project.command(&["drift"]);
    command.env("OTHER_KEY", KEY).env("LITELLM_MASTER_KEY", "not-this-one");
    ends(&finish(command), 0, &["serves all"]);
    ends(&drift(&project, &["--key-env", "LITELLM_MASTER_KEY"], Some(KEY)), 0, &["serves all"]);
    // The sources are not needed.
    project.remove("config/providers.yaml");
    project.remove("config/model-mappings.yaml");
    ends(&drift(&project, &["--key-env", "LITELLM_MASTER_KEY"], Some(KEY)), 0, &["serves all"]);
}

#[test]
fn other_names_are_told() {
    let project = generated();
    let gone = listed(&project)[0].clone();
    let gateway = gateway(&project, &["added/by-hand", "a\u{1b}[2Jb"], &[&gone]);
    let url = gateway.url();
    let ended = drift(&project, &["--url", &url], Some(KEY));
    ends(&ended, 1, &["does not serve, though the config has, 1 name:", &gone]);
    ends(&ended, 1, &["serves, though the config has not, 2 names:", "a?[2Jb", "restart it"]);
    assert!(!ended.out.contains('\u{1b}'));
    let answer = json_of(&drift(&project, &["--url", &url, "--format", "json"], Some(KEY)));
    assert_eq!(answer["equal"], json!(false));
    assert_eq!(answer["missing"], json!([gone]));
    assert_eq!(answer["unexpected"], json!(["a\u{1b}[2Jb", "added/by-hand"]));
}

#[test]
fn what_a_wildcard_brings_is_no_drift() {
    let project = generated();
    let mappings = project.read("config/model-mappings.yaml");
    let names = listed(&project);
    let config = format!(
        "model_list:\n  - model_name: 'cloud/*'\n    litellm_params: {{model: 'openai/*'}}\n{}",
        names.iter().fold(String::new(), |text, name| format!(
            "{text}  - model_name: '{name}'\n    litellm_params: {{model: openai/x}}\n"
        ))
    );
    project.write("config/litellm-unified.yaml", config);
    assert!(!mappings.contains("cloud/"));
    let wild = gateway(&project, &["cloud/gpt-4o", "cloud/o3"], &[]);
    let arguments = ["--url", &wild.url(), "--format", "json"];
    let answer = json_of(&drift(&project, &arguments, Some(KEY)));
    assert_eq!((&answer["missing"], &answer["unexpected"]), (&json!([]), &json!([])));
    let other = gateway(&project, &["cloud/gpt-4o", "clouds/o3"], &[]);
    let arguments = ["--url", &other.url(), "--format", "json"];
    let answer = json_of(&drift(&project, &arguments, Some(KEY)));
    assert_eq!(answer["unexpected"], json!(["clouds/o3"]));
}

#[test]
fn a_file_that_gwcfg_did_not_write_is_drift() {
    let project = generated();
    let output = "config/litellm-unified.yaml";
    let gateway = gateway(&project, &[], &[]);
    let url = gateway.url();
    let arguments = ["--url", url.as_str(), "--format", "json"];
    let file = |code: i32, expected: &str| {
        let ended = drift(&project, &arguments, Some(KEY));
        ends(&ended, code, &[]);
        let answer = json_of(&ended);
        assert_eq!(answer["file"], json!(expected));
        assert_eq!(answer["equal"], json!(code == 0));
        assert_eq!((&answer["missing"], &answer["unexpected"]), (&json!([]), &json!([])));
    };
    file(0, "current");
    let written = project.read(output);
    project.write(output, written.replace("num_retries: 0", "num_retries: 1"));
    file(1, "edited");
    ends(&drift(&project, &["--url", &url], Some(KEY)), 1, &["serves all", "edited by hand"]);
    let below: String = written
        .lines()
        .skip_while(|line| line.starts_with('#'))
        .fold(String::new(), |text, line| text + line + "\n");
    project.write(output, below);
    file(1, "foreign");
    project.remove(output);
    file(1, "missing");
    ends(&drift(&project, &["--url", &url], Some(KEY)), 1, &["`gwcfg rollback --to 1` puts it"]);
    ends(&project.run(&["rollback", "--to", "1"]), 0, &["is again what generation 1 was"]);
    file(0, "current");
    // A box that got the file without its state.
    std::fs::rename(project.path(".gwcfg"), project.path("elsewhere")).unwrap();
    file(0, "ours");
    project.remove(output);
    ends(&drift(&project, &arguments, Some(KEY)), 2, &["there is nothing to compare with"]);
}

#[test]
fn without_an_answer_nothing_is_compared() {
    let project = generated();
    let listed = listed(&project);
    let names: Vec<&str> = listed.iter().map(String::as_str).collect();
    for denial in [401, 403] {
        let denies = Gateway::start(&names, denial);
        let arguments = ["--url", &denies.url()];
        let refused = format!("refused with {denial}: put the gateway's key into the variable");
        ends(&drift(&project, &arguments, Some("wrong")), 2, &[&refused]);
        let words = [refused.as_str(), "`LITELLM_MASTER_KEY` is not set"];
        ends(&drift(&project, &arguments, None), 2, &words);
        let quiet = drift(&project, &["--url", &denies.url(), "--format", "json"], None);
        assert_eq!((quiet.code, quiet.out.as_str()), (Some(2), ""));
    }
    // LiteLLM without a database.
    let denies = Gateway::start(&names, 400);
    let arguments = ["--url", &denies.url()];
    ends(&drift(&project, &arguments, Some("wrong")), 2, &["last answer was 400", "key is wrong"]);
    let other = Gateway::saying(|_, _| (200, "<html>hello</html>".to_owned()));
    let arguments = ["--url", &other.url()];
    ends(&drift(&project, &arguments, Some(KEY)), 2, &["its answer is no list of models"]);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{free}");
    ends(&drift(&project, &["--url", &nobody], Some(KEY)), 2, &["did not answer within 10s"]);
    // It takes the connection, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let arguments = ["--url", &url, "--timeout", "0.3s"];
    ends(&drift(&project, &arguments, Some(KEY)), 2, &["did not answer within"]);
    let arguments = ["--url", "https://gateway.example"];
    ends(&drift(&project, &arguments, Some(KEY)), 2, &["only `http://` addresses are asked"]);
    ends(&drift(&project, &[], Some(KEY)), 2, &["name it with `--url`", "deploy.probe.url"]);
}

#[test]
fn a_deploy_that_waits_is_what_is_in_place() {
    let project = generated();
    let providers = project.read("config/providers.yaml");
    project.write("config/providers.yaml", providers.replace("timeout: 60", "timeout: 9"));
    ends(&project.run(&["deploy", "--confirm", "5m"]), 0, &["gwcfg confirm"]);
    let gateway = gateway(&project, &[], &[]);
    let ended = drift(&project, &["--url", &gateway.url()], Some(KEY));
    ends(&ended, 0, &["is what gwcfg wrote last, generation 2"]);
    ends(&project.run(&["history"]), 0, &["* 2  pending", "unless you confirm it"]);
    ends(&project.run(&["confirm"]), 0, &["is confirmed"]);
    ends(&project.run(&["history"]), 0, &["* 2  current", "1  previous"]);
}
