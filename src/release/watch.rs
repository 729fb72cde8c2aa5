//! Somebody who outlives this run: takes a deploy back when the run that deploys is killed, or when
//! nobody confirms.
//!
//! The watcher's standard input is a pipe that the run holds open. When it ends, the run has ended,
//! however it ended; no lock has to be tried for that, so the watcher never stands in the way of
//! another command. Over the pipe the run tells which command it runs.

use std::fs::File;
use std::io::{self, BufRead as _, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::atomic::STATE_MODE;
use super::lock::NO_LINK;
use super::who;

/// How long a watcher may take until it is apart from this run. A bus of systemd that does not
/// answer takes 25 seconds.
const READY: Duration = Duration::from_secs(40);

/// Where systemd is, when it runs this machine.
const SYSTEMD: &str = "/run/systemd/system";

/// The word after which there is nothing to watch.
const OVER: &str = "over";

/// Users whose processes systemd lets run when they are logged out.
const LINGERING: &str = "/var/lib/systemd/linger";

/// Who watches over a deploy. Dropped, it knows that the deploy has ended.
#[derive(Debug)]
pub struct Watcher {
    child: Child,
    line: ChildStdin,
    /// The scope of systemd in which it runs, when it does.
    pub scope: Option<String>,
}

impl Watcher {
    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Tells the process group of the command that runs now, or that none does. Best effort: a
    /// watcher that is gone cannot be helped from here.
    pub fn tell(&mut self, running: Option<u32>) {
        let _ = writeln!(self.line, "{}", running.unwrap_or_default());
    }

    /// The run has gone back itself, as far as it could: whatever is left to do is a person's.
    pub fn dismiss(mut self) {
        let _ = writeln!(self.line, "{OVER}");
    }
}

/// Starts `gwcfg` with `arguments` as a watcher, and waits until it is apart from this run, its
/// terminal and its process group. Where systemd runs it gets a scope called `name`, which outlives
/// the login and the unit of this run. Its environment is the one of this run; nothing of it
/// stands on a command line or in a unit, where others could read it. What it says goes to `log`.
///
/// # Errors
/// When no process can be started.
pub fn start(name: &str, arguments: &[String], log: &Path) -> io::Result<Watcher> {
    let program = std::env::current_exe()?;
    if let Some(mut command) = scope(name) {
        command.arg(&program).args(arguments);
        // No bus, no right: then without systemd.
        if let Ok(watcher) = begin(command, log, Some(name)) {
            return Ok(watcher);
        }
    }
    let mut command = Command::new(program);
    command.args(arguments);
    begin(command, log, None)
}

/// `systemd-run`, where it helps: it becomes the program in a scope of its own.
fn scope(name: &str) -> Option<Command> {
    let root = rustix::process::getuid().is_root();
    if !Path::new(SYSTEMD).is_dir() || !root && !Path::new(LINGERING).join(who::user()).exists() {
        return None;
    }
    let mut command = Command::new("systemd-run");
    command.args(scope_arguments(root, name));
    Some(command)
}

fn scope_arguments(root: bool, name: &str) -> Vec<&str> {
    let whose = if root { "--system" } else { "--user" };
    vec![whose, "--scope", "--quiet", "--collect", "--unit", name, "--"]
}

fn begin(mut command: Command, log: &Path, scope: Option<&str>) -> io::Result<Watcher> {
    let log = self::log(log).map_or_else(|_| Stdio::null(), Stdio::from);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
    let mut child = command.spawn()?;
    let ready = child.stdout.take().is_some_and(is_ready);
    match child.stdin.take().filter(|_| ready) {
        Some(line) => Ok(Watcher { child, line, scope: scope.map(str::to_owned) }),
        None => {
            let _ = child.kill();
            let _ = child.wait();
            Err(io::Error::other("it did not come up"))
        }
    }
}

/// True when the watcher said that it is apart.
fn is_ready(mut words: ChildStdout) -> bool {
    let (said, heard) = channel();
    std::thread::spawn(move || {
        let mut word = [0];
        let _ = said.send(words.read_exact(&mut word).is_ok());
    });
    heard.recv_timeout(READY).unwrap_or(false)
}

/// In the watcher, before anything else: closes what the caller of the run had open and handed on,
/// a lock of `flock(1)` for one. It would be held as long as a person has time to confirm.
pub fn close_others() {
    let Ok(entries) = std::fs::read_dir("/dev/fd") else { return };
    let number =
        |entry: io::Result<std::fs::DirEntry>| entry.ok()?.file_name().to_str()?.parse().ok();
    let open: Vec<i32> = entries.filter_map(number).collect();
    for file in open.into_iter().filter(|file| *file > 2) {
        let _ = nix::unistd::close(file);
    }
}

/// In the watcher: leaves the terminal and the process group of the run that started it, so that
/// closing them does not end it, and says so.
///
/// # Errors
/// When nobody listens: then nothing was deployed.
pub fn leave() -> io::Result<()> {
    // Refused to a leader of a group, which is apart already.
    let _ = rustix::process::setsid();
    let mut out = io::stdout();
    out.write_all(b"\n")?;
    out.flush()
}

/// How the run that deploys ended, as its watcher sees it.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// There is nothing left to watch.
    Over,
    /// No command was at work.
    Idle,
    /// It left this process group in the middle.
    Left(u32),
}

/// In the watcher: waits until the run that deploys has ended, however it ended.
#[must_use]
pub fn attend() -> Ended {
    ended(io::stdin().lock().lines().map_while(Result::ok))
}

fn ended(lines: impl Iterator<Item = String>) -> Ended {
    let last = lines.last().unwrap_or_default();
    match last.trim() {
        OVER => Ended::Over,
        word => match word.parse() {
            Ok(0) | Err(_) => Ended::Idle,
            Ok(group) => Ended::Left(group),
        },
    }
}

/// Opens the file in which a watcher says what it did, for its owner alone; never through a link.
fn log(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).append(true).mode(STATE_MODE).custom_flags(NO_LINK).open(path)
}

/// A line for whoever asks in the morning why the config is the old one again. Best effort.
pub fn note(log: &Path, line: &str) {
    let _ = self::log(log).and_then(|mut file| writeln!(file, "{line}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_belongs_to_the_machine_or_to_the_user() {
        let words = |root| scope_arguments(root, "one").join(" ");
        assert_eq!(words(true), "--system --scope --quiet --collect --unit one --");
        assert_eq!(words(false), "--user --scope --quiet --collect --unit one --");
    }

    #[test]
    fn the_last_word_tells_which_command_runs() {
        let ended = |text: &str| ended(text.lines().map(str::to_owned));
        assert_eq!(ended("12\n0\n34\n"), Ended::Left(34));
        assert_eq!(ended("12\n0\n"), Ended::Idle);
        assert_eq!(ended(""), Ended::Idle);
        assert_eq!(ended("12\n0\nover\n"), Ended::Over);
    }
}
