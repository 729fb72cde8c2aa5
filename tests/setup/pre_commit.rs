//! The hooks with the real pre-commit, on scratch repositories.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::project::{Ended, ends, finish, gwcfg, plain};
use crate::wheel::{alone, quickly, sources, wheel, without_rust};
use crate::{root, tools};

/// The newest release when this was written.
const PRE_COMMIT: &str = "pre-commit==4.7.0";

/// A repository of git in a folder of its own.
struct Repository {
    folder: tempfile::TempDir,
}

/// A git that knows nobody's settings.
fn settled(command: &mut Command) -> &mut Command {
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        command.env_remove(name);
    }
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "a"),
        ("GIT_AUTHOR_EMAIL", "a@example.com"),
        ("GIT_COMMITTER_NAME", "a"),
        ("GIT_COMMITTER_EMAIL", "a@example.com"),
    ] {
        command.env(name, value);
    }
    command
}

impl Repository {
    fn new() -> Repository {
        let repository = Repository { folder: tempfile::tempdir().unwrap() };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// The project that `init` writes in this folder of the repository, compiled and committed.
    fn with_project(inside: &str) -> Repository {
        let repository = Repository::new();
        for arguments in [["-C", inside, "init"], ["-C", inside, "generate"]] {
            let mut command = gwcfg();
            command.args(arguments).current_dir(repository.path());
            ends(&finish(command), 0, &[]);
        }
        repository.commit_all();
        repository
    }

    /// The hooks, in a repository that has a release, with these sources to install them from.
    fn of_hooks(sources: Option<&Path>) -> Repository {
        let repository = Repository::new();
        if let Some(sources) = sources {
            let mut copy = Command::new("cp");
            tools::run(copy.arg("-R").arg(sources.join(".")).arg(repository.path()));
        }
        let hooks = root().join(".pre-commit-hooks.yaml");
        fs::copy(hooks, repository.path().join(".pre-commit-hooks.yaml")).unwrap();
        repository.commit_all();
        repository.git(&["tag", "v0.1.0"]);
        repository
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        settled(&mut command).args(arguments).current_dir(self.path());
        tools::run(&mut command)
    }

    fn commit_all(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=a", "--no-verify"]);
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap()
    }

    /// Writes a file anew, with a word replaced that stands in it.
    fn replace(&self, file: &str, word: &str, by: &str) {
        let text = self.read(file);
        assert!(text.contains(word), "no `{word}` in `{file}`");
        fs::write(self.path().join(file), text.replace(word, by)).unwrap();
    }

    /// pre-commit in this repository, with nothing but the system and these folders in the `PATH`.
    fn pre_commit(&self, folders: &[PathBuf], arguments: &[&str]) -> Command {
        let program = tools::python_package(PRE_COMMIT).join("pre-commit");
        let mut command = Command::new(program);
        without_rust(&mut command);
        let system = ["/usr/bin", "/bin"].map(PathBuf::from);
        let path = std::env::join_paths(folders.iter().cloned().chain(system)).unwrap();
        settled(&mut command).args(arguments).current_dir(self.path()).env("PATH", path);
        command.env("PRE_COMMIT_COLOR", "never");
        command
    }

    /// What a hook says of what is staged, by `pre-commit try-repo` and the gwcfg under test.
    fn tried(&self, hooks: &Repository, hook: &str) -> Ended {
        let arguments = ["try-repo", "--verbose", hooks.path().to_str().unwrap(), hook];
        let ended = finish(self.pre_commit(&[under_test()], &arguments));
        assert!(!ended.out.contains("Skipped"), "{}", ended.out);
        ended
    }

    /// What both hooks say: of the sources, and of the compiled config.
    fn say(&self, hooks: &Repository, validate: &[&str], generate: &[&str]) {
        for (hook, words) in
            [("gwcfg-validate-system", validate), ("gwcfg-generate-check-system", generate)]
        {
            let ended = self.tried(hooks, hook);
            ends(&ended, i32::from(words[0] != PASSED), words);
        }
    }
}

const PASSED: &str = "Passed";
const FAILED: &str = "Failed";

/// The folder of the gwcfg under test.
fn under_test() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_gwcfg")).parent().unwrap().to_path_buf()
}

const PROVIDERS: &str = "config/providers.yaml";
const MAPPINGS: &str = "config/model-mappings.yaml";
const BROKEN: [&str; 2] = ["provider: ollama,", "provider: olama,"];

