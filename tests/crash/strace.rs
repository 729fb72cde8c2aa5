//! The system calls of a run, and a run in which one of them is the last or fails.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::gateway;
use crate::support::project::{Ended, Project, finish, gwcfg, plain};

/// Calls that change a file, a folder or a lock. `openat` is one when it opens for writing.
const CHANGES: &[&str] = &[
    "openat",
    "open",
    "creat",
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "pwritev2",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "unlink",
    "unlinkat",
    "rmdir",
    "mkdir",
    "mkdirat",
    "truncate",
    "ftruncate",
    "fallocate",
    "chmod",
    "fchmod",
    "fchmodat",
    "chown",
    "fchown",
    "fchownat",
    "utimensat",
    "copy_file_range",
    "sendfile",
    "flock",
];

/// Calls that only look; `openat` is one when it opens for reading.
const LOOKS: &[&str] =
    &["read", "pread64", "getdents64", "statx", "fstat", "newfstatat", "readlink", "lseek"];

/// The end of every run that is not killed before.
const END: &str = "exit_group";

/// One system call on a file of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// Which call of this name it is in the run, from 1.
    pub ordinal: usize,
    /// The files, relative to the project, without what is random in their names.
    pub files: String,
    /// Whether it changes something.
    pub changes: bool,
}

impl Call {
    /// True for the one that puts a file in this place.
    pub fn puts(&self, file: &str) -> bool {
        self.name.starts_with("rename") && self.files.ends_with(&format!("-> {file}"))
    }
}

/// What happens to a run at a call.
#[derive(Debug, Clone, Copy)]
pub enum Blow {
    /// The run is killed before the call is made.
    Kill,
    /// So is whoever watches over it.
    KillAll,
    /// The call is not made, and this error is what the run gets.
    Error(&'static str),
}

/// True when strace is here and may trace. It is installed when it is missing.
///
/// # Panics
/// When it is not to be had, unless `GWCFG_OFFLINE=1`. A test that cannot strike must not pass.
pub fn is_ready() -> bool {
    static READY: OnceLock<Result<(), String>> = OnceLock::new();
    let Err(why) = READY.get_or_init(prepare) else { return true };
    let offline = std::env::var_os("GWCFG_OFFLINE").is_some_and(|value| value == "1");
    assert!(offline, "{why}; set GWCFG_OFFLINE=1 to leave these tests out");
    crate::skipped(&format!("GWCFG_OFFLINE=1, and {why}"));
    false
}

fn prepare() -> Result<(), String> {
    let version = || plain_command("strace", &["-V"]);
    if version().is_err() {
        plain_command("apt-get", &["install", "-y", "-q", "strace"])
            .or_else(|_| {
                plain_command("apt-get", &["update", "-q"])?;
                plain_command("apt-get", &["install", "-y", "-q", "strace"])
            })
            .map_err(|why| format!("strace is missing and cannot be installed: {why}"))?;
        version()?;
    }
    plain_command("strace", &["-q", "-o", "/dev/null", "true"])
        .map_err(|why| format!("this machine does not let one process trace another: {why}"))
}

fn plain_command(program: &str, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    let output = command.output().map_err(|error| format!("`{program}`: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let err = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(format!("`{program} {}`: {err}", arguments.join(" ")))
}

/// Every call on the project's files that a run makes, in order, and the end of the run. The
/// run must succeed. One that is `alone` starts no other process, and changes nothing elsewhere.
pub fn calls(project: &Project, arguments: &[&str], alone: bool) -> Vec<Call> {
    let trace = format!("trace={},{},{END}", CHANGES.join(","), LOOKS.join(","));
    let traced = |how: &[&str]| {
        let copy = project.copy();
        let (ended, log) = run(&copy, arguments, &[&["-e", &trace], how].concat());
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.err);
        if !alone {
            gateway::wait(copy.root());
        }
        (copy, log)
    };
    let (copy, log) = traced(&[]);
    let calls = read(&log, copy.root(), alone);
    let again = if alone {
        let (copy, log) = traced(&["-f"]);
        read(&of_the_program(&log, copy.root()), copy.root(), alone)
    } else {
        let (copy, log) = traced(&[]);
        read(&log, copy.root(), alone)
    };
    assert_eq!(calls, again, "not the same twice");
    calls
}

/// The lines of the first process, without its number. No other one may change the project.
fn of_the_program(log: &str, root: &Path) -> String {
    let split = |line: &str| {
        let (number, rest) = line.split_once(' ').expect("each line begins with a process");
        (number.to_owned(), rest.trim_start().to_owned())
    };
    let lines: Vec<(String, String)> = log.lines().map(split).collect();
    let first = lines.first().expect("there are calls").0.clone();
    let (own, others): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|(number, _)| *number == first);
    let text = |lines: Vec<(String, String)>| -> String {
        lines.into_iter().map(|(_, line)| line + "\n").collect()
    };
    let others = read(&text(others), root, false);
    let changing: Vec<&Call> =
        others.iter().filter(|call| call.changes && call.name != END).collect();
    assert!(changing.is_empty(), "another process or thread changes files: {changing:?}");
    text(own)
}

/// Runs the command on the project and strikes at one call. Gives how it ended.
pub fn strike(project: &Project, arguments: &[&str], call: &Call, blow: Blow) -> Ended {
    let how = match blow {
        Blow::Kill | Blow::KillAll => "signal=SIGKILL".to_owned(),
        Blow::Error(error) => format!("error={error}"),
    };
    let inject = format!("inject={}:{how}:when={}", call.name, call.ordinal);
    let trace = format!("trace={}", call.name);
    let (ended, log) = run(project, arguments, &["-e", &trace, "-e", &inject]);
    if matches!(blow, Blow::KillAll) {
        gateway::kill(project.root());
    }
    let of_name: Vec<&str> =
        log.lines().filter(|line| line.starts_with(&format!("{}(", call.name))).collect();
    let struck = of_name.get(call.ordinal - 1).unwrap_or_else(|| panic!("{call:?} in:\n{log}"));
    assert_eq!(files(struck, project.root()).as_ref(), Some(&call.files), "{call:?} in:\n{log}");
    match blow {
        Blow::Kill | Blow::KillAll => {
            assert_eq!((ended.code, of_name.len()), (None, call.ordinal), "{log}");
            assert!(struck.trim_end().ends_with("= ?"), "{log}");
        }
        Blow::Error(error) => {
            let answered = struck.contains(&format!("= -1 {error} ("));
            assert!(answered && struck.ends_with("(INJECTED)"), "{log}");
        }
    }
    ended
}

fn run(project: &Project, arguments: &[&str], how: &[&str]) -> (Ended, String) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new("strace");
    plain(&mut command);
    command.args(["-q", "-y", "-s", "0", "-e", "signal=none", "-o"]).arg(log.path()).args(how);
    command.arg("--").arg(gwcfg().get_program()).args(arguments).current_dir(project.root());
    let ended = finish(command);
    (ended, fs::read_to_string(log.path()).unwrap())
}

