//! The texts that are open in the editor.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types as lsp;
use lsp::TextDocumentContentChangeEvent as Change;

use crate::project::OpenFiles;

use super::positions::{Positions, Units};
use super::uri::{path_of, uri_of};

/// One open text.
#[derive(Debug)]
pub(super) struct Document {
    /// Its path.
    pub(super) path: PathBuf,
    /// The editor's number of its state.
    pub(super) version: i32,
}

/// All open texts that are files, by the addresses that the editor has for them.
#[derive(Debug, Default)]
pub(super) struct Documents {
    open: BTreeMap<String, Document>,
    files: OpenFiles,
}

impl Documents {
    /// Opens a text, or opens it anew. Nothing for one that is no file.
    pub(super) fn open(&mut self, item: lsp::TextDocumentItem) {
        let Some(path) = path_of(&item.uri.0) else { return };
        self.files.set(&path, item.text);
        self.open.insert(item.uri.0, Document { path, version: item.version });
    }

    /// Applies changes in their order; nothing for a text that is not open.
    pub(super) fn change(&mut self, uri: &str, version: i32, changes: Vec<Change>, units: Units) {
        let Some(document) = self.open.get_mut(uri) else { return };
        document.version = version;
        let mut text = self.files.get(&document.path).unwrap_or("").to_owned();
        for change in changes {
            match change {
                Change::TextDocumentContentChangeWholeDocument(whole) => text = whole.text,
                Change::TextDocumentContentChangePartial(part) => {
                    let bytes = Positions::new(&text, units).bytes(part.range);
                    text.replace_range(bytes, &part.text);
                }
            }
        }
        self.files.set(&document.path, text);
    }

    /// Closes a text.
    pub(super) fn close(&mut self, uri: &str) {
        let Some(document) = self.open.remove(uri) else { return };
        let again = self.open.values().any(|other| other.path == document.path);
        if !again {
            self.files.remove(&document.path);
        }
    }

    /// An open text by its address.
    pub(super) fn get(&self, uri: &str) -> Option<&Document> {
        self.open.get(uri)
    }

    /// All open texts with their addresses.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Document)> {
        self.open.iter().map(|(uri, document)| (uri.as_str(), document))
    }

    /// The texts over the files on disk.
    pub(super) fn files(&self) -> &OpenFiles {
        &self.files
    }

    /// The address of a file: the editor's own when it is open there, by whatever way. And the
    /// version, when it is.
    pub(super) fn address(&self, path: &Path) -> (String, Option<i32>) {
        let opened = self.files.opened_as(path);
        let found = opened.and_then(|path| self.iter().find(|(_, open)| open.path == path));
        match found {
            Some((uri, document)) => (uri.to_owned(), Some(document.version)),
            None => (uri_of(path), None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, character: u32) -> lsp::Position {
        lsp::Position { line, character }
    }

    fn part(start: lsp::Position, end: lsp::Position, text: &str) -> Change {
        let range = lsp::Range { start, end };
        #[allow(deprecated, reason = "the protocol has the field")]
        let part =
            lsp::TextDocumentContentChangePartial { range, range_length: None, text: text.into() };
        Change::TextDocumentContentChangePartial(part)
    }

    #[test]
    fn changes_apply_in_their_order_and_a_wrong_range_harms_nothing() {
        let uri = "file:///nowhere/a%20b/ports.yaml";
        let mut documents = Documents::default();
        documents.open(lsp::TextDocumentItem {
            uri: uri.into(),
            language_id: "yaml".to_owned().into(),
            version: 1,
            text: "a: 😀\nb: 1\n".to_owned(),
        });
        let changes = vec![
            part(at(0, 3), at(0, 5), "é"),
            part(at(0, 3), at(0, 4), "x"),
            part(at(70, 1), at(80, 0), "end: 1\n"),
            part(at(1, 4), at(1, 3), "2"),
        ];
        documents.change(uri, 2, changes, Units::Utf16);
        let path = Path::new("/nowhere/a b/ports.yaml");
        assert_eq!(documents.files().get(path), Some("a: x\nb: 2\nend: 1\n"));
        assert_eq!(documents.address(path), (uri.to_owned(), Some(2)));
        documents.change("file:///other.yaml", 9, Vec::new(), Units::Utf16);
        documents.close(uri);
        assert_eq!(documents.files().get(path), None);
    }
}
