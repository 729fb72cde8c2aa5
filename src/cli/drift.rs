//! `gwcfg drift`: whether the running gateway serves the config in place. Needs neither the
//! sources nor a database of the gateway.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::gateway::litellm::served;
use crate::project::{DEFAULT_KEY_ENV, Located};
use crate::release::output::{self, OnDisk};
use crate::release::probe::Probe;
use crate::release::store::{Generation, Store};
use crate::release::writer::Output;
use crate::source::read_file;

use super::args::{Arguments, Drift, Plain};
use super::exit::Exit;
use super::{Terminal, settle};

/// Names that the answer for people lists of each kind.
const MAX_NAMES: usize = 50;

/// The answer, version 1.
#[derive(Serialize)]
struct Answer<'a> {
    version: u32,
    url: &'a str,
    equal: bool,
    missing: Vec<&'a String>,
    unexpected: Vec<&'a String>,
    file: &'static str,
}

pub(super) fn run(arguments: &Arguments, command: &Drift, terminal: &mut Terminal) -> Exit {
    let located = match super::located(arguments, terminal) {
        Ok(located) => located,
        Err(exit) => return exit,
    };
    let plan = || settle::located_plan(&located);
    settle::overdue(&located.root, &located.state_dir, plan, terminal);
    match compare(&located, command, terminal) {
        Ok(exit) => exit,
        Err(words) => {
            terminal.fail(&words);
            Exit::Usage
        }
    }
}

fn compare(located: &Located, command: &Drift, terminal: &mut Terminal) -> Result<Exit, String> {
    let probe = probe(located, command)?;
    let there = InPlace::of(located)?;
    let listed = probe.names().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&there.config);
    let served = served::names(&text);
    let wildcards = served::wildcards(&text);
    let known = |name: &str| wildcards.iter().any(|one| served::may_be_listed(one, name));
    let unexpected = listed.difference(&served).filter(|name| !known(name));
    let (missing, unexpected): (Vec<_>, Vec<_>) =
        (served.difference(&listed).collect(), unexpected.collect());
    let same_names = missing.is_empty() && unexpected.is_empty();
    let equal = same_names && there.is_ours();
    let answer =
        Answer { version: 1, url: &probe.url, equal, missing, unexpected, file: there.word() };
    let text = match command.format {
        Plain::Human => human(&answer, &there, &served),
        Plain::Json => serde_json::to_string_pretty(&answer).unwrap_or_default() + "\n",
    };
    let printed = terminal.print(&text);
    if !same_names {
        terminal.say(
            "the gateway runs with another config: it reads its file only when it starts, so \
             restart it, or look which file it was started with",
        );
    }
    Ok(if printed == Exit::Done && !equal { Exit::Findings } else { printed })
}

/// How the gateway is asked: as the command line says, or else the project.
fn probe(located: &Located, command: &Drift) -> Result<Probe, String> {
    let known = located.deploy.probe.as_ref();
    let url = command.url.clone().or_else(|| known.map(|probe| probe.url.clone()));
    let url = url.ok_or(
        "the gateway's address is not known: name it with `--url`, or as `deploy.probe.url` in \
         `gwcfg.yaml`",
    )?;
    let key_env = command.key_env.clone().or_else(|| known.map(|probe| probe.key_env.clone()));
    Ok(Probe {
        url,
        timeout: command.timeout,
        interval: Duration::ZERO,
        key_env: key_env.unwrap_or_else(|| DEFAULT_KEY_ENV.to_owned()),
        canary: Vec::new(),
    })
}

/// The config in place, and what it is to gwcfg.
struct InPlace {
    path: PathBuf,
    on_disk: OnDisk,
    /// What gwcfg put there last.
    generation: Option<u32>,
    config: Vec<u8>,
}

