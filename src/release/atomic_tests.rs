use std::fs;
use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

fn project() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn place<'p>(path: &'p Path, root: &'p Path) -> Place<'p> {
    Place { path, root, new_mode: OUTPUT_MODE }
}

fn put(path: &Path, root: &Path, text: &str) -> Result<(), WriteError> {
    replace(&place(path, root), |file| file.write_all(text.as_bytes()))
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_new_file_is_readable_by_all_and_an_old_one_keeps_its_mode() {
    let project = project();
    let path = project.path().join("out.yaml");
    put(&path, project.path(), "one").unwrap();
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode(&path)), ("one", 0o644));
    for kept in [0o600, 0o640, 0o444] {
        fs::set_permissions(&path, Permissions::from_mode(kept)).unwrap();
        put(&path, project.path(), "two").unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode(&path)), ("two", kept));
    }
    assert_eq!(names(project.path()), ["out.yaml"]);
}

#[test]
fn an_old_file_keeps_its_owner_as_far_as_this_user_may() {
    let project = project();
    let path = project.path().join("out.yaml");
    fs::write(&path, "old").unwrap();
    let given_away = std::os::unix::fs::chown(&path, Some(12_345), Some(12_345)).is_ok();
    put(&path, project.path(), "new").unwrap();
    let metadata = fs::metadata(&path).unwrap();
    assert!(!given_away || (metadata.uid(), metadata.gid()) == (12_345, 12_345));
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
}

#[test]
fn a_failure_leaves_the_old_file_and_nothing_else() {
    let project = project();
    let path = project.path().join("out.yaml");
    fs::write(&path, "works").unwrap();
    let result = replace(&place(&path, project.path()), |file| {
        file.write_all(b"half")?;
        file.flush()?;
        Err::<(), io::Error>(ErrorKind::StorageFull.into())
    });
    assert!(matches!(result, Err(WriteError::DiskFull { .. })), "{result:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "works");
    assert_eq!(names(project.path()), ["out.yaml"]);
}

#[test]
fn until_the_end_the_old_file_is_there() {
    let project = project();
    let path = project.path().join("out.yaml");
    fs::write(&path, "works").unwrap();
    let mut file = AtomicFile::create(&place(&path, project.path())).unwrap();
    file.write_all(b"new").unwrap();
    let mut seen = String::new();
    io::Read::read_to_string(&mut file.reopen().unwrap(), &mut seen).unwrap();
    assert_eq!((seen.as_str(), fs::read_to_string(&path).unwrap().as_str()), ("new", "works"));
    file.commit().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
}

#[test]
fn a_link_inside_the_project_stays_a_link() {
    let project = project();
    fs::create_dir(project.path().join("real")).unwrap();
    let (link, file) = (project.path().join("out.yaml"), project.path().join("real/out.yaml"));
    // Twice: to a file that is missing, then to the one that is there.
    symlink("real/out.yaml", &link).unwrap();
    for text in ["one", "two"] {
        put(&link, project.path(), text).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn a_link_out_of_the_project_is_refused() {
    let (project, outside) = (project(), project());
    let target = outside.path().join("target.yaml");
    fs::write(&target, "not ours").unwrap();
    let link = project.path().join("out.yaml");
    symlink(&target, &link).unwrap();
    symlink(outside.path(), project.path().join("folder")).unwrap();
    for path in [link, project.path().join("folder/target.yaml")] {
        let error = put(&path, project.path(), "ours").unwrap_err();
        assert!(matches!(error, WriteError::LeavesProject { .. }), "{error}");
        assert!(error.to_string().contains("outside the project"));
    }
    assert_eq!(fs::read_to_string(&target).unwrap(), "not ours");
    assert_eq!(names(outside.path()), ["target.yaml"]);
    // Named directly it is what the user wants.
    put(&target, project.path(), "ours").unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), "ours");
}

#[test]
fn links_in_a_circle_are_refused() {
    let project = project();
    let (one, two) = (project.path().join("one"), project.path().join("two"));
    symlink(&two, &one).unwrap();
    symlink(&one, &two).unwrap();
    let error = put(&one, project.path(), "x").unwrap_err();
    assert!(matches!(error, WriteError::LinkLoop { .. }), "{error}");
}

#[test]
fn what_is_in_the_way_is_named() {
    let project = project();
    let root = project.path();
    fs::create_dir(root.join("folder")).unwrap();
    fs::write(root.join("file"), "x").unwrap();
    let folder = put(&root.join("folder"), root, "x").unwrap_err();
    assert!(matches!(folder, WriteError::NotAFile { what: "a folder", .. }), "{folder}");
    let missing = put(&root.join("none/out.yaml"), root, "x").unwrap_err();
    assert!(matches!(missing, WriteError::FolderMissing { .. }), "{missing}");
    let blocked = put(&root.join("file/out.yaml"), root, "x").unwrap_err();
    assert!(matches!(blocked, WriteError::NotAFolder { .. }), "{blocked}");
    assert_eq!(names(root), ["file", "folder"]);
    assert_eq!(fs::read_to_string(root.join("file")).unwrap(), "x");
}

#[test]
fn refusals_of_the_system_say_what_to_do() {
    let path = Path::new("config/out.yaml");
    let words = |kind: ErrorKind| WriteError::new(path, kind.into()).to_string();
    assert!(words(ErrorKind::ReadOnlyFilesystem).contains("create a file in `config`"));
    assert!(words(ErrorKind::PermissionDenied).contains("check its owner and mode"));
    assert!(words(ErrorKind::QuotaExceeded).contains("free some space"));
    assert!(words(ErrorKind::TimedOut).contains("the old file is untouched"));
}

#[test]
fn leftovers_of_killed_runs_go_and_everything_else_stays() {
    let project = project();
    let root = project.path();
    let path = root.join("out.yaml");
    // A run that is still writing.
    let mut running = AtomicFile::create(&place(&path, root)).unwrap();
    running.write_all(b"new").unwrap();
    // A run that was killed: its file is there, its lock is not.
    let killed = root.join(".out.yaml.gwcfg-AbCd1234.tmp");
    fs::write(&killed, "half").unwrap();
    let kept = [
        ".other.yaml.gwcfg-AbCd1234.tmp",
        ".out.yaml.gwcfg-.tmp",
        ".out.yaml.gwcfg-AbCd1234.tmp.bak",
        ".out.yaml.gwcfg-my notes.tmp",
        "out.yaml",
    ];
    for name in kept {
        fs::write(root.join(name), "keep").unwrap();
    }
    let link = root.join(".out.yaml.gwcfg-LiNk1234.tmp");
    symlink(&path, &link).unwrap();
    assert_eq!(remove_leftovers(root, "out.yaml").unwrap(), 1);
    assert!(!killed.exists() && fs::symlink_metadata(&link).is_ok());
    running.commit().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    // Every run sweeps before it writes.
    fs::write(&killed, "half").unwrap();
    drop(AtomicFile::create(&place(&path, root)).unwrap());
    assert!(!killed.exists());
    for name in kept {
        assert!(root.join(name).exists(), "{name}");
    }
}
