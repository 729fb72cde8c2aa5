//! An editor as the server sees it: JSON over pipes, written by hand so that it is judged by the
//! protocol and not by the crates that the server is made of.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// No answer takes longer, in the slowest build.
const DEADLINE: Duration = Duration::from_secs(60);

/// One server, and what it said.
pub struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    incoming: Receiver<Value>,
    number: i64,
    /// What was published last, by address.
    pub published: BTreeMap<String, Value>,
    /// What the server asked.
    pub asked: Vec<Value>,
    /// Lines of its log.
    pub logged: Vec<String>,
}

/// The address of a path without letters that have to be escaped.
pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// A position of the protocol.
pub fn at(line: usize, character: usize) -> Value {
    json!({"line": line, "character": character})
}

/// A range of the protocol.
pub fn range(start: (usize, usize), end: (usize, usize)) -> Value {
    json!({"start": at(start.0, start.1), "end": at(end.0, end.1)})
}

/// What most editors can do.
pub fn usual() -> Value {
    json!({
        "workspace": {
            "workspaceEdit": {"documentChanges": true},
            "didChangeWatchedFiles": {"dynamicRegistration": true},
        },
        "textDocument": {"publishDiagnostics": {"relatedInformation": true}},
    })
}

impl Editor {
    /// Starts a server and greets it.
    pub fn start(command: Command, capabilities: &Value) -> Self {
        let mut editor = Self::silent(command);
        let params = json!({"processId": null, "rootUri": null, "capabilities": capabilities});
        let greeted = editor.request("initialize", &params).unwrap();
        assert_eq!(greeted["serverInfo"]["name"], "gwcfg");
        editor.notify("initialized", &json!({}));
        editor
    }

    /// Starts a server and says nothing yet.
    pub fn silent(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (input, mut out) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        let (sender, incoming) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut out) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let (published, asked, logged) = Default::default();
        Editor { child, input, incoming, number: 0, published, asked, logged }
    }

    /// Sends bytes as they are.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    /// Tells the server something.
    pub fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Asks the server and gives its number.
    pub fn ask(&mut self, method: &str, params: &Value) -> i64 {
        self.number += 1;
        let id = self.number;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// Asks the server and waits for its answer.
    pub fn request(&mut self, method: &str, params: &Value) -> Result<Value, Value> {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Waits for the answer to a request.
    pub fn answer(&mut self, id: i64) -> Result<Value, Value> {
        loop {
            let message = self.next();
            if message.get("method").is_none() && message["id"] == json!(id) {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].clone()),
                };
            }
        }
    }

    /// The next message of the server; notifications are kept as well.
    pub fn next(&mut self) -> Value {
        let message = self.incoming.recv_timeout(DEADLINE).expect("the server answers");
        assert_eq!(message["jsonrpc"], "2.0", "{message}");
        match message["method"].as_str() {
            Some("textDocument/publishDiagnostics") => {
                let params = &message["params"];
                let uri = params["uri"].as_str().unwrap().to_owned();
                self.published.insert(uri, params.clone());
            }
            Some("window/logMessage") => {
                self.logged.push(message["params"]["message"].as_str().unwrap().to_owned());
            }
            Some(_) if message.get("id").is_some() => {
                let id = message["id"].clone();
                self.send(&json!({"jsonrpc": "2.0", "id": id, "result": null}));
                self.asked.push(message.clone());
            }
            Some(other) => panic!("nobody knows `{other}`"),
            None => {}
        }
        message
    }

    /// Opens a text.
    pub fn open(&mut self, uri: &str, text: &str) {
        self.notify(
            "textDocument/didOpen",
            &json!({"textDocument": {
                "uri": uri, "languageId": "yaml", "version": 1, "text": text,
            }}),
        );
    }

    /// Opens a file as it is on disk, and gives its address.
    pub fn open_file(&mut self, path: &Path) -> String {
        let uri = uri(path);
        self.open(&uri, &std::fs::read_to_string(path).unwrap());
        uri
    }

    /// Changes a text: each change is a range and what comes there, or `null` and the whole text.
    pub fn change(&mut self, uri: &str, version: i64, changes: &[(Value, &str)]) {
        let change = |(range, text): &(Value, &str)| {
            if range.is_null() {
                json!({"text": text})
            } else {
                json!({"range": range, "text": text})
            }
        };
        let changes: Vec<Value> = changes.iter().map(change).collect();
        self.notify(
            "textDocument/didChange",
            &json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": changes}),
        );
    }

    /// Asks about a place of a text.
    pub fn about(&mut self, what: &str, uri: &str, place: (usize, usize)) -> Value {
        let mut params = json!({"textDocument": {"uri": uri}, "position": at(place.0, place.1)});
        if what == "references" {
            params["context"] = json!({"includeDeclaration": true});
        }
        self.request(&format!("textDocument/{what}"), &params).unwrap()
    }

    /// The quick fixes of a range. Findings are up to date when the answer is there.
    pub fn fixes(&mut self, uri: &str, range: &Value) -> Value {
        let params = json!({
            "textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []},
        });
        self.request("textDocument/codeAction", &params).unwrap()
    }

    /// Waits until everything that was sent is dealt with; gives the findings of a text.
    pub fn findings(&mut self, uri: &str) -> Vec<Value> {
        self.fixes(uri, &range((0, 0), (0, 0)));
        let published = self.published.get(uri).map(|published| &published["diagnostics"]);
        published.and_then(Value::as_array).cloned().unwrap_or_default()
    }

    /// The rules of a text's findings, in order.
    pub fn rules(&mut self, uri: &str) -> Vec<String> {
        let findings = self.findings(uri);
        findings.iter().map(|one| one["code"].as_str().unwrap_or("").to_owned()).collect()
    }

    /// Leaves as the protocol wants it; gives the exit code.
    pub fn leave(mut self) -> Option<i32> {
        assert_eq!(self.request("shutdown", &Value::Null), Ok(Value::Null));
        self.notify("exit", &Value::Null);
        self.end()
    }

    /// Goes away without a word, if that was not said yet; gives the exit code.
    pub fn end(&mut self) -> Option<i32> {
        self.input = None;
        let begun = Instant::now();
        while begun.elapsed() < DEADLINE {
            if let Some(status) = self.child.try_wait().unwrap() {
                let mut said = String::new();
                self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
                assert!(!said.contains("panicked"), "{said}");
                return status.code();
            }
            thread::sleep(Duration::from_millis(2));
        }
        panic!("the server did not end");
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One message; `None` at the end. Anything else on stdout fails.
fn read(out: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if out.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("no header: {line}"));
        assert_eq!(name, "Content-Length");
        length = value.parse::<usize>().ok();
    }
    let mut body = vec![0; length.expect("a length")];
    out.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("JSON"))
}
