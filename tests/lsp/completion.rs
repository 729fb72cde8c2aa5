//! What may be typed.

use serde_json::Value;

use crate::support::editor::{Editor, range};
use crate::support::project::Project;
use crate::{opened, place};

/// The labels that are offered where `|` stands in a text.
fn offered(editor: &mut Editor, uri: &str, text: &str) -> Vec<String> {
    items(editor, uri, text).iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

fn items(editor: &mut Editor, uri: &str, text: &str) -> Vec<Value> {
    let (line, column) = place(text, "|", "|");
    editor.change(uri, 2, &[(Value::Null, &text.replacen('|', "", 1))]);
    let list = editor.about("completion", uri, (line, column));
    assert_eq!(list["isIncomplete"], false);
    list["items"].as_array().unwrap().clone()
}

const PROVIDERS: [&str; 3] = ["ollama", "vllm", "openai"];

#[test]
fn providers_are_offered_while_the_line_is_no_yaml_yet() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    let rest = project.read("config/model-mappings.yaml");
    for typed in [
        "patterns:\n  - pattern: x\n    provider: |\n",
        "patterns:\n  - pattern: x\n    provider: ol|\n",
        "patterns:\n  - {pattern: x, provider: |\n",
        "patterns:\n  - {pattern: x, provider: |}\n",
        "patterns:\n  - {provider: \"o|\n",
        "patterns:\n  - {provider: 'o|', pattern: x}\n",
        "routing_rules:\n  default_provider: |\n",
        "patterns: [{pattern: x,\n  provider: |}]\n",
    ] {
        let text = format!("{typed}{rest}");
        assert_eq!(offered(&mut editor, &mappings, &text), PROVIDERS, "{typed}");
    }
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn nothing_is_offered_where_only_a_blank_is_missing() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    for typed in ["patterns:\n  - provider:|\n", "patterns:\n  - {provider:|\n", "# |\n"] {
        assert_eq!(offered(&mut editor, &mappings, typed), Vec::<String>::new(), "{typed}");
    }
    // A colon in a name is another thing.
    let typed = "exact_matches:\n  x:\n    provider: ollama\n    backend_model: qwen2.5-coder:|\n";
    assert_eq!(offered(&mut editor, &mappings, typed).len(), 2);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn the_models_of_the_provider_beside_are_offered() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    let own = ["llama3.2:3b", "qwen2.5-coder:7b"];
    for typed in [
        "exact_matches:\n  fast:\n    provider: ollama\n    backend_model: |\n",
        "exact_matches:\n  fast: {provider: ollama, backend_model: qwen2.|\n",
        "load_balancing:\n  x:\n    providers:\n      - provider: ollama\n        \
         preferred_model: \"|\n",
        "load_balancing:\n  x:\n    providers: [{name: ollama, preferred_model: |}]\n",
    ] {
        assert_eq!(offered(&mut editor, &mappings, typed), own, "{typed}");
    }
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn chains_offer_public_names_then_models_then_providers() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    let text = project.read("config/model-mappings.yaml");
    let public = ["coder-fast", "chat", "code", "coder"];
    let models =
        ["llama3.2:3b", "qwen2.5-coder:7b", "Qwen/Qwen2.5-Coder-7B-Instruct", "gpt-4o-mini"];
    let all = [&public[..], &models, &PROVIDERS].concat();
    let open = text.replace("coder: {chain: [gpt-4o-mini]}", "coder: {chain: [gpt-4o-mini, |");
    assert_eq!(offered(&mut editor, &mappings, &open), all);
    let item = text.replace("coder: {chain: [gpt-4o-mini]}", "coder:\n    chain:\n      - |");
    let found = offered(&mut editor, &mappings, &item);
    // An item may be a mapping of the older form, too.
    assert_eq!(found[..all.len()], all);
    assert!(found.contains(&"primary".to_owned()), "{found:?}");
    let owner = format!("{text}  |\n");
    let found = offered(&mut editor, &mappings, &owner);
    // Those that have a chain are not offered again.
    assert_eq!(found, ["chat", "code", "llama3.2:3b", "qwen2.5-coder:7b", models[2], models[3]]);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn keys_and_values_come_from_the_schema() {
    let project = Project::new();
    let (mut editor, [providers, mappings]) = opened(&project);
    let text = "providers:\n  one:\n    type: |\n    status: active\n";
    let found = offered(&mut editor, &providers, text);
    assert!(found.contains(&"vllm".to_owned()) && found.len() > 20, "{found:?}");
    let text = "providers:\n  one:\n    type: vllm\n    status: a|\n";
    let found = offered(&mut editor, &providers, text);
    assert_eq!(found[..2], ["active", "disabled"]);
    let text = "providers:\n  one:\n    type: vllm\n    |\n    models: [a]\n";
    let found = items(&mut editor, &providers, text);
    let labels: Vec<&str> = found.iter().map(|item| item["label"].as_str().unwrap()).collect();
    assert!(labels.contains(&"base_url") && labels.contains(&"timeout"), "{labels:?}");
    assert!(!labels.contains(&"type") && !labels.contains(&"models"), "{labels:?}");
    assert_eq!(found[0]["documentation"], "Where it listens, `http://` or `https://`.");
    let found = offered(&mut editor, &mappings, "|\n");
    assert!(found.contains(&"fallback_chains".to_owned()), "{found:?}");
    let found = offered(&mut editor, &providers, "providers:\n  one:\n    requires_api_key: |\n");
    assert_eq!(found, ["true", "false"]);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn what_is_inserted_is_the_whole_word_and_reads_back_as_the_name() {
    let project = Project::new();
    let (mut editor, [providers, mappings]) = opened(&project);
    let text = "providers:\n  é😀:\n    type: vllm\n    status: active\n    \
                models: ['yes', 'a: b', 'a,b', \"it's\"]\n";
    editor.change(&providers, 2, &[(Value::Null, text)]);
    let typed = "exact_matches:\n  😀 x: {provider: é😀, backend_model: y|es, notes: n}\n";
    let found = items(&mut editor, &mappings, typed);
    let edits: Vec<&Value> = found.iter().map(|item| &item["textEdit"]).collect();
    let (line, start) = (1, place(typed, "y|es", "y").1);
    assert_eq!(edits[0]["range"], range((line, start), (line, start + 3)));
    let texts: Vec<&str> = edits.iter().map(|edit| edit["newText"].as_str().unwrap()).collect();
    assert_eq!(texts, ["'yes'", "'a: b'", "'a,b'", "it's"]);
    // Behind a quote the quote stays.
    let typed = "exact_matches:\n  x: {provider: é😀, backend_model: '|'}\n";
    let found = items(&mut editor, &mappings, typed);
    assert_eq!(found[3]["textEdit"]["newText"], "it''s");
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn the_project_file_is_served_while_it_is_wrong() {
    let project = Project::new();
    let mut editor = crate::editor();
    let file = editor.open_file(&project.path("gwcfg.yaml"));
    let found = items(&mut editor, &file, "rules:\n  port-dif|\n");
    let differs = found.iter().find(|item| item["label"] == "port-differs").unwrap();
    assert_eq!(differs["textEdit"]["newText"], "port-differs: ");
    assert!(!differs["documentation"].as_str().unwrap().is_empty());
    let found = offered(&mut editor, &file, "rules: {port-differs: |\noutput: [\n");
    assert_eq!(found, ["error", "warning", "info", "allow"]);
    let found = items(&mut editor, &file, "|: {port-differs: error}\n");
    let rules = found.iter().find(|item| item["label"] == "rules").unwrap();
    assert_eq!(rules["textEdit"]["newText"], "rules", "the colon is there");
    let wrong = "rules: {port-differs: error}\nouput: x\n";
    editor.change(&file, 3, &[(Value::Null, wrong)]);
    let hover = editor.about("hover", &file, place(wrong, "rules", "port"));
    assert!(hover.to_string().contains("# port-differs"), "{hover}");
    assert_eq!(editor.leave(), Some(0));
}
