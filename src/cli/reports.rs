//! The report of a run: to the terminal in the main format, and to the files of `--report`.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Redactions, Report, Severity};
use crate::pipeline::Counts;
use crate::project::Loaded;
use crate::release::atomic::{OUTPUT_MODE, replace};
use crate::release::place::Place;
use crate::report::{self, Around, Read, Run, Style};
use crate::source::Sources;

use super::Terminal;
use super::args::{Generate, Reporting};
use super::exit::Exit;

/// Columns of the human report in a file.
const FILE_WIDTH: usize = 100;

/// Where the pages of the rules are published, when they are: the variable of the run, else of the
/// build, else the homepage of the manifest. Without an address there are no links: one that is
/// made up would lead strangers to somebody else.
const PAGES: &str = "GWCFG_DOCS_URL";

/// Where a command stands, for the formats that other programs read.
#[derive(Debug)]
pub(super) struct Standing {
    /// See [`Around::folder`].
    pub(super) folder: String,
    /// See [`Around::pages`].
    pages: Option<String>,
    root: PathBuf,
}

impl Standing {
    pub(super) fn new(root: &Path) -> Self {
        let built = option_env!("GWCFG_DOCS_URL").unwrap_or(env!("CARGO_PKG_HOMEPAGE"));
        let pages = std::env::var(PAGES).unwrap_or_else(|_| built.to_owned());
        Standing { folder: folder(root), pages: address(&pages), root: root.to_path_buf() }
    }

    /// The project, which no link may lead out of.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    fn around(&self, reporting: &Reporting) -> Around<'_> {
        let fail_on = Severity::from(reporting.fail_on);
        Around { folder: &self.folder, pages: self.pages.as_deref(), fail_on }
    }
}

/// The way to the project with a `/` at its end; empty when it is the folder of the command.
fn folder(root: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let below = root.strip_prefix(here).unwrap_or(root);
    let parts = below.components().filter(|part| *part != std::path::Component::CurDir);
    let path: PathBuf = parts.collect();
    if path.as_os_str().is_empty() { String::new() } else { format!("{}/", path.display()) }
}

/// An address as a link may hold it, with a `/` at its end: nothing in it steers a terminal.
fn address(text: &str) -> Option<String> {
    let known = text.starts_with("https://") || text.starts_with("http://");
    (known && text.chars().all(|letter| letter.is_ascii_graphic()))
        .then(|| format!("{}/", text.trim_end_matches('/')))
}

/// Writes a report to stdout and to its files. A reader who went away is no failure.
pub(super) fn show(
    sources: &Sources,
    report: &Report,
    counts: Counts,
    reporting: &Reporting,
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    let files = to_files(sources, report, counts, reporting, terminal);
    let read = read(sources, counts);
    let redactions = report.redactions(sources);
    let run = Run {
        report,
        sources,
        redactions: &redactions,
        read: &read,
        style: terminal.style,
        around: terminal.standing.around(reporting),
    };
    let written = report::write(&mut terminal.out, reporting.format.into(), &run)
        .and_then(|()| terminal.out.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            terminal.fail(&format!("cannot write the report: {error}"));
            Err(Exit::Usage)
        }
        _ => files,
    }
}

/// Writes a report beside what a command was asked for.
pub(super) fn show_on_stderr(
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

/// Writes the files of `--report`, each whole or not at all; never with colours or links.
pub(super) fn to_files(
    sources: &Sources,
    report: &Report,
    counts: Counts,
    reporting: &Reporting,
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    if reporting.reports.is_empty() {
        return Ok(());
    }
    let redactions: &Redactions = &report.redactions(sources);
    let (read, around) = (&read(sources, counts), terminal.standing.around(reporting));
    let style = Style { colour: false, unicode: true, width: FILE_WIDTH, links: false };
    let run = Run { report, sources, redactions, read, style, around };
    let mut failures = Vec::new();
    for file in &reporting.reports {
        if let Some(folder) = file.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            // Where this fails, so does what follows, and says why.
            let _ = std::fs::create_dir_all(folder);
        }
        let root = &terminal.standing.root;
        let place = Place { path: &file.path, root, new_mode: OUTPUT_MODE };
        let written = replace(&place, |out| report::write(out, file.format, &run));
        failures.extend(written.err().map(|error| error.to_string()));
    }
    for failure in &failures {
        terminal.fail(failure);
    }
    if failures.is_empty() { Ok(()) } else { Err(Exit::Usage) }
}

