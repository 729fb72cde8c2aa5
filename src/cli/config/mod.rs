//! `gwcfg config show`: the settings that a run has, and where each comes from.

mod effective;
mod show;

use crate::diagnostic::{Redactions, Report};
use crate::pipeline;
use crate::project::Loaded;

use super::args::{Arguments, ConfigShow, Plain, Reporting};
use super::exit::Exit;
use super::{Terminal, load};

use effective::Settings;

pub(super) fn run(arguments: &Arguments, command: &ConfigShow, terminal: &mut Terminal) -> Exit {
    let loaded = match load(arguments, &Reporting::of(&command.levels), terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let (settings, redactions) = settings(arguments, &loaded);
    let view = show::View { loaded: &loaded, redactions: &redactions };
    let text = match command.format {
        Plain::Human => view.yaml(&settings, command.origin),
        Plain::Json => view.json(&settings),
    };
    terminal.print(&text)
}

/// What counts, and what of it must not be shown.
fn settings(arguments: &Arguments, loaded: &Loaded) -> (Settings, Redactions) {
    let Some(file) = loaded.files.project else {
        return (effective::of(arguments, loaded, None), Redactions::default());
    };
    let mut report = Report::default();
    let (sources, overlays) = (&loaded.sources, loaded.files.overlays);
    let settings = pipeline::with_project(sources, file, overlays, &mut report, |tree| {
        effective::of(arguments, loaded, Some(tree))
    });
    (settings, report.redactions(sources))
}
