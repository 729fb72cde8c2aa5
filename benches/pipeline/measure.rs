//! Processes: how long, how much memory, how many instructions.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A command line.
pub struct Process {
    /// What it is called in the table.
    pub name: &'static str,
    /// The program and its arguments.
    pub line: Vec<OsString>,
}

impl Process {
    /// A process by its parts.
    pub fn new<'a>(name: &'static str, line: impl IntoIterator<Item = &'a OsStr>) -> Self {
        Process { name, line: line.into_iter().map(OsStr::to_owned).collect() }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.line[0]);
        command.args(&self.line[1..]).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Wall time of one run, from start to exit.
    pub fn time(&self) -> io::Result<Duration> {
        let begun = Instant::now();
        let status = self.command().status()?;
        let took = begun.elapsed();
        // 1 says that the project has errors; it was read all the same.
        if matches!(status.code(), Some(0 | 1)) { Ok(took) } else { Err(failed(self.name)) }
    }

    /// Peak resident memory of one run, in bytes: the largest that the kernel saw of the children
    /// of a process of its own (see [`peak_of_child`]).
    pub fn peak(&self) -> io::Result<u64> {
        let mut line: Vec<OsString> = vec![std::env::current_exe()?.into(), "peak".into()];
        line.extend(self.line.iter().cloned());
        let output = Command::new(&line[0]).args(&line[1..]).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        text.trim().parse().map_err(|_| failed(self.name))
    }

    /// Instructions of one run as callgrind counts them; `None` without valgrind.
    pub fn instructions(&self) -> Option<u64> {
        let mut command = Command::new("valgrind");
        command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).args(&self.line);
        let output = command.stdout(Stdio::null()).output().ok()?;
        let text = String::from_utf8_lossy(&output.stderr);
        let count = text.lines().find_map(|line| line.split_once("Collected : "))?.1;
        count.trim().parse().ok()
    }
}

fn failed(name: &str) -> io::Error {
    io::Error::other(format!("`{name}` did not end well"))
}

/// Runs a command and prints the peak of its resident memory in bytes.
pub fn peak_of_child(line: &[OsString]) -> io::Result<()> {
    let process = Process { name: "the measured command", line: line.to_vec() };
    process.time()?;
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_CHILDREN)?;
    println!("{}", usage.max_rss() * 1024);
    Ok(())
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
