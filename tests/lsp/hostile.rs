//! What no editor should send, and files that are not what they seem.

use std::fs;

use serde_json::{Value, json};

use crate::support::editor::{at, range, uri};
use crate::support::project::{Project, large};
use crate::{editor, opened};

#[test]
fn positions_and_texts_that_are_not_there_harm_nothing() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    let far = usize::try_from(u32::MAX).unwrap();
    for place in [(far, far), (0, far), (far, 0), (9999, 0)] {
        for what in ["hover", "definition", "references", "completion"] {
            editor.about(what, &mappings, place);
        }
    }
    let elsewhere = [
        "file:///nowhere/config/providers.yaml",
        "untitled:Untitled-1",
        "file:///a%zz",
        "file://elsewhere/providers.yaml",
        "https://example.org/providers.yaml",
        "",
    ];
    for uri in elsewhere {
        for what in ["hover", "definition", "references", "completion"] {
            assert_eq!(editor.about(what, uri, (0, 0)), Value::Null, "{uri}");
        }
        editor.open(uri, "providers: {}\n");
        editor.change(uri, 2, &[(range((5, 5), (1, 1)), "x"), (Value::Null, "y: [")]);
        editor.notify("textDocument/didClose", &json!({"textDocument": {"uri": uri}}));
        editor.notify("textDocument/didClose", &json!({"textDocument": {"uri": uri}}));
    }
    editor.change(&mappings, 2, &[(range((70, 0), (3, 9)), ""), (range((0, 99), (0, 2)), "#")]);
    let params = json!({"textDocument": {"uri": mappings}, "position": at(0, 0), "more": [[[]]]});
    assert!(editor.request("textDocument/hover", &params).is_ok());
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn what_is_no_message_is_left_out_and_the_next_one_is_answered() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    editor.send_raw(b"Content-Length: 9\r\n\r\n{\"id\": 1 ");
    editor.send_raw(b"Content-Length: 3\r\n\r\n\xff\xfe\xfd");
    editor.send_raw(b"nonsense\r\n");
    editor.send_raw(b"Content-Length: minus one\r\n\r\n");
    assert_eq!(editor.findings(&mappings), Vec::<Value>::new());
    assert!(editor.logged.len() >= 3, "{:?}", editor.logged);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn texts_of_all_kinds_are_read_or_refused_and_never_the_end() {
    let project = Project::new();
    let (mut editor, [providers, mappings]) = opened(&project);
    let deep = "[".repeat(100_000);
    let bombs = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned()
        + &(0..9).map(|n| format!("{n}: &a [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n")).collect::<String>();
    for text in [
        "",
        "\u{0}",
        "\u{feff}a: b\r\n",
        "\r\r\r",
        "--- a\n--- b\n",
        "? [\n",
        "\t:\n",
        "'",
        "&a *a",
        "!!binary x",
        "a: |\n",
        deep.as_str(),
        bombs.as_str(),
        "😀",
        "- |\n- \"",
    ] {
        for uri in [&providers, &mappings] {
            editor.change(uri, 2, &[(Value::Null, text)]);
            editor.findings(uri);
            for place in [(0, 0), (0, 1), (1, 1)] {
                for what in ["hover", "definition", "references", "completion"] {
                    editor.about(what, uri, place);
                }
            }
        }
    }
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_large_document_is_served() {
    let project = Project::new();
    let (providers, mappings) = large(2_000, "wörd");
    let mut editor = editor();
    let (first, second) = (
        uri(&project.path("config/providers.yaml")),
        uri(&project.path("config/model-mappings.yaml")),
    );
    editor.open(&first, &providers);
    editor.open(&second, &mappings);
    assert!(!editor.rules(&second).contains(&"syntax-error".to_owned()));
    let found = editor.about("definition", &second, (2_000, 21));
    assert_eq!(found[0]["uri"], json!(first));
    let list = editor.about("completion", &second, (2_000, 21));
    assert_eq!(list["items"].as_array().unwrap().len(), 200, "one for each provider");
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_file_that_is_gone_is_still_open_and_a_folder_in_its_place_is_told() {
    let project = Project::new();
    let (mut editor, [providers, mappings]) = opened(&project);
    project.remove("config/providers.yaml");
    assert_eq!(editor.rules(&mappings), Vec::<String>::new(), "it is open: it can be saved again");
    editor.notify("textDocument/didClose", &json!({"textDocument": {"uri": providers}}));
    editor.findings(&mappings);
    let missing = &editor.published[&providers]["diagnostics"];
    assert_eq!(missing[0]["code"], "file-missing", "{missing}");
    fs::create_dir(project.path("config/providers.yaml")).unwrap();
    editor.notify("textDocument/didSave", &json!({"textDocument": {"uri": mappings}}));
    let findings = editor.findings(&mappings);
    assert!(findings[0]["message"].as_str().unwrap().contains("it is a folder"), "{findings:?}");
    // The whole folder is gone.
    fs::remove_dir_all(project.root()).unwrap();
    editor.notify("textDocument/didSave", &json!({"textDocument": {"uri": mappings}}));
    editor.findings(&mappings);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn two_spellings_of_a_file_are_told_in_both() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    project.write("config/ports.yml", "");
    editor.notify("textDocument/didSave", &json!({"textDocument": {"uri": mappings}}));
    editor.findings(&mappings);
    for name in ["config/ports.yaml", "config/ports.yml"] {
        let told = &editor.published[&uri(&project.path(name))]["diagnostics"][0];
        assert!(told["message"].as_str().unwrap().ends_with("keep one"), "{told}");
    }
    project.remove("config/ports.yml");
    editor.notify("textDocument/didSave", &json!({"textDocument": {"uri": mappings}}));
    assert_eq!(editor.findings(&mappings), Vec::<Value>::new());
    let gone = &editor.published[&uri(&project.path("config/ports.yml"))];
    assert_eq!(gone["diagnostics"], json!([]));
    assert_eq!(editor.leave(), Some(0));
}
