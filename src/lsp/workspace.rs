//! The projects of the open texts: where they are, and what is in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types as lsp;

use crate::diagnostic::{Redactions, Report};
use crate::document::Document;
use crate::pipeline::Files;
use crate::project::{self, Loaded, ProjectError, Wishes};
use crate::source::{FileId, Sources, Span, secrets};

use super::documents::Documents;
use super::positions::{Positions, Units};
use super::schema::Schemas;
use super::uri::tidy;

/// What is open, and how to find the projects of it.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// What the command line says of every project.
    pub(super) wishes: Wishes,
    pub(super) documents: Documents,
    pub(super) units: Units,
    pub(super) schemas: Schemas,
}

/// A project that was read, and the text that a question is about.
pub(super) struct Asked {
    pub(super) loaded: Loaded,
    /// The text.
    pub(super) file: FileId,
    /// What it holds.
    pub(super) document: Document,
    /// The byte that the question is about.
    pub(super) byte: usize,
}

impl Workspace {
    /// The root of the project that a file belongs to.
    fn root_of(&self, path: &Path) -> Option<PathBuf> {
        let found = project::root_of(path, self.documents.files())?;
        Some(self.wishes.root.clone().unwrap_or(found))
    }

    /// The roots of the projects of the open texts, each once, by the names that the system has
    /// for them.
    pub(super) fn projects(&self) -> BTreeMap<PathBuf, PathBuf> {
        let roots = self.documents.iter().filter_map(|(_, open)| self.root_of(&open.path));
        roots.map(|root| (root.canonicalize().unwrap_or_else(|_| root.clone()), root)).collect()
    }

    /// Reads a project, the open texts in the place of the files.
    ///
    /// # Errors
    /// See [`ProjectError`].
    pub(super) fn load(&self, root: &Path) -> Result<Loaded, ProjectError> {
        project::load_open(self.documents.files(), &self.wishes_at(root))
    }

    fn wishes_at(&self, root: &Path) -> Wishes {
        Wishes { root: Some(root.to_path_buf()), ..self.wishes.clone() }
    }

    /// The project, the text and the byte that a question is about. `None` when the text is not
    /// open, or belongs to no project that can be read.
    pub(super) fn asked(&self, at: &lsp::TextDocumentPositionParams) -> Option<Asked> {
        let open = self.documents.get(&at.text_document.uri.0)?;
        let wishes = self.wishes_at(&self.root_of(&open.path)?);
        let loaded = project::load_open_as_far(self.documents.files(), &wishes).ok()?;
        let same = |id: &FileId| {
            let path = path_of(&loaded.root, &loaded.sources, *id);
            self.documents.files().opened_as(&path) == Some(open.path.as_path())
        };
        let file = loaded.sources.files().map(|(id, _)| id).find(same)?;
        let document = document_of(loaded.files, file)?;
        let byte = Positions::new(loaded.sources.text(file), self.units).byte(at.position);
        Some(Asked { loaded, file, document, byte })
    }

    /// Places in a project, as the editor names them.
    pub(super) fn locations(&self, loaded: &Loaded, spans: &[Span]) -> Vec<lsp::Location> {
        let sources = &loaded.sources;
        let mut files = BTreeMap::new();
        let location = |span: &Span| {
            let file = span.file();
            let (uri, positions) = files.entry(file).or_insert_with(|| {
                let (uri, _) = self.documents.address(&path_of(&loaded.root, sources, file));
                (uri, Positions::new(sources.text(file), self.units))
            });
            lsp::Location { uri: uri.clone().into(), range: positions.range(span.range()) }
        };
        spans.iter().map(location).collect()
    }
}

/// Where a file of a project is.
pub(super) fn path_of(root: &Path, sources: &Sources, file: FileId) -> PathBuf {
    tidy(&root.join(sources.path(file)))
}

/// What a file of a project holds.
fn document_of(files: Files, file: FileId) -> Option<Document> {
    all(files).into_iter().find(|(_, id)| *id == file).map(|(document, _)| document)
}

/// The files that are there, with what they hold.
pub(super) fn all(files: Files) -> Vec<(Document, FileId)> {
    let mut all =
        vec![(Document::Providers, files.providers), (Document::Mappings, files.mappings)];
    all.extend(files.project.map(|file| (Document::Project, file)));
    all.extend(files.ports.map(|file| (Document::Ports, file)));
    all
}

/// The literal secrets of a project: no answer may tell them.
pub(super) fn redactions(loaded: &Loaded) -> Redactions {
    let sources = &loaded.sources;
    let mut report = Report::default();
    for (_, file) in all(loaded.files) {
        let parsed = crate::source::parse(sources, file);
        let whole = parsed.errors.is_empty();
        report.hide(&secrets::find(sources, file, &parsed.tree, whole));
    }
    report.redactions(sources)
}
