//! Real projects: what is found in every revision, what is known to be true of them, and strange
//! files in the place of ours.
//!
//! `GWCFG_CORPUS` names the folder; without it the tests are left out by name. When rules change,
//! `INSTA_UPDATE=always GWCFG_CORPUS=… cargo test --test corpus` writes the findings anew: read the
//! difference.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic fails the test"
)]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gwcfg::diagnostic::{Levels, Report};
use gwcfg::pipeline::{self, Files, Overlays};
use gwcfg::routing::graph::components;
use gwcfg::source::{SourceFile, Sources};
use serde_json::{Value, json};

use support::corpus;
use support::whole::{holds, whole, within};

const NAMES: [&str; 3] = ["providers.yaml", "model-mappings.yaml", "ports.yaml"];

type Bytes = Vec<(&'static str, Vec<u8>)>;

/// Every file of a folder, in order.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The files of one revision.
fn revision(folder: &Path) -> Bytes {
    let read = |name: &&'static str| Some((*name, fs::read(folder.join(name)).ok()?));
    NAMES.iter().filter_map(read).collect()
}

/// The findings, one a line: rule, severity, place, words. No text of the sources.
fn findings(files: &Bytes) -> Vec<Value> {
    let report: Value = serde_json::from_str(&whole(files, false).json).unwrap();
    let place = |value: &Value| {
        let (path, start) = (value["path"].as_str().unwrap(), &value["start"]);
        format!("{path}:{}:{}", start["line"], start["column"])
    };
    let finding = |finding: &Value| {
        let labels = finding["labels"].as_array().unwrap().iter();
        let labels: Vec<Value> = labels.map(|label| json!([place(label), label["text"]])).collect();
        json!({
            "rule": finding["rule"],
            "severity": finding["severity"],
            "at": place(finding),
            "message": finding["message"],
            "labels": labels,
            "help": finding["help"],
            "fixes": finding["fixes"].as_array().unwrap().len(),
        })
    };
    report["findings"].as_array().unwrap().iter().map(finding).collect()
}

#[test]
fn every_revision_has_the_findings_that_were_read() {
    let Some(corpus) = corpus() else { return };
    let revisions = entries(&corpus.join("history"));
    assert!(revisions.len() >= 6, "{revisions:?}");
    for folder in revisions {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let files = revision(&folder);
        holds(&files);
        let lines = findings(&files).iter().fold(String::new(), |mut lines, finding| {
            writeln!(lines, "{finding}").unwrap();
            lines
        });
        let machine = corpus.to_str().unwrap();
        assert!(!lines.contains(machine), "a finding names a path of this machine");
        insta::with_settings!({prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(name, lines);
        });
    }
}

/// Names of each set of public names that all reach each other.
fn cycles(files: &Bytes) -> BTreeSet<BTreeSet<String>> {
    let mut sources = Sources::default();
    let mut add = |name: &str| {
        let (name, bytes) = files.iter().find(|(known, _)| *known == name)?;
        Some(sources.add(SourceFile::new((*name).to_owned(), bytes.clone(), false)))
    };
    let files = Files {
        project: None,
        providers: add("providers.yaml").unwrap(),
        mappings: add("model-mappings.yaml").unwrap(),
        ports: add("ports.yaml"),
        overlays: Overlays::default(),
    };
    let mut report = Report::new(Levels::default());
    let mut documents = pipeline::read(&sources, files, &mut report);
    let entries = documents.mappings.take_entries();
    let routing = pipeline::resolve(&sources, &documents, entries, &mut report);
    let names = |members: &[gwcfg::routing::GroupId]| {
        members.iter().map(|member| routing.group_name(*member).to_owned()).collect()
    };
    components(&routing).iter().map(|component| names(&component.members)).collect()
}

/// Messages of one rule.
fn messages(files: &Bytes, rule: &str) -> Vec<String> {
    let of_rule = findings(files).into_iter().filter(|finding| finding["rule"] == rule);
    of_rule.map(|finding| finding["message"].as_str().unwrap().to_owned()).collect()
}

/// How many messages of a rule hold all the words.
fn count(files: &Bytes, rule: &str, words: &[&str]) -> usize {
    let all = messages(files, rule);
    all.iter().filter(|message| words.iter().all(|word| message.contains(word))).count()
}

#[test]
fn the_last_revision_has_three_cycles() {
    let Some(corpus) = corpus() else { return };
    let files = revision(&corpus.join("history/2025-11-11-f50e706"));
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let expected = BTreeSet::from([
        set(&["deepseek-v3.1:671b-cloud", "kimi-k2:1t-cloud"]),
        set(&["qwen2.5-coder:7b", "qwen-coder-vllm", "qwen3-coder:480b-cloud"]),
        set(&[
            "llama3.1:latest",
            "gpt-oss:20b-cloud",
            "gpt-oss:120b-cloud",
            "glm-4.6:cloud",
            "mythomax-l2-13b-q5_k_m",
        ]),
    ]);
    assert_eq!(cycles(&files), expected);
    assert_eq!(messages(&files, "fallback-cycle").len(), 3);
}

#[test]
fn the_revision_before_it_has_none_and_other_mistakes() {
    let Some(corpus) = corpus() else { return };
    let files = revision(&corpus.join("history/2025-11-11-33f6b9a"));
    assert_eq!(cycles(&files), BTreeSet::new());
    assert_eq!(messages(&files, "fallback-cycle"), Vec::<String>::new());
    assert_eq!(count(&files, "provider-inactive", &["pattern", "`vllm-dolphin`"]), 2);
    assert_eq!(messages(&files, "provider-inactive").len(), 2);
    let named = ["`large_context`", "`llama_cpp_python`", "where a model is meant"];
    assert_eq!(count(&files, "model-is-provider", &named), 1);
    let counted = ["`total_models_available` says 11", "12"];
    assert_eq!(count(&files, "metadata-count-wrong", &counted), 1);
    assert_eq!(messages(&files, "metadata-count-wrong").len(), 1);
}

#[test]
fn the_first_revision_uses_the_old_chains() {
    let Some(corpus) = corpus() else { return };
    let files = revision(&corpus.join("history/2025-10-20-4729820"));
    // `- primary: vllm` in the chain of every name, and `vllm` is not active.
    assert_eq!(count(&files, "fallback-inactive", &["chain of `default`", "`vllm`"]), 1);
    assert!(count(&files, "provider-inactive", &["`vllm`, which is not active"]) >= 5);
    // The shape itself is none of the mistakes.
    for rule in ["type-wrong", "key-missing", "value-unknown", "syntax-error", "key-duplicate"] {
        assert_eq!(messages(&files, rule), Vec::<String>::new(), "{rule}");
    }
}

/// Whatever else there is, in the place of ours.
#[test]
fn strange_files_are_judged() {
    let Some(corpus) = corpus() else { return };
    let folders = ["litellm-wild", "litellm-examples", "other-formats"];
    let all = folders.iter().flat_map(|folder| entries(&corpus.join(folder)));
    let outputs = entries(&corpus.join("history")).into_iter();
    let outputs = outputs.map(|folder| folder.join("litellm-unified.yaml"));
    let files: Vec<PathBuf> = all.chain(outputs).collect();
    assert!(files.len() > 150, "only {} files", files.len());
    within(Duration::from_secs(600), move || {
        for path in files {
            let bytes = fs::read(&path).unwrap();
            let ours = |name: &'static str| (name, bytes.clone());
            holds(&[ours("providers.yaml")]);
            holds(&[ours("model-mappings.yaml")]);
            holds(&[
                ours("gwcfg.yaml"),
                ours("providers.yaml"),
                ours("model-mappings.yaml"),
                ours("ports.yaml"),
            ]);
        }
    });
}
