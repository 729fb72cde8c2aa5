use std::os::unix::fs::symlink;

use git2::{Repository, RepositoryInitOptions, Signature, Time};

use super::*;

/// A repository in a folder of its own; nothing of it depends on the settings of a person.
struct Scratch {
    folder: tempfile::TempDir,
    repository: Repository,
}

const FILE: i32 = 0o100_644;

impl Scratch {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main").no_reinit(true).external_template(false);
        let repository = Repository::init_opts(folder.path(), &options).unwrap();
        Scratch { folder, repository }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Commits exactly these files (path, mode, content), and gives the commit.
    fn commit(&self, files: &[(&str, i32, &str)]) -> Oid {
        let mut index = git2::Index::new().unwrap();
        for (path, mode, content) in files {
            let id = match *mode {
                0o160_000 => Oid::from_str(content).unwrap(),
                _ => self.repository.blob(content.as_bytes()).unwrap(),
            };
            let time = git2::IndexTime::new(0, 0);
            index
                .add(&git2::IndexEntry {
                    ctime: time,
                    mtime: time,
                    dev: 0,
                    ino: 0,
                    mode: u32::try_from(*mode).unwrap(),
                    uid: 0,
                    gid: 0,
                    file_size: 0,
                    id,
                    flags: 0,
                    flags_extended: 0,
                    path: path.as_bytes().to_vec(),
                })
                .unwrap();
        }
        let tree = index.write_tree_to(&self.repository).unwrap();
        let tree = self.repository.find_tree(tree).unwrap();
        let who = Signature::new("a", "a@example.org", &Time::new(0, 0)).unwrap();
        let parent = self.repository.head().ok().map(|head| head.peel_to_commit().unwrap());
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        self.repository.commit(Some("HEAD"), &who, &who, "m", &tree, &parents).unwrap()
    }

    fn open(&self, revision: &str) -> Result<Revision, GitError> {
        Revision::open(self.root(), revision)
    }

    /// What a file of `HEAD` says, or why it says nothing.
    fn read(&self, path: &str) -> String {
        match self.open("HEAD").unwrap().read(&self.root().join(path), 100) {
            Ok(Some(bytes)) => String::from_utf8(bytes).unwrap(),
            Ok(None) => "nothing".to_owned(),
            Err(GitError::Unreadable { why, .. }) => why.to_string(),
            Err(error) => error.to_string().replace(self.root().to_str().unwrap(), "ROOT"),
        }
    }
}

/// Why it failed, without the folder of the test.
fn why<T>(result: Result<T, GitError>, root: &Path) -> String {
    result.err().unwrap().to_string().replace(root.to_str().unwrap(), "ROOT")
}

#[test]
fn a_revision_is_read_as_it_was() {
    let scratch = Scratch::new();
    let first = scratch.commit(&[("config/a.yaml", FILE, "old")]);
    scratch.commit(&[("config/b.yaml", FILE, "new")]);
    assert_eq!(scratch.read("config/a.yaml"), "nothing");
    assert_eq!(scratch.read("config/b.yaml"), "new");
    assert_eq!(scratch.read("config/b.yaml/c"), "nothing");
    assert_eq!(scratch.read("config"), "it is a folder, not a file");
    let (id, short) = (first.to_string(), first.to_string().chars().take(8).collect::<String>());
    for written in ["HEAD~1", "HEAD^", "main~1", &id, &short] {
        let revision = scratch.open(written).unwrap();
        let path = scratch.root().join("./config/../config/a.yaml");
        assert_eq!(revision.read(&path, 100).unwrap().unwrap(), b"old", "{written}");
        assert_eq!(revision.commit(), first.to_string());
        assert!(revision.is_there(&path).unwrap());
        assert!(revision.is_folder(&scratch.root().join("config")).unwrap());
        assert!(revision.is_folder(scratch.root()).unwrap());
        assert!(!revision.is_folder(&path).unwrap());
    }
    let revision = scratch.open("HEAD").unwrap();
    let path = scratch.root().join("config/b.yaml");
    let error = revision.read(&path, 2).unwrap_err();
    let GitError::Unreadable { why, .. } = error else { panic!("{error}") };
    assert_eq!(why, Unreadable::TooLarge { bytes: 3, limit: 2 });
}

