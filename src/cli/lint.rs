//! `gwcfg lint`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::checks::gateway::World;
use crate::diagnostic::{Baseline, Levels, Report};
use crate::gateway::litellm::releases::{PINNED, Release};
use crate::pipeline::{self, Counts};
use crate::project;
use crate::release::header;
use crate::source::{FileId, SourceFile, Sources, read_file};

use super::args::{Arguments, Lint};
use super::exit::Exit;
use super::mend::{Judged, Mended};
use super::{Terminal, baseline, judge, milliseconds, reports, show};

pub(super) fn run(arguments: &Arguments, command: &Lint, terminal: &mut Terminal) -> Exit {
    // A config of somebody else needs no project; one that stands in a project has its levels.
    let located = match super::located(arguments, terminal) {
        Ok(located) => located,
        Err(exit) => return exit,
    };
    let wishes = arguments.wishes(&command.reporting.weights);
    let wanted = command.fixes.are_wanted().map_err(str::to_owned);
    let levels = project::levels(&located.weights, &wishes).map_err(|error| error.to_string());
    let (levels, wanted) = match levels.and_then(|levels| Ok((levels, wanted?))) {
        Ok(both) => both,
        Err(wrong) => {
            terminal.fail(&wrong);
            return Exit::Usage;
        }
    };
    let target = command.target.map_or(located.target, |named| named.0);
    if let Some(note) = project::unmeasured(target) {
        terminal.say(&format!("note: {note}"));
    }
    let release = target.unwrap_or(PINNED);
    if let Some(exit) = refuse(command, terminal) {
        return exit;
    }
    // The paths are those of the command line, from the folder that it was run in.
    terminal.standing.folder.clear();
    if wanted && let Err(exit) = fix(command, &located.root, (&levels, release), terminal) {
        return exit;
    }
    let (mut sources, files) = match read_all(command, &BTreeMap::new()) {
        Ok(read) => read,
        Err(message) => {
            terminal.fail(&message);
            return Exit::Usage;
        }
    };
    let here = Path::new(".");
    let known = match baseline::take_in(&mut sources, here, &command.reporting, terminal) {
        Ok(known) => known,
        Err(exit) => return exit,
    };
    let everything = command.write_baseline.as_ref().map(|_| Baseline::of_everything());
    let begun = Instant::now();
    let (report, counts) = check(&sources, &files, release, levels, everything.or(known));
    terminal.detail(format_args!("lint: {}", milliseconds(begun.elapsed())));
    let path = command.write_baseline.as_deref();
    let write = |path| baseline::write(path, &sources, &report, terminal);
    let written = path.map_or(Ok(()), write);
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

/// What is found in the files.
fn check(
    sources: &Sources,
    files: &[FileId],
    release: Release,
    levels: Levels,
    known: Option<Baseline>,
) -> (Report, Counts) {
    let mut report = Report::new(levels).knowing(known);
    // Only whether it is there: no value of the environment is read.
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_file = |config: &str, name: &str| {
        Path::new(config).parent().unwrap_or(Path::new("")).join(name).is_file()
    };
    let world = World { is_set: &is_set, is_file: &is_file, release };
    let public_names = pipeline::lint(sources, files, &world, &mut report);
    report.sort(sources);
    (report, Counts { public_names, ..Counts::default() })
}

/// Makes the fixes, or shows them; the exit code when that is all.
fn fix(
    command: &Lint,
    root: &Path,
    (levels, release): (&Levels, Release),
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    let mended = Mended::make(command.fixes.unsafe_fixes, |mended| {
        let read = read_all(command, &mended.texts().collect());
        let (sources, files) = read.map_err(|message| (message, Exit::Usage))?;
        // An edit of it would be lost with the next run, and is refused as one by a hand.
        let ours = sources.files().find(|(_, file)| header::split(&file.text).0 > 0);
        if let Some((_, file)) = ours {
            let path = &file.path;
            let message = format!("`{path}` is written by gwcfg: mend the sources instead");
            return Err((message, Exit::Refused));
        }
        let (report, _) = check(&sources, &files, release, levels.clone(), None);
        Ok(Judged { sources, report })
    });
    match mended {
        Ok(mended) => {
            let place = |path: &str| Some(PathBuf::from(path));
            mended.finish(&command.fixes, root, place, &command.reporting, terminal)
        }
        Err((message, exit)) => {
            terminal.fail(&message);
            Err(exit)
        }
    }
}

/// The files, some of them with the text that `edited` has under their path.
fn read_all(
    command: &Lint,
    edited: &BTreeMap<&str, &str>,
) -> Result<(Sources, Vec<FileId>), String> {
    let mut sources = Sources::default();
    let mut files = Vec::new();
    for path in &command.files {
        let file = match edited.get(path.display().to_string().as_str()) {
            Some(text) => {
                let shown = path.display().to_string();
                SourceFile::new(shown, text.as_bytes().to_vec(), false)
            }
            None => read(path)?,
        };
        files.push(sources.add(file));
    }
    Ok((sources, files))
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
