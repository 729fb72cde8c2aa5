//! What other programs read, judged by their own rules: the schema of SARIF, the schema of JUnit
//! reports, the fields that GitLab asks for. And the files of `--report`, and the baseline.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a panic fails the test"
)]

#[path = "../support/mod.rs"]
mod support;

mod baseline;
mod files;
mod github;
mod gitlab;
mod junit;
mod links;
mod sarif;

use std::path::{Path, PathBuf};

use support::project::{Project, finish, gwcfg};

/// The secret of [`broken`].
const SECRET: &str = "hunter2-hunter2";

/// A project with errors and warnings in two files, a likely fix, a place in another file, letters
/// of two bytes, and a secret.
fn broken() -> Project {
    let project = Project::new();
    project.write(
        "config/providers.yaml",
        format!(
            "providers:
  ollama: {{type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}}
  cloud: {{type: openai, status: active, models: [gpt-5], api_key: {SECRET}}}
"
        ),
    );
    project.write(
        "config/model-mappings.yaml",
        "exact_matches:
  café: {provider: olama, backend_model: phi4}
  chat: {provider: ollama, backend_model: phi4, \"wieght <&>\": 1}
patterns:
  - {pattern: '^phi[0-9]+$', provider: ollama}
",
    );
    project.remove("config/ports.yaml");
    project.write("gwcfg.yaml", "config-dir: config\n");
    project
}

/// What a run writes to stdout, which has findings.
fn found(project: &Project, arguments: &[&str]) -> String {
    let ended = project.run(arguments);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(!ended.out.contains(SECRET), "{}", ended.out);
    ended.out
}

/// The broken project of each fixture.
fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let rules = std::fs::read_dir(folder).unwrap();
    let mut bad: Vec<PathBuf> = rules.map(|rule| rule.unwrap().path().join("bad")).collect();
    bad.sort();
    assert!(bad.len() >= 5);
    bad
}

/// The report on a folder in a format: on a project, or on a config of the gateway.
fn report_on(folder: &Path, format: &str) -> String {
    let mut command = gwcfg();
    command.current_dir(folder);
    if folder.join("config.yaml").exists() {
        command.args(["lint", "config.yaml"]);
    } else {
        command.arg("validate");
    }
    command.args(["--format", format]);
    finish(command).out
}
