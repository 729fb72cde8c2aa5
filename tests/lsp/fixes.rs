//! Quick fixes.

use serde_json::{Value, json};

use crate::support::editor::range;
use crate::support::project::Project;
use crate::{editor_with, opened, place};

/// A text with the edits of one file applied, which are on one line and in order.
fn applied(text: &str, edits: &Value) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for edit in edits.as_array().unwrap().iter().rev() {
        let (start, end) = (&edit["range"]["start"], &edit["range"]["end"]);
        assert_eq!(start["line"], end["line"]);
        let column = |place: &Value| usize::try_from(place["character"].as_u64().unwrap()).unwrap();
        let line = usize::try_from(start["line"].as_u64().unwrap()).unwrap();
        lines[line].replace_range(column(start)..column(end), edit["newText"].as_str().unwrap());
    }
    lines.join("\n") + "\n"
}

#[test]
fn a_fix_changes_the_state_that_it_was_made_for_and_mends() {
    let project = Project::new();
    let (mut editor, [_, mappings]) = opened(&project);
    let good = project.read("config/model-mappings.yaml");
    let bad = good.replace("provider: ollama", "provider: olama");
    editor.change(&mappings, 7, &[(Value::Null, &bad)]);
    let (line, column) = place(&bad, "weight: 0.7", "olama");
    let fixes = editor.fixes(&mappings, &range((line, column + 2), (line, column + 2)));
    let fix = &fixes[0];
    assert_eq!(fix["title"], "Change it to `ollama` (not certain)", "{fixes}");
    assert_eq!(fix["kind"], "quickfix");
    assert_eq!(fix.get("isPreferred"), None, "a guess is not preferred");
    assert_eq!(fix["diagnostics"][0]["code"], "provider-unknown");
    let change = &fix["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({"uri": mappings, "version": 7}));
    assert_eq!(applied(&bad, &change["edits"]), good);
    editor.change(&mappings, 8, &[(Value::Null, &applied(&bad, &change["edits"]))]);
    assert_eq!(editor.rules(&mappings), Vec::<String>::new());
    // Elsewhere there is nothing to mend, and other kinds were not asked for.
    assert_eq!(editor.fixes(&mappings, &range((0, 0), (0, 0))), json!([]));
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_certain_fix_is_preferred_and_an_old_editor_gets_plain_changes() {
    let project = Project::new();
    let mut editor = editor_with(&json!({}));
    let file = editor.open_file(&project.path("gwcfg.yaml"));
    editor.change(&file, 2, &[(Value::Null, "ouput: here.yaml\n")]);
    let mappings = editor.open_file(&project.path("config/model-mappings.yaml"));
    let fixes = editor.fixes(&file, &range((0, 0), (0, 3)));
    let fix = &fixes[0];
    assert_eq!(fix["edit"]["changes"][&file][0]["newText"], "output", "{fixes}");
    assert_eq!(fix.get("isPreferred"), None);
    editor.change(&file, 3, &[(Value::Null, "")]);
    let providers = editor.open_file(&project.path("config/providers.yaml"));
    let text = project.read("config/providers.yaml").replace(": OPENAI", ": $OPENAI");
    editor.change(&providers, 2, &[(Value::Null, &text)]);
    let (line, column) = place(&text, "env_var", "$OPENAI");
    let fixes = editor.fixes(&providers, &range((line, column), (line, column)));
    assert_eq!(fixes[0]["title"], "Write `OPENAI_API_KEY`", "{fixes}");
    assert_eq!(fixes[0]["isPreferred"], true);
    editor.change(&file, 4, &[(Value::Null, "ouput: here.yaml\n")]);
    let params = json!({
        "textDocument": {"uri": file}, "range": range((0, 0), (0, 3)),
        "context": {"diagnostics": [], "only": ["refactor"]},
    });
    assert_eq!(editor.request("textDocument/codeAction", &params), Ok(json!([])));
    assert_eq!(editor.fixes(&mappings, &range((0, 0), (0, 0))), json!([]));
    assert_eq!(editor.leave(), Some(0));
}
