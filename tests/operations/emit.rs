//! `gwcfg generate --emit`: what a cluster reads is what the gateway would read from the file.

use std::cell::RefCell;

use gwcfg::gateway::litellm::packaged::{ConfigMap, MAX_BYTES, Needs, config_map};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::ends;
use crate::support::project::{Project, large};
use crate::support::python::Judge;

/// Names, and settings, that some reader of YAML has got wrong.
const HOSTILE: &[&str] = &[
    "yes",
    "12:30",
    "1e3",
    "0x1f",
    "~",
    "null",
    "2025-01-31",
    "a: b",
    "a #b",
    "- a",
    "{{ x }}",
    "{{- fail \"x\" }}",
    "$(HOSTNAME)",
    "it's",
    "\"q\"",
    "a\\nb",
    "\u{a0}a",
    "\u{2028}",
    "é",
    "🦀",
    "|",
    "--- a",
    "%YAML 1.1",
    " a ",
    "a\tb",
    "#",
    "'",
    "\\",
    "*",
    "&a",
    "!a",
    "=",
    "<<",
    "1_000",
];

/// The value behind the keys, as the judge gives it.
fn at<'v>(value: &'v Value, keys: &[&str]) -> &'v Value {
    keys.iter().fold(value, |value, key| {
        let pairs = value["map"].as_array().unwrap_or_else(|| panic!("no map: {value}"));
        let found = pairs.iter().find(|pair| pair[0] == json!(key));
        &found.unwrap_or_else(|| panic!("no `{key}` in {value}"))[1]
    })
}

fn loaded(judge: &mut Judge, text: &str) -> Value {
    judge.ask(&json!({"load": [text]}))[0].take()
}

/// Asserts that both shapes hold the config that `generate` writes.
fn shapes_hold_the_config(project: &Project, judge: &mut Judge) {
    let emit = |arguments: &[&str]| {
        let ended = project.run(&[&["generate"], arguments].concat());
        ends(&ended, 0, &[]);
        ended.out
    };
    let whole = emit(&["-o", "-"]);
    let config = loaded(judge, &whole);
    assert!(at(&config, &["model_list"]).as_array().unwrap().len() > 3);

    let map = loaded(judge, &emit(&["--emit", "configmap"]));
    let inside = at(&map, &["data", "config.yaml"]).as_str().unwrap();
    assert!(whole.ends_with(inside), "byte for byte what stands below the header");
    assert!(whole.strip_suffix(inside).unwrap().lines().all(|line| line.starts_with('#')));
    assert_eq!(loaded(judge, inside), config);
    let hash = at(&map, &["metadata", "annotations", "gwcfg/content-sha256"]).as_str().unwrap();
    assert!(whole.contains(&format!("# content sha256: {hash}\n")));

    let values = loaded(judge, &emit(&["--emit", "helm-values"]));
    assert_eq!(at(&values, &["proxy_config"]), &config);
    assert_eq!(values["map"].as_array().unwrap().len(), 1, "nothing else is set in the chart");
}

#[test]
fn the_shapes_hold_the_config_of_the_example() {
    let Some(mut judge) = Judge::start() else { return };
    shapes_hold_the_config(&Project::new(), &mut judge);
}

#[test]
fn the_shapes_hold_a_config_of_hostile_texts() {
    let Some(mut judge) = Judge::start() else { return };
    let project = Project::new();
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let mut providers =
        "providers:\n  vllm:\n    type: vllm\n    base_url: http://127.0.0.1:8001\n    \
                         status: active\n    models:\n"
            .to_owned();
    let mut mappings = "exact_matches:\n".to_owned();
    for (number, text) in HOSTILE.iter().enumerate() {
        let model = format!("{text}-{number}");
        providers.push_str(&format!("      - {}\n", quoted(&model)));
        mappings.push_str(&format!(
            "  {}: {{provider: vllm, backend_model: {}}}\n",
            quoted(&format!("{text} {number}")),
            quoted(&model)
        ));
    }
    project.write("config/providers.yaml", providers);
    project.write("config/model-mappings.yaml", mappings);
    project.remove("config/ports.yaml");
    let all = gwcfg::rules::all();
    let allowed: Vec<String> =
        all.iter().map(|rule| format!("  {}: warning\n", rule.name)).collect();
    let settings = format!("{}rules:\n{}", project.read("gwcfg.yaml"), allowed.concat());
    project.write("gwcfg.yaml", settings);
    shapes_hold_the_config(&project, &mut judge);
}

