//! Quick fixes.

use std::collections::HashMap;

use gen_lsp_types as lsp;

use super::diagnostics::{Finding, Fix};

/// The quick fixes for a range of a text. `versioned` says that the editor checks the state of a
/// text before it changes it.
pub(super) fn actions(
    findings: &[Finding],
    params: &lsp::CodeActionParams,
    versioned: bool,
) -> Vec<lsp::CodeActionResponse> {
    let quick = lsp::CodeActionKind::QuickFix;
    let wanted = params.context.only.as_ref();
    // Kinds are hierarchical: the empty one is all of them.
    let is_wanted = |kind: &lsp::CodeActionKind| {
        let word = kind.to_string();
        *kind == quick || word.is_empty()
    };
    if wanted.is_some_and(|kinds| !kinds.iter().any(is_wanted)) {
        return Vec::new();
    }
    let here = findings.iter().filter(|finding| {
        finding.uri == params.text_document.uri.0 && touches(finding.diagnostic.range, params.range)
    });
    here.flat_map(|finding| of_finding(finding, versioned)).collect()
}

fn of_finding(finding: &Finding, versioned: bool) -> Vec<lsp::CodeActionResponse> {
    let mut fixes: Vec<&Fix> = finding.fixes.iter().collect();
    // The certain ones first.
    fixes.sort_by_key(|fix| !fix.safe);
    let only_one = fixes.iter().filter(|fix| fix.safe).count() == 1;
    let action = |fix: &&Fix| {
        let title = capital(&fix.title);
        let title = if fix.safe { title } else { format!("{title} (not certain)") };
        lsp::CodeActionResponse::CodeAction(lsp::CodeAction {
            title,
            kind: Some(lsp::CodeActionKind::QuickFix),
            diagnostics: Some(vec![finding.diagnostic.clone()]),
            is_preferred: (fix.safe && only_one).then_some(true),
            edit: Some(edit(fix, versioned)),
            ..lsp::CodeAction::default()
        })
    };
    fixes.iter().map(action).collect()
}

fn edit(fix: &Fix, versioned: bool) -> lsp::WorkspaceEdit {
    let files = fix.edits.iter();
    if !versioned {
        let changes: HashMap<lsp::Uri, Vec<lsp::TextEdit>> =
            files.map(|((uri, _), edits)| (uri.clone().into(), edits.clone())).collect();
        return lsp::WorkspaceEdit { changes: Some(changes), ..lsp::WorkspaceEdit::default() };
    }
    let changes = files.map(|((uri, version), edits)| {
        let text_document = lsp::OptionalVersionedTextDocumentIdentifier {
            version: *version,
            text_document_identifier: lsp::TextDocumentIdentifier { uri: uri.clone().into() },
        };
        let edits = edits.iter().cloned().map(lsp::Edit::TextEdit).collect();
        lsp::DocumentChange::TextDocumentEdit(lsp::TextDocumentEdit { text_document, edits })
    });
    lsp::WorkspaceEdit {
        document_changes: Some(changes.collect()),
        ..lsp::WorkspaceEdit::default()
    }
}

fn touches(one: lsp::Range, other: lsp::Range) -> bool {
    one.start <= other.end && other.start <= one.end
}

/// Editors show titles as sentences.
fn capital(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