/// The calls of a log that are on the project's files. When the run is `alone`, every change must
/// be one of them, or words to the person at the terminal.
fn read(log: &str, root: &Path, alone: bool) -> Vec<Call> {
    let mut ordinals = std::collections::BTreeMap::<&str, usize>::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        let Some((name, arguments)) = line.split_once('(') else { continue };
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        let ordinal = ordinals.entry(name).or_default();
        *ordinal += 1;
        let looks = LOOKS.contains(&name)
            || name == "openat"
                && !["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|flag| arguments.contains(flag));
        let Some(files) = files(line, root) else {
            let words = arguments.starts_with("1<") || arguments.starts_with("2<");
            assert!(looks || words || !alone, "a change outside the project: {line}");
            continue;
        };
        calls.push(Call { name: name.to_owned(), ordinal: *ordinal, files, changes: !looks });
    }
    calls
}

/// The files of a call, relative to the project; `None` when one is not in it.
fn files(line: &str, root: &Path) -> Option<String> {
    if line.starts_with(END) {
        return Some(String::new());
    }
    let arguments = line.rsplit_once(" = ").map_or(line, |(call, _)| call);
    // The folder that a path is relative to, or the file itself.
    let opened = arguments.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    let opened = Path::new(opened.map_or("", |(path, _)| path));
    let named = arguments.split('"').skip(1).step_by(2).filter(|path| !path.is_empty());
    let mut paths: Vec<_> = named.map(|path| root.join(opened).join(path)).collect();
    if paths.is_empty() {
        paths.push(opened.to_path_buf());
    }
    let inside = |path: &std::path::PathBuf| {
        Some(without_random(path.strip_prefix(root).ok()?.to_str().unwrap()))
    };
    let files: Option<Vec<String>> = paths.iter().map(inside).collect();
    files.map(|files| files.join(" -> "))
}

/// A path with `*` for the random letters of a temporary file.
pub fn without_random(path: &str) -> String {
    let mark = ".gwcfg-";
    match path.rsplit_once(mark) {
        Some((before, random)) if random.ends_with(".tmp") => format!("{before}{mark}*.tmp"),
        Some(_) | None => path.to_owned(),
    }
}
