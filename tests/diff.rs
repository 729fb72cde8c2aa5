//! `gwcfg diff` with real git repositories: nothing is checked out, nothing is written, and no
//! secret of any side is shown.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot prepare its project has to fail"
)]

mod support;

use std::fs;
use std::path::Path;

use git2::{IndexAddOption, Repository, RepositoryInitOptions, Signature, Time};
use serde_json::Value;

use support::project::{Ended, Project, finish};

/// A project in a repository; nothing of it depends on the settings of a person.
struct Versioned {
    project: Project,
    repository: Repository,
}

impl Versioned {
    /// The example project, committed.
    fn new() -> Self {
        let project = Project::new();
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main").external_template(false);
        let repository = Repository::init_opts(project.root(), &options).unwrap();
        let mut settings = repository.config().unwrap();
        settings.set_bool("core.autocrlf", false).unwrap();
        settings.set_str("core.excludesFile", "").unwrap();
        let versioned = Versioned { project, repository };
        versioned.commit();
        versioned
    }

    /// Commits everything as it is on disk.
    fn commit(&self) -> String {
        let mut index = self.repository.index().unwrap();
        index.add_all(["*"], IndexAddOption::DEFAULT, None).unwrap();
        index.update_all(["*"], None).unwrap();
        index.write().unwrap();
        let tree = self.repository.find_tree(index.write_tree().unwrap()).unwrap();
        let who = Signature::new("a", "a@example.org", &Time::new(0, 0)).unwrap();
        let parent = self.repository.head().ok().map(|head| head.peel_to_commit().unwrap());
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        self.repository.commit(Some("HEAD"), &who, &who, "m", &tree, &parents).unwrap().to_string()
    }

    fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.project.read(path);
        assert!(text.contains(from), "{text}");
        self.project.write(path, text.replace(from, to));
    }

    /// `gwcfg diff` in the project, away from the settings of whoever runs the tests.
    fn diff(&self, arguments: &[&str]) -> Ended {
        let mut command = self.project.command(&["diff"]);
        command.args(arguments).env("HOME", self.project.path(".git"));
        command.env_remove("XDG_CONFIG_HOME");
        finish(command)
    }

    /// The same, which must tell a difference or its absence.
    fn json(&self, arguments: &[&str]) -> Value {
        let ended = self.diff(&[arguments, &["--format", "json"]].concat());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        serde_json::from_str(&ended.out).unwrap()
    }
}

const MAPPINGS: &str = "config/model-mappings.yaml";
const PROVIDERS: &str = "config/providers.yaml";

/// Everything below a folder but git's own files.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with(".git") {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(format!("{} {:?}", path.display(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn the_head_is_compared_with_the_sources() {
    let versioned = Versioned::new();
    let same = versioned.diff(&["HEAD", "--exit-code"]);
    assert_eq!((same.code, same.out.as_str()), (Some(0), ""), "{same:?}");
    assert_eq!(same.err, "no difference between `HEAD` and `sources`\n");
    versioned.replace(MAPPINGS, "weight: 0.7", "weight: 0.9");
    versioned.replace(MAPPINGS, "weight: 0.3", "weight: 0.1");
    let before = files(versioned.project.root());
    let changed = versioned.diff(&["HEAD"]);
    assert_eq!(changed.code, Some(0), "{changed:?}");
    insta::assert_snapshot!(changed.out, @"
    --- HEAD
    +++ sources
    @@ -11,7 +11,7 @@
           model: hosted_vllm/Qwen/Qwen2.5-Coder-7B-Instruct
           api_base: http://127.0.0.1:8001/v1
           api_key: none
    -      weight: 0.7
    +      weight: 0.9
         model_info:
           provider: vllm
           locality: local
    @@ -21,7 +21,7 @@
           model: ollama_chat/qwen2.5-coder:7b
           api_base: http://127.0.0.1:11434
           api_key: none
    -      weight: 0.3
    +      weight: 0.1
         model_info:
           provider: ollama
           locality: local

    what changes for requests:
      coder: now 90 % hosted_vllm/Qwen/Qwen2.5-Coder-7B-Instruct, 10 % ollama_chat/qwen2.5-coder:7b (was 70 % hosted_vllm/Qwen/Qwen2.5-Coder-7B-Instruct, 30 % ollama_chat/qwen2.5-coder:7b)
    ");
    assert_eq!(versioned.diff(&["HEAD", "--exit-code"]).code, Some(1));
    let json = versioned.json(&["HEAD", "sources"]);
    assert_eq!(json["version"], 1);
    assert_eq!(json["equal"], false);
    assert!(changed.out.starts_with(json["text"].as_str().unwrap()));
    assert_eq!(json["routing"][0]["request"], "coder");
    assert_eq!(json["routing"][0]["change"], "changed");
    // The other way round, and by other names of the same commit.
    versioned.commit();
    assert_eq!(versioned.json(&["sources", "HEAD"])["equal"], true);
    for older in ["HEAD~1", "main~1", "git:HEAD^"] {
        assert_eq!(versioned.json(&[older, "HEAD"])["routing"], json["routing"], "{older}");
    }
    assert_eq!(files(versioned.project.root()), before, "nothing is written");
}

