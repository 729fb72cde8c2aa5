//! `gwcfg diff`.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::diagnostic::{Redactions, Report, Severity};
use crate::gateway::litellm::served::Change;
use crate::pipeline;
use crate::project::{self, Loaded};
use crate::release::diff;
use crate::release::git::Revision;
use crate::release::store::{Store, StoreError};
use crate::report::{self, Around, Read, Run};
use crate::source::read_file;

use super::args::{Arguments, Diff, Plain};
use super::difference::{self, Config, Difference};
use super::exit::Exit;
use super::{Terminal, compiled, settle};

/// What may be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// The output on disk.
    Live,
    /// What the sources compile to.
    Sources,
    /// What was in place.
    Generation(u32),
    /// What the sources of a git revision compile to.
    Revision(String),
}

/// Reads a side as it is typed. Digits alone are a generation; `git:` says that it is a revision.
pub(super) fn named(text: &str) -> Result<Named, String> {
    if let Some(revision) = text.strip_prefix("git:") {
        return Ok(Named::Revision(revision.to_owned()));
    }
    Ok(match text {
        "live" => Named::Live,
        "sources" => Named::Sources,
        _ if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            let number = text.parse().map_err(|_| {
                format!("no generation has this number; for a git revision write `git:{text}`")
            })?;
            Named::Generation(number)
        }
        revision => Named::Revision(revision.to_owned()),
    })
}

/// A side, and what must not be shown of it.
struct Given {
    config: Config,
    redactions: Redactions,
}

pub(super) fn run(arguments: &Arguments, command: &Diff, terminal: &mut Terminal) -> Exit {
    settle::overdue_somewhere(arguments, terminal);
    // Both are read whatever the first one says: their mistakes are told in one run.
    let sides = [&command.from, &command.to];
    let [old, new] = sides.map(|side| given(side, arguments, command, terminal));
    let (old, new) = match (old, new) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(one), Err(other)) => return worse(one, other),
        (Err(exit), Ok(_)) | (Ok(_), Err(exit)) => return exit,
    };
    let names = [&old, &new].map(|side| side.config.name.clone());
    let known = [old.redactions, new.redactions];
    let difference = difference::between(old.config, new.config, &known);
    let equal = difference.lines.is_empty();
    let text = match command.format {
        Plain::Human => difference.human(terminal.style),
        Plain::Json => json(&difference),
    };
    let [old, new] = names;
    for name in &difference.broken {
        terminal.say(&format!("note: `{name}` is no YAML that a gateway reads"));
    }
    if equal {
        terminal.say(&format!("no difference between `{old}` and `{new}`"));
    } else if difference.routing.is_empty() {
        terminal.say("nothing changes for requests");
    }
    let exit = terminal.print(&text);
    if exit == Exit::Done && command.exit_code && !equal { Exit::Findings } else { exit }
}

/// Of two sides that cannot be compared the one decides of which less is known.
fn worse(one: Exit, other: Exit) -> Exit {
    let worst = [Exit::Usage, Exit::NoInputs, Exit::Refused];
    worst.into_iter().find(|exit| [one, other].contains(exit)).unwrap_or(one)
}

/// Reads or compiles one side; what is wrong with it has been told when there is none.
fn given(
    side: &Named,
    arguments: &Arguments,
    command: &Diff,
    terminal: &mut Terminal,
) -> Result<Given, Exit> {
    let wishes = arguments.wishes(&command.weights);
    match side {
        Named::Live => {
            let located = super::located(arguments, terminal)?;
            let output = located.output.unwrap_or_else(|| default_output(&located.root));
            live(&output, terminal)
        }
        Named::Generation(number) => {
            let located = super::located(arguments, terminal)?;
            let bytes = generation(&located.state_dir, *number);
            let bytes = bytes.map_err(|error| failed(&error.to_string(), terminal))?;
            Ok(plain(format!("generation {number}"), bytes))
        }
        Named::Sources => {
            let loaded = super::load_by(|| project::load(&wishes), terminal)?;
            compile("sources", &loaded, terminal)
        }
        Named::Revision(written) => {
            let root = project::root(&wishes);
            let revision = Revision::open(&root, written);
            let revision = revision.map_err(|error| failed(&error.to_string(), terminal))?;
            terminal.detail(format_args!("`{written}` is commit {}", revision.commit()));
            let loaded = super::load_by(|| project::load_revision(&revision, &wishes), terminal)?;
            compile(written, &loaded, terminal)
        }
    }
}

fn failed(words: &str, terminal: &mut Terminal) -> Exit {
    terminal.fail(words);
    Exit::Usage
}

