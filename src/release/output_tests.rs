use std::fs;
use std::time::Duration;

use tempfile::TempDir;

use super::super::header::Source;
use super::super::store::{Facts, Origin};
use super::super::writer::{Output, Writer};
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

    fn store(&self) -> Store {
        Store::new(&self.state())
    }

    fn current(&self) -> Option<Generation> {
        let number = self.store().head().unwrap().current_of("litellm.yaml")?;
        self.store().generation(number).ok()
    }

    fn write(&self, body: &str) -> Header {
        let root = self.folder.path();
        let output = Output::new(&self.output(), root).unwrap();
        let mut writer = Writer::open(root, &self.state(), Duration::ZERO, "test").unwrap();
        let prepared = writer.prepare(&output, Origin::Generated, Facts::default(), |file| {
            write(file, &header(), |out| out.write_all(body.as_bytes())).unwrap();
            Ok(())
        });
        writer.install(prepared.unwrap()).unwrap();
        read_header(&self.output()).unwrap().unwrap()
    }

    fn inspect(&self) -> OnDisk {
        inspect(&self.output(), &self.store(), self.current().as_ref()).unwrap()
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
    assert_eq!(project.inspect(), OnDisk::Current);
    let text = fs::read_to_string(project.output()).unwrap();
    assert_eq!(text, format!("{written}{BODY}"));
    assert_eq!(written.content_sha256, hash::of_bytes(BODY.as_bytes()));
    assert_eq!(read_header(&project.output()).unwrap(), Some(written));
}

#[test]
fn the_hash_is_the_one_that_everyone_else_computes() {
    // The example of FIPS 180-2.
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hash::of_bytes(b"abc"), expected);
    let (hash, bytes) = hash::of_reader(&mut &b"abc"[..]).unwrap();
    assert_eq!((hash.as_str(), bytes), (expected, 3));
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
    let diff = diff::text(&diff);
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
fn without_the_right_generation_an_edit_is_seen_but_not_shown() {
    let project = Project::new();
    project.write(BODY);
    let first = fs::read_to_string(project.output()).unwrap();
    project.write("model_list: []\n");
    // The older output comes back, as it was: ours, but not the last one.
    fs::write(project.output(), &first).unwrap();
    assert_eq!(project.inspect(), OnDisk::Ours);
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
    assert!(inspect(&project.output(), &project.store(), None).is_err());
}
