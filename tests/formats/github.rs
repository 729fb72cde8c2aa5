//! Annotations: one command for each finding, each on a line of its own.

use crate::support::project::{Project, finish, gwcfg};
use crate::{SECRET, broken, found};

/// A command of a log: its word, its properties and its text.
type Command<'l> = (&'l str, Vec<(&'l str, &'l str)>, &'l str);

fn commands(log: &str) -> Vec<Command<'_>> {
    let lines = log.lines().filter_map(|line| line.strip_prefix("::"));
    let commands = lines.map(|line| {
        let (head, text) = line.split_once("::").unwrap();
        let (word, properties) = head.split_once(' ').unwrap();
        let pairs = properties.split(',').map(|pair| pair.split_once('=').unwrap());
        (word, pairs.collect(), text)
    });
    commands.collect()
}

#[test]
fn each_finding_is_one_command_that_names_its_place() {
    let project = broken();
    let log = found(&project, &["validate", "--format", "github"]);
    let commands = commands(&log);
    let plain = found(&project, &["validate", "--format", "plain"]);
    assert_eq!(commands.len(), plain.lines().count());
    assert_eq!(log.lines().count(), commands.len() + 1, "and a summary: {log}");
    for ((word, properties, text), line) in commands.iter().zip(plain.lines()) {
        let severity = match *word {
            "error" => "error",
            "warning" => "warning",
            "notice" => "info",
            other => panic!("`{other}` is no command"),
        };
        let value = |name: &str| {
            let found = properties.iter().find(|(known, _)| *known == name);
            found.unwrap_or_else(|| panic!("no {name} in {properties:?}")).1
        };
        let place = format!("{}:{}:{}: ", value("file"), value("line"), value("col"));
        let rule = value("title").strip_prefix("gwcfg").unwrap();
        assert!(line.starts_with(&format!("{place}{severity}{rule} ")), "{line}");
        assert!(text.starts_with(&place), "{text}");
    }
}

#[test]
fn a_name_in_a_file_is_no_command() {
    let project = Project::new();
    let name = "\"x\\n::error::y%0A::warning::z\"";
    let mappings = format!("exact_matches:\n  a: {{provider: {name}, backend_model: phi4}}\n");
    project.write("config/model-mappings.yaml", mappings);
    let log = project.run(&["validate", "--format", "github"]).out;
    assert!(log.contains("%250A"), "{log}");
    for (word, properties, text) in commands(&log) {
        assert_eq!(properties[0].0, "title", "{word} {text}");
    }
}

#[test]
fn a_project_in_a_folder_is_named_from_where_the_command_runs() {
    let project = broken();
    let (above, name) = (project.root().parent().unwrap(), project.root().file_name().unwrap());
    for format in ["github", "gitlab", "sarif"] {
        let mut command = gwcfg();
        command.current_dir(above).arg("-C").arg(name).args(["validate", "--format", format]);
        let log = finish(command).out;
        let path = format!("{}/config/model-mappings.yaml", name.to_str().unwrap());
        assert!(log.contains(&path), "{path} in {log}");
        assert!(!log.contains(SECRET), "{log}");
    }
}