fn plain(name: String, bytes: Vec<u8>) -> Given {
    Given { config: Config::new(name, bytes), redactions: Redactions::default() }
}

/// Where `generate` writes for a project that has nothing but sources in its root.
fn default_output(root: &Path) -> PathBuf {
    let name = Path::new("litellm-unified.yaml");
    if root == Path::new(".") { name.to_path_buf() } else { root.join(name) }
}

/// The output on disk. Before the first run there is none: everything is new then.
fn live(path: &Path, terminal: &mut Terminal) -> Result<Given, Exit> {
    let shown = path.display().to_string();
    match read_file(path) {
        Ok(Some((bytes, false))) => Ok(plain(shown, bytes)),
        Ok(Some((_, true))) => {
            Err(failed(&format!("`{shown}` is too large to be compared"), terminal))
        }
        Ok(None) => {
            terminal.say(&format!("note: `{shown}` does not exist yet"));
            Ok(plain(shown, Vec::new()))
        }
        Err(error) => Err(failed(&error.to_string(), terminal)),
    }
}

/// The bytes of a recorded output.
fn generation(state_dir: &Path, number: u32) -> Result<Vec<u8>, StoreError> {
    let store = Store::new(state_dir);
    store.bytes(&store.generation(number)?)
}

/// What sources compile to. With errors there is nothing to compare, and they are told.
fn compile(name: &str, loaded: &Loaded, terminal: &mut Terminal) -> Result<Given, Exit> {
    let mut report = Report::new(loaded.levels.clone());
    let sources = &loaded.sources;
    let (counts, body) =
        pipeline::compile(sources, loaded.files, &mut report, |lowered, report| {
            if report.has(Severity::Error) {
                return None;
            }
            if compiled::holds_secret(lowered, &report.redactions(sources)) {
                return Some(Err(DISGUISED.to_owned()));
            }
            // With the header, so that lines are counted as in the file that would be written.
            let mut bytes = compiled::header(loaded).to_string().into_bytes();
            let written = compiled::body(lowered, &mut bytes);
            Some(written.map(|()| bytes).map_err(|error| format!("cannot be compiled: {error}")))
        });
    super::tell_times(counts, terminal);
    let redactions = report.redactions(sources);
    match body {
        Some(Ok(bytes)) => Ok(Given { config: Config::new(name.to_owned(), bytes), redactions }),
        Some(Err(error)) => {
            terminal.fail(&format!("nothing was compared: `{name}` {error}"));
            Err(Exit::Refused)
        }
        None => {
            let read = Read {
                files: sources.files().filter(|(_, file)| !file.text.is_empty()).count(),
                models: counts.models,
                providers: counts.providers,
                public_names: counts.public_names,
            };
            let (report, redactions, read) = (&report, &redactions, &read);
            let (style, around) = (terminal.style, Around::default());
            let run = Run { report, sources, redactions, read, style, around };
            let _ = report::write(&mut terminal.err, report::Format::Human, &run);
            terminal.say(&format!("nothing was compared: `{name}` has errors"));
            Err(Exit::Findings)
        }
    }
}

/// Why sources are not compiled, as `generate` does not: it might show in another spelling.
const DISGUISED: &str =
    "would hold a secret that stands in its sources, under a name that does not say so";

/// The contract, version 1.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    equal: bool,
    text: String,
    routing: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    request: &'a str,
    change: &'static str,
    words: &'a str,
}

fn json(difference: &Difference) -> String {
    let rows = difference.routing.iter().map(|Change { request, kind, words }| Row {
        request,
        change: kind.as_str(),
        words,
    });
    let document = Document {
        version: 1,
        equal: difference.lines.is_empty(),
        text: diff::text(&difference.lines),
        routing: rows.collect(),
    };
    serde_json::to_string_pretty(&document).map_or_else(|_| String::new(), |text| text + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_a_word_a_number_or_a_revision() {
        let revision = |text: &str| Ok(Named::Revision(text.to_owned()));
        for (text, expected) in [
            ("live", Ok(Named::Live)),
            ("sources", Ok(Named::Sources)),
            ("0", Ok(Named::Generation(0))),
            ("17", Ok(Named::Generation(17))),
            ("git:17", revision("17")),
            ("git:live", revision("live")),
            ("HEAD~1", revision("HEAD~1")),
            ("0123abc", revision("0123abc")),
            ("", revision("")),
        ] {
            assert_eq!(named(text), expected, "{text}");
        }
        let long = "0123456789012345678901234567890123456789";
        assert!(named(long).unwrap_err().contains("write `git:01234"));
    }
}
