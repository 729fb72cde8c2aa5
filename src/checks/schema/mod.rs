//! One document's shape, and the values that its shape does not decide.

pub mod required;
pub mod violations;

use crate::diagnostic::Check;
use crate::document::Document;
use crate::routing::Documents;
use crate::source::{Problems, Sources, Tree};

use violations::Violation;

/// One file that the typed reader refused, or did not: what its published schema says of it.
#[derive(Clone, Copy)]
pub struct Shape<'a> {
    /// All texts.
    pub sources: &'a Sources,
    /// Which document it is.
    pub document: Document,
    /// The YAML.
    pub tree: &'a Tree<'a>,
    /// What reading noticed.
    pub problems: &'a Problems<'a>,
    /// Every breach of the schema; empty when the typed reader accepted the document.
    pub violations: &'a [Violation<'a>],
}

/// All documents, for the values that a schema does not decide.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    /// All texts.
    pub sources: &'a Sources,
    /// What was written.
    pub documents: &'a Documents<'a>,
}

/// The table of the rules about one file's shape.
#[must_use]
pub fn shape_checks<'a>() -> Vec<Check<Shape<'a>>> {
    vec![]
}

/// The table of the rules about values.
#[must_use]
pub fn value_checks<'a>() -> Vec<Check<Values<'a>>> {
    vec![]
}
