//! Whatever the bytes are: no panic, no loop without end, places inside the files.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

use crate::support::whole::{holds, within};

const LIMIT: Duration = Duration::from_secs(300);

/// The files of a valid project that uses every section.
const FILES: [(&str, &str); 4] = [
    ("gwcfg.yaml", include_str!("../../gwcfg.yaml")),
    ("providers.yaml", include_str!("rich/providers.yaml")),
    ("model-mappings.yaml", include_str!("rich/model-mappings.yaml")),
    ("ports.yaml", include_str!("../../config/ports.yaml")),
];

/// Pieces that mean something to YAML, to the reader or to Python.
const PIECES: &[&str] = &[
    "\n",
    "\n  ",
    "\n    ",
    ": ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "#",
    "'",
    "\"",
    "|\n  ",
    ">-\n ",
    "&a ",
    "*a",
    "<<: *a",
    "!!str ",
    "? ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "\t",
    "\r\n",
    "\u{85}",
    "\u{feff}",
    "\0",
    "~",
    "yes",
    "012",
    "12:30",
    "1_000",
    "-1",
    "0",
    "1e400",
    ".nan",
    "-.inf",
    "99999999999999999999999",
    "default",
    "ollama",
    "phi4",
    "coder",
    "{primary: coder}",
    "chain",
    "(?<!a)b",
    "(a*)*",
    "[z-a]",
    ".*",
    "$",
    "\\",
    "é",
    "🦀",
    "name",
    "provider",
    "models",
    "weight",
    "http://",
    "http://[::1]:99999",
    "os.environ/X",
    "sk-abcdefghijklmnop",
];

/// One change of a text.
#[derive(Debug, Clone)]
enum Change {
    Remove(Index, usize),
    Insert(Index, &'static str),
    Replace(Index, usize, &'static str),
    /// A line moves elsewhere: indentation and meaning change.
    Move(Index, Index),
    /// A line is written twice.
    Double(Index),
    Cut(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let piece = || select(PIECES);
    prop_oneof![
        (any::<Index>(), 1..12_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        (any::<Index>(), piece()).prop_map(|(at, text)| Change::Insert(at, text)),
        (any::<Index>(), 1..8_usize, piece())
            .prop_map(|(at, n, text)| Change::Replace(at, n, text)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Change::Move(from, to)),
        any::<Index>().prop_map(Change::Double),
        any::<Index>().prop_map(Change::Cut),
    ]
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for change in changes {
        if text.is_empty() {
            break;
        }
        let mut lines: Vec<Vec<char>> =
            text.split_inclusive(|c| *c == '\n').map(<[char]>::to_vec).collect();
        let until = |at: usize, length: usize| (at + length).min(text.len());
        match change {
            Change::Remove(at, length) => {
                let at = at.index(text.len());
                let until = until(at, *length);
                text.drain(at..until);
            }
            Change::Insert(at, piece) => {
                let at = at.index(text.len());
                text.splice(at..at, piece.chars());
            }
            Change::Replace(at, length, piece) => {
                let at = at.index(text.len());
                let until = until(at, *length);
                text.splice(at..until, piece.chars());
            }
            Change::Move(from, to) => {
                let line = lines.remove(from.index(lines.len()));
                lines.insert(to.index(lines.len() + 1), line);
                text = lines.concat();
            }
            Change::Double(at) => {
                let at = at.index(lines.len());
                lines.insert(at, lines[at].clone());
                text = lines.concat();
            }
            Change::Cut(at) => text.truncate(at.index(text.len())),
        }
    }
    text.into_iter().collect()
}

/// A runner with this many cases, or as many as `PROPTEST_CASES` says; failing ones are kept beside
/// the test.
fn runner(cases: u32) -> TestRunner {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let kept = FileFailurePersistence::WithSource("regressions");
    let persistence: Option<Box<dyn proptest::test_runner::FailurePersistence>> =
        Some(Box::new(kept));
    TestRunner::new(Config {
        cases: wanted.unwrap_or(cases),
        source_file: Some(file!()),
        failure_persistence: persistence,
        ..Config::default()
    })
}

#[test]
fn the_rich_project_is_clean_to_begin_with() {
    let files = FILES.map(|(name, text)| (name, text.as_bytes().to_vec()));
    let result = crate::support::whole::whole(&files, false);
    assert!(result.json.contains("\"errors\": 0"), "{}", result.human);
    holds(&files);
}

#[test]
fn any_bytes_are_judged() {
    within(LIMIT, || {
        let bytes = || prop::collection::vec(any::<u8>(), 0..400);
        let text = || ".{0,200}".prop_map(String::into_bytes);
        let pieces = || {
            prop::collection::vec(select(PIECES), 0..60)
                .prop_map(|pieces| pieces.concat().into_bytes())
        };
        let file = || prop_oneof![bytes(), text(), pieces()];
        runner(400)
            .run(&(file(), file(), file(), file()), |(project, providers, mappings, ports)| {
                holds(&[
                    ("gwcfg.yaml", project),
                    ("providers.yaml", providers),
                    ("model-mappings.yaml", mappings),
                    ("ports.yaml", ports),
                ]);
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn changed_projects_are_judged() {
    within(LIMIT, || {
        let changes = || prop::collection::vec(change(), 0..6);
        runner(600)
            .run(&[changes(), changes(), changes(), changes()], |changes| {
                let all = FILES.iter().zip(&changes);
                let files: Vec<(&str, Vec<u8>)> = all
                    .map(|((name, text), changes)| (*name, changed(text, changes).into_bytes()))
                    .collect();
                holds(&files);
                Ok(())
            })
            .unwrap();
    });
}
