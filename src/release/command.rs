//! Runs a command of the user's with a limit of time. Its words reach the user only when it fails.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
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
    #[error("`{line}` did not end within {}s, and was ended{}", timeout.as_secs(), after(output))]
    Slow {
        /// The command.
        line: String,
        /// The limit.
        timeout: Duration,
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

    /// Runs it to its end, and gives what it wrote.
    ///
    /// # Errors
    /// When it cannot be started, fails, or takes too long.
    pub fn run(&self) -> Result<String, TaskError> {
        let (program, arguments) = match self.argv.split_first() {
            Some((program, arguments)) => (program.clone(), arguments),
            None => (String::new(), &[] as &[String]),
        };
        let start = |source| TaskError::Start { program: program.clone(), source };
        // A file and no pipe: a grandchild that keeps the pipe open would hold this run for ever.
        let words = tempfile::tempfile().map_err(start)?;
        let mut command = Command::new(&program);
        command.args(arguments).stdin(Stdio::null()).process_group(0);
        command.stdout(words.try_clone().map_err(start)?);
        command.stderr(words.try_clone().map_err(start)?);
        let mut child = command.spawn().map_err(start)?;
        let status = wait(&mut child, self.timeout).map_err(start)?;
        let output = tail(words).unwrap_or_default();
        match status {
            None => {
                end(&mut child);
                Err(TaskError::Slow { line: self.line(), timeout: self.timeout, output })
            }
            Some(status) if status.success() => Ok(output),
            Some(status) => Err(TaskError::Failed { line: self.line(), how: how(status), output }),
        }
    }
}

/// `None` when the time is up.
fn wait(child: &mut Child, timeout: Duration) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() >= timeout {
            return Ok(None);
        }
        sleep(PAUSE);
    }
}

/// Ends a command and all that it started: asked first, then without asking.
fn end(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let signal = |signal| group.map(|group| kill_process_group(group, signal));
    let _ = signal(Signal::TERM);
    if !matches!(wait(child, GRACE), Ok(Some(_))) {
        let _ = signal(Signal::KILL);
        let _ = child.wait();
    }
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

    #[test]
    fn what_a_command_wrote_is_told() {
        assert_eq!(task("echo out; echo err >&2", LONG).run().unwrap(), "out\nerr\n");
        let error = task("echo why >&2; exit 3", LONG).run().unwrap_err().to_string();
        assert_eq!(error, "`sh -c 'echo why >&2; exit 3'` ended with code 3; it wrote:\nwhy");
        let error = task("kill -9 $$", LONG).run().unwrap_err().to_string();
        assert!(error.ends_with("was ended by signal 9"), "{error}");
        let argv = vec!["/no/such/program".to_owned()];
        let error = Task { argv, timeout: LONG }.run().unwrap_err().to_string();
        assert!(error.starts_with("cannot run `/no/such/program`: No such file"), "{error}");
        assert!(Task { argv: Vec::new(), timeout: LONG }.run().is_err());
    }

    #[test]
    fn a_command_that_hangs_is_ended_with_all_that_it_started() {
        let begun = Instant::now();
        let script = "sleep 600 & echo $!; trap '' TERM; sleep 600";
        let error = task(script, Duration::from_millis(300)).run().unwrap_err();
        let TaskError::Slow { output, .. } = &error else { panic!("{error}") };
        assert!(begun.elapsed() < Duration::from_secs(20));
        let pid = Pid::from_raw(output.trim().parse().unwrap()).unwrap();
        // Whoever adopts it may take a moment to bury it.
        let gone = || rustix::process::test_kill_process(pid).is_err() || is_zombie(pid);
        assert!(
            (0..100).any(|_| gone() || {
                sleep(PAUSE);
                false
            }),
            "the grandchild lives on"
        );
    }

    fn is_zombie(pid: Pid) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
        stat.is_ok_and(|stat| stat.contains(") Z "))
    }

    #[test]
    fn only_the_last_words_of_a_talker_are_kept() {
        let output = task("yes | head -c 100000; echo end", LONG).run().unwrap();
        assert!(output.len() <= 8 * 1024 && output.ends_with("end\n"), "{}", output.len());
    }
}
