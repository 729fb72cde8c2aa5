//! A client that nobody here wrote.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::editor::uri;
use crate::support::project::{Project, plain};
use crate::support::python;

/// The newest release when this was written. It brings `lsprotocol`, the types of the protocol's
/// own model, by which it decodes every answer.
const PYGLS: &str = "pygls==2.1.1";

#[test]
fn pygls_holds_a_session() {
    let Some(python) = python::environment("pygls-2", PYGLS) else { return };
    let project = Project::new();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lsp/client.py");
    let mut command = Command::new(python);
    command.args(["-I", "-X", "utf8"]).arg(script);
    command.arg(env!("CARGO_BIN_EXE_gwcfg")).arg(project.root());
    plain(&mut command);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let providers = uri(&project.path("config/providers.yaml"));
    let expected = json!({
        "server": "gwcfg",
        "encoding": "utf-8",
        "registered": ["workspace/didChangeWatchedFiles"],
        "clean": 0,
        "found": [["provider-unknown", providers]],
        "version": 2,
        "mended": 0,
        "hover": "**ollama**: a provider of type `ollama`, active, local",
        "definition": [[providers, 3]],
        "references": 1,
        "completion": ["ollama", "vllm", "openai"],
        "exit": 0,
    });
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen, expected, "{said}");
}