#[test]
fn a_project_may_be_a_folder_of_the_repository() {
    let scratch = Scratch::new();
    scratch.commit(&[("a/b/x.yaml", FILE, "x"), ("shared/y.yaml", FILE, "y")]);
    let root = scratch.root().join("a/b");
    std::fs::create_dir_all(&root).unwrap();
    let revision = Revision::open(&root, "HEAD").unwrap();
    assert_eq!(revision.read(&root.join("x.yaml"), 9).unwrap().unwrap(), b"x");
    let shared = root.join("../../shared/y.yaml");
    assert_eq!(revision.read(&shared, 9).unwrap().unwrap(), b"y");
    let outside = revision.read(&root.join("../../../z.yaml"), 9);
    assert!(matches!(outside, Err(GitError::Outside(_))));
}

#[test]
fn links_are_followed_within_the_tree() {
    let scratch = Scratch::new();
    scratch.commit(&[
        ("shared/real/p.yaml", FILE, "p"),
        ("config/p.yaml", LINK, "../shared/real/p.yaml"),
        ("config/q.yaml", LINK, "p.yaml"),
        ("config/dir", LINK, "../shared/./real"),
        ("config/up", LINK, "../.."),
        ("config/absolute", LINK, "/etc/passwd"),
        ("config/lost", LINK, "nowhere.yaml"),
        ("config/circle", LINK, "circle"),
        ("config/through", LINK, "p.yaml/q"),
        ("config/module", 0o160_000, "0123456789012345678901234567890123456789"),
    ]);
    for (path, expected) in [
        ("config/p.yaml", "p"),
        ("config/q.yaml", "p"),
        ("config/dir/p.yaml", "p"),
        ("config/dir/nothing.yaml", "the link `config/dir` leads to no file"),
        ("config/dir", "it is a folder, not a file"),
        ("config/up", "the link `config/up` leads out of the repository"),
        ("config/absolute", "the link `config/absolute` leads out of the repository"),
        ("config/lost", "the link `config/lost` leads to no file"),
        ("config/circle", "the link `config/circle` leads to no file"),
        ("config/through", "the link `config/p.yaml` leads to no file"),
        ("config/module", "it is a submodule, not a file"),
    ] {
        assert_eq!(scratch.read(path), expected, "{path}");
    }
    let revision = scratch.open("HEAD").unwrap();
    assert!(revision.is_there(&scratch.root().join("config/lost")).unwrap());
    assert!(revision.is_folder(&scratch.root().join("config/dir")).unwrap());
}

#[test]
fn what_names_no_commit_is_told_in_words() {
    let scratch = Scratch::new();
    let root = scratch.root().to_path_buf();
    assert_eq!(why(scratch.open("HEAD"), &root), "the git repository of `ROOT` has no commits yet");
    scratch.commit(&[("a/b", FILE, "b")]);
    let said = [
        "no-such-branch",
        "HEAD~7",
        "",
        "HEAD~x",
        "HEAD..main",
        "HEAD:a",
        "HEAD:a/b",
        "HEAD^{tree}",
        "0123456789",
        ":/nothing",
        "\0",
        "@{u}",
        "main@{1}",
    ]
    .map(|revision| format!("{revision:?}: {}", why(scratch.open(revision), &root)));
    insta::assert_snapshot!(said.join("\n"), @r#"
    "no-such-branch": there is no git revision `no-such-branch`
    "HEAD~7": there is no git revision `HEAD~7`
    "": `` is no git revision: write a branch, a tag, a commit, or such as `HEAD~1`
    "HEAD~x": there is no git revision `HEAD~x`
    "HEAD..main": `HEAD..main` is no git revision: write a branch, a tag, a commit, or such as `HEAD~1`
    "HEAD:a": git revision `HEAD:a` is a folder: name a commit
    "HEAD:a/b": git revision `HEAD:a/b` is a file: name a commit
    "HEAD^{tree}": git revision `HEAD^{tree}` is a folder: name a commit
    "0123456789": there is no git revision `0123456789`
    ":/nothing": there is no git revision `:/nothing`
    "\0": git cannot read the repository of `ROOT`: data contained a nul byte that could not be represented as a string
    "@{u}": there is no git revision `@{u}`
    "main@{1}": there is no git revision `main@{1}`
    "#);
}

#[test]
fn a_repository_that_cannot_hold_the_project_is_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    assert_eq!(why(Revision::open(root, "HEAD"), root), "`ROOT` is in no git repository");
    assert_eq!(head(root, &[]).unwrap(), None);
    Repository::init_bare(root).unwrap();
    assert_eq!(
        why(Revision::open(root, "HEAD"), root),
        "the git repository `ROOT` is bare: it has no work tree that holds the project"
    );
    assert_eq!(head(root, &[]).unwrap(), None);
    let broken = tempfile::tempdir().unwrap();
    std::fs::write(broken.path().join(".git"), "gitdir: nowhere").unwrap();
    let said = why(Revision::open(broken.path(), "HEAD"), broken.path());
    assert_eq!(said, "`ROOT` is in no git repository");
}

