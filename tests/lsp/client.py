"""A session of pygls, a client that nobody here wrote: it decodes every answer by the types of the
protocol's own model, and fails on what does not fit them.

usage: client.py GWCFG PROJECT; prints what it saw as JSON
"""

import asyncio
import json
import sys
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

BINARY, ROOT = sys.argv[1], Path(sys.argv[2])
CAPABILITIES = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(
            dynamic_registration=True
        ),
    ),
    text_document=types.TextDocumentClientCapabilities(
        publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=True)
    ),
    general=types.GeneralClientCapabilities(position_encodings=["utf-32", "utf-8", "utf-16"]),
)


async def session():
    client = LanguageClient("gwcfg-tests", "1")
    published, registered = {}, []
    news = asyncio.Event()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def _(params: types.PublishDiagnosticsParams):
        published[params.uri] = params
        news.set()

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def _(params: types.RegistrationParams):
        registered.extend(one.method for one in params.registrations)

    async def told(uri, version):
        while uri not in published or published[uri].version != version:
            news.clear()
            await asyncio.wait_for(news.wait(), 60)
        return published[uri].diagnostics

    await client.start_io(BINARY, "lsp")
    greeted = await client.initialize_async(
        types.InitializeParams(capabilities=CAPABILITIES, root_uri=ROOT.as_uri())
    )
    client.initialized(types.InitializedParams())
    texts = {}
    for name in ["providers", "model-mappings"]:
        path = ROOT / "config" / f"{name}.yaml"
        texts[name] = (path.as_uri(), path.read_text())
        client.text_document_did_open(types.DidOpenTextDocumentParams(
            types.TextDocumentItem(path.as_uri(), "yaml", 1, path.read_text())
        ))
    uri, text = texts["model-mappings"]
    document = types.TextDocumentIdentifier(uri)
    clean = len(await told(uri, 1))

    def place(anchor, word):
        at = text.index(word, text.index(anchor))
        return types.Position(text[:at].count("\n"), at - text.rfind("\n", 0, at) - 1)

    name = place("weight: 0.7", "ollama")
    second = types.Position(name.line, name.character + 1)
    client.text_document_did_change(types.DidChangeTextDocumentParams(
        types.VersionedTextDocumentIdentifier(2, uri),
        [types.TextDocumentContentChangePartial(
            types.Range(second, types.Position(name.line, second.character + 1)), ""
        )],
    ))
    found = await told(uri, 2)
    actions = await client.text_document_code_action_async(types.CodeActionParams(
        document, found[0].range, types.CodeActionContext(found)
    ))
    [change] = actions[0].edit.document_changes
    client.text_document_did_change(types.DidChangeTextDocumentParams(
        types.VersionedTextDocumentIdentifier(3, uri),
        [types.TextDocumentContentChangePartial(one.range, one.new_text) for one in change.edits],
    ))
    mended = len(await told(uri, 3))
    hover = await client.text_document_hover_async(types.HoverParams(document, name))
    places = await client.text_document_definition_async(types.DefinitionParams(document, name))
    uses = await client.text_document_references_async(
        types.ReferenceParams(types.ReferenceContext(False), document, name)
    )
    items = await client.text_document_completion_async(types.CompletionParams(document, name))
    await client.shutdown_async(None)
    client.exit(None)
    code = await client._server.wait()
    return {
        "server": greeted.server_info.name,
        "encoding": greeted.capabilities.position_encoding,
        "registered": registered,
        "clean": clean,
        "found": [(one.code, one.related_information[0].location.uri) for one in found],
        "version": change.text_document.version,
        "mended": mended,
        "hover": hover.contents.value.splitlines()[0],
        "definition": [(one.uri, one.range.start.line) for one in places],
        "references": len(uses),
        "completion": [one.label for one in items.items],
        "exit": code,
    }


print(json.dumps(asyncio.run(session())))
