//! The command line: arguments in, exit code out. One file for each command.

mod args;
mod baseline;
pub mod color;
mod compiled;
mod completions;
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
mod init;
mod lint;
mod lsp;
mod man;
mod mend;
mod recording;
mod reports;
mod rollback;
mod route;
#[cfg(test)]
mod runbook;
mod schema;
mod settle;
mod simulate;
mod today;
mod validate;
mod variables;

use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt;
use std::io::{IsTerminal as _, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::diagnostic::stars;
use crate::pipeline::{Counts, Times};
use crate::project::{self, Loaded, Located, ProjectError};
use crate::report::{self, Around, Read, Run, Style};
use crate::source::secrets;

use args::{Arguments, Command, Reporting};
use exit::Exit;
use reports::{Standing, judge, show, show_on_stderr};

/// Runs a command and gives its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let arguments = match Arguments::read(&words) {
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
        Command::Init(command) => init::run(&arguments, command, &mut terminal),
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
        Command::Lsp => lsp::run(&arguments, &mut terminal),
        Command::Explain { rule } => explain::run(rule.as_deref(), &mut terminal),
        Command::Schema(command) => schema::run(command, &mut terminal),
        Command::Completions { shell } => completions::run(*shell, &mut terminal),
        Command::Man { dir } => man::run(dir.as_deref(), &mut terminal),
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
    standing: Standing,
}

impl Terminal {
    fn new(arguments: &Arguments) -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let (no_color, force) = (variable("NO_COLOR"), variable("FORCE_COLOR"));
        let (clicolor, ci, term) = (variable("CLICOLOR_FORCE"), variable("CI"), variable("TERM"));
        let terminal = std::io::stdout().is_terminal();
        let facts = color::Facts {
            choice: arguments.global.color.into(),
            no_color: no_color.as_deref(),
            force_color: force.as_deref(),
            clicolor_force: clicolor.as_deref(),
            ci: ci.as_deref(),
            term: term.as_deref(),
            terminal,
        };
        let colour = color::coloured(&facts);
        let links = colour && color::links(&facts);
        let columns = variable("COLUMNS").and_then(|columns| columns.parse().ok());
        let width = columns.unwrap_or(100);
        Terminal {
            out: Box::new(std::io::BufWriter::new(std::io::stdout())),
            err: Box::new(std::io::stderr()),
            style: Style { colour, unicode: true, width, links },
            columns: columns.or(terminal.then_some(width)),
            quiet: arguments.global.quiet,
            verbose: arguments.global.verbose > 0,
            environment: arguments.global.environment.clone(),
            standing: Standing::new(&project::root(&arguments.places())),
        }
    }

    /// A line about what is done, for people.
    fn say(&mut self, line: &str) {
        if !self.quiet {
            // A note may quote what somebody wrote.
            let line = stars(line, &secrets::in_text(line));
            let line = self.to_be_typed(&line);
            let _ = writeln!(self.err, "{line}");
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
        self.say(&format!("  {what} ({})", milliseconds(took)));
    }

    /// A line of `--verbose`, put together for that alone.
    fn detail(&mut self, line: fmt::Arguments<'_>) {
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
    let loaded = loaded.and_then(|mut loaded| {
        let taken = reports::taken_by(&loaded, reporting);
        if let Some(exit) = reports::refuse(reporting, &taken, terminal) {
            return Err(exit);
        }
        loaded.baseline =
            baseline::take_in(&mut loaded.sources, &loaded.root, reporting, terminal)?;
        Ok(loaded)
    });
    if let Ok(loaded) = &loaded {
        let plan = || settle::plan(&loaded.root, Some(&loaded.output), &loaded.deploy);
        settle::overdue(&loaded.root, &loaded.state_dir, plan, terminal);
    } else {
        settle::overdue_somewhere(arguments, terminal);
    }
    if matches!(loaded, Err(Exit::NoInputs)) {
        terminal.say(
            "help: `gwcfg init` writes a project to begin with, `gwcfg lint FILE` checks a config \
             of LiteLLM as it is, and `-C DIR` looks elsewhere",
        );
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
            terminal.detail(format_args!("loaded `{}`, {} bytes", file.path, file.text.len()));
        }
        terminal.detail(format_args!("the output is `{}`", loaded.output.display()));
        terminal.detail(format_args!("the state folder is `{}`", loaded.state_dir.display()));
        terminal.detail(format_args!("load: {}", milliseconds(begun.elapsed())));
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
            around: Around::default(),
        };
        let _ = report::write(&mut terminal.err, report::Format::Human, &run);
    }
    match error {
        ProjectError::Settings(mistakes) => {
            mistakes.iter().for_each(|mistake| terminal.fail(&mistake.to_string()));
        }
        ProjectError::Read(_)
        | ProjectError::NoInputs(_)
        | ProjectError::Named { .. }
        | ProjectError::TwoSpellings(..)
        | ProjectError::Broken { .. }
        | ProjectError::UnknownRule { .. }
        | ProjectError::Mandatory { .. }
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
        | ProjectError::Mandatory { .. }
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

/// What the stages took, for `--verbose`.
fn tell_times(counts: Counts, terminal: &mut Terminal) {
    let Times { read, resolve, lower } = counts.times;
    for (stage, time) in [("read", read), ("resolve", resolve), ("lower", lower)] {
        terminal.detail(format_args!("{stage}: {}", milliseconds(time)));
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
