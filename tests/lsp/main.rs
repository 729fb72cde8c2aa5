//! The language server, driven over its pipes by the protocol itself.
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

mod completion;
mod diagnostics;
mod fixes;
mod hostile;
mod lifecycle;
mod navigation;
mod real;

use serde_json::Value;

use support::editor::{Editor, usual};
use support::project::{Project, gwcfg};

/// An editor on a project, with the usual abilities.
fn editor() -> Editor {
    editor_with(&usual())
}

fn editor_with(capabilities: &Value) -> Editor {
    let mut command = gwcfg();
    command.arg("lsp");
    Editor::start(command, capabilities)
}

/// Line and column (in UTF-16 units) where `word` stands first behind `anchor`.
fn place(text: &str, anchor: &str, word: &str) -> (usize, usize) {
    let from = text.find(anchor).unwrap_or_else(|| panic!("no `{anchor}`"));
    let byte = from + text[from..].find(word).unwrap_or_else(|| panic!("no `{word}`"));
    let line = text[..byte].matches('\n').count();
    let start = text[..byte].rfind('\n').map_or(0, |newline| newline + 1);
    (line, text[start..byte].encode_utf16().count())
}

/// The example project, all of its files open; their addresses by name.
fn opened(project: &Project) -> (Editor, [String; 2]) {
    let mut editor = editor();
    let providers = editor.open_file(&project.path("config/providers.yaml"));
    let mappings = editor.open_file(&project.path("config/model-mappings.yaml"));
    (editor, [providers, mappings])
}
