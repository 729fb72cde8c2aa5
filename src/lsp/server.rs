//! The conversation with an editor: its beginning, its questions, its end.

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Message, Notification, Request, Response, ResponseError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::project::Wishes;

use super::capabilities::{Client, ours, watched};
use super::diagnostics::Findings;
use super::transport::{Incoming, Transport};
use super::workspace::Workspace;
use super::{actions, completion, definition, hover};

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// `shutdown` and `exit`.
    Orderly,
    /// The editor went away without a word, or left without `shutdown`.
    Abrupt,
}

/// Serves one editor until it leaves. `wishes` are those of the command line; without a root the
/// project of each file is found from its folder upwards.
///
/// # Errors
/// When nothing can be written any more.
pub fn serve(
    input: impl BufRead + Send + 'static,
    out: impl Write,
    wishes: Wishes,
) -> io::Result<Ended> {
    let transport = Transport::new(input, out)?;
    let workspace = Workspace { wishes, ..Workspace::default() };
    let (client, findings) = (Client::default(), Findings::default());
    let mut server =
        Server { transport, workspace, client, findings, stage: Stage::Fresh, stale: false };
    server.run()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Before `initialize`.
    Fresh,
    Running,
    /// After `shutdown`.
    Leaving,
}

struct Server<W> {
    transport: Transport<W>,
    workspace: Workspace,
    client: Client,
    findings: Findings,
    stage: Stage,
    /// Something changed since the findings were made.
    stale: bool,
}

type Answer = Result<Value, ResponseError>;

impl<W: Write> Server<W> {
    fn run(&mut self) -> io::Result<Ended> {
        loop {
            // What waits comes first: a word that was typed on meanwhile is judged as it is now.
            if self.stale && !self.transport.is_behind() {
                self.publish()?;
            }
            match self.transport.next() {
                None => return Ok(Ended::Abrupt),
                Some(Incoming::Broken(what)) => self.log(&what)?,
                Some(Incoming::Message(Message::Request(request))) => {
                    let id = request.id.clone();
                    let response_result = self.answer(request);
                    self.transport.answer(Response { id, response_result })?;
                }
                Some(Incoming::Message(Message::Response(_))) => {}
                Some(Incoming::Message(Message::Notification(notification))) => {
                    if notification.method == "exit" {
                        let orderly = self.stage == Stage::Leaving;
                        return Ok(if orderly { Ended::Orderly } else { Ended::Abrupt });
                    }
                    self.take(notification)?;
                }
            }
        }
    }

    fn answer(&mut self, request: Request) -> Answer {
        match (self.stage, request.method.as_str()) {
            (Stage::Fresh, "initialize") => return self.initialize(&request.params),
            (Stage::Fresh, _) => {
                return Err(error(ErrorCode::ServerNotInitialized, "`initialize` comes first"));
            }
            (Stage::Running, "initialize") => {
                return Err(error(ErrorCode::InvalidRequest, "`initialize` came before"));
            }
            (Stage::Running, "shutdown") => {
                self.stage = Stage::Leaving;
                return Ok(Value::Null);
            }
            (Stage::Running, _) => {}
            (Stage::Leaving, _) => {
                return Err(error(ErrorCode::InvalidRequest, "`shutdown` came before"));
            }
        }
        if self.transport.is_cancelled(&request.id) {
            return Err(error(ErrorCode::RequestCanceled, "called off"));
        }
        guarded(|| self.dispatch(request))
            .unwrap_or_else(|wrong| Err(error(ErrorCode::InternalError, &wrong)))
    }

    fn initialize(&mut self, params: &Value) -> Answer {
        self.client = Client::read(params);
        self.workspace.units = self.client.units;
        self.stage = Stage::Running;
        value(ours(self.client.units))
    }

