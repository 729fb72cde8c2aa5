//! A deploy that waits to be confirmed, and what the commands do about it: confirm it, take it
//! back, watch over it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;

use crate::gateway::litellm::served;
use crate::project::{self, Loaded, Located};
use crate::release::command::Task;
use crate::release::deploy::{self, Back, Plan, StepError};
use crate::release::pending::is_due;
use crate::release::probe::Probe;
use crate::release::store::{Pending, Store};
use crate::release::watch;
use crate::release::writer::{ReleaseError, Writer};

use super::args::{Arguments, Confirm, Watch};
use super::exit::Exit;
use super::{Terminal, recording};

/// Between two looks of the watcher at what it waits for.
const LOOK: Duration = Duration::from_secs(1);

/// How long the watcher waits for the deploy to end, or for another run.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// The gateway's part of a deploy, as `gwcfg.yaml` says it.
pub(super) fn plan(deploy: &project::Deploy) -> Plan {
    let reload = deploy.reload.as_ref();
    let probe = deploy.probe.as_ref();
    Plan {
        reload: reload.map(|command| Task { argv: command.argv.clone(), timeout: command.timeout }),
        probe: probe.map(|probe| Probe {
            url: probe.url.clone(),
            timeout: probe.timeout,
            interval: probe.interval,
            key_env: probe.key_env.clone(),
            canary: probe.canary.clone(),
        }),
    }
}

/// The names that a config makes the gateway list.
pub(super) fn names(config: &[u8]) -> BTreeSet<String> {
    served::names(&String::from_utf8_lossy(config))
}

/// The number that the gateway's own check tells.
pub(super) fn models(config: &[u8]) -> usize {
    served::models(&String::from_utf8_lossy(config))
}

/// What a watcher is started with.
pub(super) fn watcher_arguments(
    arguments: &Arguments,
    loaded: &Loaded,
    number: u32,
    plan: &Plan,
) -> Vec<String> {
    let absolute = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        path.to_string_lossy().into_owned()
    };
    let mut words: Vec<String> = vec!["-C".to_owned(), absolute(&loaded.root)];
    words.extend(["--state-dir".to_owned(), absolute(&loaded.state_dir)]);
    if let Some(config) = &arguments.places().config {
        words.extend(["--config".to_owned(), absolute(config)]);
    }
    let plan = serde_json::to_string(plan).unwrap_or_else(|_| "{}".to_owned());
    words.extend(["watch".to_owned(), number.to_string(), plan]);
    words
}

/// `gwcfg watch`, which people do not call: waits for a deploy to be confirmed, and takes it back
/// when that does not happen.
pub(super) fn watch(arguments: &Arguments, command: &Watch, terminal: &mut Terminal) -> Exit {
    watch::detach();
    let Ok(plan) = serde_json::from_str::<Plan>(&command.plan) else { return Exit::Usage };
    let located = match super::located(arguments, terminal) {
        Ok(located) => located,
        Err(exit) => return exit,
    };
    let store = Store::new(&located.state_dir);
    loop {
        // Had only when the run that deploys has ended, however it ended.
        let writer = Writer::open(&located.root, &located.state_dir, PATIENCE, "watch");
        let mut writer = match writer {
            Ok(writer) => writer,
            Err(error) => return recording::fail(&error, terminal),
        };
        let Some(pending) = watched(writer.head().pending.as_ref(), command.number) else {
            return Exit::Done;
        };
        if is_due(&pending, Timestamp::now()) {
            let exit = take_back(&mut writer, &pending, &plan, terminal);
            note(&store, &pending, exit);
            return exit;
        }
        drop(writer);
        while !is_due(&pending, Timestamp::now()) {
            sleep(LOOK);
            let head = store.head().unwrap_or_default();
            if watched(head.pending.as_ref(), command.number).is_none() {
                return Exit::Done;
            }
        }
    }
}

fn watched(pending: Option<&Pending>, number: u32) -> Option<Pending> {
    pending.filter(|pending| pending.number == number).cloned()
}

