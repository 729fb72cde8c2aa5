//! What a name is, where it is declared, where it is used.

use serde_json::{Value, json};

use crate::support::editor::{range, uri};
use crate::support::project::Project;
use crate::{editor, opened, place};

/// The Markdown of a hover.
fn markdown(hover: &Value) -> &str {
    assert_eq!(hover["contents"]["kind"], "markdown", "{hover}");
    hover["contents"]["value"].as_str().unwrap()
}

#[test]
fn a_public_name_tells_its_members_and_its_chain_as_the_gateway_walks_it() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    let text = project.read("config/model-mappings.yaml");
    let (line, column) = place(&text, "load_balancing", "coder:");
    let hover = editor.about("hover", &mappings, (line, column + 2));
    assert_eq!(hover["range"], range((line, column), (line, column + 5)));
    assert_eq!(
        markdown(&hover),
        "**coder**: a public name, shared by several providers\n\n\
         declared at `config/model-mappings.yaml:16`\n\n\
         1. `coder`: 70 % `vllm` `Qwen/Qwen2.5-Coder-7B-Instruct`, 30 % `ollama` \
         `qwen2.5-coder:7b`\n\
         2. then `gpt-4o-mini`: 100 % `openai` `gpt-4o-mini`\n"
    );
    // In a chain, a model's own name.
    let (line, column) = place(&text, "  coder: {chain", "gpt");
    let hover = editor.about("hover", &mappings, (line, column));
    let said = markdown(&hover);
    assert!(said.starts_with("**gpt-4o-mini**: a model\n\ndeclared at `config/prov"), "{said}");
    // With an error somewhere, what is written is told, and that it is no more than that.
    let (line, column) = place(&text, "weight: 0.7", "ollama");
    editor.change(&mappings, 2, &[(range((line, column), (line, column + 6)), "olama")]);
    let (line, column) = place(&text, "load_balancing", "coder:");
    let hover = editor.about("hover", &mappings, (line, column));
    let said = markdown(&hover);
    assert!(said.contains("2. then `gpt-4o-mini`: `openai` `gpt-4o-mini`\n"), "{said}");
    assert!(said.ends_with("*as it is written: the sources have errors*\n"), "{said}");
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn providers_models_rules_and_keys_tell_what_they_are() {
    let project = Project::new();
    let (mut editor, [providers, mappings]) = opened(&project);
    let text = project.read("config/model-mappings.yaml");
    let (line, column) = place(&text, "weight: 0.7", "ollama");
    let hover = editor.about("hover", &mappings, (line, column + 6));
    assert_eq!(
        markdown(&hover),
        "**ollama**: a provider of type `ollama`, active, local\n\nhttp://127.0.0.1:11434\n\n\
         models: `llama3.2:3b`, `qwen2.5-coder:7b`\n\ndeclared at `config/providers.yaml:4`"
    );
    // In quotes, with a colon in it.
    let (line, column) = place(&text, "weight: 0.3", "\"qwen");
    let hover = editor.about("hover", &mappings, (line, column + 1));
    let said = markdown(&hover);
    assert!(said.starts_with("**qwen2.5-coder:7b**: a model of `ollama`, 7B\n"), "{said}");
    assert!(said.contains("1. `qwen2.5-coder:7b`: 100 % `ollama`"), "{said}");
    // A key says what it is for.
    let (line, column) = place(&text, "strategy", "strategy");
    let hover = editor.about("hover", &mappings, (line, column));
    assert_eq!(markdown(&hover), "**strategy**: How to choose among them.");
    let text = project.read("config/providers.yaml");
    let (line, column) = place(&text, "type: vllm", "vllm");
    let hover = editor.about("hover", &providers, (line, column));
    assert!(markdown(&hover).starts_with("**vllm**: a built-in provider type"));
    let file = uri(&project.path("gwcfg.yaml"));
    editor.open(&file, "rules:\n  port-differs: warning\n");
    let hover = editor.about("hover", &file, (1, 5));
    assert!(markdown(&hover).starts_with("# port-differs\n"));
    // Nothing on a comment.
    assert_eq!(editor.about("hover", &mappings, (1, 5)), Value::Null);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn definitions_lead_to_other_files_also_while_this_one_is_broken() {
    let project = Project::new();
    let (mut editor, [providers, mappings]) = opened(&project);
    let text = project.read("config/model-mappings.yaml");
    let to = |uri: &str, start: (usize, usize), end: (usize, usize)| {
        let range = range(start, end);
        json!([{"uri": uri, "range": range}])
    };
    let goes = |editor: &mut crate::support::editor::Editor, anchor: &str, word: &str| {
        editor.about("definition", &mappings, place(&text, anchor, word))
    };
    let ollama = to(&providers, (3, 2), (3, 8));
    assert_eq!(goes(&mut editor, "weight: 0.7", "ollama"), ollama);
    // A model of that provider, a public name, a model.
    let coder = to(&providers, (9, 15), (9, 33));
    assert_eq!(goes(&mut editor, "weight: 0.3", "\"qwen"), coder);
    let fast = place(&text, "exact_matches", "coder-fast");
    let fast = to(&mappings, fast, (fast.0, fast.1 + 10));
    assert_eq!(goes(&mut editor, "preferred_models: [coder-fast", "coder-fast"), fast);
    assert_eq!(goes(&mut editor, "fallback_chains", "coder-fast"), fast);
    let mini = place(&project.read("config/providers.yaml"), "openai:", "gpt-4o-mini");
    let mini = to(&providers, mini, (mini.0, mini.1 + 11));
    assert_eq!(goes(&mut editor, "fallback_chains", "gpt-4o-mini"), mini);

    // The same while the line above is being typed.
    let (line, column) = place(&text, "backend_model", "Qwen");
    let broken = range((line, column), (line, column));
    editor.change(&mappings, 2, &[(broken, "\"")]);
    assert_eq!(editor.rules(&mappings), ["syntax-error"]);
    assert_eq!(goes(&mut editor, "weight: 0.7", "ollama"), ollama);
    assert_eq!(goes(&mut editor, "fallback_chains", "gpt-4o-mini"), mini);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn references_are_those_of_the_same_thing() {
    let project = Project::new();
    let (mut editor, [providers, mappings]) = opened(&project);
    let text = project.read("config/model-mappings.yaml");
    let found = editor.about("references", &providers, (3, 4));
    let used = place(&text, "weight: 0.7", "ollama");
    let expected = json!([
        {"uri": providers, "range": range((3, 2), (3, 8))},
        {"uri": mappings, "range": range(used, (used.0, used.1 + 6))},
    ]);
    assert_eq!(found, expected, "the type `ollama` and the service `ollama` are others");
    let found = editor.about("references", &mappings, place(&text, "exact_matches", "coder-fast"));
    assert_eq!(found.as_array().unwrap().len(), 3, "{found}");
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_project_that_is_reached_through_a_link_is_one_project() {
    let project = Project::new();
    let outside = tempfile::tempdir().unwrap();
    let link = outside.path().join("a link");
    std::os::unix::fs::symlink(project.root(), &link).unwrap();
    let escaped = |inside: &str| {
        let path = link.join(inside).display().to_string();
        format!("file://{}", path.replace(' ', "%20"))
    };
    let mut editor = editor();
    let mappings = escaped("config/model-mappings.yaml");
    let text = project.read("config/model-mappings.yaml").replace("ollama,", "newer,");
    editor.open(&mappings, &text);
    assert!(editor.rules(&mappings).contains(&"provider-unknown".to_owned()));
    // The other file is open under its own name; what is typed there counts here.
    let providers = uri(&project.path("config/providers.yaml"));
    let changed = project.read("config/providers.yaml").replace("  ollama:", "  newer:");
    editor.open(&providers, &changed);
    assert_eq!(editor.rules(&mappings), Vec::<String>::new());
    let (line, column) = place(&text, "weight: 0.7", "newer");
    let found = editor.about("definition", &mappings, (line, column));
    assert_eq!(found, json!([{"uri": providers, "range": range((3, 2), (3, 7))}]));
    assert_eq!(editor.leave(), Some(0));
}
