//! Beginning and end, what is not known, what is called off.

use serde_json::{Value, json};

use crate::support::editor::{Editor, usual};
use crate::support::project::{Project, gwcfg};
use crate::{editor, opened};

fn silent() -> Editor {
    let mut command = gwcfg();
    command.arg("lsp");
    Editor::silent(command)
}

fn framed(message: &Value) -> String {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn it_says_what_it_can_and_asks_to_watch_the_sources() {
    let mut editor = silent();
    let params = json!({"processId": 1, "rootUri": null, "capabilities": usual()});
    let greeted = editor.request("initialize", &params).unwrap();
    let can = &greeted["capabilities"];
    assert_eq!(can["positionEncoding"], "utf-16");
    assert_eq!(can["textDocumentSync"], json!({"openClose": true, "change": 2, "save": true}));
    for word in ["hoverProvider", "definitionProvider", "referencesProvider"] {
        assert_eq!(can[word], true, "{word}");
    }
    assert_eq!(can["codeActionProvider"]["codeActionKinds"], json!(["quickfix"]));
    editor.notify("initialized", &json!({}));
    let asked = editor.next();
    assert_eq!(asked["method"], "client/registerCapability");
    let registration = &asked["params"]["registrations"][0];
    assert_eq!(registration["method"], "workspace/didChangeWatchedFiles");
    let pattern = "**/{gwcfg,providers,model-mappings,ports}.{yaml,yml}";
    assert_eq!(registration["registerOptions"]["watchers"][0]["globPattern"], pattern);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn questions_out_of_turn_are_refused() {
    let mut editor = silent();
    let early = editor.request("textDocument/hover", &json!({})).unwrap_err();
    assert_eq!(early["code"], -32002);
    let greeting = json!({"processId": null, "rootUri": null, "capabilities": {}});
    editor.request("initialize", &greeting).unwrap();
    assert_eq!(editor.request("initialize", &greeting).unwrap_err()["code"], -32600);
    let unknown = editor.request("textDocument/nonsense", &json!({})).unwrap_err();
    assert_eq!(unknown["code"], -32601);
    assert_eq!(editor.request("$/nonsense", &json!({})).unwrap_err()["code"], -32601);
    let wrong = editor.request("textDocument/hover", &json!({"position": 7})).unwrap_err();
    assert_eq!(wrong["code"], -32602);
    editor.notify("$/nonsense", &json!({"whatever": 1}));
    editor.notify("textDocument/didOpen", &json!([]));
    assert_eq!(editor.request("shutdown", &Value::Null), Ok(Value::Null));
    assert!(editor.logged[0].contains("`textDocument/didOpen` was left out"));
    assert_eq!(editor.request("shutdown", &Value::Null).unwrap_err()["code"], -32600);
    editor.notify("exit", &Value::Null);
    assert_eq!(editor.end(), Some(0));
}

#[test]
fn an_end_without_shutdown_is_no_orderly_one() {
    let mut left = editor();
    left.notify("exit", &Value::Null);
    assert_eq!(left.end(), Some(1));
    // The editor died.
    let mut alone = editor();
    assert_eq!(alone.end(), Some(1));
    assert_eq!(silent().end(), Some(1));
}

#[test]
fn a_question_that_is_called_off_while_it_waits_is_not_worked_on() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    editor.findings(&mappings);
    // One write, so that all of it waits when the first is looked at.
    let params =
        json!({"textDocument": {"uri": mappings}, "position": {"line": 3, "character": 4}});
    let hover = |id: i64| {
        let method = "textDocument/hover";
        framed(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
    };
    let mut bytes: String = (900..940).map(hover).collect();
    let cancel = json!({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 939}});
    bytes += &framed(&cancel);
    editor.send_raw(bytes.as_bytes());
    assert!(editor.answer(938).is_ok());
    assert_eq!(editor.answer(939).unwrap_err()["code"], -32800);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn what_is_typed_fast_is_judged_once() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    editor.findings(&mappings);
    let text = project.read("config/model-mappings.yaml");
    let change = |version: i64| {
        let text = format!("{text}# {version}\n");
        let document = json!({"uri": mappings, "version": version});
        let params = json!({"textDocument": document, "contentChanges": [{"text": text}]});
        framed(&json!({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params}))
    };
    let bytes: String = (2..400).map(change).collect();
    editor.send_raw(bytes.as_bytes());
    let id = editor.ask(
        "textDocument/hover",
        &json!({
            "textDocument": {"uri": mappings}, "position": {"line": 0, "character": 0},
        }),
    );
    let mut told = 0;
    loop {
        let message = editor.next();
        if message["id"] == json!(id) {
            break;
        }
        told += usize::from(message["method"] == "textDocument/publishDiagnostics");
    }
    assert!(told < 300, "{told} of 398 states were judged");
    editor.findings(&mappings);
    assert_eq!(editor.published[&mappings]["version"], 399);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn the_command_line_may_say_where_everything_is() {
    let project = Project::new();
    std::fs::rename(project.path("config"), project.path("other")).unwrap();
    let start = |arguments: &[&str]| {
        let mut command = gwcfg();
        command.arg("lsp").args(arguments).current_dir(project.root());
        command
    };
    let mut editor = Editor::start(start(&["-C", ".", "--config-dir", "other"]), &usual());
    let providers = editor.open_file(&project.path("other/providers.yaml"));
    let hover = editor.about("hover", &providers, (3, 3));
    assert!(hover.to_string().contains("declared at `other/providers.yaml:4`"), "{hover}");
    assert_eq!(editor.leave(), Some(0));
    let mut nowhere = Editor::silent(start(&["-C", "nowhere"]));
    assert_eq!(nowhere.end(), Some(2));
}
