//! Where a name is declared, and where it is used.

use gen_lsp_types as lsp;

use crate::source::Span;

use super::names::{Occurrence, declarations, occurrences};
use super::workspace::{Asked, Workspace};

/// The places that declare the name under the cursor.
pub(super) fn definition(
    workspace: &Workspace,
    at: &lsp::TextDocumentPositionParams,
) -> Option<Vec<lsp::Location>> {
    let asked = workspace.asked(at)?;
    let all = occurrences(&asked.loaded.sources, asked.loaded.files);
    let found = under(&asked)?;
    let places = if found.role.declares {
        vec![found]
    } else {
        declarations(&all, found.role.names, found.name)
    };
    Some(places.iter().map(|one| workspace.location(&asked.loaded, one.span)).collect())
}

/// The places that use the name under the cursor, and those that declare it when they are wanted.
pub(super) fn references(
    workspace: &Workspace,
    at: &lsp::TextDocumentPositionParams,
    with_declaration: bool,
) -> Option<Vec<lsp::Location>> {
    let asked = workspace.asked(at)?;
    let all = occurrences(&asked.loaded.sources, asked.loaded.files);
    let found = under(&asked)?;
    let declared = |one: &Occurrence<'_>| {
        if one.role.declares { vec![one.span] } else { spans(&all, one) }
    };
    let meant = declared(&found);
    let same = |one: &&Occurrence<'_>| {
        one.name == found.name
            && (with_declaration || !one.role.declares)
            && declared(one).iter().any(|span| meant.contains(span))
    };
    let mut places: Vec<_> = all.iter().filter(same).map(|one| one.span).collect();
    places.sort();
    Some(places.iter().map(|span| workspace.location(&asked.loaded, *span)).collect())
}

fn spans(all: &[Occurrence<'_>], one: &Occurrence<'_>) -> Vec<Span> {
    declarations(all, one.role.names, one.name).iter().map(|one| one.span).collect()
}

/// The name that the question is about.
pub(super) fn under(asked: &Asked) -> Option<Occurrence<'_>> {
    let sources = &asked.loaded.sources;
    let all = occurrences(sources, asked.loaded.files);
    let here = |one: &&Occurrence<'_>| {
        let range = one.span.range();
        one.span.file() == asked.file && range.start <= asked.byte && asked.byte <= range.end
    };
    all.iter().find(here).copied()
}
