//! What an environment lays over the sources: text → tree → **layers** → documents.

use crate::checks::lexical;
use crate::checks::schema::overlays::{Laid, overlay_checks};
use crate::diagnostic::Report;
use crate::document::{Document, Home, home};
use crate::source::{
    Expansion, FileId, Kind, MAX_LAYERS, Name, NodeId, Overlaid, Parsed, Problems, Sources, Span,
    Spanned, Tree, overlay,
};

use super::{Lexed, lex};

/// The overlays of an environment, the one that counts most last.
#[derive(Debug, Clone, Copy, Default)]
pub struct Overlays {
    files: [Option<FileId>; MAX_LAYERS],
}

impl Overlays {
    /// The first of these; there is no room for more than [`MAX_LAYERS`].
    #[must_use]
    pub fn new(given: impl IntoIterator<Item = FileId>) -> Self {
        let mut overlays = Overlays::default();
        for (place, file) in overlays.files.iter_mut().zip(given) {
            *place = Some(file);
        }
        overlays
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = FileId> + use<> {
        self.files.into_iter().flatten()
    }
}

/// The overlays of a run, as YAML.
pub(super) struct Layers<'a> {
    lexed: Vec<Lexed<'a>>,
    /// All of them could be parsed.
    pub(super) whole: bool,
}

impl<'a> Layers<'a> {
    pub(super) fn read(sources: &'a Sources, overlays: Overlays) -> Self {
        let lexed: Vec<_> = overlays.iter().map(|file| lex(sources, file)).collect();
        let whole = lexed.iter().all(|lexed| lexed.whole);
        Layers { lexed, whole }
    }

    /// What the rules say of each overlay alone.
    pub(super) fn check(&self, sources: &Sources, report: &mut Report) {
        self.hide(report);
        let problems = Problems::default();
        for lexed in &self.lexed {
            report.run(&lexical::checks(), &lexed.as_seen(sources, None, &problems));
            let unknown = unknown(&lexed.parsed.tree);
            let laid = Laid { sources, unknown, idle: Vec::new(), silent: Vec::new() };
            report.run(&overlay_checks(), &laid);
        }
    }

    /// No report shows the secrets of an overlay.
    pub(super) fn hide(&self, report: &mut Report) {
        self.lexed.iter().for_each(|lexed| report.hide(&lexed.secrets));
    }

    /// A document with all that the overlays say of it; `None` when that is nothing.
    pub(super) fn over<'s>(
        &self,
        base: &Tree<'a>,
        document: Document,
        sources: &'s Sources,
    ) -> Option<(Tree<'a>, Laid<'s>)>
    where
        'a: 's,
    {
        let (unknown, idle, silent) = (Vec::new(), Vec::new(), Vec::new());
        let mut laid = Laid { sources, unknown, idle, silent };
        let mut merged: Option<Tree<'a>> = None;
        for lexed in self.lexed.iter().filter(|lexed| lexed.usable) {
            let (below, over) = (merged.as_ref().unwrap_or(base), &lexed.parsed.tree);
            let pairs = sections(below, over, document);
            if let Some(Overlaid { tree, idle, silent }) = overlay(below, over, &pairs) {
                laid.idle.extend(idle);
                laid.silent.extend(silent);
                merged = Some(tree);
            }
        }
        merged.map(|tree| (tree, laid))
    }

    /// Nothing, in the place of a source that is not there, when an overlay has something to lay
    /// over it.
    pub(super) fn instead(&self, document: Document) -> Option<Lexed<'a>> {
        let says = |lexed: &&Lexed<'_>| !keys_of(&lexed.parsed.tree, document).is_empty();
        let file = self.lexed.iter().find(says)?.file;
        Some(Lexed {
            file,
            parsed: Parsed { tree: Tree::nothing(file), errors: Vec::new(), blanked: Vec::new() },
            errors: Vec::new(),
            repeated: Vec::new(),
            expansion: Expansion::Fits,
            secrets: Vec::new(),
            differences: Vec::new(),
            whole: true,
            usable: true,
        })
    }

    /// What could not be parsed.
    pub(super) fn blanked(&self) -> impl Iterator<Item = &Span> {
        self.lexed.iter().flat_map(|lexed| &lexed.parsed.blanked)
    }
}

/// Keys and values at the top of an overlay that count.
fn top<'t>(tree: &'t Tree<'_>) -> impl Iterator<Item = (&'t str, NodeId, NodeId)> {
    let root = tree.root().map(|root| tree.resolve(root));
    let pairs = root.into_iter().flat_map(|root| tree.merged_pairs(root));
    let pairs = pairs.filter(|(key, _)| !tree.is_repeated(*key));
    pairs.map(|(key, value)| (tree.value(tree.resolve(key)), key, value))
}

fn unknown<'a>(tree: &Tree<'a>) -> Vec<Name<'a>> {
    let alone = |key: &str| !matches!(home(key), Some(Home::Section(_) | Home::Nowhere));
    let found = top(tree).filter(|(name, _, _)| alone(name));
    found
        .map(|(_, key, _)| Spanned { value: tree.value(tree.resolve(key)), span: tree.span(key) })
        .collect()
}

/// The sections of an overlay that belong to a document.
fn keys_of(tree: &Tree<'_>, document: Document) -> Vec<(NodeId, NodeId)> {
    let here = |name: &str| home(name) == Some(Home::Section(document));
    top(tree).filter(|(name, _, _)| here(name)).map(|(_, key, value)| (key, value)).collect()
}

/// The same, where the document has them: services may stand at the top of `ports.yaml`.
fn sections(below: &Tree<'_>, over: &Tree<'_>, document: Document) -> Vec<(NodeId, NodeId)> {
    let keys = keys_of(over, document);
    let old_form = document == Document::Ports
        && top(below).next().is_some()
        && !top(below).any(|(name, _, _)| name == "services");
    if !old_form {
        return keys;
    }
    let mut pairs = Vec::new();
    for (key, value) in keys {
        let value_map = over.resolve(value);
        let is_services = over.value(over.resolve(key)) == "services";
        if is_services && over.kind(value_map) == Kind::Map {
            let inner = over.merged_pairs(value_map);
            pairs.extend(inner.filter(|(key, _)| !over.is_repeated(*key)));
        } else {
            pairs.push((key, value));
        }
    }
    pairs
}
