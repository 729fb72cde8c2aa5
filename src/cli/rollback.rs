//! `gwcfg rollback`: for somebody who did not write the config, at three in the morning. Needs
//! neither the sources nor git.

use crate::project::Located;
use crate::release::atomic::WriteError;
use crate::release::store::{Facts, Generation, Head, Listing, Origin, Store, StoreError};
use crate::release::writer::{Output, ReleaseError, Writer};

use super::args::{Arguments, Rollback};
use super::difference::Config;
use super::exit::Exit;
use super::{Terminal, difference, recording, settle};

/// What a rollback will do.
struct Plan {
    output: Output,
    target: Generation,
}

pub(super) fn run(arguments: &Arguments, command: &Rollback, terminal: &mut Terminal) -> Exit {
    let located = match super::located(arguments, terminal) {
        Ok(located) => located,
        Err(exit) => return exit,
    };
    if command.dry_run {
        return plan(&located, command)
            .and_then(|plan| show(&plan, &Store::new(&located.state_dir), terminal))
            .map_or_else(|error| error.tell(terminal), |()| Exit::Done);
    }
    go_back(&located, command, terminal).unwrap_or_else(|error| error.tell(terminal))
}

/// Why there is no way back.
enum Refused {
    /// In words, and how the command ends.
    Words(String, Exit),
    /// The store or the disk refuses.
    Release(ReleaseError),
}

impl<E: Into<ReleaseError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Refused::Release(error.into())
    }
}

impl Refused {
    fn tell(self, terminal: &mut Terminal) -> Exit {
        match self {
            Refused::Words(words, exit) => {
                terminal.fail(&words);
                exit
            }
            Refused::Release(error) => recording::fail(&error, terminal),
        }
    }
}

fn go_back(
    located: &Located,
    command: &Rollback,
    terminal: &mut Terminal,
) -> Result<Exit, Refused> {
    let (root, state) = (&located.root, &located.state_dir);
    let mut writer = recording::open(root, state, command.recording.wait, "rollback", terminal)?;
    if let Some(pending) = writer.head().pending.clone() {
        // What waits to be confirmed is what a person wants to be rid of now.
        let exit =
            settle::take_back(&mut writer, &pending, &settle::plan(&located.deploy), terminal);
        return Ok(if exit == Exit::Restored { Exit::Done } else { exit });
    }
    let plan = plan(located, command)?;
    let path = plan.output.path.display();
    // Before anything is replaced: bytes that are not what they were go nowhere.
    let bytes = writer.store().bytes(&plan.target)?;
    if let Some(found) = writer.keep_found(&plan.output)? {
        terminal.say(&format!("kept what was in `{path}` as generation {found}"));
    }
    show(&plan, writer.store(), terminal)?;
    let number = plan.target.number;
    if same(&writer, &plan)? {
        terminal.say(&format!("`{path}` is what generation {number} holds: nothing to do"));
        return Ok(Exit::Done);
    }
    let message = command.recording.message.as_deref().map(recording::harmless);
    let facts = Facts {
        sources: plan.target.sources.clone(),
        git: plan.target.git.clone(),
        target: plan.target.target.clone(),
        message,
    };
    let origin = Origin::RolledBack { to: number };
    let prepared = writer.prepare(&plan.output, origin, facts, |file| {
        std::io::Write::write_all(file, &bytes)
            .map_err(|source| WriteError::new(&plan.output.path, source).into())
    })?;
    let now = writer.install(prepared)?;
    terminal.say(&format!(
        "`{path}` is again what generation {number} was; recorded as generation {}",
        now.number
    ));
    terminal.say("the gateway still runs with what it read last: restart it, if nothing else does");
    recording::prune(&mut writer, &recording::keep(&located.keep), terminal);
    Ok(Exit::Done)
}

/// True when the output holds the target's bytes already.
fn same(writer: &Writer, plan: &Plan) -> Result<bool, Refused> {
    let there = crate::release::writer::fingerprint(&plan.output.path)?;
    let current = writer.head().current_of(&plan.output.key);
    let current = current.and_then(|number| writer.store().generation(number).ok());
    Ok(there.is_some_and(|there| there.sha256 == plan.target.sha256)
        && current.is_some_and(|current| current.sha256 == plan.target.sha256))
}

fn plan(located: &Located, command: &Rollback) -> Result<Plan, Refused> {
    let (head, listing) = Store::new(&located.state_dir).list()?;
    let output = output(located, command, &head, &listing)?;
    let current = head.current_of(&output.key);
    let Some(current) = current else {
        let words = format!(
            "`{}` records no generation of `{}`: there is nothing to go back to",
            located.state_dir.display(),
            output.path.display()
        );
        return Err(Refused::Words(words, Exit::Usage));
    };
    let number = match &command.to {
        Some(wanted) => wanted_number(wanted, &output.key, &head, &listing)?,
        None => way_back(current, &head, &listing)?,
    };
    let target = Store::new(&located.state_dir).generation(number)?;
    if target.output != output.key {
        let words = format!(
            "generation {number} is of `{}`, not of `{}`: name the output with `-o`",
            target.output,
            output.path.display()
        );
        return Err(Refused::Words(words, Exit::Usage));
    }
    Ok(Plan { output, target })
}