    fn dispatch(&mut self, request: Request) -> Answer {
        let Request { method, params, .. } = request;
        let workspace = &self.workspace;
        match method.as_str() {
            "textDocument/hover" => {
                let params: lsp::HoverParams = read(params)?;
                value(hover::hover(workspace, &params.text_document_position_params))
            }
            "textDocument/definition" => {
                let params: lsp::DefinitionParams = read(params)?;
                value(definition::definition(workspace, &params.text_document_position_params))
            }
            "textDocument/references" => {
                let params: lsp::ReferenceParams = read(params)?;
                let with = params.context.include_declaration;
                let at = &params.text_document_position_params;
                value(definition::references(workspace, at, with))
            }
            "textDocument/completion" => {
                let params: lsp::CompletionParams = read(params)?;
                value(completion::completion(workspace, &params.text_document_position_params))
            }
            "textDocument/codeAction" => {
                let params: lsp::CodeActionParams = read(params)?;
                if self.stale {
                    self.publish().map_err(|gone| {
                        error(ErrorCode::InternalError, &format!("cannot write: {gone}"))
                    })?;
                }
                value(actions::actions(&self.findings.all, &params, self.client.versioned))
            }
            _ => {
                let words = format!("there is no `{method}` here");
                Err(error(ErrorCode::MethodNotFound, &words))
            }
        }
    }

    /// Takes a notification. What is not known, or is no proper one, changes nothing.
    fn take(&mut self, notification: Notification) -> io::Result<()> {
        if self.stage != Stage::Running {
            return Ok(());
        }
        if notification.method == "initialized" {
            if self.client.watches {
                self.transport.ask("client/registerCapability", watched())?;
            }
            return Ok(());
        }
        let method = notification.method.clone();
        match guarded(|| self.change(notification)) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(wrong)) => self.log(&format!("`{method}` was left out: {}", wrong.message)),
            Err(wrong) => self.log(&wrong),
        }
    }

    fn change(&mut self, notification: Notification) -> Result<(), ResponseError> {
        let Notification { method, params } = notification;
        let documents = &mut self.workspace.documents;
        match method.as_str() {
            "textDocument/didOpen" => {
                let params: lsp::DidOpenTextDocumentParams = read(params)?;
                documents.open(params.text_document);
            }
            "textDocument/didChange" => {
                let params: lsp::DidChangeTextDocumentParams = read(params)?;
                let lsp::VersionedTextDocumentIdentifier { version, text_document_identifier } =
                    params.text_document;
                let (uri, changes) = (text_document_identifier.uri.0, params.content_changes);
                documents.change(&uri, version, changes, self.client.units);
            }
            "textDocument/didClose" => {
                let params: lsp::DidCloseTextDocumentParams = read(params)?;
                documents.close(&params.text_document.uri.0);
            }
            // What is on disk may be another now.
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {}
            _ => return Ok(()),
        }
        self.stale = true;
        Ok(())
    }

    /// Judges what is open, and tells what changed by it.
    fn publish(&mut self) -> io::Result<()> {
        self.stale = false;
        let (findings, workspace) = (&mut self.findings, &self.workspace);
        match guarded(|| findings.renew(workspace, self.client.related)) {
            Ok(news) => news.into_iter().try_for_each(|news| {
                let params = serde_json::to_value(news)?;
                self.transport.notify("textDocument/publishDiagnostics", params)
            }),
            Err(wrong) => self.log(&wrong),
        }
    }

    fn log(&mut self, line: &str) -> io::Result<()> {
        self.transport.notify("window/logMessage", json!({"type": 1, "message": line}))
    }
}

/// Runs work that must not end the server, whatever is wrong with it: the editor would start us
/// again a few times and then give up. What the panic says goes to stderr.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // What is half done is no more than a text or a list of findings, which are made anew.
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| "a bug in gwcfg: the message was not dealt with, and gwcfg goes on".to_owned())
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, ResponseError> {
    serde_json::from_value(params)
        .map_err(|wrong| error(ErrorCode::InvalidParams, &format!("not understood: {wrong}")))
}

fn value(answer: impl Serialize) -> Answer {
    serde_json::to_value(answer)
        .map_err(|wrong| error(ErrorCode::InternalError, &format!("cannot be written: {wrong}")))
}

fn error(code: ErrorCode, message: &str) -> ResponseError {
    ResponseError { code: code as i32, message: message.to_owned(), data: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_its_own_work_alone() {
        assert_eq!(guarded(|| 1), Ok(1));
        let wrong = guarded(|| panic!("on purpose")).unwrap_err();
        assert!(wrong.starts_with("a bug in gwcfg"), "{wrong}");
    }
}
