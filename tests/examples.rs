//! The examples are true: those of the rules' pages, the whole projects under `fixtures/`, and the
//! picture in the README. The bad one gives a finding of its rule, the good one none.
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

use gwcfg::checks::gateway::World;
use gwcfg::diagnostic::{Levels, Report};
use gwcfg::gateway::litellm::releases::PINNED;
use gwcfg::pipeline;
use gwcfg::source::{SourceFile, Sources};
use serde_json::Value;

use support::project::gwcfg;
use support::whole::whole;

/// A provider and a mapping that are clean, for pages that show the other files only.
const PROVIDERS: &str = "providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
";
const MAPPINGS: &str = "exact_matches:
  phi4: {provider: ollama}
";

type Files = Vec<(String, Vec<u8>)>;

/// A config of the gateway, which is linted instead of a project.
const GATEWAY: &str = "config.yaml";

/// Names of the rules that find something.
fn found(files: &Files) -> BTreeSet<String> {
    if let Some((_, bytes)) = files.iter().find(|(name, _)| name == GATEWAY) {
        return linted(bytes);
    }
    let files: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let report: Value = serde_json::from_str(&whole(&files, false).json).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

/// Names of the rules that find something in a config of the gateway, with no variable set.
fn linted(bytes: &[u8]) -> BTreeSet<String> {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new(GATEWAY.to_owned(), bytes.to_vec(), false));
    let mut report = Report::new(Levels::default());
    let world = World { is_set: &|_| false, is_file: &|_, _| false, release: PINNED };
    pipeline::lint(&sources, &[file], &world, &mut report);
    report.findings().iter().map(|finding| finding.rule.name.to_owned()).collect()
}

/// What a page says of an example: that its rule finds something in it, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bad,
    Good,
}

/// The files that an example may show.
const FILES: &[&str] = &[
    "gwcfg.yaml",
    "providers.yaml",
    "model-mappings.yaml",
    "ports.yaml",
    "overlay.yaml",
    "baseline.yaml",
    GATEWAY,
];

/// The examples of a page, one project each: blocks of one kind and of different files that follow
/// each other belong together; a file that comes again begins the next example.
fn examples(page: &str) -> Vec<(Kind, Files)> {
    let mut projects: Vec<(Kind, Files)> = Vec::new();
    for rest in page.split("```yaml ").skip(1) {
        let (block, _) = rest.split_once("\n```").expect("a block ends");
        let (line, text) = block.split_once('\n').expect("a block has a first line");
        let (kind, name) = match line.split_once(' ') {
            Some(("bad", name)) => (Kind::Bad, name),
            Some(("good", name)) => (Kind::Good, name),
            Some(_) | None => panic!("`{line}` is neither a bad nor a good example"),
        };
        assert!(FILES.contains(&name), "`{name}` is no file of a project");
        let file = (name.to_owned(), format!("{text}\n").into_bytes());
        match projects.last_mut() {
            Some((last, project))
                if *last == kind && project.iter().all(|(known, _)| known != name) =>
            {
                project.push(file);
            }
            Some(_) | None => projects.push((kind, vec![file])),
        }
    }
    for (_, project) in &mut projects {
        if project.iter().any(|(known, _)| known == GATEWAY) {
            continue;
        }
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
    for (number, (kind, files)) in examples(page).iter().enumerate() {
        let found = found(files);
        if found.contains(rule) != (*kind == Kind::Bad) {
            wrong.push(format!("{rule}: example {number}, which is {kind:?}, gives {found:?}"));
        }
    }
    wrong
}

/// Projects with the mistakes that a page cannot show: what an editor hides or changes, and a file
/// that is not there.
fn not_shown() -> Vec<(&'static str, Files)> {
    let providers = |bytes: &[u8]| {
        let mappings = ("model-mappings.yaml".to_owned(), MAPPINGS.as_bytes().to_vec());
        vec![("providers.yaml".to_owned(), bytes.to_vec()), mappings]
    };
    vec![
        ("byte-order-mark", providers(format!("\u{feff}{PROVIDERS}").as_bytes())),
        ("control-character", providers(format!("# \0\n{PROVIDERS}").as_bytes())),
        ("file-missing", vec![("providers.yaml".to_owned(), PROVIDERS.as_bytes().to_vec())]),
        ("file-not-utf8", providers(&[b"# caf\xe9\n", PROVIDERS.as_bytes()].concat())),
        ("line-break-hidden", providers(format!("# one\u{2028}two\n{PROVIDERS}").as_bytes())),
    ]
}

/// The rule about files that are too large for any example; `tests/failures` makes one.
const TOO_LARGE: &str = "file-too-large";

/// Rules whose counterexample would look like the mistake.
const LOOKS_THE_SAME: &[&str] = &["byte-order-mark", TOO_LARGE];

/// The rules whose page has no example of a kind.
fn without(kind: Kind) -> BTreeSet<&'static str> {
    let rules = gwcfg::rules::all().into_iter();
    let shows = |page: &str| examples(page).iter().any(|(shown, _)| *shown == kind);
    rules.filter(|rule| !shows(rule.page)).map(|rule| rule.name).collect()
}

