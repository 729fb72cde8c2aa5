//! Somebody who outlives this run: takes a deploy back that nobody confirms.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::atomic::STATE_MODE;
use super::lock::NO_LINK;

/// Who waits for the confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watcher {
    /// A unit of systemd, by its name: it outlives the login as well.
    Systemd(String),
    /// A process, by its number.
    Process(u32),
}

/// Starts `gwcfg` with `arguments`, apart from this run, its terminal and its process group:
/// through systemd where it runs, else as a process in a session of its own. `variables` are
/// environment variables that it needs.
///
/// # Errors
/// When no process can be started.
pub fn start(name: &str, arguments: &[String], variables: &[&str]) -> io::Result<Watcher> {
    let program = std::env::current_exe()?;
    if Path::new("/run/systemd/system").is_dir()
        && let Some(unit) = by_systemd(name, &program, arguments, variables)
    {
        return Ok(Watcher::Systemd(unit));
    }
    let mut command = Command::new(program);
    command.args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(Watcher::Process(command.spawn()?.id()))
}

/// `None` when systemd cannot: no bus, no right.
fn by_systemd(
    name: &str,
    program: &Path,
    arguments: &[String],
    variables: &[&str],
) -> Option<String> {
    let mut command = Command::new("systemd-run");
    if !rustix::process::getuid().is_root() {
        command.arg("--user");
    }
    command.args(["--quiet", "--collect", "--unit", name]);
    for variable in variables.iter().filter(|variable| std::env::var_os(variable).is_some()) {
        // The name alone: its value is taken over, and stands on no command line.
        command.args(["--setenv", variable]);
    }
    command.arg("--").arg(program).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().ok()?.success().then(|| name.to_owned())
}

/// Opens the file in which a watcher says what it did, for its owner alone; never through a link.
///
/// # Errors
/// When it cannot be opened, or is a link.
pub fn log(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).append(true).mode(STATE_MODE).custom_flags(NO_LINK).open(path)
}

/// Leaves the terminal and the process group of whoever started this process, so that closing
/// them does not end it.
pub fn detach() {
    // Refused to a leader of a group, which is apart already.
    let _ = rustix::process::setsid();
}
