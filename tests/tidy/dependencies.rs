//! `docs/design/dependencies.md` names the dependencies, and no others.

use std::collections::BTreeSet;

use crate::root;

/// The names in a section of a manifest.
fn declared<'m>(manifest: &'m str, section: &str) -> BTreeSet<&'m str> {
    let heading = format!("[{section}]");
    let lines = manifest.lines().skip_while(|line| *line != heading).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines.filter_map(|line| line.split_once(" = ").map(|(name, _)| name)).collect()
}

/// The first column of the table.
fn explained(page: &str) -> BTreeSet<&str> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split_once('`').map(|(name, _)| name)).collect()
}

#[test]
fn every_dependency_is_explained() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let (manifest, page) = (read("Cargo.toml"), read("docs/design/dependencies.md"));
    assert_eq!(explained(&page), declared(&manifest, "dependencies"));
    let (_, of_tests) = page.split_once("In tests only: ").expect("the page tells of tests");
    for name in declared(&manifest, "dev-dependencies") {
        assert!(of_tests.contains(&format!("`{name}`")), "`{name}`");
    }
}

#[test]
fn a_dependency_that_is_not_explained_is_seen() {
    let manifest = "[dependencies]\na = \"1\"\nb = { version = \"1\" }\n\n\
                    [dev-dependencies]\nc = \"1\"\n";
    assert_eq!(declared(manifest, "dependencies"), BTreeSet::from(["a", "b"]));
    assert_eq!(declared(manifest, "dev-dependencies"), BTreeSet::from(["c"]));
    assert_eq!(explained("| crate | for |\n|---|---|\n| `a` | `b` |\n"), BTreeSet::from(["a"]));
}
