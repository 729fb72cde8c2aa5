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
    let found = under(&all, &asked)?;
    Some(workspace.locations(&asked.loaded, &declared(&all, found)))
}

/// The places that use the name under the cursor, and those that declare it when they are wanted.
pub(super) fn references(
    workspace: &Workspace,
    at: &lsp::TextDocumentPositionParams,
    with_declaration: bool,
) -> Option<Vec<lsp::Location>> {
    let asked = workspace.asked(at)?;
    let all = occurrences(&asked.loaded.sources, asked.loaded.files);
    let found = under(&all, &asked)?;
    let named: Vec<_> = all.iter().filter(|one| one.name == found.name).copied().collect();
    let declaring: Vec<_> = named.iter().filter(|one| one.role.declares).copied().collect();
    let meant = declared(&declaring, found);
    let same = |one: &&Occurrence<'_>| {
        (with_declaration || !one.role.declares)
            && declared(&declaring, one).iter().any(|span| meant.contains(span))
    };
    let mut places: Vec<Span> = named.iter().filter(same).map(|one| one.span).collect();
    places.sort();
    Some(workspace.locations(&asked.loaded, &places))
}

/// Where a name is declared; a declaration is its own.
fn declared(all: &[Occurrence<'_>], one: &Occurrence<'_>) -> Vec<Span> {
    if one.role.declares {
        return vec![one.span];
    }
    declarations(all, one.role.names, one.name).iter().map(|one| one.span).collect()
}

/// The name that the question is about.
pub(super) fn under<'o, 'a>(
    all: &'o [Occurrence<'a>],
    asked: &Asked,
) -> Option<&'o Occurrence<'a>> {
    all.iter().find(|one| {
        let range = one.span.range();
        one.span.file() == asked.file && range.start <= asked.byte && asked.byte <= range.end
    })
}
