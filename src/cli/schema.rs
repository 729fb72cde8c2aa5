//! `gwcfg schema`.

use super::Terminal;
use super::args::Document;
use super::exit::Exit;

pub(super) fn run(name: Document, terminal: &mut Terminal) -> Exit {
    match name.schema() {
        Ok(text) => terminal.print(&format!("{text}\n")),
        Err(error) => {
            terminal.fail(&format!("cannot print the schema: {error}"));
            Exit::Usage
        }
    }
}
