//! Findings while somebody types.

use std::fs;

use serde_json::{Value, json};

use crate::support::editor::{range, uri, usual};
use crate::support::project::Project;
use crate::{editor, editor_with, opened, place};

#[test]
fn a_finding_appears_while_typing_and_goes_when_it_is_mended() {
    let project = Project::new();
    let (mut editor, [providers, mappings]) = opened(&project);
    assert_eq!(editor.findings(&mappings), Vec::<Value>::new());
    assert_eq!(editor.published[&providers]["diagnostics"], json!([]));

    let text = project.read("config/model-mappings.yaml");
    let (line, column) = place(&text, "weight: 0.7", "ollama");
    let l = (line, column + 1);
    editor.change(&mappings, 2, &[(range(l, (line, column + 2)), "")]);
    let findings = editor.findings(&mappings);
    assert_eq!(findings.len(), 1, "{findings:?}");
    let finding = &findings[0];
    assert_eq!(finding["code"], "provider-unknown");
    assert_eq!(finding["source"], "gwcfg");
    assert_eq!(finding["severity"], 1);
    assert_eq!(finding["range"], range((line, column), (line, column + 5)));
    assert_eq!(editor.published[&mappings]["version"], 2);
    let message = finding["message"].as_str().unwrap();
    assert_eq!(
        message,
        "load balancing of `coder` names unknown provider `olama`\n\
         no provider of this name in `providers.yaml`\nhelp: did you mean `ollama`?"
    );
    // The place in the other file.
    let related = &finding["relatedInformation"][0];
    assert_eq!(related["location"]["uri"], json!(providers));
    assert_eq!(related["location"]["range"], range((3, 2), (3, 8)));
    assert_eq!(related["message"], "a provider with a similar name is declared here");

    editor.change(&mappings, 3, &[(range(l, l), "l")]);
    assert_eq!(editor.findings(&mappings), Vec::<Value>::new());
    assert_eq!(editor.published[&mappings]["version"], 3);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn what_is_open_counts_more_than_the_disk_until_it_is_closed() {
    let project = Project::new();
    let (mut editor, [providers, mappings]) = opened(&project);
    // The whole text at once: one provider is gone, and the other file tells.
    let text = project.read("config/providers.yaml").replace("  ollama:\n", "  other:\n");
    editor.change(&providers, 2, &[(Value::Null, &text)]);
    let rules = editor.rules(&mappings);
    assert!(rules.contains(&"provider-unknown".to_owned()), "{rules:?}");
    // Closed without being saved: the disk counts again.
    editor.notify("textDocument/didClose", &json!({"textDocument": {"uri": providers}}));
    assert_eq!(editor.rules(&mappings), Vec::<String>::new());
    // Saved by somebody else.
    fs::write(project.path("config/providers.yaml"), &text).unwrap();
    let changed = json!({"changes": [{"uri": providers, "type": 2}]});
    editor.notify("workspace/didChangeWatchedFiles", &changed);
    assert!(editor.rules(&mappings).contains(&"provider-unknown".to_owned()));
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_file_that_is_not_open_has_its_findings_too_until_the_project_is_closed() {
    let project = Project::new();
    let text = project.read("config/model-mappings.yaml").replace("olama", "lama");
    project
        .write("config/model-mappings.yaml", text.replace("provider: ollama", "provider: olama"));
    let mut editor = editor();
    let providers = editor.open_file(&project.path("config/providers.yaml"));
    let mappings = uri(&project.path("config/model-mappings.yaml"));
    editor.findings(&providers);
    let published = &editor.published[&mappings];
    assert_eq!(published["diagnostics"][0]["code"], "provider-unknown");
    assert_eq!(published.get("version"), None);
    editor.notify("textDocument/didClose", &json!({"textDocument": {"uri": providers}}));
    assert_eq!(editor.findings(&mappings), Vec::<Value>::new());
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_broken_line_is_told_with_the_other_mistakes_of_the_file() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    let text =
        project.read("config/model-mappings.yaml").replace("provider: vllm\n", "provider: vlm\n");
    editor.change(&mappings, 2, &[(Value::Null, &text)]);
    assert_eq!(editor.rules(&mappings), ["provider-unknown"]);
    let (line, column) = place(&text, "coder-fast: {chain", "]}");
    editor.change(&mappings, 3, &[(range((line, column), (line, column + 2)), "")]);
    let rules = editor.rules(&mappings);
    assert_eq!(rules, ["syntax-error"], "what a broken file means is not known");
    editor.change(&mappings, 4, &[(range((line, column), (line, column)), "]}")]);
    assert_eq!(editor.rules(&mappings), ["provider-unknown"]);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn ranges_count_utf16_units_or_bytes_as_both_sides_agree() {
    let project = Project::new();
    // Two UTF-16 units, one character, four bytes; and one unit of two bytes.
    let text = "fallback_chains:\n  coder: {chain: [gpt-4o-mini, \"😀é\", nobody]} # é\n";
    let mut bytes = usual();
    bytes["general"] = json!({"positionEncodings": ["utf-16", "utf-8"]});
    for (capabilities, start) in [(usual(), 38), (bytes, 41)] {
        let mut editor = editor_with(&capabilities);
        let mappings = uri(&project.path("config/model-mappings.yaml"));
        editor.open(&mappings, &project.read("config/model-mappings.yaml"));
        let whole = project.read("config/model-mappings.yaml");
        let (line, _) = place(&whole, "fallback_chains:", "fallback_chains:");
        let last = whole.matches('\n').count();
        editor.change(&mappings, 2, &[(range((line, 0), (last, 0)), text)]);
        let findings = editor.findings(&mappings);
        let nobody = findings.iter().find(|one| one.to_string().contains("`nobody`"));
        let nobody = nobody.unwrap_or_else(|| panic!("{findings:?}"));
        assert_eq!(nobody["range"], range((line + 1, start), (line + 1, start + 6)));
        // An edit behind the letters lands where it should.
        let name = range((line + 1, start), (line + 1, start + 6));
        editor.change(&mappings, 3, &[(name, "coder-fast")]);
        let findings = editor.findings(&mappings);
        assert!(!findings.iter().any(|one| one.to_string().contains("nobody")), "{findings:?}");
        assert!(!findings.iter().any(|one| one["code"] == "syntax-error"), "{findings:?}");
        assert_eq!(editor.leave(), Some(0));
    }
}

#[test]
fn mistakes_of_the_project_file_stand_in_it() {
    let project = Project::new();
    let mut editor = editor();
    let file = uri(&project.path("gwcfg.yaml"));
    editor.open(&file, "ouput: here.yaml\n");
    assert_eq!(editor.rules(&file), ["setting-unknown"]);
    // Right by the schema, and without a meaning: no rule has a name for it.
    editor.change(&file, 2, &[(Value::Null, "rules:\n  port-difers: error\n")]);
    let findings = editor.findings(&file);
    assert_eq!(findings[0]["range"], range((1, 2), (1, 13)), "{findings:?}");
    assert!(findings[0]["message"].as_str().unwrap().contains("did you mean `port-differs`"));
    editor.change(&file, 3, &[(Value::Null, "required-version: \">=99\"\n")]);
    let findings = editor.findings(&file);
    let message = findings[0]["message"].as_str().unwrap();
    assert!(message.contains("the project wants gwcfg >=99"), "{findings:?}");
    editor.change(&file, 4, &[(Value::Null, "")]);
    assert_eq!(editor.findings(&file), Vec::<Value>::new());
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn the_levels_of_the_project_count_as_soon_as_they_are_typed() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    let text =
        project.read("config/model-mappings.yaml").replace("provider: vllm\n", "provider: vlm\n");
    editor.change(&mappings, 2, &[(Value::Null, &text)]);
    assert_eq!(editor.findings(&mappings)[0]["severity"], 1);
    let file = uri(&project.path("gwcfg.yaml"));
    editor.open(&file, "rules: {provider-unknown: warning}\n");
    assert_eq!(editor.findings(&mappings)[0]["severity"], 2);
    editor.change(&file, 2, &[(Value::Null, "rules: {provider-unknown: allow}\n")]);
    let rules = editor.rules(&mappings);
    assert!(!rules.contains(&"provider-unknown".to_owned()), "{rules:?}");
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn no_message_tells_a_secret() {
    let project = Project::new();
    let secret = ["sk", "-ant-api03-", &"Ab3".repeat(20)].concat();
    let (mut editor, [providers, _]) = opened(&project);
    let text = project.read("config/providers.yaml");
    let text = text.replace("base_url: http://127.0.0.1:8001", &format!("base_url: {secret}"));
    editor.change(&providers, 2, &[(Value::Null, &text)]);
    let findings = editor.findings(&providers);
    assert!(!findings.is_empty());
    let (line, column) = place(&text, "  vllm:", "vllm");
    let hover = editor.about("hover", &providers, (line, column));
    assert!(hover.to_string().contains("a provider of type"), "{hover}");
    for said in [json!(findings), hover] {
        assert!(!said.to_string().contains(&secret), "{said}");
    }
    assert_eq!(editor.leave(), Some(0));
}
