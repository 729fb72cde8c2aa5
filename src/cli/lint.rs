//! `gwcfg lint`.

use std::path::Path;
use std::time::Instant;

use crate::diagnostic::{Baseline, Report};
use crate::pipeline::{self, Counts};
use crate::project;
use crate::source::{SourceFile, Sources, read_file};

use super::args::{Arguments, Lint};
use super::exit::Exit;
use super::{Terminal, baseline, judge, milliseconds, reports, show};

pub(super) fn run(arguments: &Arguments, command: &Lint, terminal: &mut Terminal) -> Exit {
    // A config of somebody else needs no project; one that stands in a project has its levels.
    let located = match super::located(arguments, terminal) {
        Ok(located) => located,
        Err(exit) => return exit,
    };
    let wishes = arguments.wishes(&command.reporting.weights);
    let levels = match project::levels(&located.weights, &wishes) {
        Ok(levels) => levels,
        Err(error) => {
            terminal.fail(&error.to_string());
            return Exit::Usage;
        }
    };
    if let Some(exit) = refuse(command, terminal) {
        return exit;
    }
    // The paths are those of the command line, from the folder that it was run in.
    terminal.standing.folder.clear();
    let mut sources = Sources::default();
    let mut files = Vec::new();
    for path in &command.files {
        match read(path) {
            Ok(file) => files.push(sources.add(file)),
            Err(message) => {
                terminal.fail(&message);
                return Exit::Usage;
            }
        }
    }
    let here = Path::new(".");
    let known = match baseline::take_in(&mut sources, here, &command.reporting, terminal) {
        Ok(known) => known,
        Err(exit) => return exit,
    };
    let everything = command.write_baseline.as_ref().map(|_| Baseline::of_everything());
    let begun = Instant::now();
    let mut report = Report::new(levels).knowing(everything.or(known));
    // Only whether it is there: no value of the environment is read.
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let public_names = pipeline::lint(&sources, &files, &is_set, &mut report);
    report.sort(&sources);
    terminal.detail(&format!("lint: {}", milliseconds(begun.elapsed())));
    let path = command.write_baseline.as_deref();
    let write = |path| baseline::write(path, &sources, &report, terminal);
    let written = path.map_or(Ok(()), write);
    let counts = Counts { public_names, ..Counts::default() };
    match show(&sources, &report, counts, &command.reporting, terminal).and(written) {
        Ok(()) => judge(&report, &command.reporting),
        Err(exit) => exit,
    }
}

/// Says so when the run would replace what it reads.
fn refuse(command: &Lint, terminal: &mut Terminal) -> Option<Exit> {
    let reporting = &command.reporting;
    let configs = command.files.iter().map(|file| ("a config to lint", file));
    let known = reporting.baseline.iter().map(|path| ("the baseline", path));
    let taken: Vec<_> = configs.chain(known).collect();
    let path = command.write_baseline.as_deref();
    reports::refuse(reporting, &taken, terminal)
        .or_else(|| reports::refuse_baseline(path?, reporting, &taken, terminal))
}

fn read(path: &Path) -> Result<SourceFile, String> {
    match read_file(path) {
        Ok(Some((bytes, too_large))) => {
            Ok(SourceFile::new(path.display().to_string(), bytes, too_large))
        }
        Ok(None) => Err(format!("`{}` does not exist", path.display())),
        Err(error) => Err(error.to_string()),
    }
}
