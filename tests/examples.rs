//! The examples are true: those of the rules' pages, and the whole projects under `fixtures/`.
//! The bad one gives a finding of its rule, the good one none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic fails the test"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use support::whole::whole;

/// A provider and a mapping that are clean, for pages that show the other files only.
const PROVIDERS: &str = "providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
";
const MAPPINGS: &str = "exact_matches:
  phi4: {provider: ollama}
";

type Files = Vec<(String, Vec<u8>)>;

/// Names of the rules that find something.
fn found(files: &Files) -> BTreeSet<String> {
    let files: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let report: Value = serde_json::from_str(&whole(&files, false).json).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

/// The examples of a page, one project each: blocks of different files that follow each other
/// belong together; a file that comes again begins the next example.
fn examples(page: &str, kind: &str) -> Vec<Files> {
    let opening = format!("```yaml {kind} ");
    let mut projects: Vec<Files> = Vec::new();
    for rest in page.split(&opening).skip(1) {
        let (block, _) = rest.split_once("\n```").expect("a block ends");
        let (name, text) = block.split_once('\n').expect("a block has a file name");
        let file = (name.trim().to_owned(), format!("{text}\n").into_bytes());
        match projects.last_mut() {
            Some(project) if project.iter().all(|(known, _)| *known != file.0) => {
                project.push(file);
            }
            _ => projects.push(vec![file]),
        }
    }
    for project in &mut projects {
        for (name, text) in [("providers.yaml", PROVIDERS), ("model-mappings.yaml", MAPPINGS)] {
            if project.iter().all(|(known, _)| known != name) {
                project.push((name.to_owned(), text.as_bytes().to_vec()));
            }
        }
    }
    projects
}

/// What is untrue about the examples of a page.
fn untrue(rule: &str, page: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (kind, expected) in [("bad", true), ("good", false)] {
        for (number, files) in examples(page, kind).iter().enumerate() {
            let found = found(files);
            if found.contains(rule) != expected {
                wrong.push(format!("{rule}: {kind} example {number} gives {found:?}"));
            }
        }
    }
    wrong
}

#[test]
fn the_examples_of_the_pages_are_true() {
    let rules = gwcfg::rules::all();
    let wrong: Vec<String> = rules.iter().flat_map(|rule| untrue(rule.name, rule.page)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Six rules are about bytes and files that no text can show; `tidy` knows them by name.
    let shown = rules.iter().filter(|rule| !examples(rule.page, "bad").is_empty()).count();
    assert!(shown + 6 >= rules.len(), "only {shown} of {} pages have examples", rules.len());
}

#[test]
fn an_untrue_example_is_seen() {
    let page =
        "```yaml bad model-mappings.yaml\n{}\n```\n```yaml good model-mappings.yaml\n{}\n```\n";
    assert_eq!(untrue("provider-unknown", page).len(), 1);
    let page = "```yaml good model-mappings.yaml\nexact_matches:\n  a: {provider: b}\n```\n";
    assert_eq!(untrue("provider-unknown", page).len(), 1);
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn project(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let file = |path: PathBuf| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())
    };
    entries.map(|entry| file(entry.unwrap().path())).collect()
}

#[test]
fn the_fixtures_are_true() {
    let mut stages = BTreeSet::new();
    for entry in fs::read_dir(fixtures()).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap();
        let rule = gwcfg::rules::find(name).unwrap_or_else(|| panic!("no rule `{name}`"));
        stages.insert(rule.stage);
        assert!(found(&project(&folder.join("bad"))).contains(name), "`{name}` is not found");
        let good = found(&project(&folder.join("good")));
        assert!(!good.contains(name), "`{name}` is found in its counterpart");
    }
    assert!(stages.len() >= 6, "fixtures of these stages only: {stages:?}");
}
