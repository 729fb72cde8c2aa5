//! The command line: arguments in, exit code out. One file for each command.

mod args;
pub mod color;
mod compiled;
mod config;
mod deploy;
mod diff;
mod difference;
mod drift;
pub mod exit;
mod explain;
mod export;
mod gateway;
mod generate;
mod history;
mod lint;
mod recording;
mod rollback;
mod route;
#[cfg(test)]
mod runbook;
mod schema;
mod settle;
mod simulate;
mod validate;
mod variables;

use std::borrow::Cow;
use std::io::{IsTerminal as _, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser as _;

use crate::diagnostic::{Report, Severity, stars};
use crate::pipeline::{Counts, Times};
use crate::project::{self, Loaded, Located, ProjectError};
use crate::report::{self, Read, Run, Style};
use crate::source::{Sources, secrets};

use args::{Arguments, Command, Reporting};
use exit::Exit;

/// Runs a command and gives its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            return match error.print() {
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Exit::Usage.into(),
                _ => code.into(),
            };
        }
    };
    let mut terminal = Terminal::new(&arguments);
    let exit = match &arguments.command {
        Command::Validate(command) => validate::run(&arguments, command, &mut terminal),
        Command::Lint(command) => lint::run(&arguments, command, &mut terminal),
        Command::Generate(command) => generate::run(&arguments, command, &mut terminal),
        Command::Diff(command) => diff::run(&arguments, command, &mut terminal),
        Command::Deploy(command) => deploy::run(&arguments, command, &mut terminal),
        Command::Confirm(command) => settle::confirm(&arguments, command, &mut terminal),
        Command::Drift(command) => drift::run(&arguments, command, &mut terminal),
        Command::Watch(command) => settle::watch(&arguments, command, &mut terminal),
        Command::History(command) => history::run(&arguments, command, &mut terminal),
        Command::Rollback(command) => rollback::run(&arguments, command, &mut terminal),
        Command::Route(command) => route::run(&arguments, command, &mut terminal),
        Command::Simulate(command) => simulate::run(&arguments, command, &mut terminal),
        Command::Config(args::Config::Show(command)) => {
            config::run(&arguments, command, &mut terminal)
        }
        Command::Env(command) => variables::run(&arguments, command, &mut terminal),
        Command::Explain { rule } => explain::run(rule.as_deref(), &mut terminal),
        Command::Schema { name } => schema::run(*name, &mut terminal),
    };
    exit.into()
}

/// Where a command writes: the report and only the report to `out`, everything else to `err`.
struct Terminal {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    style: Style,
    /// Columns at which a line is cut; none where the reader may be a program.
    columns: Option<usize>,
    quiet: bool,
    verbose: bool,
    environment: Option<String>,
}

