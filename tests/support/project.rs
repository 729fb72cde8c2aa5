//! A project in a folder of its own, and the real binary on it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// No run of the tests takes longer, in the slowest build.
const DEADLINE: Duration = Duration::from_secs(120);

/// The example project of the repository, in a folder of its own.
pub struct Project {
    folder: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; `None` when a signal ended the run.
    pub code: Option<i32>,
    /// What it wrote to stdout.
    pub out: String,
    /// What it wrote to stderr.
    pub err: String,
}

impl Project {
    /// A clean project of four files.
    pub fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap())
    }

    /// The same, for thousands of runs: in memory, where a sync costs nothing, when there is
    /// such a folder.
    pub fn fast() -> Self {
        Self::in_folder(fast_folder())
    }

    /// A copy of the whole project, modes included, in memory when there is such a folder.
    pub fn copy(&self) -> Self {
        let folder = fast_folder();
        copy_folder(self.root(), folder.path());
        Self { folder }
    }

    fn in_folder(folder: TempDir) -> Self {
        let from = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::create_dir(folder.path().join("config")).unwrap();
        for file in [
            "gwcfg.yaml",
            "config/providers.yaml",
            "config/model-mappings.yaml",
            "config/ports.yaml",
        ] {
            fs::copy(from.join(file), folder.path().join(file)).unwrap();
        }
        Self { folder }
    }

    /// The project's root.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// A path in the project.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    /// Writes a file of the project.
    pub fn write(&self, inside: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(inside), bytes).unwrap();
    }

    /// Reads a file of the project.
    pub fn read(&self, inside: &str) -> String {
        fs::read_to_string(self.path(inside)).unwrap()
    }

    /// Removes a file of the project.
    pub fn remove(&self, inside: &str) {
        fs::remove_file(self.path(inside)).unwrap();
    }

    /// Names in a folder of the project, in order.
    pub fn list(&self, inside: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(inside)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The binary with these arguments, standing in the project's root.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = gwcfg();
        command.args(arguments).current_dir(self.root());
        command
    }

    /// Runs the binary with these arguments in the project's root.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        finish(self.command(arguments))
    }
}

fn fast_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let (name, path) = entry.map(|entry| (entry.file_name(), entry.path())).unwrap();
        if path.is_dir() {
            fs::create_dir(to.join(&name)).unwrap();
            copy_folder(&path, &to.join(&name));
        } else {
            fs::copy(&path, to.join(&name)).unwrap();
        }
    }
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
}

/// The binary under test, as `plain` as every command of the tests.
pub fn gwcfg() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gwcfg"));
    plain(&mut command);
    command
}

/// No colours, no terminal, no variable of the caller: a test says the same at a desk and in CI,
/// where `CI=true` alone asks for colours.
pub fn plain(command: &mut Command) {
    let colours = ["FORCE_COLOR", "CLICOLOR_FORCE", "CI", "COLUMNS", "FORCE_HYPERLINK"];
    for variable in colours.into_iter().chain(["GWCFG_DOCS_URL", "SOURCE_DATE_EPOCH"]) {
        command.env_remove(variable);
    }
    command.env("NO_COLOR", "1").env("PATH", without_systemd()).stdin(Stdio::null());
}

/// Where programs are found, with a `systemd-run` that refuses first: who watches over a deploy is
/// a process that ends with its project, on every machine, and no unit is left behind.
fn without_systemd() -> &'static OsStr {
    static PATH: OnceLock<OsString> = OnceLock::new();
    PATH.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("without-systemd");
        fs::create_dir_all(&folder).unwrap();
        // Several test binaries may come here at once.
        let mut script = tempfile::NamedTempFile::new_in(&folder).unwrap();
        script.write_all(b"#!/bin/sh\nexit 1\n").unwrap();
        script.as_file().set_permissions(fs::Permissions::from_mode(0o755)).unwrap();
        script.into_temp_path().persist(folder.join("systemd-run")).unwrap();
        let before = std::env::var_os("PATH").unwrap_or_default();
        std::env::join_paths([folder].into_iter().chain(std::env::split_paths(&before))).unwrap()
    })
}

/// Runs a command whose output is not set yet, and asserts what holds for every run: it ends, and
/// it does not panic.
pub fn finish(mut command: Command) -> Ended {
    let (mut out, mut err) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    command.stdout(out.try_clone().unwrap()).stderr(err.try_clone().unwrap());
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > DEADLINE {
            child.kill().unwrap();
            panic!("{command:?} did not end within {DEADLINE:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let ended = Ended { code: status.code(), out: text(&mut out), err: text(&mut err) };
    assert!(!ended.err.contains("panicked"), "{command:?}\n{}", ended.err);
    assert_ne!(ended.code, Some(101), "{command:?}\n{}", ended.err);
    ended
}

fn text(file: &mut File) -> String {
    file.rewind().unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    String::from_utf8(bytes).expect("what gwcfg writes is UTF-8")
}

/// A providers file and a mappings file with this many models, and one word that is in the output.
pub fn large(models: usize, word: &str) -> (String, String) {
    use std::fmt::Write as _;
    let mut providers = "providers:\n".to_owned();
    let mut mappings = "exact_matches:\n".to_owned();
    let port = |number: usize| 20_000 + number / 10;
    for number in 0..models {
        if number % 10 == 0 {
            let (name, port) = (number / 10, port(number));
            write!(
                providers,
                "  p{name}:\n    type: vllm\n    base_url: http://127.0.0.1:{port}\n    \
                 status: active\n    models:\n"
            )
            .unwrap();
        }
        writeln!(providers, "      - m{number}-{word}").unwrap();
        let provider = number / 10;
        writeln!(
            mappings,
            "  n{number}: {{provider: p{provider}, backend_model: m{number}-{word}}}"
        )
        .unwrap();
    }
    (providers, mappings)
}

/// Asserts how a run ended, and words that its messages hold.
pub fn ends(ended: &Ended, code: i32, words: &[&str]) {
    let all = format!("{}{}", ended.out, ended.err);
    assert_eq!(ended.code, Some(code), "{all}");
    for word in words {
        assert!(all.contains(word), "no `{word}` in:\n{all}");
    }
}

/// Says that a test was left out, and why.
pub fn skipped(why: &str) {
    let thread = std::thread::current();
    println!("skipped: {} ({why})", thread.name().unwrap_or("test"));
}
