//! What the commands share that record generations.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::document;
use crate::project::{Loaded, Located};
use crate::release::git;
use crate::release::header::Header;
use crate::release::lock::LockError;
use crate::release::store::{Commit, Facts, Keep, SourceHash, Store};
use crate::release::writer::{ReleaseError, Writer};
use crate::source::secrets;

use super::Terminal;
use super::args::Arguments;
use super::exit::Exit;

/// With nothing but `--state-dir`, the project is where the last run was, which a command that
/// writes has to verify.
pub(super) fn find_root(arguments: &Arguments, located: &mut Located) {
    let wishes = arguments.places();
    if wishes.root.is_some() || wishes.state_dir.is_none() || located.output.is_some() {
        return;
    }
    let store = Store::new(&located.state_dir);
    let Ok(head) = store.head() else { return };
    let Some(number) = head.current.values().next() else { return };
    if let Ok(generation) = store.generation(*number)
        && Path::new(&generation.root).is_dir()
    {
        located.root = PathBuf::from(generation.root);
        located.told_by_state = true;
    }
}

/// Takes the lock; whoever left it behind is told of.
pub(super) fn open(
    root: &Path,
    state_dir: &Path,
    wait: Duration,
    command: &str,
    terminal: &mut Terminal,
) -> Result<Writer, ReleaseError> {
    let writer = Writer::open(root, state_dir, wait, command)?;
    if let Some(dead) = writer.interrupted() {
        terminal.say(&format!("note: {dead} did not reach its end; what it left is settled"));
    }
    Ok(writer)
}

/// Says what stopped a command, and how it exits: 4 when somebody else has to act first.
pub(super) fn fail(error: &ReleaseError, terminal: &mut Terminal) -> Exit {
    terminal.fail(&error.to_string());
    match error {
        ReleaseError::Lock(LockError::Held { .. })
        | ReleaseError::Pending { .. }
        | ReleaseError::NotOurs { .. }
        | ReleaseError::Unfinished { .. } => Exit::Refused,
        ReleaseError::Lock(LockError::Folder(_) | LockError::Unsupported { .. })
        | ReleaseError::Store(_)
        | ReleaseError::Write(_)
        | ReleaseError::Output { .. } => Exit::Usage,
    }
}

/// How many generations the project keeps.
pub(super) fn keep(given: &document::Keep) -> Keep {
    let Keep { last, daily, weekly } = Keep::default();
    Keep {
        last: given.last.copied().map_or(last, |given| given.value),
        daily: given.daily.copied().map_or(daily, |given| given.value),
        weekly: given.weekly.copied().map_or(weekly, |given| given.value),
    }
}

/// Removes the generations that nobody wants any more. Best effort: there is time for it after the
/// next change too.
pub(super) fn prune(writer: &mut Writer, keep: &Keep, terminal: &mut Terminal) {
    match writer.prune(keep) {
        Ok(gone) if gone.is_empty() => {}
        Ok(gone) => terminal.detail(format_args!("pruned: {}", numbers(&gone))),
        Err(error) => terminal.say(&format!("note: the old generations were not pruned: {error}")),
    }
}

/// Such as `generations 3, 4`.
pub(super) fn numbers(numbers: &[u32]) -> String {
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let noun = if numbers.len() == 1 { "generation" } else { "generations" };
    format!("{noun} {}", words.join(", "))
}

/// What is recorded of a compiled config.
pub(super) fn facts(loaded: &Loaded, header: &Header, message: Option<&str>) -> Facts {
    // Relative to the root, as in the header, from which they come.
    let paths: Vec<PathBuf> = header.sources.iter().map(|one| PathBuf::from(&one.path)).collect();
    // A repository that cannot be read is no reason to stop: the hashes tell the sources too.
    let git = git::head(&loaded.root, &paths).ok().flatten();

    let source = |source: &crate::release::header::Source| SourceHash {
        path: source.path.clone(),
        sha256: source.sha256.clone(),
    };
    Facts {
        sources: header.sources.iter().map(source).collect(),
        git: git.map(|head| Commit { commit: head.id, dirty: head.dirty }),
        target: Some(header.target.clone()),
        message: message.map(harmless),
    }
}

/// A message as it is recorded: one line, without a secret.
pub(super) fn harmless(message: &str) -> String {
    let line: String =
        message.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    crate::diagnostic::stars(&line, &secrets::in_text(&line)).trim().to_owned()
}
