//! The published schemas are those of this version: `gwcfg schema NAME > schemas/NAME.json`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails has to say where"
)]

mod support;

use std::fs;
use std::path::Path;

use support::project::gwcfg;

#[test]
fn the_schemas_in_the_repository_are_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = ["gwcfg", "model-mappings", "overlay", "ports", "providers"];
    assert_eq!(names, expected.map(|name| format!("{name}.json")));
    for name in expected {
        let printed = gwcfg().args(["schema", name]).output().unwrap();
        let kept = fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        let printed = String::from_utf8(printed.stdout).unwrap();
        assert!(printed == kept, "run `gwcfg schema {name} > schemas/{name}.json`");
    }
}
