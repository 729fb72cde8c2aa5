//! What `docs/operations.md` says is true: its `gwcfg.yaml` has no findings.

use std::path::Path;

use crate::ends;
use crate::support::project::Project;

/// The texts of the blocks that begin with this line.
fn blocks<'t>(text: &'t str, opening: &str) -> Vec<&'t str> {
    let opening = format!("```{opening}\n");
    let rest = text.split(&opening).skip(1);
    rest.map(|rest| rest.split_once("\n```").expect("a block ends").0).collect()
}

#[test]
fn the_project_files_of_the_runbook_have_no_findings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md");
    let text = std::fs::read_to_string(path).unwrap();
    let settings = blocks(&text, "yaml gwcfg.yaml");
    assert!(!settings.is_empty());
    for settings in settings {
        let project = Project::new();
        project.write("gwcfg.yaml", format!("{settings}\n"));
        let ended = project.run(&["validate", "--fail-on", "info"]);
        ends(&ended, 0, &["no findings"]);
    }
}

/// The shell reads every block to its end, and runs nothing.
#[test]
fn the_commands_of_the_runbook_are_of_the_shell() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md");
    let text = std::fs::read_to_string(path).unwrap();
    let of_lists: String = text.lines().map(|line| line.trim_start().to_owned() + "\n").collect();
    let scripts = blocks(&of_lists, "sh");
    assert!(scripts.len() > 10);
    for script in scripts {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-n", "-c", script]);
        let ended = crate::support::project::finish(shell);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{script}");
    }
}

#[test]
fn blocks_are_found_by_their_first_line() {
    let text = "a\n```yaml gwcfg.yaml\nb: 1\nc: 2\n```\n```yaml\nd: 3\n```\n";
    assert_eq!(blocks(text, "yaml gwcfg.yaml"), ["b: 1\nc: 2"]);
    assert_eq!(blocks(text, "yaml"), ["d: 3"]);
}

/// The way back without gwcfg, with a `systemctl` that notes that it was called.
#[test]
fn the_way_back_by_hand_puts_the_bytes_back() {
    use std::os::unix::fs::PermissionsExt as _;

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md");
    let text = std::fs::read_to_string(path).unwrap();
    let script = blocks(&text, "sh by-hand");
    assert_eq!(script.len(), 1);
    let project = Project::new();
    let settings = project.read("gwcfg.yaml");
    project.write("gwcfg.yaml", settings.replace("config/litellm-unified.yaml", "litellm.yaml"));
    let providers = project.read("config/providers.yaml");
    let mut written = Vec::new();
    for timeout in ["60", "50", "40", "30"] {
        let changed = providers.replace("timeout: 60", &format!("timeout: {timeout}"));
        project.write("config/providers.yaml", changed);
        ends(&project.run(&["generate"]), 0, &["wrote"]);
        written.push(project.read("litellm.yaml"));
    }
    std::fs::create_dir(project.path("bin")).unwrap();
    project.write("bin/systemctl", "#!/bin/sh\necho \"$@\" > called\n");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(project.path("bin/systemctl"), mode).unwrap();
    let mut command = std::process::Command::new("sh");
    command.args(["-e", "-u", "-c", script[0]]).current_dir(project.root());
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", project.path("bin").display()));
    ends(&crate::support::project::finish(command), 0, &[]);
    assert_eq!(project.read("litellm.yaml"), written[2]);
    assert_eq!(project.read("called"), "restart litellm.service\n");
    // The next run knows the bytes, and loses nothing.
    ends(&project.run(&["generate"]), 0, &["wrote `litellm.yaml`"]);
    assert_eq!(project.read("litellm.yaml"), written[3]);
}
