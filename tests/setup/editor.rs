//! The line `# yaml-language-server: $schema=` that `init` writes works: the real language server,
//! which the YAML plug-ins of editors run, checks, completes and explains a new project by it.

use std::io::{BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{begun, tools};

/// The newest release that runs on Node.js 20.
const SERVER: &str = "yaml-language-server@1.25.0";

/// A busy machine is slow; a server that says nothing for so long is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// An editor's side of the language server protocol.
struct Editor {
    server: Child,
    to_server: ChildStdin,
    from_server: Receiver<Value>,
    /// What arrived before anybody asked for it.
    kept: Vec<Value>,
    requests: u64,
}

impl Editor {
    /// Starts the server on a folder. Nothing but what the files say leads it to a schema: no
    /// catalogue of schemas is asked.
    fn start(folder: &Path) -> Editor {
        let modules = tools::node_package(SERVER);
        let mut server = Command::new("node")
            .arg(modules.join("yaml-language-server/bin/yaml-language-server"))
            .arg("--stdio")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let to_server = server.stdin.take().unwrap();
        let mut out = BufReader::new(server.stdout.take().unwrap());
        let (send, from_server) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut out) {
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        let mut editor = Editor { server, to_server, from_server, kept: Vec::new(), requests: 0 };
        let root = uri(folder);
        editor.ask(
            "initialize",
            &json!({
                "processId": std::process::id(),
                "rootUri": root,
                "workspaceFolders": [{"uri": root, "name": "project"}],
                "capabilities": {
                    "textDocument": {
                        "publishDiagnostics": {},
                        "completion": {"completionItem": {"documentationFormat": ["plaintext"]}},
                    },
                },
            }),
        );
        editor.tell("initialized", &json!({}));
        let settings = json!({"yaml": {"schemaStore": {"enable": false}}});
        editor.tell("workspace/didChangeConfiguration", &json!({"settings": settings}));
        editor
    }

    /// Opens a file with a mistake and gives what the server has against it, as text.
    fn open(&mut self, path: &Path, text: &str) -> Vec<String> {
        let uri = uri(path);
        let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
        self.tell("textDocument/didOpen", &json!({"textDocument": document}));
        self.told(path, true)
    }

    /// Types another text, which has a mistake or none, into an open file.
    fn change(&mut self, path: &Path, text: &str, is_wrong: bool) -> Vec<String> {
        self.requests += 1;
        let document = json!({"uri": uri(path), "version": self.requests + 1});
        let changes = json!([{"text": text}]);
        let params = json!({"textDocument": document, "contentChanges": changes});
        self.tell("textDocument/didChange", &params);
        self.told(path, is_wrong)
    }

    /// The findings of a file, once there are some, or none any more: the server tells them again
    /// and again while it reads its settings.
    fn told(&mut self, path: &Path, some: bool) -> Vec<String> {
        let uri = uri(path);
        let message = self.until(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri.as_str()
                && message["params"]["diagnostics"]
                    .as_array()
                    .is_some_and(|all| all.is_empty() != some)
        });
        let found = message["params"]["diagnostics"].as_array().unwrap();
        let line = |finding: &Value| finding["range"]["start"]["line"].as_u64().unwrap() + 1;
        let text = |finding: &Value| {
            format!("{}: {}", line(finding), finding["message"].as_str().unwrap())
        };
        self.kept.retain(|message| message["params"]["uri"] != uri.as_str());
        found.iter().map(text).collect()
    }

    /// What is asked about a place of an open file.
    fn at(&mut self, method: &str, path: &Path, line: usize, character: usize) -> Value {
        let position = json!({"line": line, "character": character});
        self.ask(method, &json!({"textDocument": {"uri": uri(path)}, "position": position}))
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.requests += 1;
        let id = json!(self.requests);
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let answer = self.until(|message| message["id"] == id && message["method"].is_null());
        assert!(answer["error"].is_null(), "{answer}");
        answer["result"].clone()
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.to_server, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.to_server.flush().unwrap();
    }

    /// Waits for a message; what the server asks meanwhile gets an empty answer.
    fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            if let Some(at) = self.kept.iter().position(&wanted) {
                return self.kept.remove(at);
            }
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let message = self.from_server.recv_timeout(left).expect("the server answers in time");
            if !message["method"].is_null() && !message["id"].is_null() {
                let id = &message["id"];
                self.send(&json!({"jsonrpc": "2.0", "id": id, "result": null}));
            } else {
                self.kept.push(message);
            }
        }
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// One message: headers, an empty line, JSON. `None` at the end.
fn read(out: &mut impl std::io::BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if out.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().ok()?;
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    out.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// The line and the column behind a text that stands once in another.
fn behind(text: &str, word: &str) -> (usize, usize) {
    let (before, _) = text.split_once(word).expect("the word stands there");
    let before = format!("{before}{word}");
    (before.matches('\n').count(), before.len() - before.rfind('\n').map_or(0, |at| at + 1))
}

#[test]
fn an_editor_checks_completes_and_explains_a_new_project() {
    if tools::is_offline() {
        return;
    }
    let project = begun();
    let folder = project.path().canonicalize().unwrap();
    let mut editor = Editor::start(&folder);
    let texts = |path: &str, right: &str, wrong: &str| {
        let path = folder.join(path);
        let text = std::fs::read_to_string(&path).unwrap();
        let broken = text.replacen(right, wrong, 1);
        let first = wrong.lines().next().unwrap();
        let line = 1 + broken.lines().position(|line| line.contains(first)).unwrap();
        (path, text, broken, line)
    };

    // A key that does not exist is told at its line; what init writes is right.
    let (path, text, broken, line) = texts("gwcfg.yaml", "output:", "outputt:");
    let told = editor.open(&path, &broken);
    assert_eq!(told, [format!("{line}: Property outputt is not allowed.")]);
    editor.change(&path, &text, false);

    // A wrong value is told, and a key explained, in the file that names the endpoints.
    let (path, text, broken, line) =
        texts("config/providers.yaml", "status: active", "status: on-holiday");
    let told = editor.open(&path, &broken);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with(&format!("{line}: Value must be \"active\"")), "{told:?}");
    editor.change(&path, &text, false);
    let (line, column) = behind(&text, "env_v");
    let answer = editor.at("textDocument/hover", &path, line, column);
    let explained = answer["contents"]["value"].as_str().unwrap();
    assert!(explained.contains("environment variable"), "{answer}");

    // A key of a group is completed, with what it is for.
    let (path, text, broken, line) = texts(
        "config/model-mappings.yaml",
        "    strategy: weighted_round_robin\n",
        "    strategy: [1]\n    stra\n",
    );
    let told = editor.open(&path, &broken);
    assert!(told.iter().any(|told| told.starts_with(&format!("{line}: "))), "{told:?}");
    editor.change(&path, &text, false);
    let typed = text.replace("    strategy: weighted_round_robin\n", "    stra\n");
    editor.change(&path, &typed, true);
    let (line, column) = behind(&typed, "    stra");
    let answer = editor.at("textDocument/completion", &path, line, column);
    let items = answer["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["label"] == "strategy");
    let item = item.unwrap_or_else(|| panic!("no `strategy` in {items:?}"));
    assert!(item["documentation"].to_string().contains("How to choose among them."), "{item}");

    let (path, text, broken, line) = texts("config/ports.yaml", "port: 4000", "port: 400000");
    let told = editor.open(&path, &broken);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with(&format!("{line}: ")) && told[0].contains("65535"), "{told:?}");
    editor.change(&path, &text, false);
}
