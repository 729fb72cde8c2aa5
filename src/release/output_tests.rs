use std::fs;
use std::os::unix::fs::MetadataExt as _;

use tempfile::TempDir;

use super::super::atomic::OUTPUT_MODE;
use super::super::header::Source;
use super::*;

struct Project {
    folder: TempDir,
}

impl Project {
    fn new() -> Self {
        Project { folder: tempfile::tempdir().unwrap() }
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("litellm.yaml")
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join(".gwcfg")
    }

    fn write(&self, body: &str) -> Header {
        let place = Place { path: &self.output(), root: self.folder.path(), new_mode: OUTPUT_MODE };
        let body = |out: &mut dyn Write| out.write_all(body.as_bytes());
        write(&place, &self.state(), &header(), body).unwrap()
    }

    fn inspect(&self) -> OnDisk {
        inspect(&self.output(), &self.state()).unwrap()
    }

    fn edit(&self, old: &str, new: &str) {
        let text = fs::read_to_string(self.output()).unwrap();
        assert!(text.contains(old));
        fs::write(self.output(), text.replace(old, new)).unwrap();
    }
}

fn header() -> Header {
    let sha256 = "ab".repeat(32);
    Header::new("litellm 1.90.2", vec![Source { path: "config/a.yaml".to_owned(), sha256 }])
}

const BODY: &str = "model_list:\n- model_name: fast\n";

#[test]
fn what_was_written_is_known_again() {
    let project = Project::new();
    assert_eq!(project.inspect(), OnDisk::Missing);
    let written = project.write(BODY);
    assert_eq!(project.inspect(), OnDisk::Ours { same: true });
    let text = fs::read_to_string(project.output()).unwrap();
    assert_eq!(text, format!("{written}{BODY}"));
    let expected = hash_of(&mut BODY.as_bytes()).unwrap();
    assert_eq!(written.content_sha256, expected);
    assert_eq!(read_header(&project.output()).unwrap(), Some(written));
}

#[test]
fn the_hash_is_the_one_that_everyone_else_computes() {
    // The example of FIPS 180-2.
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hash_of(&mut &b"abc"[..]).unwrap(), expected);
}

#[test]
fn the_same_content_can_be_told_before_writing_and_streamed() {
    let project = Project::new();
    let written = project.write(BODY);
    let body = |out: &mut dyn Write| out.write_all(BODY.as_bytes());
    assert_eq!(complete(&header(), body).unwrap(), written);
    let mut streamed = Vec::new();
    stream(&mut streamed, &header(), body).unwrap();
    assert_eq!(streamed, fs::read(project.output()).unwrap());
}

#[test]
fn an_edit_is_seen_and_shown() {
    let project = Project::new();
    project.write(BODY);
    project.edit("fast", "quick");
    let OnDisk::Edited { diff: Some(diff) } = project.inspect() else {
        panic!("{:?}", project.inspect());
    };
    assert!(diff.contains("\n-- model_name: fast\n+- model_name: quick\n"), "{diff}");
    assert!(diff.contains("litellm.yaml (as gwcfg wrote it)\n"));
}

#[test]
fn edits_of_the_header_and_of_line_ends_are_edits() {
    let edits =
        [("# content", "# contents"), ("\n", "\r\n"), ("model_name: fast\n", "model_name: fast")];
    for (old, new) in edits {
        let project = Project::new();
        project.write(BODY);
        project.edit(old, new);
        let found = project.inspect();
        assert!(matches!(found, OnDisk::Edited { diff: Some(_) }), "{old:?}: {found:?}");
    }
}

#[test]
fn without_the_right_copy_an_edit_is_seen_but_not_shown() {
    let project = Project::new();
    project.write(BODY);
    let first = fs::read_to_string(project.output()).unwrap();
    project.write("model_list: []\n");
    // The older output comes back, as it was: ours, but not the last one.
    fs::write(project.output(), &first).unwrap();
    assert_eq!(project.inspect(), OnDisk::Ours { same: false });
    project.edit("fast", "quick");
    assert_eq!(project.inspect(), OnDisk::Edited { diff: None });
    fs::remove_dir_all(project.state()).unwrap();
    assert_eq!(project.inspect(), OnDisk::Edited { diff: None });
}

#[test]
fn a_file_of_someone_else_is_foreign() {
    let project = Project::new();
    for text in ["", "model_list: []\n", "# a comment\n", "\u{0}\u{1}"] {
        fs::write(project.output(), text).unwrap();
        assert_eq!(project.inspect(), OnDisk::Foreign, "{text:?}");
    }
    fs::remove_file(project.output()).unwrap();
    fs::create_dir(project.output()).unwrap();
    assert!(inspect(&project.output(), &project.state()).is_err());
}

#[test]
fn the_state_folder_is_for_its_owner_alone_and_not_for_git() {
    let project = Project::new();
    project.write(BODY);
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(&project.state()), 0o700);
    assert_eq!(mode(&last_copy(&project.output(), &project.state())), 0o600);
    assert_eq!(mode(&project.output()), 0o644);
    assert_eq!(fs::read_to_string(project.state().join(".gitignore")).unwrap(), "*\n");
}

#[test]
fn a_body_that_fails_changes_neither_the_output_nor_the_copy() {
    let project = Project::new();
    project.write(BODY);
    let output = project.output();
    let place = Place { path: &output, root: project.folder.path(), new_mode: OUTPUT_MODE };
    let result = write(&place, &project.state(), &header(), |out| {
        out.write_all(b"half")?;
        Err(io::Error::other("broken"))
    });
    assert!(result.is_err());
    assert_eq!(project.inspect(), OnDisk::Ours { same: true });
    let left = fs::read_dir(project.state().join(LAST)).unwrap().count();
    assert_eq!((fs::read_dir(project.folder.path()).unwrap().count(), left), (2, 1));
}

#[test]
fn a_file_in_the_place_of_the_state_folder_is_named() {
    let project = Project::new();
    fs::write(project.state(), "x").unwrap();
    let error = make_state_folder(&project.state()).unwrap_err();
    assert!(error.to_string().contains("is not a folder"), "{error}");
}
