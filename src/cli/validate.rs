//! `gwcfg validate`.

use crate::diagnostic::{Baseline, Report};
use crate::pipeline;

use super::args::{Arguments, Validate};
use super::exit::Exit;
use super::{Terminal, baseline, judge, load, reports, show, tell_times};

pub(super) fn run(arguments: &Arguments, command: &Validate, terminal: &mut Terminal) -> Exit {
    let reporting = &command.reporting;
    let loaded = match load(arguments, reporting, terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let mut report = loaded.report();
    if let Some(path) = &command.write_baseline {
        let taken = reports::taken_by(&loaded, reporting);
        if let Some(exit) = reports::refuse_baseline(path, reporting, &taken, terminal) {
            return exit;
        }
        report = Report::new(loaded.levels.clone()).knowing(Some(Baseline::of_everything()));
    }
    let counts = pipeline::validate(&loaded.sources, loaded.files, &mut report);
    tell_times(counts, terminal);
    let path = command.write_baseline.as_deref();
    let written =
        path.map_or(Ok(()), |path| baseline::write(path, &loaded.sources, &report, terminal));
    match show(&loaded.sources, &report, counts, reporting, terminal).and(written) {
        Ok(()) => judge(&report, reporting),
        Err(exit) => exit,
    }
}
