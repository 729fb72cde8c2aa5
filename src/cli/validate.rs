//! `gwcfg validate`.

use crate::diagnostic::{Baseline, Report};
use crate::pipeline::{self, Counts};
use crate::project::{self, Edited, Loaded, ProjectError};

use super::args::{Arguments, Validate};
use super::exit::Exit;
use super::mend::{Judged, Mended};
use super::{Terminal, baseline, judge, load, load_by, reports, show, tell_times};

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
    let reporting = &command.reporting;
    let loaded = match load(arguments, reporting, terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let mut known = loaded.baseline.clone();
    let path = command.write_baseline.as_deref();
    if let Some(path) = path {
        let taken = reports::taken_by(&loaded, reporting);
        if let Some(exit) = reports::refuse_baseline(path, reporting, &taken, terminal) {
            return exit;
        }
        known = Some(Baseline::of_everything());
    }
    let (report, counts) = check(&loaded, known);
    tell_times(counts, terminal);
    let write = |path| baseline::write(path, &loaded.sources, &report, terminal);
    let written = path.map_or(Ok(()), write);
    match show(&loaded.sources, &report, counts, reporting, terminal).and(written) {
        Ok(()) => judge(&report, reporting),
        Err(exit) => exit,
    }
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
        Err(error) => return load_by(|| Err(error), terminal).map(|_| ()),
    };
    let place = |path: &str| edited.place(&root, path);
    mended.finish(&command.fixes, &root, place, &command.reporting, terminal)
}
