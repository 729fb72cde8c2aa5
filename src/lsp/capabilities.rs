//! What the editor can do, and what we can.

use gen_lsp_types as lsp;
use serde_json::{Value, json};

use super::positions::Units;

/// What the editor said that it can do. One key it wrote oddly is no reason to refuse it: each is
/// looked at alone.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Client {
    pub(super) units: Units,
    /// Shows the second place of a finding.
    pub(super) related: bool,
    /// Checks the state of a text before it changes it.
    pub(super) versioned: bool,
    /// Watches files for us.
    pub(super) watches: bool,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub(super) fn read(params: &Value) -> Self {
        let can = |path: &str| params.pointer(path).and_then(Value::as_bool).unwrap_or(false);
        let encodings = params.pointer("/capabilities/general/positionEncodings");
        let encodings = encodings.and_then(Value::as_array);
        let bytes = encodings.is_some_and(|all| all.iter().any(|one| one == "utf-8"));
        Client {
            units: if bytes { Units::Utf8 } else { Units::Utf16 },
            related: can("/capabilities/textDocument/publishDiagnostics/relatedInformation"),
            versioned: can("/capabilities/workspace/workspaceEdit/documentChanges"),
            watches: can("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration"),
        }
    }
}

/// The answer to `initialize`.
pub(super) fn ours(units: Units) -> lsp::InitializeResult {
    let sync = lsp::TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(lsp::TextDocumentSyncKind::Incremental),
        save: Some(lsp::Save::Bool(true)),
        ..lsp::TextDocumentSyncOptions::default()
    };
    let actions = lsp::CodeActionOptions {
        code_action_kinds: Some(vec![lsp::CodeActionKind::QuickFix]),
        ..lsp::CodeActionOptions::default()
    };
    let triggers = [" ", "\"", "'", "[", "{", ",", ":", "-"].map(str::to_owned);
    let completion = lsp::CompletionOptions {
        trigger_characters: Some(triggers.into()),
        ..lsp::CompletionOptions::default()
    };
    let capabilities = lsp::ServerCapabilities {
        position_encoding: Some(match units {
            Units::Utf8 => lsp::PositionEncodingKind::UTF8,
            Units::Utf16 => lsp::PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(lsp::TextDocumentSync::Options(sync)),
        hover_provider: Some(lsp::HoverProvider::Bool(true)),
        definition_provider: Some(lsp::DefinitionProvider::Bool(true)),
        references_provider: Some(lsp::ReferencesProvider::Bool(true)),
        completion_provider: Some(completion),
        code_action_provider: Some(lsp::CodeActionProvider::CodeActionOptions(actions)),
        ..lsp::ServerCapabilities::default()
    };
    let info = lsp::ServerInfo {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
    };
    lsp::InitializeResult { capabilities, server_info: Some(info) }
}

/// The parameters of the request to watch the sources of any project.
pub(super) fn watched() -> Value {
    json!({
        "registrations": [{
            "id": "gwcfg-sources",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {
                "watchers": [
                    {"globPattern": "**/{gwcfg,providers,model-mappings,ports}.{yaml,yml}"},
                ],
            },
        }],
    })
}
