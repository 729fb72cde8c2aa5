//! Links in the state folder and hard links of the output: nothing outside the project is made,
//! written, emptied, removed, or given another mode.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use crate::ends;
use crate::support::project::{Ended, Project};

const OUTPUT: &str = "config/litellm-unified.yaml";

/// The hash of no bytes at all; an object of this name is nobody's in the project.
const STRANGER: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.gz";

/// What belongs to somebody else, with what gwcfg might take for its own.
struct Theirs {
    folder: tempfile::TempDir,
    before: BTreeMap<PathBuf, (u32, i64, Vec<u8>)>,
}

impl Theirs {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            fs::write(folder.path().join(name), format!("theirs: {name}\n")).unwrap();
            let open = fs::Permissions::from_mode(0o644);
            fs::set_permissions(folder.path().join(name), open).unwrap();
        };
        for name in [
            "file",
            "head.json",
            "000007.json",
            STRANGER,
            ".head.json.gwcfg-AAAAAAAA.tmp",
            ".incoming.gz.gwcfg-AAAAAAAA.tmp",
            ".litellm-unified.yaml.gwcfg-AAAAAAAA.tmp",
        ] {
            file(name);
        }
        let before = contents(folder.path());
        Self { folder, before }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn assert_untouched(&self) {
        assert_eq!(contents(self.folder.path()), self.before);
    }
}

fn contents(folder: &Path) -> BTreeMap<PathBuf, (u32, i64, Vec<u8>)> {
    let entry = |path: PathBuf| {
        let metadata = fs::symlink_metadata(&path).unwrap();
        let bytes = fs::read(&path).unwrap();
        (path, (metadata.mode(), metadata.mtime_nsec(), bytes))
    };
    fs::read_dir(folder).unwrap().map(|found| entry(found.unwrap().path())).collect()
}

/// A project with two generations, its sources changed since.
fn project() -> Project {
    let project = Project::new();
    for seconds in [61, 62, 63] {
        let text = include_str!("../../config/providers.yaml");
        let text = text.replace("timeout: 60", &format!("timeout: {seconds}"));
        project.write("config/providers.yaml", text);
        if seconds < 63 {
            ends(&project.run(&["generate"]), 0, &["wrote"]);
        }
    }
    project
}

/// Every command that writes.
const WRITERS: [&[&str]; 5] = [
    &["generate"],
    &["generate", "--force"],
    &["rollback"],
    &["rollback", "--to", "1"],
    &["history", "prune"],
];

fn refused(project: &Project, theirs: &Theirs, words: &[&str]) {
    let output = project.read(OUTPUT);
    for arguments in WRITERS {
        let ended: Ended = project.run(arguments);
        ends(&ended, 2, words);
        theirs.assert_untouched();
        assert_eq!(project.read(OUTPUT), output, "{arguments:?}");
    }
}

#[test]
fn a_folder_of_the_state_that_is_a_link_is_refused() {
    for folder in [".gwcfg/objects", ".gwcfg/generations"] {
        let (project, theirs) = (project(), Theirs::new());
        fs::rename(project.path(folder), project.path("aside")).unwrap();
        symlink(theirs.folder.path(), project.path(folder)).unwrap();
        refused(&project, &theirs, &[&format!("refused to use `{folder}`: it is a link")]);
        assert_eq!(project.list("aside").len(), 2);
    }
}

#[test]
fn a_file_of_the_state_that_is_a_link_is_refused() {
    for file in ["lock", ".gitignore"] {
        let (project, theirs) = (project(), Theirs::new());
        fs::remove_file(project.path(".gwcfg").join(file)).unwrap();
        // One to a file that is there, one to nothing: neither is followed.
        for target in ["file", "nothing"] {
            let _ = fs::remove_file(project.path(".gwcfg").join(file));
            symlink(theirs.path(target), project.path(".gwcfg").join(file)).unwrap();
            refused(&project, &theirs, &[&format!("`.gwcfg/{file}`: it is a link")]);
        }
    }
    let (project, theirs) = (project(), Theirs::new());
    fs::remove_file(project.path(".gwcfg/head.json")).unwrap();
    symlink(theirs.path("head.json"), project.path(".gwcfg/head.json")).unwrap();
    refused(&project, &theirs, &["`.gwcfg/head.json` is damaged (it is no file)"]);
    ends(&project.run(&["history"]), 2, &["`.gwcfg/head.json` is damaged"]);
}