#[test]
fn the_examples_of_the_pages_are_true() {
    let rules = gwcfg::rules::all();
    let wrong: Vec<String> = rules.iter().flat_map(|rule| untrue(rule.name, rule.page)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_has_examples() {
    let not_shown = not_shown().into_iter().map(|(rule, _)| rule).chain([TOO_LARGE]);
    assert_eq!(without(Kind::Bad), not_shown.collect());
    assert_eq!(without(Kind::Good), LOOKS_THE_SAME.iter().copied().collect());
}

#[test]
fn the_mistakes_that_no_page_can_show_are_found() {
    for (rule, files) in not_shown() {
        let found = found(&files);
        assert!(found.contains(rule), "{rule}: {found:?}");
    }
}

#[test]
fn an_untrue_example_is_seen() {
    let page =
        "```yaml bad model-mappings.yaml\n{}\n```\n```yaml good model-mappings.yaml\n{}\n```\n";
    assert_eq!(untrue("provider-unknown", page).len(), 1);
    let page = "```yaml good model-mappings.yaml\nexact_matches:\n  a: {provider: b}\n```\n";
    assert_eq!(untrue("provider-unknown", page).len(), 1);
}

#[test]
fn blocks_of_different_files_are_one_example() {
    let block = |kind: &str, name: &str| format!("```yaml {kind} {name}.yaml\na: 1\n```\n");
    let page = [
        block("bad", "ports"),
        block("bad", "providers"),
        block("bad", "ports"),
        block("good", "gwcfg"),
    ];
    let examples = examples(&page.concat());
    let kinds: Vec<Kind> = examples.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [Kind::Bad, Kind::Bad, Kind::Good]);
    let names = |number: usize| -> Vec<&str> {
        examples[number].1.iter().map(|(name, _)| name.as_str()).collect()
    };
    assert_eq!(names(0), ["ports.yaml", "providers.yaml", "model-mappings.yaml"]);
    assert_eq!(names(1), ["ports.yaml", "providers.yaml", "model-mappings.yaml"]);
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

#[test]
fn the_picture_of_the_readme_is_true() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("config")).unwrap();
    for name in ["gwcfg.yaml", "config/providers.yaml", "config/ports.yaml"] {
        fs::copy(crate_folder.join(name), root.path().join(name)).unwrap();
    }
    let mappings = fs::read_to_string(crate_folder.join("config/model-mappings.yaml")).unwrap();
    let misspelt = mappings.replace("ollama, weight: 0.3", "olama, weight: 0.3");
    assert_ne!(mappings, misspelt);
    fs::write(root.path().join("config/model-mappings.yaml"), misspelt).unwrap();
    let mut command = gwcfg();
    let output = command.arg("-C").arg(root.path()).arg("validate").output().unwrap();
    let readme = fs::read_to_string(crate_folder.join("README.md")).unwrap();
    let (_, picture) = readme.split_once("```console\n$ gwcfg validate\n").unwrap();
    let (picture, _) = picture.split_once("```").unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), picture);
    assert_eq!(output.status.code(), Some(1));
}
