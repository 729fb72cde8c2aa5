//! Runs a command of the user's with a limit of time. Its words reach the user only when it fails.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process_group, test_kill_process_group, waitid,
};
use serde::{Deserialize, Serialize};

/// Bytes of a command's output that are shown: its last ones, where the error stands.
const SHOWN: u64 = 8 * 1024;

/// How long a command may take to end when it was asked to.
const GRACE: Duration = Duration::from_secs(2);

/// Between two looks at a command that runs.
const PAUSE: Duration = Duration::from_millis(10);

/// A program with its arguments, never a shell string, and how long it may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The program, then its arguments.
    pub argv: Vec<String>,
    /// After this time it is ended.
    pub timeout: Duration,
}

/// A command did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// It could not be started.
    #[error("cannot run `{program}`: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// It said that it failed.
    #[error("`{line}` {how}{}", after(output))]
    Failed {
        /// The command.
        line: String,
        /// Such as `ended with code 1`.
        how: String,
        /// The last it wrote.
        output: String,
    },
    /// It took too long, and was ended.
    #[error(
        "`{line}` did not end within {}s, and was ended{}",
        timeout.as_secs_f64(),
        after(output)
    )]
    Slow {
        /// The command.
        line: String,
        /// The limit.
        timeout: Duration,
        /// The last it wrote.
        output: String,
    },
    /// It waits for a terminal that it does not have: `sudo` that asks for a password, for one.
    #[error(
        "`{line}` asked for the terminal, and was ended: let it need no answer, as `sudo -n` \
             does{}",
        after(output)
    )]
    Terminal {
        /// The command.
        line: String,
        /// The last it wrote.
        output: String,
    },
}

fn after(output: &str) -> String {
    let output = output.trim_end();
    if output.is_empty() { String::new() } else { format!("; it wrote:\n{output}") }
}

impl Task {
    /// The command as a person would type it.
    #[must_use]
    pub fn line(&self) -> String {
        let plain = |word: &String| {
            let safe =
                |letter: char| letter.is_ascii_alphanumeric() || "-_./:=@%+,".contains(letter);
            if !word.is_empty() && word.chars().all(safe) {
                word.clone()
            } else {
                format!("'{}'", word.replace('\'', r"'\''"))
            }
        };
        self.argv.iter().map(plain).collect::<Vec<_>>().join(" ")
    }

    /// Runs it in `folder` to its end, and gives what it wrote. `started` is told the number of its
    /// process group, with which [`end_group`] ends it when this run no longer can.
    ///
    /// # Errors
    /// When it cannot be started, fails, or takes too long.
    pub fn run(&self, folder: &Path, started: impl FnOnce(u32)) -> Result<String, TaskError> {
        let (program, arguments) = match self.argv.split_first() {
            Some((program, arguments)) => (program.clone(), arguments),
            None => (String::new(), &[] as &[String]),
        };
        let start = |source| TaskError::Start { program: program.clone(), source };
        // A file and no pipe: a grandchild that keeps the pipe open would hold this run for ever.
        // Without a place for such a file the command runs unheard.
        let words = tempfile::tempfile().ok();
        let heard = || {
            let file = words.as_ref().and_then(|words| words.try_clone().ok());
            file.map_or_else(Stdio::null, Stdio::from)
        };
        let mut command = Command::new(found(&program, folder));
        command.args(arguments).current_dir(folder).stdin(Stdio::null()).process_group(0);
        command.stdout(heard()).stderr(heard());
        let mut child = command.spawn().map_err(start)?;
        started(child.id());
        let waited = wait(&mut child, self.timeout);
        if !matches!(waited, Ok(Waited::Ended(_))) {
            end(&mut child);
        }
        let output = words.and_then(|words| tail(words).ok()).unwrap_or_default();
        let line = self.line();
        match waited.map_err(start)? {
            Waited::Ended(status) if status.success() => Ok(output),
            Waited::Ended(status) => Err(TaskError::Failed { line, how: how(status), output }),
            Waited::Slow => Err(TaskError::Slow { line, timeout: self.timeout, output }),
            Waited::Stopped => Err(TaskError::Terminal { line, output }),
        }
    }
}

/// A program that is named by a path is looked for in the folder in which it will run.
fn found(program: &str, folder: &Path) -> PathBuf {
    let path = PathBuf::from(program);
    if program.contains('/') { folder.join(path) } else { path }
}

/// What became of a command.
enum Waited {
    /// It ended.
    Ended(ExitStatus),
    /// The time is up.
    Slow,
    /// The system stopped it: it is no part of the terminal's foreground, and wanted to be.
    Stopped,
}

fn wait(child: &mut Child, timeout: Duration) -> io::Result<Waited> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Waited::Ended(status));
        }
        if begun.elapsed() >= timeout {
            return Ok(Waited::Slow);
        }
        if is_stopped(child) {
            return Ok(Waited::Stopped);
        }
        sleep(PAUSE);
    }
}

