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

#[test]
fn blocks_are_found_by_their_first_line() {
    let text = "a\n```yaml gwcfg.yaml\nb: 1\nc: 2\n```\n```yaml\nd: 3\n```\n";
    assert_eq!(blocks(text, "yaml gwcfg.yaml"), ["b: 1\nc: 2"]);
    assert_eq!(blocks(text, "yaml"), ["d: 3"]);
}
