//! What `examples/book.rs` adds to the book.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gwcfg::document::Document;
use gwcfg::rules;
use serde_json::{Value, json};

use crate::root;

/// The example, which `cargo test` alone builds beside the binary; `cargo test --test docs` does
/// not.
fn preprocessor() -> PathBuf {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--example", "book"]).current_dir(root());
    assert!(build.status().unwrap().success());
    let folder = Path::new(env!("CARGO_BIN_EXE_gwcfg")).parent().unwrap();
    folder.join("examples").join("book")
}

/// The book with the chapters that are added to it.
fn extended(book: &Value) -> Value {
    let mut child =
        Command::new(preprocessor()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(json!([{}, book]).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn chapter(name: &str, path: &str) -> Value {
    json!({"Chapter": {"name": name, "content": "# Text\n", "number": [1], "sub_items": [],
        "path": path, "source_path": path, "parent_names": []}})
}

fn below(book: &Value, number: usize) -> &Vec<Value> {
    book["items"][number]["Chapter"]["sub_items"].as_array().unwrap()
}

#[test]
fn the_book_has_a_chapter_for_every_rule_and_every_file() {
    let start = chapter("Start", "start.md");
    let items = [start.clone(), chapter("Rules", "rules.md"), chapter("Files", "reference.md")];
    let book = extended(&json!({"items": items}));
    assert_eq!(book["items"][0], start);

    let rules = rules::all();
    let chapters = below(&book, 1);
    assert_eq!(chapters.len(), rules.len());
    let list = book["items"][1]["Chapter"]["content"].as_str().unwrap();
    for (rule, chapter) in rules.iter().zip(chapters) {
        let page = chapter["Chapter"]["content"].as_str().unwrap();
        assert!(page.starts_with(&format!("# {}\n", rule.name)), "{page}");
        assert!(!page.contains("```yaml bad"), "{page}");
        let path = chapter["Chapter"]["path"].as_str().unwrap();
        assert!(list.contains(&format!("]({path})")), "{path} is not in the list");
    }

    let files = below(&book, 2);
    assert_eq!(files.len(), Document::ALL.len());
    for (document, chapter) in Document::ALL.iter().zip(files) {
        let page = chapter["Chapter"]["content"].as_str().unwrap();
        let schema = document.schema();
        for key in schema.get("properties").unwrap().as_object().unwrap().keys() {
            assert!(page.contains(&format!("\n| `{key}` | ")), "`{key}` is not in\n{page}");
        }
        assert!(!page.contains("|  |"), "a key without a kind or a meaning:\n{page}");
    }
}

#[test]
fn the_book_asks_for_any_renderer() {
    let status = Command::new(preprocessor()).args(["supports", "html"]).status().unwrap();
    assert!(status.success());
}
