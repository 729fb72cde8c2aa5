//! `gwcfg schema`.

use std::io::Write as _;

use super::Terminal;
use super::args::Document;
use super::exit::Exit;

pub(super) fn run(name: Document, terminal: &mut Terminal) -> Exit {
    let schema = crate::document::Document::from(name).schema();
    match serde_json::to_string_pretty(&schema) {
        Ok(text) => {
            let _ = writeln!(terminal.out, "{text}");
            Exit::Done
        }
        Err(error) => {
            terminal.fail(&format!("cannot print the schema: {error}"));
            Exit::Usage
        }
    }
}
