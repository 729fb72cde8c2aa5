//! How long an editor waits: `cargo bench --bench editor [-- --project DIR]`.
//!
//! From the last byte of a question to the last byte of its answer, over the pipes of a real
//! server that has all files of a project open. A change is answered when its findings are
//! published. Without `--project` it is the newest real project of `GWCFG_CORPUS`, else the
//! example. Nothing is asserted: the table is for people.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench"
)]
#![allow(missing_docs, dead_code, unreachable_pub, reason = "a bench uses its share of the editor")]

#[path = "../../tests/support/editor.rs"]
mod editor;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

use editor::{Editor, at, range, usual};

/// Rounds of each question.
const ROUNDS: usize = 101;

/// What an editor may be made to wait, in milliseconds.
const BAR: f64 = 50.0;

fn main() {
    let root = project();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gwcfg"));
    command.arg("lsp");
    let begun = Instant::now();
    let mut editor = Editor::start(command, &usual());
    let mut bytes = 0;
    let mut mappings = (String::new(), String::new());
    for name in ["gwcfg", "providers", "ports", "model-mappings"] {
        for path in [root.join(format!("config/{name}.yaml")), root.join(format!("{name}.yaml"))] {
            if let Ok(text) = std::fs::read_to_string(&path) {
                bytes += text.len();
                mappings = (editor.open_file(&path.canonicalize().unwrap()), text);
            }
        }
    }
    let (uri, text) = mappings;
    let findings = editor.findings(&uri).len();
    println!("{bytes} bytes are open; {findings} findings in `model-mappings.yaml`");
    println!("from the start to the first findings: {:.1} ms", milliseconds(begun));

    let chain = first_chain(&text).unwrap_or((0, 0));
    let provider = place(&text, "provider: ", "provider: ").unwrap_or((0, 0));
    let provider = (provider.0, provider.1 + "provider: ".len());
    println!("question                median ms   95 % below ms   slowest ms");
    row("a change", change(&mut editor, &uri, &text));
    for (words, what, place) in [
        ("hover, public name", "hover", chain),
        ("hover, provider", "hover", provider),
        ("definition", "definition", provider),
        ("references", "references", provider),
        ("completion, provider", "completion", provider),
    ] {
        let mut params = json!({"textDocument": {"uri": uri}, "position": at(place.0, place.1)});
        params["context"] = json!({"includeDeclaration": true, "triggerKind": 1});
        let mut empty = 0;
        let times = (0..ROUNDS).map(|_| {
            let begun = Instant::now();
            let answer = editor.request(&format!("textDocument/{what}"), &params).unwrap();
            empty += usize::from(answer.is_null());
            milliseconds(begun)
        });
        row(words, times.collect());
        assert_eq!(empty, 0, "{words} at {place:?} says nothing");
    }
    let whole = range((0, 0), (100_000, 0));
    let times = (0..ROUNDS).map(|_| {
        let begun = Instant::now();
        editor.fixes(&uri, &whole);
        milliseconds(begun)
    });
    row("quick fixes", times.collect());
    assert_eq!(editor.leave(), Some(0));
}

/// A letter that breaks a name and its end, in turn.
fn change(editor: &mut Editor, uri: &str, text: &str) -> Vec<f64> {
    let (line, column) = place(text, "provider: ", "provider: ").unwrap_or((0, 0));
    let start = (line, column + "provider: ".len());
    let mut times = Vec::new();
    for version in 2..2 + i64::try_from(ROUNDS).unwrap() {
        let types = version % 2 == 0;
        let end = if types { start } else { (start.0, start.1 + 1) };
        let begun = Instant::now();
        editor.change(uri, version, &[(range(start, end), if types { "x" } else { "" })]);
        loop {
            let message = editor.next();
            let of = &message["params"];
            if of["uri"] == json!(uri) && of["version"] == json!(version) {
                break;
            }
        }
        times.push(milliseconds(begun));
    }
    // As it was.
    editor.change(uri, 1000, &[(Value::Null, text)]);
    editor.findings(uri);
    times
}

fn project() -> PathBuf {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let option = arguments.iter().position(|argument| argument == "--project");
    if let Some(named) = option.and_then(|at| arguments.get(at + 1)) {
        return named.into();
    }
    let corpus = std::env::var_os("GWCFG_CORPUS").map(PathBuf::from);
    let newest = corpus.map(|corpus| corpus.join("history/2025-11-11-33f6b9a"));
    newest.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf())
}

/// Inside the name of the first chain.
fn first_chain(text: &str) -> Option<(usize, usize)> {
    let mut lines = text.lines().enumerate();
    lines.find(|(_, line)| line.starts_with("fallback_chains:"))?;
    let named = |line: &str| line.starts_with("  ") && !line.trim_start().starts_with('#');
    let (number, line) = lines.find(|(_, line)| named(line) && !line.trim().is_empty())?;
    Some((number, line.len() - line.trim_start().len() + 1))
}

/// Line and column of `word` behind `anchor`; what stands before it on its line is ASCII.
fn place(text: &str, anchor: &str, word: &str) -> Option<(usize, usize)> {
    let from = text.find(anchor)?;
    let at = from + text.get(from..)?.find(word)?;
    let before = text.get(..at)?;
    let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
    Some((before.matches('\n').count(), column))
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

fn row(words: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let slowest = times.last().copied().unwrap_or(0.0);
    let over = if slowest > BAR { "   over the bar" } else { "" };
    let (median, most) = (times[times.len() / 2], times[times.len() * 95 / 100]);
    println!("{words:<22} {median:>10.2} {most:>15.2} {slowest:>12.2}{over}");
}
