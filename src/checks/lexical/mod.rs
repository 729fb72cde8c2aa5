//! Bytes and YAML, file by file.

mod key_duplicate;

use crate::diagnostic::Check;
use crate::document::Document;
use crate::source::{Expansion, FileId, NodeId, Problems, Sources, SyntaxError, Tree};

/// One file as the lexical rules see it.
#[derive(Clone, Copy)]
pub struct File<'a> {
    /// All texts.
    pub sources: &'a Sources,
    /// The file.
    pub id: FileId,
    /// Which document it holds.
    pub document: Document,
    /// The YAML, as far as it could be parsed.
    pub tree: &'a Tree<'a>,
    /// What stopped the parser, and what would stop it next if that were mended.
    pub errors: &'a [SyntaxError],
    /// Keys that are written again later in their mapping: the earlier one and the later one.
    pub repeated: &'a [(NodeId, NodeId)],
    /// How large the document becomes when its aliases are followed.
    pub expansion: Expansion,
    /// What reading noticed.
    pub problems: &'a Problems<'a>,
}

/// The table.
#[must_use]
pub fn checks<'a>() -> Vec<Check<File<'a>>> {
    vec![Check { rule: &key_duplicate::RULE, run: key_duplicate::check }]
}
