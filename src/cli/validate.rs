//! `gwcfg validate`.

use crate::diagnostic::{Report, union};
use crate::pipeline::{self, Counts};
use crate::project::{self, Loaded};

use super::args::{Arguments, Validate};
use super::exit::Exit;
use super::{Terminal, judge, load, refused, show, tell_times};

pub(super) fn run(arguments: &Arguments, command: &Validate, terminal: &mut Terminal) -> Exit {
    let reporting = &command.reporting;
    let loaded = match load(arguments, reporting, terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let (loaded, report, counts) = if command.all_envs {
        match everywhere(arguments, loaded, command, terminal) {
            Ok(all) => all,
            Err(exit) => return exit,
        }
    } else {
        let mut report = Report::new(loaded.levels.clone());
        let counts = pipeline::validate(&loaded.sources, loaded.files, &mut report);
        (loaded, report, counts)
    };
    tell_times(counts, terminal);
    match show(&loaded.sources, &report, counts, reporting, terminal) {
        Ok(()) => judge(&report, reporting),
        Err(exit) => exit,
    }
}

/// The sources without an environment and in each one. What is counted is counted without one.
fn everywhere(
    arguments: &Arguments,
    loaded: Loaded,
    command: &Validate,
    terminal: &mut Terminal,
) -> Result<(Loaded, Report, Counts), Exit> {
    let wishes = arguments.wishes(&command.reporting.weights);
    let (loaded, all) =
        project::load_environments(loaded, &wishes).map_err(|error| refused(&error, terminal))?;
    let mut first = None;
    let mut runs = Vec::new();
    for selected in all {
        let mut report = Report::new(selected.levels);
        let counts = pipeline::validate(&loaded.sources, selected.files, &mut report);
        first.get_or_insert(counts);
        runs.push((selected.name, report));
    }
    let names: Vec<String> = loaded.environments().map(|name| format!("`{name}`")).collect();
    terminal.say(&match names.as_slice() {
        [] => "note: gwcfg.yaml has no `environments`".to_owned(),
        names => format!("checked without an environment and in {}", names.join(", ")),
    });
    let mut report = union(runs);
    report.sort(&loaded.sources);
    Ok((loaded, report, first.unwrap_or_default()))
}
