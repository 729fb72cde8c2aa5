//! `--write-baseline` and `--baseline`: what is known does not count, what is new does.

use serde_json::Value;

use crate::support::project::{Project, ends};
use crate::{SECRET, broken};

const FILE: &str = "known.yaml";

/// A broken project whose findings are all known.
fn known() -> Project {
    let project = broken();
    let ended = project.run(&["validate", "--write-baseline", FILE, "--fail-on", "info"]);
    ends(&ended, 0, &["wrote `known.yaml`", "no findings", "suppressed"]);
    project
}

/// Names of the rules that a run reports.
fn rules(project: &Project, arguments: &[&str]) -> Vec<String> {
    let ended = project.run(&[arguments, &["--format", "json"]].concat());
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

const WITH: [&str; 3] = ["validate", "--baseline", FILE];

#[test]
fn what_is_known_does_not_count() {
    let project = known();
    ends(&project.run(&["validate"]), 1, &[]);
    ends(&project.run(&[&WITH[..], &["--fail-on", "info"]].concat()), 0, &["no findings"]);
    assert_eq!(rules(&project, &WITH), Vec::<String>::new());
    // Errors that are known stop nobody: what they concern is left out, as with `-W`.
    let ended = project.run(&["generate", "--baseline", FILE]);
    ends(&ended, 0, &["wrote `config/litellm-unified.yaml`"]);
    let output = project.read("config/litellm-unified.yaml");
    assert!(!output.contains(FILE), "the output does not tell of the baseline: {output}");
    assert!(!output.contains(SECRET), "{output}");
    ends(&project.run(&["generate", "--check", "--baseline", FILE]), 0, &[]);
    ends(&project.run(&["deploy", "--baseline", FILE]), 0, &["up to date"]);
}

#[test]
fn a_baseline_is_sorted_and_for_people_and_holds_no_secret() {
    let project = known();
    let text = project.read(FILE);
    assert!(!text.contains("hunter2"), "{text}");
    let entries: Vec<&str> = text.split("\n  - ").skip(1).collect();
    let key = |entry: &&str| {
        let field = |name: &str| {
            let line = entry.lines().find_map(|line| line.trim().strip_prefix(name));
            line.unwrap_or("").to_owned()
        };
        (field("file: "), field("path: "), field("rule: "))
    };
    let keys: Vec<_> = entries.iter().map(key).collect();
    let mut sorted = keys.clone();
    sorted.sort();
    assert_eq!(keys, sorted);
    let unknown = "rule: provider-unknown
    file: config/model-mappings.yaml
    path: exact_matches.café.provider
    value: olama";
    assert!(text.contains(unknown), "{text}");
    // The same findings give the same bytes.
    ends(&project.run(&["validate", "--write-baseline", "again.yaml"]), 0, &[]);
    assert_eq!(project.read("again.yaml"), text);
}

#[test]
fn what_moves_stays_known_and_what_changes_counts() {
    let project = known();
    let file = "config/model-mappings.yaml";
    let mappings = project.read(file);
    let moved = format!(
        "# one\n# two\n\n{}",
        mappings.replace("{provider: olama,", "{  provider: 'olama',")
    );
    project.write(file, &moved);
    assert_eq!(rules(&project, &WITH), Vec::<String>::new());
    project.write(file, moved.replace("'olama'", "'olamma'"));
    assert_eq!(rules(&project, &WITH), ["provider-unknown", "baseline-unused"]);
    ends(&project.run(&WITH), 1, &["olamma", "matches nothing", "known.yaml:"]);
    // What is mended is told, and does not fail.
    project.write(file, moved.replace("'olama'", "ollama"));
    assert_eq!(rules(&project, &WITH), ["baseline-unused", "baseline-unused"]);
    ends(&project.run(&WITH), 0, &["exact_matches.café.provider", "`left-out`"]);
    let unasked = ["-A", "provider-unknown", "-A", "left-out"];
    assert_eq!(rules(&project, &[&WITH[..], &unasked].concat()), Vec::<String>::new());
    // Another secret in the same place is another finding.
    let providers = project.read("config/providers.yaml");
    project.write("config/providers.yaml", providers.replace(SECRET, "hunter3-hunter3"));
    assert!(rules(&project, &WITH).contains(&"secret-literal".to_owned()));
}

#[test]
fn a_broken_file_says_nothing_of_the_entries() {
    let project = known();
    project.write("config/model-mappings.yaml", "exact_matches: [\n");
    let found = rules(&project, &WITH);
    assert!(found.contains(&"syntax-error".to_owned()), "{found:?}");
    assert!(!found.contains(&"baseline-unused".to_owned()), "{found:?}");
}

#[test]
fn what_is_mandatory_is_known_to_nobody() {
    let project = known();
    project.write("gwcfg.yaml", "mandatory: [provider-unknown]\n");
    assert_eq!(rules(&project, &WITH), ["provider-unknown", "baseline-unused"]);
    ends(&project.run(&["validate", "--write-baseline", "new.yaml"]), 1, &["provider-unknown"]);
    assert!(!project.read("new.yaml").contains("provider-unknown"));
}

#[test]
fn sarif_and_junit_tell_what_is_known() {
    let project = known();
    let sarif = project.run(&[&WITH[..], &["--format", "sarif"]].concat()).out;
    let log: Value = serde_json::from_str(&sarif).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(results.len() >= 4, "{sarif}");
    assert!(results.iter().all(|result| result["suppressions"][0]["kind"] == "external"));
    let junit = project.run(&[&WITH[..], &["--format", "junit"]].concat()).out;
    assert_eq!(junit.matches("<skipped ").count(), results.len());
    let gitlab = project.run(&[&WITH[..], &["--format", "gitlab"]].concat()).out;
    assert_eq!(gitlab, "[]\n");
}

#[test]
fn a_config_of_somebody_else_has_a_baseline_too() {
    let project = Project::new();
    let config = "model_list:\n  - {model_name: a, litellm_params: {model: gpt-5, api_key: KEY}}\n";
    project.write("one.yaml", config.replace("KEY", "sk-proj-0123456789abcdefghij"));
    project.write("two.yaml", config.replace("KEY", "os.environ/OPENAI_API_KEY"));
    ends(
        &project.run(&["lint", "one.yaml", "two.yaml", "-D", "secret-in-config"]),
        2,
        &["no rule"],
    );
    let found = rules(&project, &["lint", "one.yaml", "two.yaml"]);
    assert!(!found.is_empty());
    ends(&project.run(&["lint", "one.yaml", "two.yaml", "--write-baseline", FILE]), 0, &[]);
    let both = ["lint", "./one.yaml", "two.yaml", "--baseline", FILE];
    assert_eq!(rules(&project, &both), Vec::<String>::new());
    // Of a file that nobody looks at, nothing is said.
    assert_eq!(rules(&project, &["lint", "two.yaml", "--baseline", FILE]), Vec::<String>::new());
    project.write("one.yaml", "model_list: []\n");
    assert!(rules(&project, &both).contains(&"baseline-unused".to_owned()));
}

#[test]
fn what_is_no_baseline_ends_with_two() {
    let project = known();
    let wrong = [
        ("", "a baseline says `version: 1`"),
        ("findings: []\n", "a baseline says `version: 1`"),
        ("version: 2\nfindings: []\n", "`bad.yaml:1:10`: this gwcfg reads version 1"),
        ("version: 1\nfindings: {a: b}\n", "`bad.yaml:2:11`: no baseline has such a value here"),
        ("version: 1\nfindings:\n  - {file: a}\n", "`bad.yaml:3:5`: this entry names no `rule`"),
        ("version: 1\nfindings: [\n", "the baseline is no YAML"),
    ];
    for (text, why) in wrong {
        project.write("bad.yaml", text);
        let ended = project.run(&["validate", "--baseline", "bad.yaml"]);
        ends(&ended, 2, &[why]);
        assert_eq!(ended.out, "", "nothing was judged");
    }
    let refused: [(&[&str], &str); 6] = [
        (&["validate", "--baseline", "gone.yaml"], "`gone.yaml` does not exist"),
        (&["validate", "--baseline", FILE, "--write-baseline", FILE], "cannot be used with"),
        (&["validate", "--write-baseline", "config/providers.yaml"], "one of the sources"),
        (&["validate", "--write-baseline", "a", "--report", "json=a"], "is a report"),
        (&["validate", "--baseline", FILE, "--report", "json=known.yaml"], "is the baseline"),
        (&["validate", "--write-baseline", "gone/a.yaml"], "cannot write `gone/a.yaml`"),
    ];
    for (arguments, why) in refused {
        ends(&project.run(arguments), 2, &[why]);
    }
}