/// A line for whoever asks in the morning why the config is the old one again.
fn note(store: &Store, pending: &Pending, exit: Exit) {
    let path = store.dir().join("watch.log");
    let what = if exit == Exit::Stuck { "could not be taken back" } else { "was taken back" };
    let line = format!("{} generation {} {what}\n", Timestamp::now(), pending.number);
    let opened = watch::log(&path);
    let _ = opened.and_then(|mut file| file.write_all(line.as_bytes()));
}

/// Before any command that knows the project: a deploy whose run died, or which nobody confirmed in
/// time, is taken back. Never waits for another run.
pub(super) fn overdue(
    root: &Path,
    state_dir: &Path,
    deploy: &project::Deploy,
    terminal: &mut Terminal,
) {
    let Ok(head) = Store::new(state_dir).head() else { return };
    if !head.pending.is_some_and(|pending| is_due(&pending, Timestamp::now())) {
        return;
    }
    let Ok(mut writer) = Writer::open(root, state_dir, Duration::ZERO, "settle") else { return };
    let pending = writer.head().pending.clone();
    if let Some(pending) = pending.filter(|pending| is_due(pending, Timestamp::now())) {
        take_back(&mut writer, &pending, &plan(deploy), terminal);
    }
}

/// Takes a pending deploy back, and says how that went.
pub(super) fn take_back(
    writer: &mut Writer,
    pending: &Pending,
    plan: &Plan,
    terminal: &mut Terminal,
) -> Exit {
    let why = if !pending.by_hand {
        StepError::Interrupted
    } else if is_due(pending, Timestamp::now()) {
        StepError::NotConfirmed
    } else {
        StepError::Asked
    };
    terminal.say(&format!("taking generation {} back: {why}", pending.number));
    let output = match writer.output_of(pending) {
        Ok(output) => output,
        Err(error) => {
            terminal.fail(&error.to_string());
            return Exit::Stuck;
        }
    };
    let back = deploy::go_back(writer, pending, &output, plan, &names, &mut |what, time| {
        terminal.step(what, time);
    });
    tell(&back, pending, terminal)
}

/// Says how the way back ended.
pub(super) fn tell(back: &Back, pending: &Pending, terminal: &mut Terminal) -> Exit {
    match back {
        Back::Restored { number: Some(number) } => {
            terminal.say(&format!(
                "generation {} was taken back; generation {number} is in place again",
                pending.number
            ));
            Exit::Restored
        }
        Back::Restored { number: None } => {
            terminal.say(&format!(
                "generation {} was taken back; there was no config before it",
                pending.number
            ));
            Exit::Restored
        }
        Back::Stuck { why, commands } => {
            terminal.fail(&format!("the way back failed too: {why}"));
            terminal.fail("a person is needed; type these, in this order:");
            for command in commands {
                let _ = writeln!(terminal.err, "  {command}");
            }
            Exit::Stuck
        }
    }
}

/// `gwcfg confirm`.
pub(super) fn confirm(arguments: &Arguments, command: &Confirm, terminal: &mut Terminal) -> Exit {
    let located = match super::located(arguments, terminal) {
        Ok(located) => located,
        Err(exit) => return exit,
    };
    match confirm_pending(&located, command, terminal) {
        Ok(exit) => exit,
        Err(error) => recording::fail(&error, terminal),
    }
}

fn confirm_pending(
    located: &Located,
    command: &Confirm,
    terminal: &mut Terminal,
) -> Result<Exit, ReleaseError> {
    let (root, state) = (&located.root, &located.state_dir);
    overdue(root, state, &located.deploy, terminal);
    let mut writer = recording::open(root, state, command.wait, "confirm", terminal)?;
    let Some(pending) = writer.head().pending.clone() else {
        terminal.fail("no deploy waits to be confirmed; `gwcfg history` tells what is in place");
        return Ok(Exit::Refused);
    };
    writer.confirm(&pending)?;
    terminal.say(&format!("generation {} is confirmed", pending.number));
    recording::prune(&mut writer, &recording::keep(&located.keep), terminal);
    Ok(Exit::Done)
}
