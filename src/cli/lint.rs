//! `gwcfg lint`.

use std::path::Path;
use std::time::Instant;

use crate::checks::gateway::World;
use crate::diagnostic::Report;
use crate::gateway::litellm::releases::PINNED;
use crate::pipeline::{self, Counts};
use crate::project;
use crate::source::{SourceFile, Sources, read_file};

use super::args::{Arguments, Lint};
use super::exit::Exit;
use super::{Terminal, judge, milliseconds, show};

pub(super) fn run(arguments: &Arguments, command: &Lint, terminal: &mut Terminal) -> Exit {
    // A config of somebody else needs no project; one that stands in a project has its levels.
    let located = match super::located(arguments, terminal) {
        Ok(located) => located,
        Err(exit) => return exit,
    };
    let wishes = arguments.wishes(&command.reporting.weights);
    let levels = match project::levels(located.levels.iter().chain(&wishes.levels)) {
        Ok(levels) => levels,
        Err(error) => {
            terminal.fail(&error.to_string());
            return Exit::Usage;
        }
    };
    let target = command.target.map_or(located.target, |named| named.0);
    if let Some(note) = project::unmeasured(target) {
        terminal.say(&format!("note: {note}"));
    }
    let release = target.unwrap_or(PINNED);
    let mut sources = Sources::default();
    let mut files = Vec::new();
    for path in &command.files {
        match read(path) {
            Ok(file) => files.push((sources.add(file), path)),
            Err(message) => {
                terminal.fail(&message);
                return Exit::Usage;
            }
        }
    }
    let begun = Instant::now();
    let mut report = Report::new(levels);
    let mut counts = Counts::default();
    // Only whether it is there: no value of the environment is read.
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    for (file, path) in files {
        let folder = path.parent().unwrap_or(Path::new(""));
        let is_file = |name: &str| folder.join(name).is_file();
        let world = World { is_set: &is_set, is_file: &is_file, release };
        counts.public_names += pipeline::lint(&sources, file, &world, &mut report);
    }
    report.sort(&sources);
    terminal.detail(&format!("lint: {}", milliseconds(begun.elapsed())));
    match show(&sources, &report, counts, &command.reporting, terminal) {
        Ok(()) => judge(&report, &command.reporting),
        Err(exit) => exit,
    }
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