#[test]
fn what_is_staged_is_judged_whichever_files_it_touches() {
    if tools::is_offline() {
        return;
    }
    let hooks = Repository::of_hooks(None);
    let clean = Repository::with_project(".");
    clean.say(&hooks, &[PASSED, "no findings"], &[PASSED, "up to date"]);

    let broken = Repository::with_project(".");
    broken.replace(MAPPINGS, BROKEN[0], BROKEN[1]);
    broken.git(&["add", "--all"]);
    broken.say(&hooks, &[FAILED, "exit code: 1", "provider-unknown"], &[FAILED, "exit code: 1"]);

    // Only the source that is named is broken, not the one that was changed.
    let other = Repository::with_project(".");
    other.replace(PROVIDERS, "  ollama:\n", "  renamed:\n");
    other.git(&["add", PROVIDERS]);
    other.say(&hooks, &[FAILED, "provider-unknown", MAPPINGS], &[FAILED]);

    let stale = Repository::with_project(".");
    stale.replace(PROVIDERS, "timeout: 60", "timeout: 61");
    stale.git(&["add", "--all"]);
    stale.say(&hooks, &[PASSED], &[FAILED, "is not what the sources compile to"]);
}

#[test]
fn a_source_that_goes_away_does_not_turn_the_hooks_off() {
    if tools::is_offline() {
        return;
    }
    let hooks = Repository::of_hooks(None);
    let deleted = Repository::with_project(".");
    deleted.git(&["rm", "--quiet", MAPPINGS]);
    deleted.say(&hooks, &[FAILED, "file-missing", MAPPINGS], &[FAILED]);

    // This one may be absent; that the hook ran is seen by the number of files.
    let optional = Repository::with_project(".");
    optional.git(&["rm", "--quiet", "config/ports.yaml"]);
    optional.say(&hooks, &[PASSED, "checked 3 files"], &[FAILED]);

    let renamed = Repository::with_project(".");
    renamed.git(&["mv", PROVIDERS, "config/providers.yaml.bak"]);
    renamed.say(&hooks, &[FAILED, "file-missing", PROVIDERS], &[FAILED]);

    let linked = Repository::with_project(".");
    let text = linked.read(MAPPINGS);
    fs::write(linked.path().join("elsewhere.txt"), text.replace(BROKEN[0], BROKEN[1])).unwrap();
    fs::remove_file(linked.path().join(MAPPINGS)).unwrap();
    symlink("../elsewhere.txt", linked.path().join(MAPPINGS)).unwrap();
    linked.git(&["add", "--all"]);
    linked.say(&hooks, &[FAILED, "provider-unknown"], &[FAILED]);
    linked.replace("elsewhere.txt", BROKEN[1], BROKEN[0]);
    linked.git(&["add", "--all"]);
    linked.say(&hooks, &[PASSED, "checked 4 files"], &[PASSED]);
}

#[test]
fn what_is_not_staged_is_not_judged_and_not_lost() {
    if tools::is_offline() {
        return;
    }
    let hooks = Repository::of_hooks(None);
    // The mistake is staged, and mended on disk only.
    let mended = Repository::with_project(".");
    mended.replace(MAPPINGS, BROKEN[0], BROKEN[1]);
    mended.git(&["add", "--all"]);
    mended.replace(MAPPINGS, BROKEN[1], BROKEN[0]);
    let on_disk = mended.read(MAPPINGS);
    mended.say(&hooks, &[FAILED, "provider-unknown"], &[FAILED]);
    assert_eq!(mended.read(MAPPINGS), on_disk);

    // One half of the file is staged; the mistake is in the other.
    let partly = Repository::with_project(".");
    partly.replace(MAPPINGS, "# Which name", "# Staged: which name");
    partly.git(&["add", "--all"]);
    partly.replace(MAPPINGS, BROKEN[0], BROKEN[1]);
    let on_disk = partly.read(MAPPINGS);
    partly.say(&hooks, &[PASSED, "no findings"], &[FAILED, "is not what"]);
    assert_eq!(partly.read(MAPPINGS), on_disk);
    let staged = partly.git(&["show", &format!(":{MAPPINGS}")]);
    assert!(staged.contains("# Staged") && staged.contains(BROKEN[0]), "{staged}");
}

/// The blocks of the page that are the file `.pre-commit-config.yaml`, by their last word.
fn on_the_page(kind: &str) -> String {
    let page = fs::read_to_string(root().join("docs/pre-commit.md")).unwrap();
    let opening = format!("```yaml .pre-commit-config.yaml {kind}\n");
    let (_, rest) = page.split_once(&opening).unwrap_or_else(|| panic!("no `{opening}`"));
    rest.split_once("```").unwrap().0.to_owned()
}

