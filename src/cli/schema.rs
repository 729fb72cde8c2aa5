//! `gwcfg schema`.

use std::io::Write as _;
use std::path::Path;

use crate::release::atomic::{OUTPUT_MODE, replace};
use crate::release::place::Place;

use super::Terminal;
use super::args::{Document, Schema};
use super::exit::Exit;

pub(super) fn run(command: &Schema, terminal: &mut Terminal) -> Exit {
    match (&command.write, command.name) {
        (Some(folder), Some(document)) => write(folder, &[document], terminal),
        (Some(folder), None) => write(folder, &Document::ALL, terminal),
        (None, Some(document)) => match text(document) {
            Ok(text) => terminal.print(&text),
            Err(wrong) => fail(&wrong, terminal),
        },
        // Clap asks for one of the two.
        (None, None) => Exit::Usage,
    }
}

/// The schema as it lies in `schemas/`.
///
/// # Errors
/// When it cannot be written as JSON, which would be our mistake.
pub(super) fn text(document: Document) -> Result<String, String> {
    let schema = document.schema();
    schema.map(|text| text + "\n").map_err(|error| format!("cannot print the schema: {error}"))
}

/// The name of a document's schema in its folder.
pub(super) fn file_name(document: Document) -> String {
    format!("{}.json", document.stem())
}

fn write(folder: &Path, documents: &[Document], terminal: &mut Terminal) -> Exit {
    if let Err(error) = std::fs::create_dir_all(folder) {
        return fail(&format!("cannot create `{}`: {error}", folder.display()), terminal);
    }
    for document in documents {
        let path = folder.join(file_name(*document));
        let text = match text(*document) {
            Ok(text) => text,
            Err(wrong) => return fail(&wrong, terminal),
        };
        if std::fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
            terminal.say(&format!("`{}` is up to date", path.display()));
            continue;
        }
        let place = Place { path: &path, root: folder, new_mode: OUTPUT_MODE };
        if let Err(error) = replace(&place, |file| file.write_all(text.as_bytes())) {
            return fail(&error.to_string(), terminal);
        }
        terminal.say(&format!("wrote `{}`", path.display()));
    }
    Exit::Done
}

fn fail(wrong: &str, terminal: &mut Terminal) -> Exit {
    terminal.fail(wrong);
    Exit::Usage
}
