//! `gwcfg validate`.

use crate::diagnostic::Report;
use crate::pipeline;

use super::args::{Arguments, Reporting};
use super::exit::Exit;
use super::{Terminal, judge, load, show, tell_times};

pub(super) fn run(arguments: &Arguments, reporting: &Reporting, terminal: &mut Terminal) -> Exit {
    let loaded = match load(arguments, reporting, terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let mut report = Report::new(loaded.levels.clone());
    let counts = pipeline::validate(&loaded.sources, loaded.files, &mut report);
    tell_times(counts, terminal);
    match show(&loaded.sources, &report, counts, reporting, terminal) {
        Ok(()) => judge(&report, reporting),
        Err(exit) => exit,
    }
}
