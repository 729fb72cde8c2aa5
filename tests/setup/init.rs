//! `gwcfg init` and `gwcfg schema --write`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value;

use crate::support::project::{Ended, ends, finish, gwcfg};
use crate::{begun, root};

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    let mut command = gwcfg();
    command.args(arguments).current_dir(folder);
    finish(command)
}

/// Every file below a folder, in order.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                waiting.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_new_project_is_the_one_of_this_repository() {
    let project = begun();
    let written = files(project.path());
    let ours = |folder: &str| {
        let below = files(&root().join(folder)).into_iter();
        below.map(|file| format!("{folder}/{file}")).collect::<Vec<_>>()
    };
    let mut expected = [ours("config"), ours("schemas"), vec!["gwcfg.yaml".to_owned()]].concat();
    // What `generate` makes of it, when somebody tries it here.
    expected.retain(|file| file != "config/litellm-unified.yaml");
    expected.sort();
    assert_eq!(written, expected);
    for file in written {
        let read = |folder: &Path| fs::read_to_string(folder.join(&file)).unwrap();
        assert_eq!(read(project.path()), read(root()), "{file}");
    }
}

#[test]
fn a_new_project_is_clean_and_compiles() {
    let project = begun();
    ends(&run(project.path(), &["validate", "--fail-on", "warning"]), 0, &["no findings"]);
    ends(&run(project.path(), &["generate"]), 0, &["generation 1"]);
    ends(&run(project.path(), &["generate", "--check"]), 0, &[]);
    let written = fs::read_to_string(project.path().join("config/litellm-unified.yaml")).unwrap();
    assert!(written.contains("model_name: coder"), "{written}");
}

#[test]
fn the_next_commands_are_told_and_work() {
    let home = tempfile::tempdir().unwrap();
    let ended = run(home.path(), &["init", "new folder/it's"]);
    ends(&ended, 0, &["wrote `new folder/it's/config/providers.yaml`"]);
    assert_eq!(ended.out, "");
    let (_, next) = ended.err.split_once("next:\n").unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_gwcfg")).parent().unwrap();
    let path = std::env::join_paths(
        [binary.to_path_buf()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut shell = std::process::Command::new("sh");
    shell.args(["-euc", next]).current_dir(home.path()).env("PATH", path.unwrap());
    ends(&finish(shell), 0, &["no findings", "generation 1"]);
    assert!(home.path().join("new folder/it's/config/litellm-unified.yaml").is_file());
}

#[test]
fn what_is_there_is_not_touched_and_nothing_is_added() {
    for there in [
        "gwcfg.yaml",
        "gwcfg.yml",
        "config/providers.yaml",
        "config/model-mappings.yml",
        "schemas/ports.json",
        // A project whose sources lie at its root: a folder `config` would hide them.
        "providers.yaml",
        "ports.yml",
    ] {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(there);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "mine").unwrap();
        let ended = run(home.path(), &["init"]);
        ends(&ended, 4, &["nothing was written", &format!(": `{there}`; "), "move it away"]);
        assert_eq!(files(home.path()), [there]);
        assert_eq!(fs::read_to_string(path).unwrap(), "mine");
    }
    let both = begun();
    let ended = run(both.path(), &["init"]);
    ends(&ended, 4, &["`config/model-mappings.yaml`, `config/ports.yaml`", "`gwcfg.yaml`"]);
}

#[test]
fn links_and_files_in_the_place_of_folders_are_not_followed() {
    let home = tempfile::tempdir().unwrap();
    symlink("nowhere", home.path().join("gwcfg.yaml")).unwrap();
    fs::write(home.path().join("schemas"), "mine").unwrap();
    ends(&run(home.path(), &["init"]), 4, &["`schemas`, `gwcfg.yaml`", "move them away"]);
    assert_eq!(files(home.path()), ["gwcfg.yaml", "schemas"]);
    ends(&run(home.path(), &["init", "schemas"]), 2, &["cannot write `schemas/gwcfg.yaml`"]);
    assert_eq!(files(home.path()), ["gwcfg.yaml", "schemas"]);
}

#[test]
fn the_folder_is_named_once_and_the_places_in_it_are_not() {
    let home = tempfile::tempdir().unwrap();
    ends(&run(home.path(), &["-C", "a", "init"]), 0, &["wrote `a/gwcfg.yaml`", "cd a"]);
    ends(&run(home.path(), &["-C", "a", "init", "b"]), 2, &["both name"]);
    ends(&run(home.path(), &["init", "b", "--config-dir", "c"]), 2, &["`--config-dir`"]);
    ends(&run(home.path(), &["init", "b", "--config", "c.yaml"]), 2, &["`--config`"]);
    assert!(!home.path().join("b").exists());
    let quiet = run(home.path(), &["-q", "init", "d"]);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (Some(0), "", ""));
}

#[test]
fn schemas_are_written_and_renewed() {
    let home = tempfile::tempdir().unwrap();
    ends(&run(home.path(), &["schema", "ports", "--write", "."]), 0, &["wrote `./ports.json`"]);
    assert_eq!(files(home.path()), ["ports.json"]);
    let ended = run(home.path(), &["schema", "--write", "new/schemas"]);
    ends(&ended, 0, &["wrote `new/schemas/providers.json`"]);
    assert_eq!(ended.out, "");
    let folder = home.path().join("new/schemas");
    assert_eq!(files(&folder), files(&root().join("schemas")));
    for file in files(&folder) {
        let ours = fs::read(root().join("schemas").join(&file)).unwrap();
        assert_eq!(fs::read(folder.join(&file)).unwrap(), ours, "{file}");
    }
    fs::write(folder.join("ports.json"), "of an older release").unwrap();
    let ended = run(home.path(), &["schema", "--write", "new/schemas"]);
    ends(&ended, 0, &["wrote `new/schemas/ports.json`", "`new/schemas/gwcfg.json` is up to date"]);
    fs::write(home.path().join("file"), "mine").unwrap();
    ends(&run(home.path(), &["schema", "--write", "file"]), 2, &["cannot create `file`"]);
}

/// The keys below `properties` that nothing is said about.
fn unexplained(schema: &Value, path: &str, found: &mut Vec<String>) {
    match schema {
        Value::Object(entries) => {
            let keys = entries.get("properties").and_then(Value::as_object);
            for (key, value) in keys.into_iter().flatten() {
                let words = value.get("description").and_then(Value::as_str).unwrap_or_default();
                if words.trim().is_empty() {
                    found.push(format!("{path}/{key}"));
                }
            }
            for (key, value) in entries {
                unexplained(value, &format!("{path}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for item in items {
                unexplained(item, path, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_key_of_every_schema_is_explained() {
    let mut found = Vec::new();
    for file in files(&root().join("schemas")) {
        let text = fs::read_to_string(root().join("schemas").join(&file)).unwrap();
        unexplained(&serde_json::from_str(&text).unwrap(), &file, &mut found);
    }
    assert_eq!(found, Vec::<String>::new());
    let one = serde_json::json!({"$defs": {"A": {"properties": {"b": {"description": " "}}}}});
    unexplained(&one, "", &mut found);
    assert_eq!(found, ["/$defs/A/b"]);
}