fn is_stopped(child: &Child) -> bool {
    let Some(pid) = pid(child.id()) else { return false };
    let look = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    waitid(WaitId::Pid(pid), look).is_ok_and(|status| status.is_some_and(|one| one.stopped()))
}

fn pid(number: u32) -> Option<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw)
}

/// Ends a command and all that it started: asked first, then without asking.
fn end(child: &mut Child) {
    end_and(child.id(), || {
        let _ = child.try_wait();
    });
    let _ = child.wait();
}

/// Ends a process group that another run started and left behind.
pub fn end_group(group: u32) {
    end_and(group, || {});
}

/// `bury` takes note of those that ended.
fn end_and(group: u32, mut bury: impl FnMut()) {
    let Some(group) = pid(group) else { return };
    let begun = Instant::now();
    let _ = kill_process_group(group, Signal::TERM);
    // One that was stopped would not hear of it.
    let _ = kill_process_group(group, Signal::CONT);
    while begun.elapsed() < GRACE {
        bury();
        if test_kill_process_group(group).is_err() {
            return;
        }
        sleep(PAUSE);
    }
    let _ = kill_process_group(group, Signal::KILL);
}

fn how(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "failed".to_owned(),
    }
}

fn tail(mut file: File) -> io::Result<String> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(SHOWN)))?;
    let mut bytes = Vec::new();
    file.take(SHOWN).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(script: &str, timeout: Duration) -> Task {
        let argv = ["sh", "-c", script].map(str::to_owned).to_vec();
        Task { argv, timeout }
    }

    const LONG: Duration = Duration::from_secs(30);

    fn run(task: &Task) -> Result<String, TaskError> {
        task.run(Path::new("/"), |_| {})
    }

    #[test]
    fn what_a_command_wrote_is_told() {
        assert_eq!(run(&task("echo out; echo err >&2", LONG)).unwrap(), "out\nerr\n");
        let error = run(&task("echo why >&2; exit 3", LONG)).unwrap_err().to_string();
        assert_eq!(error, "`sh -c 'echo why >&2; exit 3'` ended with code 3; it wrote:\nwhy");
        let error = run(&task("kill -9 $$", LONG)).unwrap_err().to_string();
        assert!(error.ends_with("was ended by signal 9"), "{error}");
        let argv = vec!["/no/such/program".to_owned()];
        let error = run(&Task { argv, timeout: LONG }).unwrap_err().to_string();
        assert!(error.starts_with("cannot run `/no/such/program`: No such file"), "{error}");
        assert!(run(&Task { argv: Vec::new(), timeout: LONG }).is_err());
    }

    #[test]
    fn a_command_that_hangs_is_ended_with_all_that_it_started() {
        let begun = Instant::now();
        let script = "sleep 600 & echo $!; trap '' TERM; sleep 600";
        let error = run(&task(script, Duration::from_millis(300))).unwrap_err();
        let TaskError::Slow { output, .. } = &error else { panic!("{error}") };
        assert!(begun.elapsed() < Duration::from_secs(20));
        let pid = pid(output.trim().parse().unwrap()).unwrap();
        assert!(soon(|| is_gone(pid)), "the grandchild lives on");
    }

    #[test]
    fn a_command_that_waits_for_the_terminal_is_ended() {
        let begun = Instant::now();
        let error = run(&task("echo asks; kill -TTOU $$; sleep 600", LONG)).unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(20));
        let error = error.to_string();
        assert!(error.contains("asked for the terminal") && error.contains("asks"), "{error}");
    }

    #[test]
    fn a_command_runs_in_the_folder_where_its_program_is_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        std::os::unix::fs::symlink("/bin/pwd", folder.join("where")).unwrap();
        let argv = ["./where", "-P"].map(str::to_owned).to_vec();
        let mut group = 0;
        let output = Task { argv, timeout: LONG }.run(&folder, |started| group = started).unwrap();
        assert_eq!(output, format!("{}\n", folder.display()));
        assert!(group > 1);
    }

    #[test]
    fn a_group_that_another_run_left_is_ended() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & trap '' TERM; echo; sleep 600"]).process_group(0);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut ready = [0];
        child.stdout.take().unwrap().read_exact(&mut ready).unwrap();
        end_group(child.id());
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(9), "{status:?}");
    }

    /// Whoever adopts a process may take a moment to bury it.
    fn is_gone(pid: Pid) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
        stat.map_or(true, |stat| stat.contains(") Z "))
    }

    fn soon(mut done: impl FnMut() -> bool) -> bool {
        (0..100).any(|_| {
            sleep(PAUSE);
            done()
        })
    }

    #[test]
    fn only_the_last_words_of_a_talker_are_kept() {
        let output = run(&task("yes | head -c 100000; echo end", LONG)).unwrap();
        assert!(output.len() <= 8 * 1024 && output.ends_with("end\n"), "{}", output.len());
    }
}
