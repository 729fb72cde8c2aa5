//! `gwcfg generate`.

use std::io::{self, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use crate::diagnostic::{Redactions, Report, Severity};
use crate::gateway::litellm::Lowered;
use crate::pipeline::{self, Counts};
use crate::project::Loaded;
use crate::release::atomic::WriteError;
use crate::release::diff::Line;
use crate::release::header::Header;
use crate::release::output::{self, OnDisk};
use crate::release::store::{Origin, Store};
use crate::release::writer::{Output, ReleaseError};
use crate::source::read_file;

use super::args::{Arguments, Generate};
use super::compiled::{HOLDS_SECRET, body, header, holds_secret};
use super::difference::{self, Config};
use super::exit::Exit;
use super::{Terminal, export, judge, load, milliseconds, recording, reports, show, tell_times};

pub(super) fn run(arguments: &Arguments, command: &Generate, terminal: &mut Terminal) -> Exit {
    if let Some(shape) = command.emit {
        return export::run(arguments, command, shape, terminal);
    }
    let stdout = command.output.as_deref() == Some(Path::new("-"));
    if stdout && command.check {
        terminal
            .fail("`--check` compares with a file, and `-o -` names none: leave one of them out");
        return Exit::Usage;
    }
    let loaded = match load(arguments, &command.reporting, terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    if let Some(exit) = refuse_input(&loaded, command, terminal)
        .or_else(|| reports::refuse_output(command, terminal))
    {
        return exit;
    }
    let mut report = loaded.report();
    let sources = &loaded.sources;
    // The sources are hashed while they are compiled; whoever wants the header first makes it.
    let (made, text_bytes) = (OnceLock::new(), sources.files().map(|(_, file)| file.text.len()));
    let header = || made.get_or_init(|| header(&loaded));
    let is_large = text_bytes.sum::<usize>() > pipeline::LARGE;
    let compile = || {
        pipeline::compile(sources, loaded.files, &mut report, |lowered, report| {
            if report.has(Severity::Error) {
                return None;
            }
            let redactions = report.redactions(sources);
            if holds_secret(lowered, &redactions) {
                terminal.fail(HOLDS_SECRET);
                return Some((Exit::Refused, std::time::Duration::ZERO));
            }
            let begun = Instant::now();
            let exit = write(&loaded, command, (lowered, header()), &redactions, terminal);
            Some((exit, begun.elapsed()))
        })
    };
    let (_, (counts, exit)) = pipeline::both(is_large, || _ = header(), compile);
    tell_times(counts, terminal);
    let Some((exit, wrote)) = exit else {
        return refuse(&loaded, &report, counts, command, terminal);
    };
    terminal.detail(format_args!("write: {}", milliseconds(wrote)));
    if !stdout && exit == Exit::Done {
        if let Err(exit) = show(sources, &report, counts, &command.reporting, terminal) {
            return exit;
        }
        return judge(&report, &command.reporting);
    }
    // The report has no place on the terminal, and its files are wanted all the same.
    match reports::to_files(sources, &report, counts, &command.reporting, terminal) {
        Ok(()) => exit,
        Err(failed) => failed,
    }
}

/// The sources are what a person wrote: no option makes gwcfg replace them by what it compiled.
fn refuse_input(loaded: &Loaded, command: &Generate, terminal: &mut Terminal) -> Option<Exit> {
    let path = command.output.as_ref().unwrap_or(&loaded.output);
    if !loaded.is_input(path) {
        return None;
    }
    let why = if path.exists() {
        "is one of the sources, and is kept"
    } else {
        "has the name of a source, and would be read as one"
    };
    terminal.fail(&format!("`{}` {why}: name another file as the output", path.display()));
    Some(Exit::Refused)
}

/// Errors stop the compiler; with `-o -` the report must not stand where a config is expected.
fn refuse(
    loaded: &Loaded,
    report: &Report,
    counts: Counts,
    command: &Generate,
    terminal: &mut Terminal,
) -> Exit {
    if command.output.as_deref() == Some(Path::new("-")) {
        terminal.out = Box::new(io::stderr());
    }
    if let Err(exit) = show(&loaded.sources, report, counts, &command.reporting, terminal) {
        return exit;
    }
    terminal.say("nothing was written: the sources have errors");
    Exit::Findings
}

fn write(
    loaded: &Loaded,
    command: &Generate,
    (lowered, header): (&Lowered<'_>, &Header),
    redactions: &Redactions,
    terminal: &mut Terminal,
) -> Exit {
    if command.output.as_deref() == Some(Path::new("-")) {
        let written = output::stream(&mut terminal.out, header, |out| body(lowered, out))
            .and_then(|()| terminal.out.flush());
        return match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                terminal.fail(&format!("cannot write the config: {error}"));
                Exit::Usage
            }
            _ => Exit::Done,
        };
    }
    install(loaded, command, lowered, header, redactions, terminal)
        .unwrap_or_else(|error| recording::fail(&error, terminal))
}

fn tell_edit(path: &Path, diff: Option<&[Line]>, redactions: &Redactions, terminal: &mut Terminal) {
    terminal.fail(&format!(
        "`{}` was edited by hand since gwcfg wrote it, and is kept: take the edit over into the \
         sources, or use `--force`",
        path.display()
    ));
    if let Some(lines) = diff {
        // What a hand put into the output may be a secret that stands nowhere else.
        let edited = match read_file(path) {
            Ok(Some((bytes, _))) => difference::secrets_of(Config::new(String::new(), bytes)),
            Ok(None) | Err(_) => Redactions::default(),
        };
        let lines = difference::masked_lines(lines, &[redactions, &edited]);
        let _ = write!(terminal.err, "{}", difference::human(&lines, terminal.style));
    }
}

/// How the output stands to the sources.
enum Compared {
    Same,
    Differs,
    Refused(Exit),
}

/// Looks at what is in the output's place, and says so when it must stay there.
fn compare(
    command: &Generate,
    lowered: &Lowered<'_>,
    header: &Header,
    redactions: &Redactions,
    output: &Output,
    store: &Store,
    terminal: &mut Terminal,
) -> Result<Compared, String> {
    let head = store.head().map_err(|error| error.to_string())?;
    // A damaged manifest hides what is in place, and says so where the generation is wanted.
    let current = head.current_of(&output.key).and_then(|number| store.generation(number).ok());
    let there = output::inspect(&output.path, store, current.as_ref())
        .map_err(|error| error.to_string())?;
    let same = match &there {
        OnDisk::Current | OnDisk::Ours => {
            let known = output::read_header(&output.path).map_err(|error| error.to_string())?;
            let complete = output::complete(header, |out| body(lowered, out));
            known == Some(complete.map_err(|error| error.to_string())?)
        }
        OnDisk::Missing | OnDisk::Edited { .. } | OnDisk::Foreign => false,
    };
    if same {
        return Ok(Compared::Same);
    }
    if command.check || command.force {
        return Ok(Compared::Differs);
    }
    let environment = header.environment.as_deref();
    if let Some(exit) = refuse_other_environment(&there, &output.path, environment, terminal) {
        return Ok(Compared::Refused(exit));
    }
    let known = command.output.is_some() || head.current_of(&output.key).is_some();
    Ok(match refuse_to_lose(&there, &output.path, known, redactions, terminal) {
        Some(exit) => Compared::Refused(exit),
        None => Compared::Differs,
    })
}

/// Says why what is in the output's place must stay there, when it must. `known` when gwcfg wrote
/// there before, or a person named the file: else the first run on a box takes over what it finds,
/// and keeps it as a generation.
pub(super) fn refuse_to_lose(
    there: &OnDisk,
    path: &Path,
    known: bool,
    redactions: &Redactions,
    terminal: &mut Terminal,
) -> Option<Exit> {
    match there {
        OnDisk::Edited { diff } => {
            tell_edit(path, diff.as_deref(), redactions, terminal);
            Some(Exit::Refused)
        }
        OnDisk::Foreign if known => {
            terminal.fail(&format!(
                "`{}` was not written by gwcfg, and is kept: move it away, or use `--force`",
                path.display()
            ));
            Some(Exit::Refused)
        }
        OnDisk::Foreign | OnDisk::Missing | OnDisk::Current | OnDisk::Ours => None,
    }
}

/// Says why an output must stay that was compiled for another environment: whoever reads it would
/// get a config that is not meant for it.
pub(super) fn refuse_other_environment(
    there: &OnDisk,
    path: &Path,
    environment: Option<&str>,
    terminal: &mut Terminal,
) -> Option<Exit> {
    if *there != OnDisk::Ours {
        return None;
    }
    let known = output::read_header(path).ok().flatten()?;
    let known = known.environment.as_deref();
    if known == environment {
        return None;
    }
    let of = |environment: Option<&str>| match environment {
        Some(name) => format!("for environment `{name}`"),
        None => "without an environment".to_owned(),
    };
    terminal.fail(&format!(
        "`{}` was compiled {}, and is kept: give each environment an `output` of its own, or use \
         `--force` to replace it by what is compiled {}",
        path.display(),
        of(known),
        of(environment)
    ));
    Some(Exit::Refused)
}

/// Records what the sources compile to, and puts it in place.
fn install(
    loaded: &Loaded,
    command: &Generate,
    lowered: &Lowered<'_>,
    header: &Header,
    redactions: &Redactions,
    terminal: &mut Terminal,
) -> Result<Exit, ReleaseError> {
    let path = command.output.as_ref().unwrap_or(&loaded.output);
    let output = Output::new(path, &loaded.root)?;
    let (state, wait) = (&loaded.state_dir, command.recording.wait);
    let writer = if command.check {
        None
    } else {
        Some(recording::open(&loaded.root, state, wait, "generate", terminal))
    };
    let store = Store::new(state);
    let compared = compare(command, lowered, header, redactions, &output, &store, terminal);
    let path = path.display();
    match compared {
        Err(error) => {
            terminal.fail(&error);
            return Ok(Exit::Usage);
        }
        Ok(Compared::Refused(exit)) => return Ok(exit),
        Ok(Compared::Same) => {
            // Nothing to write, so nothing that a lock or a full disk could stop.
            terminal.say(&format!("`{path}` is up to date"));
            return Ok(Exit::Done);
        }
        Ok(Compared::Differs) => {}
    }
    let Some(writer) = writer else {
        terminal
            .fail(&format!("`{path}` is not what the sources compile to: run `gwcfg generate`"));
        return Ok(Exit::Findings);
    };
    let mut writer = writer?;
    writer.refuse_pending()?;
    if let Some(found) = writer.keep_found(&output)? {
        terminal.say(&format!("kept what was in `{path}` as generation {found}"));
    }
    let facts = recording::facts(loaded, header, command.recording.message.as_deref());
    let prepared = writer.prepare(&output, Origin::Generated, facts, |file| {
        output::write(file, header, |out| body(lowered, out))
            .map_err(|source| WriteError::new(&output.path, source).into())
    })?;
    let generation = writer.install(prepared)?;
    terminal.say(&format!("wrote `{path}`, generation {}", generation.number));
    recording::prune(&mut writer, &recording::keep(&loaded.keep), terminal);
    Ok(Exit::Done)
}
