//! `gwcfg validate`.

use crate::checks::{baseline as entries, comments};
use crate::diagnostic::{Baseline, InEnvironment, Report, union};
use crate::pipeline::{self, Counts};
use crate::project::{self, Edited, Loaded, ProjectError};

use super::args::{Arguments, Validate};
use super::exit::Exit;
use super::mend::{Judged, Mended};
use super::{Terminal, baseline, judge, load, refused, reports, show, tell_times};

pub(super) fn run(arguments: &Arguments, command: &Validate, terminal: &mut Terminal) -> Exit {
    match command.fixes.are_wanted() {
        Ok(false) => {}
        Ok(true) => {
            if let Err(exit) = fix(arguments, command, terminal) {
                return exit;
            }
        }
        Err(wrong) => {
            terminal.fail(wrong);
            return Exit::Usage;
        }
    }
    if command.all_envs && arguments.global.environment.is_some() {
        // Clap sees it only where both stand behind the command.
        terminal.fail("`--all-envs` and `--env` ask for different things: leave one of them out");
        return Exit::Usage;
    }
    let reporting = &command.reporting;
    let loaded = match load(arguments, reporting, terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let path = command.write_baseline.as_deref();
    if let Some(path) = path {
        let taken = reports::taken_by(&loaded, reporting);
        if let Some(exit) = reports::refuse_baseline(path, reporting, &taken, terminal) {
            return exit;
        }
    }
    let (loaded, report, counts) = if command.all_envs {
        match everywhere(arguments, loaded, command, terminal) {
            Ok(all) => all,
            Err(exit) => return exit,
        }
    } else {
        let everything = path.map(|_| Baseline::of_everything());
        let known = everything.or_else(|| loaded.baseline.clone());
        let (report, counts) = check(&loaded, known);
        (loaded, report, counts)
    };
    tell_times(counts, terminal);
    let write = |path| baseline::write(path, &loaded.sources, &report, terminal);
    let written = path.map_or(Ok(()), write);
    let exit = match show(&loaded.sources, &report, counts, reporting, terminal).and(written) {
        Ok(()) => judge(&report, reporting),
        Err(exit) => exit,
    };
    // The process ends now, and takes all of it along: it is not taken apart piece by piece.
    std::mem::forget((loaded, report));
    exit
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
        let mut report = Report::new(selected.levels).knowing(loaded.baseline.clone());
        let counts = pipeline::validate(&loaded.sources, selected.files, &mut report);
        first.get_or_insert(counts);
        let overlays = selected.files.overlays.iter().collect();
        runs.push(InEnvironment { name: selected.name, overlays, report });
    }
    let names: Vec<String> = loaded.environments().map(|name| format!("`{name}`")).collect();
    terminal.say(&match names.as_slice() {
        [] => "note: gwcfg.yaml has no `environments`".to_owned(),
        names => format!("checked without an environment and in {}", names.join(", ")),
    });
    let mut report = union(runs, &[&comments::UNUSED, &entries::UNUSED]);
    report.sort(&loaded.sources);
    Ok((loaded, report, first.unwrap_or_default()))
}

/// What is found in a project.
fn check(loaded: &Loaded, known: Option<Baseline>) -> (Report, Counts) {
    let mut report = Report::new(loaded.levels.clone()).knowing(known);
    let counts = pipeline::validate(&loaded.sources, loaded.files, &mut report);
    (report, counts)
}

/// Makes the fixes, or shows them; the exit code when that is all. What the baseline knows is
/// mended too: it is there to go away.
fn fix(arguments: &Arguments, command: &Validate, terminal: &mut Terminal) -> Result<(), Exit> {
    let wishes = arguments.wishes(&command.reporting.weights);
    let root = project::root(&wishes);
    let mut edited = Edited::default();
    let mended = Mended::make(command.fixes.unsafe_fixes, |mended| {
        for (path, text) in mended.texts() {
            if let Some(place) = edited.place(&root, path) {
                edited.set(place, text.to_owned());
            }
        }
        match project::load_edited(&edited, &wishes) {
            Ok(loaded) => {
                let (report, _) = check(&loaded, None);
                Ok(Judged { sources: loaded.sources, report })
            }
            // What is wrong with the project file alone can be mended too.
            Err(ProjectError::Broken { sources, report, .. }) => {
                Ok(Judged { sources: *sources, report: *report })
            }
            Err(error) => Err(error),
        }
    });
    let mended = match mended {
        Ok(mended) => mended,
        Err(error) => return Err(refused(&error, terminal)),
    };
    let place = |path: &str| edited.place(&root, path);
    mended.finish(&command.fixes, &root, place, &command.reporting, terminal)
}