/// Puts a block of the page into a repository, with the address of these hooks.
fn configure(repository: &Repository, kind: &str, hooks: &Repository) {
    let address = "https://git.example.com/gwcfg";
    let text = on_the_page(kind).replace(address, hooks.path().to_str().unwrap());
    fs::write(repository.path().join(".pre-commit-config.yaml"), text).unwrap();
    repository.commit_all();
}

/// Commits a clean change and a broken one with the hooks installed.
fn commits(repository: &Repository, home: &Path, folders: &[PathBuf]) {
    let cached = |mut command: Command| {
        quickly(command.env("PRE_COMMIT_HOME", home));
        command
    };
    let install = cached(repository.pre_commit(folders, &["install", "--install-hooks"]));
    alone(|| tools::run(&mut { install }));
    let commit = || {
        repository.git(&["add", "--all"]);
        let path = repository.pre_commit(folders, &[]);
        let mut command = Command::new("git");
        plain(&mut command);
        for (name, value) in path.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        command.args(["commit", "--message=b"]).current_dir(repository.path());
        finish(cached(command))
    };
    repository.replace(MAPPINGS, "Local first", "First local");
    let mut generate = gwcfg();
    generate.args(["generate", "--quiet"]).current_dir(repository.path());
    ends(&finish(generate), 0, &[]);
    ends(&commit(), 0, &["gwcfg validate", PASSED]);
    repository.replace(MAPPINGS, BROKEN[0], BROKEN[1]);
    ends(&commit(), 1, &["gwcfg validate", FAILED, "provider-unknown", "did you mean `ollama`"]);
    assert_eq!(repository.git(&["rev-list", "--count", "HEAD"]), "3\n");
}

#[test]
fn pre_commit_compiles_gwcfg_by_itself() {
    if tools::is_offline() {
        return;
    }
    let (hooks, home) = (Repository::of_hooks(Some(sources())), tempfile::tempdir().unwrap());
    let repository = Repository::with_project(".");
    configure(&repository, "compiled", &hooks);
    let cargo = PathBuf::from(std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into()));
    commits(&repository, home.path(), &[cargo.parent().unwrap().to_path_buf()]);
}

#[test]
fn pre_commit_takes_a_wheel_without_rust() {
    if tools::is_offline() {
        return;
    }
    let (hooks, home) = (Repository::of_hooks(None), tempfile::tempdir().unwrap());
    let repository = Repository::with_project(".");
    configure(&repository, "wheel", &hooks);
    let named = "gwcfg==0.1.0";
    repository.replace(".pre-commit-config.yaml", named, wheel().to_str().unwrap());
    commits(&repository, home.path(), &[]);
}

#[test]
fn the_other_settings_of_the_page_work() {
    if tools::is_offline() {
        return;
    }
    let (hooks, home) = (Repository::of_hooks(None), tempfile::tempdir().unwrap());
    let repository = Repository::with_project(".");
    configure(&repository, "system", &hooks);
    commits(&repository, home.path(), &[under_test()]);
    let below = Repository::with_project("gateway");
    configure(&below, "folder", &hooks);
    let mut run = below.pre_commit(&[under_test()], &["run", "--verbose"]);
    run.env("PRE_COMMIT_HOME", home.path());
    ends(&finish(run), 0, &[PASSED, "checked 4 files"]);
}

/// One hook of the list, without what tells the two kinds apart.
fn told_apart(hook: &str) -> (String, String) {
    let of = |key: &str| {
        let line = hook.lines().find(|line| line.trim_start().starts_with(key));
        line.unwrap_or_else(|| panic!("no `{key}` in {hook}")).to_owned()
    };
    let rest = hook.lines().filter(|line| !line.contains("language:")).skip(1);
    (of("language:"), rest.filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n"))
}

#[test]
fn the_hooks_of_the_machine_are_those_that_are_installed() {
    let text = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let hooks: Vec<&str> = text.split("- id: ").skip(1).collect();
    let ids: Vec<&str> = hooks.iter().map(|hook| hook.lines().next().unwrap()).collect();
    let two = ["gwcfg-validate", "gwcfg-generate-check"];
    assert_eq!(ids[..2], two);
    assert_eq!(ids[2..], two.map(|id| format!("{id}-system")));
    for (installed, machine) in [(hooks[0], hooks[2]), (hooks[1], hooks[3])] {
        let (installed, machine) = (told_apart(installed), told_apart(machine));
        assert_eq!(
            (installed.0.trim(), machine.0.trim()),
            ("language: python", "language: system")
        );
        assert_eq!(installed.1, machine.1);
        for line in ["always_run: true", "pass_filenames: false", "require_serial: true"] {
            assert!(installed.1.contains(line), "{}", installed.1);
        }
    }
}