impl Terminal {
    fn new(arguments: &Arguments) -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let (no_color, force) = (variable("NO_COLOR"), variable("FORCE_COLOR"));
        let (clicolor, ci, term) = (variable("CLICOLOR_FORCE"), variable("CI"), variable("TERM"));
        let terminal = std::io::stdout().is_terminal();
        let colour = color::coloured(&color::Facts {
            choice: arguments.global.color.into(),
            no_color: no_color.as_deref(),
            force_color: force.as_deref(),
            clicolor_force: clicolor.as_deref(),
            ci: ci.as_deref(),
            term: term.as_deref(),
            terminal,
        });
        let columns = variable("COLUMNS").and_then(|columns| columns.parse().ok());
        let width = columns.unwrap_or(100);
        Terminal {
            out: Box::new(std::io::BufWriter::new(std::io::stdout())),
            err: Box::new(std::io::stderr()),
            style: Style { colour, unicode: true, width },
            columns: columns.or(terminal.then_some(width)),
            quiet: arguments.global.quiet,
            verbose: arguments.global.verbose > 0,
            environment: arguments.global.environment.clone(),
        }
    }

    /// A line about what is done, for people.
    fn say(&mut self, line: &str) {
        if !self.quiet {
            let _ = writeln!(self.err, "{}", self.to_be_typed(line));
        }
    }

    /// The commands that a message names, as a person has to type them in this environment.
    fn to_be_typed<'l>(&self, line: &'l str) -> Cow<'l, str> {
        match &self.environment {
            Some(name) => Cow::Owned(commands_in(line, name)),
            None => Cow::Borrowed(line),
        }
    }

    /// A step of a longer work that is done.
    fn step(&mut self, what: &str, took: Duration) {
        // A command line is told here, and may hold a secret.
        let what = stars(what, &secrets::in_text(what));
        self.say(&format!("  {what} ({})", milliseconds(took)));
    }

    /// A line of `--verbose`.
    fn detail(&mut self, line: &str) {
        if self.verbose {
            let _ = writeln!(self.err, "{line}");
        }
    }

    /// Writes what was asked for to stdout. A reader who went away is no failure.
    fn print(&mut self, text: &str) -> Exit {
        match self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                self.fail(&format!("cannot write to stdout: {error}"));
                Exit::Usage
            }
            _ => Exit::Done,
        }
    }

    /// What went wrong with the world; shown even when quiet.
    fn fail(&mut self, line: &str) {
        let line = stars(line, &secrets::in_text(line));
        let _ = writeln!(self.err, "error: {}", self.to_be_typed(&line));
    }
}

/// A message with `--env NAME` behind each command in it that has an environment's own state.
fn commands_in(line: &str, environment: &str) -> String {
    let mut text = line.to_owned();
    for command in ["confirm", "rollback", "history", "generate", "deploy"] {
        let plain = format!("`gwcfg {command}`");
        text = text.replace(&plain, &format!("`gwcfg {command} --env {environment}`"));
    }
    text
}

/// Finds the project, or says why there is none to judge.
fn load(
    arguments: &Arguments,
    reporting: &Reporting,
    terminal: &mut Terminal,
) -> Result<Loaded, Exit> {
    let loaded = load_by(|| project::load(&arguments.wishes(&reporting.weights)), terminal);
    if let Ok(loaded) = &loaded {
        let plan = settle::plan(&loaded.root, Some(&loaded.output), &loaded.deploy);
        settle::overdue(&loaded.root, &loaded.state_dir, &plan, terminal);
    } else {
        settle::overdue_somewhere(arguments, terminal);
    }
    loaded
}

/// Loads a project, of now or of a revision, or says why there is none to judge.
fn load_by(
    load: impl FnOnce() -> Result<Loaded, ProjectError>,
    terminal: &mut Terminal,
) -> Result<Loaded, Exit> {
    let begun = Instant::now();
    let loaded = load();
    if let Ok(loaded) = &loaded {
        for note in &loaded.notes {
            terminal.say(&format!("note: {note}"));
        }
        for (_, file) in loaded.sources.files() {
            terminal.detail(&format!("loaded `{}`, {} bytes", file.path, file.text.len()));
        }
        terminal.detail(&format!("the output is `{}`", loaded.output.display()));
        terminal.detail(&format!("the state folder is `{}`", loaded.state_dir.display()));
        terminal.detail(&format!("load: {}", milliseconds(begun.elapsed())));
    }
    loaded.map_err(|error| refused(&error, terminal))
}

