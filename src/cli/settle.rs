//! A deploy that waits to be confirmed, and what the commands do about it: confirm it, take it
//! back, watch over it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::diagnostic::stars;
use crate::gateway::litellm::served;
use crate::project::{self, Loaded, Located};
use crate::release::command::{Task, end_group};
use crate::release::deploy::{self, Back, Plan, Step, StepError};
use crate::release::pending::is_due;
use crate::release::probe::{Expected, Probe};
use crate::release::store::{Pending, Store};
use crate::release::watch::{self, Ended};
use crate::release::writer::{ReleaseError, Writer};
use crate::source::secrets;

use super::args::{Arguments, Confirm, Watch};
use super::exit::Exit;
use super::{Terminal, recording};

/// Between two looks of the watcher at what it waits for.
const LOOK: Duration = Duration::from_secs(1);

/// How long the watcher waits for another run, and for a disk that can be written to again.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// A shorter key is no secret.
const KEY_BYTES: usize = 4;

/// The gateway's part of a deploy, as `gwcfg.yaml` says it.
pub(super) fn plan(root: &Path, output: Option<&Path>, deploy: &project::Deploy) -> Plan {
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
        folder: absolute(root),
        output: output.map(absolute),
    }
}

/// The same of a project that is located and not loaded.
pub(super) fn located_plan(located: &Located) -> Plan {
    plan(&located.root, located.output.as_deref(), &located.deploy)
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// What the gateway must list and no longer list, when the first config was in place and the second
/// one is now.
pub(super) fn expected(before: &[u8], after: &[u8]) -> Expected {
    let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
    Expected { served: served::names(&after), gone: served::gone(&before, &after) }
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
    let absolute = |path: &Path| absolute(path).to_string_lossy().into_owned();
    let mut words: Vec<String> = vec!["-C".to_owned(), absolute(&loaded.root)];
    words.extend(["--state-dir".to_owned(), absolute(&loaded.state_dir)]);
    if let Some(config) = &arguments.places().config {
        words.extend(["--config".to_owned(), absolute(config)]);
    }
    let plan = serde_json::to_string(plan).unwrap_or_else(|_| "{}".to_owned());
    words.extend(["watch".to_owned(), number.to_string(), plan]);
    words
}

/// `gwcfg watch`, which people do not call: waits for a deploy to end, and takes it back when it
/// did not reach its end, or is not confirmed in time.
pub(super) fn watch(arguments: &Arguments, command: &Watch, terminal: &mut Terminal) -> Exit {
    watch::close_others();
    let Ok(plan) = serde_json::from_str::<Plan>(&command.plan) else { return Exit::Usage };
    let located = match super::located(arguments, terminal) {
        Ok(located) => located,
        Err(exit) => return exit,
    };
    if watch::leave().is_err() {
        return Exit::Usage;
    }
    match watch::attend() {
        Ended::Over => return Exit::Done,
        Ended::Idle => {}
        // Left alone it would go on beside the reload of the way back.
        Ended::Left(group) => end_group(group),
    }
    let store = Store::new(&located.state_dir);
    let log = log(&located.state_dir);
    let (begun, mut limit, mut told) = (Instant::now(), None, false);
    // The time is measured too: the clock may be set.
    while begun.elapsed() < limit.unwrap_or_default() + PATIENCE {
        let head = store.head();
        if let Ok(head) = &head {
            let Some(pending) = watched(head.pending.as_ref(), command.number) else {
                return Exit::Done;
            };
            let now = Timestamp::now();
            let left = Duration::try_from(pending.deadline.duration_since(now));
            let limit = *limit.get_or_insert(left.unwrap_or_default());
            if is_due(&pending, now) || begun.elapsed() >= limit {
                match Writer::open(&located.root, &located.state_dir, PATIENCE, "watch") {
                    Ok(mut writer) => return end(&mut writer, command.number, &plan, terminal),
                    Err(error) if !told => watch::note(&log, &format!("{now} {error}")),
                    Err(_) => {}
                }
                told = true;
            }
        }
        sleep(LOOK);
    }
    Exit::Stuck
}

/// With the lock: takes the deploy back, unless somebody did something about it just now.
fn end(writer: &mut Writer, number: u32, plan: &Plan, terminal: &mut Terminal) -> Exit {
    let Some(pending) = watched(writer.head().pending.as_ref(), number) else { return Exit::Done };
    let log = log(writer.store().dir());
    watch::note(&log, &format!("{} generation {number} goes away", Timestamp::now()));
    let exit = take_back(writer, &pending, &overdue_since(&pending), plan, terminal);
    let what = if exit == Exit::Stuck { "could not be taken back" } else { "was taken back" };
    watch::note(&log, &format!("{} generation {number} {what}", Timestamp::now()));
    exit
}

fn watched(pending: Option<&Pending>, number: u32) -> Option<Pending> {
    pending.filter(|pending| pending.number == number).cloned()
}

/// Where the watcher says what it did.
pub(super) fn log(state_dir: &Path) -> PathBuf {
    state_dir.join("watch.log")
}

/// The same as [`overdue`], for a command that has not found its project yet.
pub(super) fn overdue_somewhere(arguments: &Arguments, terminal: &mut Terminal) {
    if let Ok(mut located) = project::locate(&arguments.places()) {
        recording::find_root(arguments, &mut located);
        overdue(&located.root, &located.state_dir, || located_plan(&located), terminal);
    }
}

/// Before any command that knows the project: a deploy whose run died, or which nobody confirmed in
/// time, is taken back. Never waits for another run.
pub(super) fn overdue(
    root: &Path,
    state_dir: &Path,
    plan: impl FnOnce() -> Plan,
    terminal: &mut Terminal,
) {
    let Ok(head) = Store::new(state_dir).head() else { return };
    if !head.pending.is_some_and(|pending| is_due(&pending, Timestamp::now())) {
        return;
    }
    if let Ok(mut writer) = Writer::open(root, state_dir, Duration::ZERO, "settle") {
        settle(&mut writer, &plan(), terminal);
    }
}

/// With the lock: a deploy whose run died, or which nobody confirmed in time, is taken back. Gives
/// how that ended, when there was one.
pub(super) fn settle(writer: &mut Writer, plan: &Plan, terminal: &mut Terminal) -> Option<Exit> {
    let pending = writer.head().pending.clone();
    let pending = pending.filter(|pending| is_due(pending, Timestamp::now()))?;
    Some(take_back(writer, &pending, &overdue_since(&pending), plan, terminal))
}

/// Why a deploy is taken back that nobody asked to take back.
fn overdue_since(pending: &Pending) -> StepError {
    if pending.by_hand { StepError::NotConfirmed } else { StepError::Interrupted }
}

/// Takes a pending deploy back, and says how that went.
pub(super) fn take_back(
    writer: &mut Writer,
    pending: &Pending,
    why: &StepError,
    plan: &Plan,
    terminal: &mut Terminal,
) -> Exit {
    terminal.say(&format!("taking generation {} back: {why}", pending.number));
    let output = match writer.output_of(pending, plan.output.as_deref()) {
        Ok(output) => output,
        Err(error) => {
            terminal.fail(&error.to_string());
            return Exit::Stuck;
        }
    };
    let back = deploy::go_back(writer, pending, &output, plan, &expected, &mut |step| {
        show(&step, terminal);
    });
    tell(&back, pending, plan, terminal)
}

/// Tells a step that is done.
pub(super) fn show(step: &Step<'_>, terminal: &mut Terminal) {
    match step {
        Step::Done(what, took) => terminal.step(what, *took),
        Step::Runs(_) => {}
    }
}

/// Tells why a step failed, without the gateway's key: a command may have written it.
pub(super) fn fail(why: &StepError, plan: &Plan, terminal: &mut Terminal) {
    let why = why.to_string();
    let key = plan.probe.as_ref().and_then(|probe| std::env::var(&probe.key_env).ok());
    match key.filter(|key| key.len() >= KEY_BYTES) {
        Some(key) => terminal.fail(&why.replace(&key, "***")),
        None => terminal.fail(&why),
    }
}

/// Says how the way back ended.
pub(super) fn tell(back: &Back, pending: &Pending, plan: &Plan, terminal: &mut Terminal) -> Exit {
    let taken = pending.number;
    match back {
        Back::Restored { number, unsettled } => {
            terminal.say(&match number {
                Some(number) => format!(
                    "generation {taken} was taken back; generation {number} is in place again"
                ),
                None => format!(
                    "generation {taken} was taken back; there was no config before it: a gateway \
                     that runs with it is to be stopped"
                ),
            });
            if number.is_some() && plan.reload.is_none() {
                terminal.say("the gateway may run with what it read last: restart it");
            }
            if let Some(error) = unsettled {
                terminal.fail(&format!(
                    "that cannot be noted: {error}; the next command goes back once more"
                ));
            }
            Exit::Restored
        }
        Back::Stuck { why, commands } => {
            let line = "the way back failed too, and a person is needed";
            terminal.fail(line);
            fail(why, plan, terminal);
            terminal.fail("type these, in this order:");
            for command in commands {
                let command = stars(command, &secrets::in_text(command));
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

/// The environments in which a deploy waits.
fn waiting_environments(located: &Located) -> impl Iterator<Item = String> {
    let states = project::environment_states(&located.state_dir).into_iter();
    let waits = |state: &PathBuf| Store::new(state).head().is_ok_and(|head| head.pending.is_some());
    states.filter(move |(_, state)| waits(state)).map(|(name, _)| name)
}

fn confirm_pending(
    located: &Located,
    command: &Confirm,
    terminal: &mut Terminal,
) -> Result<Exit, ReleaseError> {
    let (root, state) = (&located.root, &located.state_dir);
    let mut writer = recording::open(root, state, command.wait, "confirm", terminal)?;
    if let Some(exit) = settle(&mut writer, &located_plan(located), terminal) {
        terminal.fail("it is too late to confirm it");
        return Ok(exit);
    }
    let Some(pending) = writer.head().pending.clone() else {
        terminal.fail("no deploy waits to be confirmed; `gwcfg history` tells what is in place");
        for name in waiting_environments(located) {
            terminal.say(&format!("note: one waits in `{name}`: `gwcfg confirm --env {name}`"));
        }
        return Ok(Exit::Refused);
    };
    writer.confirm(&pending)?;
    terminal.say(&format!("generation {} is confirmed", pending.number));
    recording::prune(&mut writer, &recording::keep(&located.keep), terminal);
    Ok(Exit::Done)
}