#[test]
fn what_a_partial_copy_lacks_is_told() {
    let scratch = Scratch::new();
    scratch.commit(&[("a.yaml", FILE, "first")]);
    let second = scratch.commit(&[("a.yaml", FILE, "second")]);
    let git = scratch.root().join(".git");
    let blob = scratch.repository.blob(b"second").unwrap().to_string();
    let (folder, file) = blob.split_at(2);
    std::fs::remove_file(git.join("objects").join(folder).join(file)).unwrap();
    let missing = "its content is not in this copy of the repository (a partial clone?)";
    assert_eq!(scratch.read("a.yaml"), missing);
    std::fs::write(git.join("shallow"), format!("{second}\n")).unwrap();
    assert_eq!(
        why(scratch.open("HEAD~1"), scratch.root()),
        "there is no git revision `HEAD~1` (this copy of the repository is shallow: older commits \
         are not here)"
    );
}

#[test]
fn the_head_is_dirty_when_a_source_is_not_as_it_is_in_it() {
    let scratch = Scratch::new();
    let path = |name: &str| scratch.root().join(name);
    let asked = [path("a.yaml"), path("config/b.yaml"), path("config/ports.yaml")];
    assert_eq!(head(scratch.root(), &asked).unwrap(), None, "no commit yet");
    let id = scratch.commit(&[("a.yaml", FILE, "a"), ("config/b.yaml", FILE, "b")]).to_string();
    let commit = |dirty| Some(Commit { id: id.clone(), dirty });
    assert_eq!(head(scratch.root(), &asked).unwrap(), commit(true), "nothing is checked out");
    std::fs::write(path("a.yaml"), "a").unwrap();
    std::fs::create_dir(path("config")).unwrap();
    std::fs::write(path("config/b.yaml"), "b").unwrap();
    let mut index = scratch.repository.index().unwrap();
    index.add_path(Path::new("a.yaml")).unwrap();
    index.add_path(Path::new("config/b.yaml")).unwrap();
    index.write().unwrap();
    assert_eq!(head(scratch.root(), &asked).unwrap(), commit(false));
    // A project in a folder of the repository, and a file that nobody asks about.
    std::fs::write(path("config/notes.txt"), "n").unwrap();
    assert_eq!(head(&path("config"), &asked).unwrap(), commit(false));
    std::fs::write(path("config/ports.yaml"), "p").unwrap();
    assert_eq!(head(scratch.root(), &asked).unwrap(), commit(true), "untracked");
    std::fs::write(path(".gitignore"), "ports.yaml\n").unwrap();
    assert_eq!(
        head(scratch.root(), &asked).unwrap(),
        commit(true),
        "ignored, and read all the same"
    );
    std::fs::remove_file(path("config/ports.yaml")).unwrap();
    assert_eq!(head(scratch.root(), &asked).unwrap(), commit(false));
    std::fs::write(path("a.yaml"), "other").unwrap();
    assert_eq!(head(scratch.root(), &asked).unwrap(), commit(true), "changed");
    assert_eq!(head(scratch.root(), &asked[1..]).unwrap(), commit(false));
    // A source that a link takes from elsewhere, and one that is not in the repository.
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::write(elsewhere.path().join("x.yaml"), "x").unwrap();
    symlink(elsewhere.path().join("x.yaml"), path("linked.yaml")).unwrap();
    assert_eq!(head(scratch.root(), &[path("linked.yaml")]).unwrap(), commit(true));
    assert_eq!(head(scratch.root(), &[elsewhere.path().join("x.yaml")]).unwrap(), commit(true));
}