#[test]
fn two_revisions_are_compared_without_the_files_on_disk() {
    let versioned = Versioned::new();
    versioned.replace(PROVIDERS, "11434", "11435");
    versioned.replace("config/ports.yaml", "11434", "11435");
    versioned.commit();
    fs::remove_dir_all(versioned.project.path("config")).unwrap();
    versioned.project.write("gwcfg.yaml", "not: [yaml");
    let json = versioned.json(&["HEAD~1", "HEAD"]);
    let words = json["routing"][0]["words"].as_str().unwrap();
    assert!(words.contains("at http://127.0.0.1:11435"), "{json:#}");
    let ended = versioned.diff(&["HEAD"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:?}");
}

#[test]
fn a_revision_has_its_own_names_and_folders() {
    let versioned = Versioned::new();
    // Another spelling, a file that is gone, another folder, each a commit.
    let project = &versioned.project;
    let rename = |from: &str, to: &str| fs::rename(project.path(from), project.path(to)).unwrap();
    rename(PROVIDERS, "config/providers.yml");
    versioned.commit();
    project.remove("config/ports.yaml");
    versioned.commit();
    rename("config", "gateway");
    let text = project.read("gwcfg.yaml");
    project.write("gwcfg.yaml", format!("config-dir: gateway\n{text}"));
    versioned.commit();
    for (older, newer) in [("HEAD~3", "HEAD~2"), ("HEAD~2", "HEAD~1"), ("HEAD~1", "HEAD")] {
        assert_eq!(versioned.json(&[older, newer])["equal"], true, "{older} {newer}");
    }
    assert_eq!(versioned.json(&["HEAD~3", "sources"])["equal"], true);
    // A folder that the command line names is one of the revision.
    let ended = versioned.diff(&["HEAD", "--config-dir", "config"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("`config`, which `--config-dir` names, does not exist"));
    assert_eq!(versioned.json(&["HEAD~1", "HEAD~1", "--config-dir", "config"])["equal"], true);
}

#[test]
fn a_project_may_stand_deep_in_its_repository() {
    let versioned = Versioned::new();
    let project = &versioned.project;
    fs::create_dir_all(project.path("teams/red")).unwrap();
    for name in ["config", "gwcfg.yaml"] {
        fs::rename(project.path(name), project.path("teams/red").join(name)).unwrap();
    }
    versioned.commit();
    assert_eq!(versioned.json(&["-C", "teams/red", "HEAD"])["equal"], true);
    assert_eq!(versioned.json(&["-C", "teams/../teams/red", "HEAD"])["equal"], true);
    let absolute = project.path("teams/red");
    assert_eq!(versioned.json(&["-C", absolute.to_str().unwrap(), "HEAD"])["equal"], true);
    // Before the move there was nothing.
    let ended = versioned.diff(&["-C", "teams/red", "HEAD~1"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.err.contains("no `providers.yaml` and no `model-mappings.yaml` in `HEAD~1:"));
}

#[test]
fn what_cannot_be_compared_is_told_and_nothing_goes_to_stdout() {
    let versioned = Versioned::new();
    versioned.replace(MAPPINGS, "provider: vllm", "provider: vlm");
    versioned.commit();
    let mistaken = versioned.diff(&["HEAD", "HEAD~1"]);
    assert_eq!((mistaken.code, mistaken.out.as_str()), (Some(1), ""));
    assert!(mistaken.err.contains("error[provider-unknown]"), "{}", mistaken.err);
    assert!(mistaken.err.contains("[HEAD:config/model-mappings.yaml:"), "{}", mistaken.err);
    let end = "nothing was compared: `HEAD` has errors\n";
    assert!(mistaken.err.ends_with(end), "{}", mistaken.err);
    for (side, words) in [
        ("no-such-branch", "there is no git revision `no-such-branch`"),
        ("HEAD:config", "is a folder: name a commit"),
        ("7", "there is no generation 7; `gwcfg history` lists them"),
        ("git:0000000", "there is no git revision `0000000`"),
    ] {
        let ended = versioned.diff(&[side, "HEAD~1"]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{side}");
        assert!(ended.err.contains(words), "{}", ended.err);
        // Both sides are told in one run.
        let ended = versioned.diff(&[side, "HEAD"]);
        assert_eq!(ended.code, Some(2), "{side}");
        assert!(ended.err.contains("provider-unknown"), "{}", ended.err);
    }
    fs::remove_dir_all(versioned.project.path(".git")).unwrap();
    let ended = versioned.diff(&["HEAD~1"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("is in no git repository"), "{}", ended.err);
}

#[test]
fn a_repository_of_somebody_else_is_not_read() {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let versioned = Versioned::new();
    let is_root = fs::metadata(versioned.project.root()).unwrap().uid() == 0;
    if !is_root || Path::new("/etc/gitconfig").exists() {
        println!("skipped: only root gives folders away, and the system must trust none of them");
        return;
    }
    chown(versioned.project.root(), Some(1), None).unwrap();
    chown(versioned.project.path(".git"), Some(1), None).unwrap();
    let ended = versioned.diff(&["HEAD"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:?}");
    assert!(ended.err.contains("belongs to another user"), "{}", ended.err);
}

/// Texts in the shape of keys, in no source of this test as a whole.
fn secrets() -> [String; 2] {
    ["aB3dE5fG7hI9", "zY8xW6vU4tS2"].map(|rest| ["sk", "-ant-api03-", rest, rest, rest].concat())
}

/// Runs in both formats, and gives what they print.
fn in_both_formats(versioned: &Versioned, arguments: &[&str]) -> String {
    let human = versioned.diff(arguments);
    let json = versioned.diff(&[arguments, &["--format", "json"]].concat());
    assert_eq!(human.code, json.code);
    [human.out, human.err, json.out, json.err].concat()
}

#[test]
fn a_secret_that_changed_between_revisions_is_shown_in_no_format() {
    let versioned = Versioned::new();
    let [first, second] = secrets();
    let plain = "hunter2-hunter2";
    let own = versioned.project.read("gwcfg.yaml");
    versioned.project.write("gwcfg.yaml", format!("{own}\nrules: {{secret-literal: warning}}\n"));
    versioned.replace(PROVIDERS, "    type: vllm\n", &format!(
        "    type: vllm\n    description: see {first}\n    headers: {{Authorization: '{plain}', \
         X-Team: '{first}'}}\n"
    ));
    versioned.commit();
    versioned.replace(PROVIDERS, &first, &second);
    versioned.replace(PROVIDERS, plain, "hunter3-hunter3");
    versioned.commit();
    let printed = in_both_formats(&versioned, &["HEAD~1", "HEAD"]);
    assert!(printed.contains("no difference between"), "secrets are not compiled: {printed}");
    // With errors, the report of a revision hides them too.
    versioned.project.write("gwcfg.yaml", &own);
    versioned.commit();
    let refused = in_both_formats(&versioned, &["HEAD~1", "HEAD"]);
    assert!(refused.contains("secret-literal"), "{refused}");
    for text in [printed, refused] {
        for secret in [&first, &second, plain, "hunter3"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
fn a_secret_that_a_hand_put_into_the_output_is_shown_in_no_format() {
    let versioned = Versioned::new();
    let [first, second] = secrets();
    let by_hand = |shaped: &str, plain: &str| {
        format!(
            "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/{shaped}\n      \
             api_base: http://me:{plain}@h:1\n      api_key: {plain}\n      note: {plain}\n"
        )
    };
    let output = "config/litellm-unified.yaml";
    versioned.project.write(output, by_hand(&first, "hunter2-hunter2"));
    let generated = finish(versioned.project.command(&["generate"]));
    assert_eq!(generated.code, Some(0), "{generated:?}");
    versioned.project.write(output, by_hand(&second, "qwerty-qwerty"));
    let mut printed = String::new();
    for sides in [["0", "live"], ["live", "0"], ["live", "sources"], ["0", "HEAD"]] {
        printed += &in_both_formats(&versioned, &sides);
    }
    for secret in [first.as_str(), &second, "hunter2", "qwerty"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    // A changed secret is a changed line all the same.
    let json = versioned.json(&["0", "live"]);
    let text = json["text"].as_str().unwrap();
    let starred =
        |sign: &str| text.lines().any(|l| l.starts_with(sign) && l.contains("api_key: **"));
    assert!(starred("-") && starred("+"), "{text}");
    assert_eq!(json["equal"], false);
    // `generate` shows such an edit in the same way.
    let refused = finish(versioned.project.command(&["generate"]));
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert!(!refused.err.contains("qwerty") && !refused.err.contains(&second), "{}", refused.err);
}