impl InPlace {
    /// The file; when it is gone, what was recorded of it.
    fn of(located: &Located) -> Result<InPlace, String> {
        let path = located.output.clone().ok_or_else(|| {
            format!(
                "there is no project in `{}`: name one with `-C`, or its state with `--state-dir`",
                located.root.display()
            )
        })?;
        let store = Store::new(&located.state_dir);
        let last = last(located, &store, &path)?;
        let on_disk = output::inspect(&path, &store, last.as_ref());
        let on_disk = on_disk.map_err(|error| error.to_string())?;
        let config = match read_file(&path).map_err(|error| error.to_string())? {
            Some((config, false)) => config,
            Some((_, true)) => {
                return Err(format!("`{}` is too large to be compared", path.display()));
            }
            None => match &last {
                Some(last) => store.bytes(last).map_err(|error| error.to_string())?,
                None => {
                    return Err(format!(
                        "`{}` does not exist, and no generation of it is recorded: there is \
                         nothing to compare with",
                        path.display()
                    ));
                }
            },
        };
        Ok(InPlace { path, on_disk, generation: last.map(|last| last.number), config })
    }

    fn is_ours(&self) -> bool {
        match self.on_disk {
            OnDisk::Current | OnDisk::Ours => true,
            OnDisk::Edited { .. } | OnDisk::Foreign | OnDisk::Missing => false,
        }
    }

    /// The word of the contract.
    fn word(&self) -> &'static str {
        match self.on_disk {
            OnDisk::Current => "current",
            OnDisk::Ours => "ours",
            OnDisk::Edited { .. } => "edited",
            OnDisk::Foreign => "foreign",
            OnDisk::Missing => "missing",
        }
    }

    /// A sentence about the file.
    fn words(&self) -> String {
        let path = self.path.display();
        match (&self.on_disk, self.generation) {
            (OnDisk::Current, Some(number)) => {
                format!("`{path}` is what gwcfg wrote last, generation {number}")
            }
            (OnDisk::Current, None) => format!("`{path}` is what gwcfg wrote last"),
            (OnDisk::Ours, _) => {
                format!("`{path}` is as gwcfg wrote it, in another place or with another state")
            }
            (OnDisk::Edited { .. }, _) => format!(
                "`{path}` was edited by hand since gwcfg wrote it; `gwcfg generate` shows the edit"
            ),
            (OnDisk::Foreign, _) => format!("`{path}` was not written by gwcfg"),
            (OnDisk::Missing, Some(number)) => format!(
                "`{path}` is gone, and the gateway cannot start again without it: `gwcfg rollback \
                 --to {number}` puts it back"
            ),
            (OnDisk::Missing, None) => format!("`{path}` is gone"),
        }
    }
}

/// The generation that gwcfg put in place last: one that waits to be confirmed is in place, too.
fn last(located: &Located, store: &Store, path: &Path) -> Result<Option<Generation>, String> {
    let head = store.head().map_err(|error| error.to_string())?;
    // Without its folder there is no output, and nothing that was recorded of it.
    let Ok(output) = Output::new(path, &located.root) else { return Ok(None) };
    let pending = head.pending.as_ref().filter(|pending| pending.output == output.key);
    let number = pending.map(|pending| pending.number).or_else(|| head.current_of(&output.key));
    // A damaged manifest hides what was recorded; the file itself still tells its names.
    Ok(number.and_then(|number| store.generation(number).ok()))
}

fn human(answer: &Answer<'_>, there: &InPlace, served: &BTreeSet<String>) -> String {
    let mut text = String::new();
    let (url, path) = (answer.url, there.path.display());
    if answer.missing.is_empty() && answer.unexpected.is_empty() {
        let names = match served.len() {
            1 => "the one name".to_owned(),
            names => format!("all {names} names"),
        };
        let _ = writeln!(text, "`{url}` serves {names} of `{path}`");
    }
    let lists = [
        (&answer.missing, "does not serve, though the config has"),
        (&answer.unexpected, "serves, though the config has not"),
    ];
    for (names, words) in lists.into_iter().filter(|(names, _)| !names.is_empty()) {
        let count = names.len();
        let noun = if count == 1 { "name" } else { "names" };
        let _ = writeln!(text, "`{url}` {words}, {count} {noun}:");
        for name in names.iter().take(MAX_NAMES) {
            let _ = writeln!(text, "  {}", super::shown(name));
        }
        if count > MAX_NAMES {
            let _ = writeln!(text, "  and {} more", count - MAX_NAMES);
        }
    }
    let _ = writeln!(text, "{}", there.words());
    text
}