/// Says why there is no project to judge.
fn refused(error: &ProjectError, terminal: &mut Terminal) -> Exit {
    if let ProjectError::Broken { sources, report, .. } = error {
        let run = Run {
            report,
            sources,
            redactions: &report.redactions(sources),
            read: &Read::default(),
            style: terminal.style,
        };
        let _ = report::write(&mut terminal.err, report::Format::Human, &run);
    }
    match error {
        ProjectError::Settings(mistakes) => {
            mistakes.iter().for_each(|mistake| terminal.fail(mistake));
        }
        ProjectError::Read(_)
        | ProjectError::NoInputs(_)
        | ProjectError::Named { .. }
        | ProjectError::TwoSpellings(..)
        | ProjectError::Broken { .. }
        | ProjectError::UnknownRule { .. }
        | ProjectError::UnknownEnvironment { .. }
        | ProjectError::Version { .. } => terminal.fail(&error.to_string()),
    }
    match error {
        ProjectError::NoInputs(_) => Exit::NoInputs,
        ProjectError::Read(_)
        | ProjectError::Named { .. }
        | ProjectError::TwoSpellings(..)
        | ProjectError::Broken { .. }
        | ProjectError::Settings(_)
        | ProjectError::UnknownRule { .. }
        | ProjectError::UnknownEnvironment { .. }
        | ProjectError::Version { .. } => Exit::Usage,
    }
}

/// Finds the project's places for a command that must work without the sources.
fn located(arguments: &Arguments, terminal: &mut Terminal) -> Result<Located, Exit> {
    match project::locate(&arguments.places()) {
        Ok(mut located) => {
            recording::find_root(arguments, &mut located);
            for note in &located.notes {
                terminal.say(&format!("note: {note}"));
            }
            Ok(located)
        }
        Err(error) => {
            terminal.fail(&error.to_string());
            Err(Exit::Usage)
        }
    }
}

/// Writes a report to stdout. A reader who went away is no failure.
fn show(
    sources: &Sources,
    report: &Report,
    counts: Counts,
    reporting: &Reporting,
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    let read = Read {
        files: sources.files().filter(|(_, file)| !file.text.is_empty()).count(),
        models: counts.models,
        providers: counts.providers,
        public_names: counts.public_names,
    };
    let redactions = report.redactions(sources);
    let run = Run { report, sources, redactions: &redactions, read: &read, style: terminal.style };
    let written = report::write(&mut terminal.out, reporting.format.into(), &run)
        .and_then(|()| terminal.out.flush());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            terminal.fail(&format!("cannot write the report: {error}"));
            Err(Exit::Usage)
        }
        _ => Ok(()),
    }
}

/// Writes a report beside what a command was asked for.
fn show_on_stderr(
    sources: &Sources,
    report: &Report,
    counts: Counts,
    reporting: &Reporting,
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    std::mem::swap(&mut terminal.out, &mut terminal.err);
    let shown = show(sources, report, counts, reporting, terminal);
    std::mem::swap(&mut terminal.out, &mut terminal.err);
    shown
}

/// What the stages took, for `--verbose`.
fn tell_times(counts: Counts, terminal: &mut Terminal) {
    let Times { read, resolve, lower } = counts.times;
    for (stage, time) in [("read", read), ("resolve", resolve), ("lower", lower)] {
        terminal.detail(&format!("{stage}: {}", milliseconds(time)));
    }
}

/// A text that anybody may have written, for a terminal: nothing in it steers it, no secret shows.
fn shown(text: &str) -> String {
    let line: String =
        text.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect();
    stars(&line, &secrets::in_text(&line)).into_owned()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// The exit code of a report.
fn judge(report: &Report, reporting: &Reporting) -> Exit {
    let limit: Severity = reporting.fail_on.into();
    if report.has(limit) && !reporting.exit_zero { Exit::Findings } else { Exit::Done }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_named_as_they_have_to_be_typed() {
        let line = "confirm it: `gwcfg confirm`, or `gwcfg rollback` and `gwcfg lint`";
        let expected = "confirm it: `gwcfg confirm --env eu`, or `gwcfg rollback --env eu` and \
                        `gwcfg lint`";
        assert_eq!(commands_in(line, "eu"), expected);
    }

    #[test]
    fn a_foreign_text_cannot_steer_the_terminal_and_tells_no_secret() {
        assert_eq!(shown("a\u{1b}[31mb"), "a?[31mb");
        let secret = ["sk", "-ant-api03-", &"Ab3".repeat(20)].concat();
        assert!(!shown(&format!("key {secret}")).contains(&secret));
    }
}