/// Texts of one to twenty lines of whatever a file may hold.
fn files() -> impl Strategy<Value = String> {
    let hostile = proptest::sample::select(HOSTILE).prop_map(str::to_owned);
    let line = prop_oneof![
        3 => "[ a-z:#'\"|>-]{0,12}",
        2 => hostile,
        2 => any::<String>(),
        1 => "[ ]{0,4}[a-z]{1,5}: [0-9]{1,3}",
    ];
    let end = proptest::sample::select(vec!["", "\n", "\n", "\n", "\n\n", "\r\n", " "]);
    (proptest::collection::vec(line, 0..20), end)
        .prop_map(|(lines, end)| format!("{}{end}", lines.join("\n")))
}

#[test]
fn any_file_comes_back_out_of_a_config_map() {
    let Some(judge) = Judge::start() else { return };
    let judge = RefCell::new(judge);
    let config = Config { cases: 1_500, failure_persistence: None, ..Config::default() };
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let judged = TestRunner::new_with_rng(config, random).run(&files(), |file| {
        let map = ConfigMap {
            name: "n",
            immutable: false,
            target: "litellm",
            sha256: "1e3",
            config: &file,
        };
        let variables = ["A\u{2028}b: c".to_owned()].into();
        let mut out = Vec::new();
        config_map(&map, &Needs { variables, changed_by_helm: None }, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let read = loaded(&mut judge.borrow_mut(), &text);
        let keys: Vec<&Value> = read["map"].as_array().unwrap().iter().map(|p| &p[0]).collect();
        prop_assert_eq!(keys, ["apiVersion", "kind", "metadata", "data"]);
        let back = at(&read, &["data", "config.yaml"]);
        if back == &json!(file) {
            Ok(())
        } else {
            Err(TestCaseError::fail(format!("{file:?} is read as {back} from\n{text}")))
        }
    });
    judged.unwrap();
}

#[test]
fn an_export_is_written_whole_and_never_over_what_is_not_one() {
    let project = Project::new();
    let emit = |more: &[&str]| {
        project.run(&[&["generate", "--emit", "configmap", "-o", "map.yaml"], more].concat())
    };
    ends(&emit(&["--check"]), 1, &["does not hold the ConfigMap that the sources"]);
    ends(&emit(&[]), 0, &["wrote `map.yaml`"]);
    ends(&emit(&[]), 0, &["`map.yaml` is up to date"]);
    ends(&emit(&["--check"]), 0, &["`map.yaml` is up to date"]);
    assert!(!project.path(".gwcfg").exists(), "an export is no generation");
    assert_eq!(project.list(""), ["config", "gwcfg.yaml", "map.yaml"]);

    let written = project.read("map.yaml");
    project.write("map.yaml", written.replace("litellm-config", "my-config"));
    ends(&emit(&[]), 4, &["`map.yaml` was edited by hand"]);
    ends(&emit(&["--check"]), 1, &["does not hold the ConfigMap"]);
    ends(&emit(&["--force"]), 0, &["wrote `map.yaml`"]);
    assert_eq!(project.read("map.yaml"), written);

    project.write("map.yaml", "kind: Secret\n");
    ends(&emit(&[]), 4, &["`map.yaml` was not written by gwcfg"]);
    assert_eq!(project.read("map.yaml"), "kind: Secret\n");
    ends(&emit(&["--force"]), 0, &["wrote `map.yaml`"]);

    // What a gateway reads, here or on another box, becomes no ConfigMap.
    ends(&project.run(&["generate"]), 0, &["wrote"]);
    let output = "config/litellm-unified.yaml";
    let config = project.read(output);
    let to = |path: &str| project.run(&["generate", "--emit", "helm-values", "-o", path]);
    ends(&to(output), 4, &["is the output, which the gateway reads"]);
    ends(&to("config/../config/litellm-unified.yaml"), 4, &["is the output"]);
    ends(&to("config/providers.yaml"), 4, &["is one of the sources"]);
    ends(&to("map.yaml"), 4, &["is a file of gwcfg for `litellm 1.106.2, ConfigMap`"]);
    std::fs::copy(project.path(output), project.path("copy.yaml")).unwrap();
    ends(&to("copy.yaml"), 4, &["is a file of gwcfg for `litellm 1.106.2`"]);
    assert_eq!(project.read("copy.yaml"), config);
    assert_eq!(project.read(output), config);
    ends(&to("no/folder/values.yaml"), 2, &["cannot write", "does not exist"]);
    ends(&project.run(&["generate", "--check"]), 0, &["is up to date"]);
}

#[test]
fn a_name_with_the_hash_changes_with_the_content_alone() {
    let project = Project::new();
    let name = || {
        let ended = project.run(&["generate", "--emit", "configmap", "--name", "llm-{hash}"]);
        ends(&ended, 0, &["immutable: true"]);
        let line = ended.out.lines().find(|line| line.starts_with("  name: ")).unwrap();
        line.trim_start_matches("  name: ").to_owned()
    };
    let first = name();
    assert_eq!(first.len(), "llm-".len() + 10);
    let providers = project.read("config/providers.yaml");
    project.write("config/providers.yaml", format!("# a remark\n{providers}"));
    assert_eq!(name(), first, "a comment rolls nothing out");
    project.write("config/providers.yaml", providers.replace("timeout: 60", "timeout: 9"));
    assert_ne!(name(), first);
}

#[test]
fn what_a_cluster_cannot_hold_is_refused() {
    let project = Project::new();
    let (providers, mappings) = large(6_000, "word");
    project.write("config/providers.yaml", providers);
    project.write("config/model-mappings.yaml", mappings);
    project.remove("config/ports.yaml");
    for shape in ["configmap", "helm-values"] {
        let ended = project.run(&["generate", "--emit", shape, "-o", "out.yaml"]);
        let limit = format!("a ConfigMap of Kubernetes holds {MAX_BYTES} (1 MiB)");
        ends(&ended, 4, &["the config has ", &limit, "nothing was written"]);
        assert!(!project.path("out.yaml").exists());
    }
    let (providers, mappings) = large(2_000, "word");
    project.write("config/providers.yaml", providers);
    project.write("config/model-mappings.yaml", mappings);
    let ended = project.run(&["generate", "--emit", "configmap", "-o", "out.yaml"]);
    ends(&ended, 0, &["wrote `out.yaml`", "use `kubectl apply --server-side`"]);
}

#[test]
fn errors_of_the_sources_leave_stdout_empty() {
    let project = Project::new();
    let providers = project.read("config/providers.yaml");
    project.write("config/providers.yaml", providers.replace("type: vllm", "type: vlm"));
    let ended = project.run(&["generate", "--emit", "configmap"]);
    ends(&ended, 1, &["vlm", "nothing was written"]);
    assert_eq!(ended.out, "");
}

#[test]
fn a_null_is_told_where_helm_drops_it() {
    let project = Project::new();
    let settings = project.read("gwcfg.yaml");
    project.write(
        "gwcfg.yaml",
        format!("{settings}    alerting_args: {{daily_report_frequency: null}}\n"),
    );
    let ended = project.run(&["generate", "--emit", "helm-values"]);
    ends(&ended, 0, &["daily_report_frequency: null", "Helm leaves settings out that are null"]);
    let ended = project.run(&["generate", "--emit", "configmap"]);
    assert!(!ended.err.contains("Helm"), "{ended:?}");
}
