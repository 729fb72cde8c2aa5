//! The sources as the config that they compile to.

use std::io::{self, Write};

use crate::diagnostic::{Redactions, Severity};
use crate::gateway::litellm::{self, Lowered, RELEASE};
use crate::gateway::search::TextSearch;
use crate::gateway::yaml::YamlWriter;
use crate::pipeline;
use crate::project::Loaded;
use crate::release::hash;
use crate::release::header::{Header, Source};
use crate::release::output;
use crate::source::secrets;

use super::args::Reporting;
use super::exit::Exit;
use super::{Terminal, judge, show, tell_times};

/// Why a config is not written.
pub(super) const HOLDS_SECRET: &str = "the compiled config would hold a secret that stands in the \
                                       sources, under a name that does not say so: nothing was \
                                       written";

/// A whole config, in memory.
pub(super) struct Compiled {
    pub(super) header: Header,
    pub(super) bytes: Vec<u8>,
    pub(super) redactions: Redactions,
}

/// Compiles a project, and writes the report. `Err` is how the command ends when there is no
/// config, or the findings are too grave for the user.
pub(super) fn compile(
    loaded: &Loaded,
    reporting: &Reporting,
    terminal: &mut Terminal,
) -> Result<Compiled, Exit> {
    compile_to(loaded, reporting, terminal, |lowered, redactions| {
        in_memory(loaded, lowered, redactions)
    })
}

/// As [`compile`], to whatever `make` makes of it: in its own words when it makes nothing.
pub(super) fn compile_to<T>(
    loaded: &Loaded,
    reporting: &Reporting,
    terminal: &mut Terminal,
    make: impl FnOnce(&Lowered<'_>, Redactions) -> Result<T, String>,
) -> Result<T, Exit> {
    let mut report = loaded.report();
    let (counts, compiled) =
        pipeline::compile(&loaded.sources, loaded.files, &mut report, |lowered, report| {
            if report.has(Severity::Error) {
                return Ok(None);
            }
            let redactions = report.redactions(&loaded.sources);
            if holds_secret(lowered, &redactions) {
                return Err(HOLDS_SECRET.to_owned());
            }
            make(lowered, redactions).map(Some)
        });
    tell_times(counts, terminal);
    show(&loaded.sources, &report, counts, reporting, terminal)?;
    match compiled {
        Ok(Some(compiled)) => {
            let exit = judge(&report, reporting);
            if exit == Exit::Done { Ok(compiled) } else { Err(exit) }
        }
        Ok(None) => {
            terminal.say("nothing was written: the sources have errors");
            Err(Exit::Findings)
        }
        Err(words) => {
            terminal.fail(&words);
            Err(Exit::Refused)
        }
    }
}

fn in_memory(
    loaded: &Loaded,
    lowered: &Lowered<'_>,
    redactions: Redactions,
) -> Result<Compiled, String> {
    let header = header(loaded);
    let mut bytes = io::Cursor::new(Vec::new());
    output::write(&mut bytes, &header, |out| body(lowered, out))
        .map_err(|error| format!("cannot compile: {error}"))?;
    Ok(Compiled { header, bytes: bytes.into_inner(), redactions })
}

/// The config below the header.
pub(super) fn body(lowered: &Lowered<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = YamlWriter::new(out);
    litellm::emit(lowered, &mut writer)?;
    writer.finish()?;
    Ok(())
}

/// True when a literal secret of the sources would stand in the config after all: what is left out
/// is known by its key, and another key may hold the same text.
pub(super) fn holds_secret(lowered: &Lowered<'_>, redactions: &Redactions) -> bool {
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

pub(super) fn header(loaded: &Loaded) -> Header {
    let read = loaded.sources.files().filter(|(_, file)| !file.beside);
    let sources = read.map(|(_, file)| Source {
        path: file.path.clone(),
        sha256: hash::of_bytes(file.text.as_bytes()),
    });
    let header = Header::new(format!("litellm {RELEASE}"), sources.collect());
    Header { environment: loaded.environment.clone(), ..header }
}