/// The generation to go back to when the user names none.
fn way_back(current: u32, head: &Head, listing: &Listing) -> Result<u32, Refused> {
    let words = match listing.way_back(head, current) {
        Ok(Some(number)) => return Ok(number),
        Ok(None) => format!(
            "generation {current} is the oldest that is kept: choose one with `--to`, or look at \
             `gwcfg history`"
        ),
        Err(error) => format!("{error}; choose a generation with `--to`"),
    };
    Err(Refused::Words(words, Exit::Usage))
}

/// The output that the user names, that the project names, or the only one that is recorded. A
/// recorded path is never trusted: it must be inside the project, and nothing foreign stand there.
fn output(
    located: &Located,
    command: &Rollback,
    head: &Head,
    listing: &Listing,
) -> Result<Output, Refused> {
    if let Some(path) = &command.output {
        return Ok(Output::new(path, &located.root)?);
    }
    if let Some(path) = &located.output {
        let output = Output::new(path, &located.root)?;
        if head.current_of(&output.key).is_some() || head.current.is_empty() {
            return Ok(output);
        }
    }
    let mut recorded = head.current.keys();
    let (Some(only), None) = (recorded.next(), recorded.next()) else {
        let words = "several outputs are recorded: name one with `-o`".to_owned();
        return Err(Refused::Words(words, Exit::Usage));
    };
    let path = located.root.join(only);
    let output = Output::new(&path, &located.root)?;
    let there = crate::release::writer::fingerprint(&path)?;
    let known = |sha256: &str| listing.generations.values().any(|one| one.sha256 == sha256);
    let ours = match &there {
        Some(there) => {
            known(&there.sha256)
                || crate::release::output::read_header(&path).is_ok_and(|header| header.is_some())
        }
        None => false,
    };
    // A file that is gone is put back where the user stands, and nowhere else.
    let may_be_gone = !located.told_by_state && !std::path::Path::new(only).is_absolute();
    if output.key != *only || !(ours || there.is_none() && may_be_gone) {
        let words = format!(
            "the history says that the output is `{only}`, and what is there is not gwcfg's: \
             name the output with `-o`, and the project with `-C`"
        );
        return Err(Refused::Words(words, Exit::Refused));
    }
    Ok(output)
}

/// A generation by its number, or the newest one of a commit. Digits that no generation has may be
/// the beginning of a commit.
fn wanted_number(
    wanted: &str,
    output: &str,
    head: &Head,
    listing: &Listing,
) -> Result<u32, Refused> {
    let number = wanted.parse::<u32>().ok();
    if let Some(number) = number.filter(|number| head.last.is_some_and(|last| *number <= last)) {
        return Ok(number);
    }
    let hexadecimal = wanted.len() >= 4 && wanted.bytes().all(|byte| byte.is_ascii_hexdigit());
    let of_commit = |generation: &&Generation| {
        let commit = generation.git.as_ref().map_or("", |git| git.commit.as_str());
        generation.output == output
            && !head.failed.contains(&generation.number)
            && commit.starts_with(&wanted.to_ascii_lowercase())
    };
    let newest = listing.generations.values().rev().find(of_commit).filter(|_| hexadecimal);
    newest.map(|generation| generation.number).ok_or_else(|| match number {
        Some(number) => Refused::Release(StoreError::Unknown { number }.into()),
        None => {
            let words = format!(
                "no generation was compiled from commit `{wanted}`: `gwcfg history` lists them, \
                 with the first letters of their commits"
            );
            Refused::Words(words, Exit::Usage)
        }
    })
}

/// The diff from what is there to what will be.
fn show(plan: &Plan, store: &Store, terminal: &mut Terminal) -> Result<(), Refused> {
    let there = match std::fs::read(&plan.output.path) {
        Ok(there) => there,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(source) => {
            let path = plan.output.path.clone();
            return Err(Refused::Release(ReleaseError::Output { path, source }));
        }
    };
    let target = store.bytes(&plan.target)?;
    let old_name = format!("{} (as it is)", plan.output.path.display());
    let new_name = format!("{} (generation {})", plan.output.path.display(), plan.target.number);
    let (old, new) = (Config::new(old_name, there), Config::new(new_name, target));
    let difference = difference::between(old, new, &[]);
    let _ = terminal.print(&difference.human(terminal.style));
    Ok(())
}
