//! `gwcfg schema`.

use super::Terminal;
use super::args::Document;
use super::exit::Exit;

pub(super) fn run(name: Document, terminal: &mut Terminal) -> Exit {
    let schema = crate::document::Document::from(name).schema();
    match serde_json::to_string_pretty(&schema) {
        Ok(text) => terminal.print(&format!("{text}\n")),
        Err(error) => {
            terminal.fail(&format!("cannot print the schema: {error}"));
            Exit::Usage
        }
    }
}
