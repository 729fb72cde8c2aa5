//! YAML is read as PyYAML reads it: the same values, and the same documents refused, but for the
//! differences that `differences.rs` lists and explains.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a panic fails the test"
)]

#[path = "../support/mod.rs"]
mod support;

mod differences;
mod generate;
mod ours;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use generate::{Random, document, mutated};
use ours::Ours;
use support::corpus;
use support::python::Judge;

/// What both say of a document.
struct Said {
    text: String,
    ours: Ours,
    /// A value, or `{"error": …}`, of `SafeLoader`, which is what `yaml.safe_load` uses.
    theirs: Value,
}

fn ask(judge: &mut Judge, texts: &[String]) -> Vec<Said> {
    let mut said = Vec::new();
    for part in texts.chunks(200) {
        let answers = judge.ask(&json!({"load": part}));
        let answers = answers.as_array().expect("one answer for each document").clone();
        assert_eq!(answers.len(), part.len());
        said.extend(part.iter().zip(answers).map(|(text, theirs)| Said {
            text: text.clone(),
            ours: ours::load(text),
            theirs: ours::in_order(safe_loader(theirs)),
        }));
    }
    said
}

/// The answer of the first loader, where the two are not of one mind.
fn safe_loader(mut answer: Value) -> Value {
    match answer.get_mut("loaders differ") {
        Some(answers) => answers[0].take(),
        None => answer,
    }
}

/// What is wrong with a document that is no known difference.
fn wrong(said: &Said) -> Option<String> {
    let Said { text, ours, theirs } = said;
    let refused = theirs.get("error").is_some();
    let same = match ours {
        Ours::Refused(_) => refused,
        Ours::Value(value) => !refused && value == theirs,
        // A finding where both read the same is a false alarm.
        Ours::Told(value) => refused || value != theirs,
    };
    let known = !same && differences::known(said).is_some();
    (!same && !known).then(|| format!("--- {text:?}\nours: {ours:?}\ntheirs: {theirs}"))
}

fn none_wrong(judge: &mut Judge, said: &[Said]) {
    let mut kinds: BTreeMap<String, Vec<&Said>> = BTreeMap::new();
    for said in said.iter().filter(|said| wrong(said).is_some()) {
        kinds.entry(kind(said)).or_default().push(said);
    }
    let mut shown = String::new();
    for of_kind in kinds.values() {
        let one = smallest(judge, of_kind[0]);
        shown.push_str(&format!("{} times\n{one}\n", of_kind.len()));
    }
    let all: usize = kinds.values().map(Vec::len).sum();
    assert!(kinds.is_empty(), "{all} of {} are wrong:\n{shown}", said.len());
}

/// What two documents have in common that are wrong for the same reason: the words of the errors.
fn kind(said: &Said) -> String {
    let theirs = said.theirs["error"].as_str().unwrap_or("a value");
    let places = |line: &&str| !line.contains("<unicode string>") && !line.starts_with("    ");
    let theirs: Vec<&str> = theirs.lines().filter(places).collect();
    let ours = match &said.ours {
        Ours::Value(_) => "a value",
        Ours::Told(_) => "a value and a finding",
        Ours::Refused(why) => why,
    };
    format!("{ours} / {}", theirs.join(" "))
}

/// The same mistake in a document from which nothing more can be taken away.
fn smallest(judge: &mut Judge, said: &Said) -> String {
    let mut text: Vec<char> = said.text.chars().collect();
    let mut shown = wrong(said).unwrap_or_default();
    for width in [64, 16, 8, 4, 2, 1, 3, 1] {
        let mut at = 0;
        while at < text.len() {
            let until = (at + width).min(text.len());
            let less: Vec<char> = text[..at].iter().chain(&text[until..]).copied().collect();
            let now = &ask(judge, &[less.iter().collect()])[0];
            match wrong(now).filter(|_| kind(now) == kind(said)) {
                Some(still) => (text, shown) = (less, still),
                None => at += width,
            }
        }
    }
    shown
}

#[test]
fn generated_documents_have_the_same_value() {
    let Some(mut judge) = Judge::start() else { return };
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let texts: Vec<String> = (0..3_000).map(|_| document(&mut random)).collect();
    let said = ask(&mut judge, &texts);
    none_wrong(&mut judge, &said);
    // The generator writes documents that are right; few may be refused.
    let accepted = said.iter().filter(|said| !matches!(said.ours, Ours::Refused(_))).count();
    assert!(accepted > 2_900, "only {accepted} accepted");
}

#[test]
fn changed_documents_are_refused_alike() {
    let Some(mut judge) = Judge::start() else { return };
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let texts: Vec<String> = (0..6_000).map(|_| mutated(&mut random)).collect();
    let said = ask(&mut judge, &texts);
    none_wrong(&mut judge, &said);
    let refused = said.iter().filter(|said| matches!(said.ours, Ours::Refused(_))).count();
    assert!(refused > 500, "only {refused} refused");
    assert!(refused < said.len() - 500, "{refused} of {} refused", said.len());
}

#[test]
fn the_known_differences_are_still_there() {
    let Some(mut judge) = Judge::start() else { return };
    for (text, why) in differences::EXAMPLES {
        let said = ask(&mut judge, &[(*text).to_owned()]);
        let said = &said[0];
        assert_eq!(
            differences::known(said),
            Some(*why),
            "{text:?}: {:?} {}",
            said.ours,
            said.theirs
        );
        let same = matches!(&said.ours, Ours::Value(value) if *value == said.theirs);
        assert!(!same, "{text:?} is no difference any more: take it off the list");
    }
}

#[test]
fn what_both_do_not_read_alike_is_told() {
    let Some(mut judge) = Judge::start() else { return };
    let texts: Vec<String> = differences::TOLD.iter().map(|text| (*text).to_owned()).collect();
    let said = ask(&mut judge, &texts);
    let silent = said.iter().filter(|said| !matches!(said.ours, Ours::Told(_)));
    let silent: Vec<_> = silent.map(|said| (&said.text, &said.ours)).collect();
    assert!(silent.is_empty(), "{silent:?}");
    none_wrong(&mut judge, &said);
}

#[test]
fn what_both_read_alike_is_not_told() {
    let Some(mut judge) = Judge::start() else { return };
    let texts: Vec<String> = differences::ALIKE.iter().map(|text| (*text).to_owned()).collect();
    let said = ask(&mut judge, &texts);
    let told = said.iter().filter(|said| !matches!(said.ours, Ours::Value(_)));
    let told: Vec<_> = told.map(|said| (&said.text, &said.ours)).collect();
    assert!(told.is_empty(), "{told:?}");
    none_wrong(&mut judge, &said);
}

#[test]
fn real_files_have_the_same_value() {
    let Some(corpus) = corpus() else { return };
    let Some(mut judge) = Judge::start() else { return };
    let mut open = vec![corpus];
    let mut texts = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
                texts.extend(read(&path));
            }
        }
    }
    assert!(texts.len() > 150, "only {} files", texts.len());
    let said = ask(&mut judge, &texts);
    none_wrong(&mut judge, &said);
}

/// The text of a file; `None` when it is not UTF-8.
fn read(path: &Path) -> Option<String> {
    String::from_utf8(fs::read(path).unwrap()).ok()
}