fn read(sources: &Sources, counts: Counts) -> Read {
    Read {
        files: sources.inputs().filter(|file| !file.text.is_empty()).count(),
        models: counts.models,
        providers: counts.providers,
        public_names: counts.public_names,
    }
}

/// The exit code of a report.
pub(super) fn judge(report: &Report, reporting: &Reporting) -> Exit {
    let limit: Severity = reporting.fail_on.into();
    if report.has(limit) && !reporting.exit_zero { Exit::Findings } else { Exit::Done }
}

/// The files of a project that no report may replace, each with what it is.
pub(super) fn taken_by<'t>(
    loaded: &'t Loaded,
    reporting: &'t Reporting,
) -> Vec<(&'static str, &'t PathBuf)> {
    let inputs = loaded.inputs.iter().map(|input| ("one of the sources", input));
    let own = [("the output", &loaded.output), ("in the state folder", &loaded.state_dir)];
    let baseline = reporting.baseline.iter().map(|path| ("the baseline", path));
    inputs.chain(own).chain(baseline).collect()
}

/// Says so when a report would replace a file that is needed, or another report.
pub(super) fn refuse(
    reporting: &Reporting,
    taken: &[(&str, &PathBuf)],
    terminal: &mut Terminal,
) -> Option<Exit> {
    let mut places: Vec<PathBuf> = Vec::new();
    for file in &reporting.reports {
        if let Some(exit) = refuse_file(&file.path, "report", taken, terminal) {
            return Some(exit);
        }
        let place = real(&file.path);
        if places.contains(&place) {
            let path = file.path.display();
            terminal.fail(&format!("`{path}` is named twice: name another file for the report"));
            return Some(Exit::Usage);
        }
        places.push(place);
    }
    None
}

/// The same for one file, which would be a `what`.
pub(super) fn refuse_file(
    path: &Path,
    what: &str,
    taken: &[(&str, &PathBuf)],
    terminal: &mut Terminal,
) -> Option<Exit> {
    let place = real(path);
    let (why, _) = taken.iter().find(|(_, taken)| place.starts_with(real(taken)))?;
    let path = path.display();
    terminal.fail(&format!("`{path}` is {why}, and is kept: name another file for the {what}"));
    Some(Exit::Usage)
}

/// The same for a baseline that is to be written.
pub(super) fn refuse_baseline(
    path: &Path,
    reporting: &Reporting,
    taken: &[(&str, &PathBuf)],
    terminal: &mut Terminal,
) -> Option<Exit> {
    let reports = reporting.reports.iter().map(|file| ("a report", &file.path));
    let taken: Vec<_> = taken.iter().copied().chain(reports).collect();
    refuse_file(path, "baseline", &taken, terminal)
}

/// The same for the output that the command line names.
pub(super) fn refuse_output(command: &Generate, terminal: &mut Terminal) -> Option<Exit> {
    let output = command.output.as_ref().filter(|output| output.as_path() != Path::new("-"))?;
    refuse(&command.reporting, &[("the output", output)], terminal)
}

/// A path as the system names it, as far as it is there.
fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    for there in path.ancestors() {
        if let Ok(real) = there.canonicalize() {
            let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
            // Nothing behind a file that is not there: no `/` at the end.
            return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_could_steer_a_terminal_is_none() {
        assert_eq!(address("https://docs.example.org/gw").unwrap(), "https://docs.example.org/gw/");
        assert_eq!(address("http://localhost:3000/").unwrap(), "http://localhost:3000/");
        for text in ["", "docs", "file:///etc", "https://a\u{1b}]b", "https://a b", "https://é"] {
            assert_eq!(address(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_folder_of_a_project_is_told_from_where_the_command_runs() {
        assert_eq!(folder(Path::new(".")), "");
        assert_eq!(folder(Path::new("./a/./b/")), "a/b/");
        let here = std::env::current_dir().unwrap();
        assert_eq!(folder(&here), "");
        assert_eq!(folder(&here.join("sub")), "sub/");
    }
}
