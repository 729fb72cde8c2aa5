//! `gwcfg generate`.

use std::io::{self, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use sha2::{Digest as _, Sha256};

use crate::diagnostic::{Redactions, Report, Severity, stars};
use crate::gateway::litellm::{self, Lowered, RELEASE};
use crate::gateway::search::TextSearch;
use crate::gateway::yaml::YamlWriter;
use crate::pipeline::{self, Counts};
use crate::project::Loaded;
use crate::release::header::{Header, Source};
use crate::release::output::{self, OnDisk};
use crate::release::place::Place;
use crate::source::{self, SourceFile, Sources, read_file, secrets};

use super::args::{Arguments, Generate};
use super::exit::Exit;
use super::{Terminal, judge, load, milliseconds, show, tell_times};

pub(super) fn run(arguments: &Arguments, command: &Generate, terminal: &mut Terminal) -> Exit {
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
    if let Some(exit) = refuse_input(&loaded, command, terminal) {
        return exit;
    }
    let mut report = Report::new(loaded.levels.clone());
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
                terminal.fail(
                    "the compiled config would hold a secret that stands in the sources, under a \
                     name that does not say so: nothing was written",
                );
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
    terminal.detail(&format!("write: {}", milliseconds(wrote)));
    if !stdout && exit == Exit::Done {
        if let Err(exit) = show(sources, &report, counts, &command.reporting, terminal) {
            return exit;
        }
        return judge(&report, &command.reporting);
    }
    exit
}

/// The sources are what a person wrote: no option makes gwcfg replace them by what it compiled.
fn refuse_input(loaded: &Loaded, command: &Generate, terminal: &mut Terminal) -> Option<Exit> {
    let path = command.output.as_ref().unwrap_or(&loaded.output);
    if !loaded.is_input(path) {
        return None;
    }
    terminal.fail(&format!(
        "`{}` is one of the sources, and is kept: name another file as the output",
        path.display()
    ));
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
        std::mem::swap(&mut terminal.out, &mut terminal.err);
    }
    if let Err(exit) = show(&loaded.sources, report, counts, &command.reporting, terminal) {
        return exit;
    }
    terminal.say("nothing was written: the sources have errors");
    Exit::Findings
}

/// The config below the header.
fn body(lowered: &Lowered<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = YamlWriter::new(out);
    litellm::emit(lowered, &mut writer)?;
    writer.finish()?;
    Ok(())
}

/// True when a literal secret of the sources would stand in the config after all: what is left out
/// is known by its key, and another key may hold the same text.
fn holds_secret(lowered: &Lowered<'_>, redactions: &Redactions) -> bool {
    if redactions.is_empty() {
        return false;
    }
    let known = |text: &str| {
        redactions.found(text).iter().any(|range| range.len() >= SECRET_BYTES)
            || secrets::has_shape(text)
    };
    litellm::emit(lowered, &mut TextSearch { is_wanted: known }).is_err()
}

/// A shorter text is no secret wherever it stands: a password may be the word `model`.
const SECRET_BYTES: usize = 8;

fn header(loaded: &Loaded) -> Header {
    let sources = loaded.sources.files().map(|(_, file)| Source {
        path: file.path.clone(),
        sha256: hexadecimal(&Sha256::digest(file.text.as_bytes())),
    });
    Header::new(format!("litellm {RELEASE}"), sources.collect())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
    let path = command.output.clone().unwrap_or_else(|| loaded.output.clone());
    match install(loaded, command, lowered, header, &path) {
        Ok(Installed::Same) => {
            terminal.say(&format!("`{}` is up to date", path.display()));
            Exit::Done
        }
        Ok(Installed::Written) => {
            terminal.say(&format!("wrote `{}`", path.display()));
            Exit::Done
        }
        Ok(Installed::Differs) => {
            let path = path.display();
            terminal.fail(&format!(
                "`{path}` is not what the sources compile to: run `gwcfg generate`"
            ));
            Exit::Findings
        }
        Ok(Installed::Edited { diff }) => {
            tell_edit(&path, diff.as_deref(), redactions, terminal);
            Exit::Refused
        }
        Ok(Installed::Foreign) => {
            let path = path.display();
            terminal.fail(&format!(
                "`{path}` was not written by gwcfg, and is kept: move it away, or use `--force`"
            ));
            Exit::Refused
        }
        Err(error) => {
            terminal.fail(&error);
            Exit::Usage
        }
    }
}

fn tell_edit(path: &Path, diff: Option<&str>, redactions: &Redactions, terminal: &mut Terminal) {
    terminal.fail(&format!(
        "`{}` was edited by hand since gwcfg wrote it, and is kept: take the edit over into the \
         sources, or use `--force`",
        path.display()
    ));
    if let Some(diff) = diff {
        // What a hand put into the output may be a secret that stands nowhere else.
        let shown = redactions.hide(diff);
        let shown = edited_secrets(path).hide(&shown).into_owned();
        let _ = write!(terminal.err, "{}", stars(&shown, &secrets::in_text(&shown)));
    }
}

/// The secrets of an output that was edited by hand.
fn edited_secrets(path: &Path) -> Redactions {
    let mut sources = Sources::default();
    let Ok(Some((bytes, too_large))) = read_file(path) else { return Redactions::default() };
    let file = sources.add(SourceFile::new(path.display().to_string(), bytes, too_large));
    let parsed = source::parse(&sources, file);
    let found = secrets::find(&sources, file, &parsed.tree, parsed.errors.is_empty());
    let mut report = Report::default();
    report.hide(&found);
    report.redactions(&sources)
}

enum Installed {
    Same,
    Written,
    Differs,
    Edited { diff: Option<String> },
    Foreign,
}

fn install(
    loaded: &Loaded,
    command: &Generate,
    lowered: &Lowered<'_>,
    header: &Header,
    path: &Path,
) -> Result<Installed, String> {
    let there = output::inspect(path, &loaded.state_dir).map_err(|error| error.to_string())?;
    let complete =
        || output::complete(header, |out| body(lowered, out)).map_err(|error| error.to_string());
    let same = match &there {
        OnDisk::Ours { .. } => {
            let known = output::read_header(path).map_err(|error| error.to_string())?;
            known == Some(complete()?)
        }
        OnDisk::Missing | OnDisk::Edited { .. } | OnDisk::Foreign => false,
    };
    if same {
        return Ok(Installed::Same);
    }
    if command.check {
        return Ok(Installed::Differs);
    }
    match there {
        OnDisk::Edited { diff } if !command.force => return Ok(Installed::Edited { diff }),
        OnDisk::Foreign if !command.force => return Ok(Installed::Foreign),
        OnDisk::Missing | OnDisk::Ours { .. } | OnDisk::Edited { .. } | OnDisk::Foreign => {}
    }
    let place = Place { path, root: &loaded.root, new_mode: 0o644 };
    output::write(&place, &loaded.state_dir, header, |out| body(lowered, out))
        .map_err(|error| error.to_string())?;
    Ok(Installed::Written)
}