#[test]
fn a_lock_that_is_a_link_inside_the_project_is_refused() {
    let project = project();
    fs::remove_file(project.path(".gwcfg/lock")).unwrap();
    symlink("../config/ports.yaml", project.path(".gwcfg/lock")).unwrap();
    let ports = project.read("config/ports.yaml");
    ends(&project.run(&["generate"]), 2, &["refused to use `.gwcfg/lock`: it is a link"]);
    assert_eq!(project.read("config/ports.yaml"), ports);
}

#[test]
fn a_manifest_or_an_object_that_is_a_link_is_not_written_through() {
    let (project, theirs) = (project(), Theirs::new());
    // The number that the next generation gets.
    symlink(theirs.path("000007.json"), project.path(".gwcfg/generations/000003.json")).unwrap();
    let (output, old) = (project.read(OUTPUT), project.list(".gwcfg/objects"));
    let refused = project.run(&["generate"]);
    ends(&refused, 2, &["refused to write", "000003.json`: it is a link to"]);
    theirs.assert_untouched();
    assert_eq!(project.read(OUTPUT), output);
    fs::remove_file(project.path(".gwcfg/generations/000003.json")).unwrap();
    // The object that the next generation gets, which the refused run left for the next one.
    let copy = project.copy();
    ends(&copy.run(&["generate"]), 0, &["wrote"]);
    let new = copy.list(".gwcfg/objects").into_iter().find(|name| !old.contains(name)).unwrap();
    let object = project.path(".gwcfg/objects").join(new);
    fs::remove_file(&object).unwrap();
    symlink(theirs.path("file"), &object).unwrap();
    ends(&project.run(&["generate"]), 0, &["wrote"]);
    theirs.assert_untouched();
    assert!(fs::symlink_metadata(object).unwrap().is_file());
}

#[test]
fn a_state_folder_that_leaves_the_project_is_refused() {
    let (project, mut theirs) = (project(), Theirs::new());
    // A state that can be read.
    fs::copy(project.path(".gwcfg/head.json"), theirs.path("head.json")).unwrap();
    theirs.before = contents(theirs.folder.path());
    fs::rename(project.path(".gwcfg"), project.path("aside")).unwrap();
    symlink(theirs.folder.path(), project.path(".gwcfg")).unwrap();
    for arguments in [&["generate"][..], &["generate", "--force"], &["history", "prune"]] {
        let ended = project.run(arguments);
        ends(&ended, 2, &["refused to write", "outside the project"]);
        theirs.assert_untouched();
    }
}

#[test]
fn a_hard_link_of_the_output_keeps_the_old_bytes() {
    let (project, theirs) = (project(), Theirs::new());
    let other = theirs.path("their name for it");
    // Both must lie on one disk.
    let Ok(()) = fs::hard_link(project.path(OUTPUT), &other) else {
        return crate::skipped("no hard link from one folder to the other");
    };
    let before = project.read(OUTPUT);
    ends(&project.run(&["generate"]), 0, &["wrote"]);
    assert_ne!(project.read(OUTPUT), before);
    assert_eq!(fs::read_to_string(&other).unwrap(), before);
    ends(&project.run(&["rollback"]), 0, &["is again what generation"]);
    assert_eq!(project.read(OUTPUT), before);
    assert_eq!(fs::metadata(&other).unwrap().nlink(), 1);
}

#[test]
fn a_hard_link_of_the_lock_is_not_emptied() {
    let (project, theirs) = (project(), Theirs::new());
    fs::remove_file(project.path(".gwcfg/lock")).unwrap();
    let Ok(()) = fs::hard_link(theirs.path("file"), project.path(".gwcfg/lock")) else {
        return crate::skipped("no hard link from one folder to the other");
    };
    ends(&project.run(&["generate"]), 0, &["wrote"]);
    theirs.assert_untouched();
    assert_eq!(fs::metadata(theirs.path("file")).unwrap().nlink(), 1);
}
