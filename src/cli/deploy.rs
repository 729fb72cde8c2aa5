//! `gwcfg deploy`: compile, check, install, reload, probe; and back when any of it fails.

use std::io::Write as _;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::project::Loaded;
use crate::release::atomic::WriteError;
use crate::release::command::Task;
use crate::release::deploy::{self, StepError, timed};
use crate::release::output;
use crate::release::probe::Expected;
use crate::release::store::{Origin, Pending};
use crate::release::watch::{self, Watcher};
use crate::release::writer::{Output, Prepared, Writer};

use super::args::{Arguments, Deploy};
use super::compiled::{Compiled, compile};
use super::exit::Exit;
use super::{Terminal, generate, load, recording, settle};

/// What is about to be deployed.
struct Deployment<'d> {
    loaded: &'d Loaded,
    command: &'d Deploy,
    compiled: &'d Compiled,
    output: Output,
    plan: deploy::Plan,
}

pub(super) fn run(arguments: &Arguments, command: &Deploy, terminal: &mut Terminal) -> Exit {
    let loaded = match load(arguments, &command.reporting, terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    if loaded.is_input(&loaded.output) {
        let output = loaded.output.display();
        terminal
            .fail(&format!("`{output}` is one of the sources: name another file as the output"));
        return Exit::Refused;
    }
    let begun = Instant::now();
    let compiled = match compile(&loaded, &command.reporting, terminal) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    terminal.step("compile", begun.elapsed());
    let output = match Output::new(&loaded.output, &loaded.root) {
        Ok(output) => output,
        Err(error) => return recording::fail(&error.into(), terminal),
    };
    let plan = settle::plan(&loaded.deploy);
    if plan.reload.is_none() && plan.probe.is_none() {
        terminal.say(
            "note: `gwcfg.yaml` names neither `deploy.reload` nor `deploy.probe`: the gateway is \
             not restarted, and nobody looks whether it serves the config",
        );
    }
    let deployment = Deployment { loaded: &loaded, command, compiled: &compiled, output, plan };
    deployment.run(arguments, terminal)
}

impl Deployment<'_> {
    fn run(&self, arguments: &Arguments, terminal: &mut Terminal) -> Exit {
        let Loaded { root, state_dir, .. } = self.loaded;
        let wait = self.command.recording.wait;
        let writer = recording::open(root, state_dir, wait, "deploy", terminal);
        let mut writer = match writer.and_then(|writer| writer.refuse_pending().map(|()| writer)) {
            Ok(writer) => writer,
            Err(error) => return recording::fail(&error, terminal),
        };
        let prepared = match self.prepare(&mut writer, terminal) {
            Ok(Some(prepared)) => prepared,
            Ok(None) => return Exit::Done,
            Err(Stop::Refused(exit)) => return exit,
            Err(Stop::Failed(error)) => return step_failed(&error, terminal),
        };
        if let Some(check) = &self.loaded.deploy.check {
            let task = Task { argv: check.argv.clone(), timeout: check.timeout };
            let expected = settle::models(&self.compiled.bytes);
            let checked = timed(
                &mut |what, time| terminal.step(what, time),
                format!("check: {}", task.line()),
                || deploy::check(&task, prepared.temporary(), expected),
            );
            if let Err(error) = checked {
                let number = prepared.generation.number;
                let _ = writer.abandon(prepared);
                terminal.fail(&format!("{error}"));
                terminal.say(&format!(
                    "generation {number} was not put in place; the previous config serves on"
                ));
                return Exit::Restored;
            }
        }
        match self.watch(arguments, &prepared, terminal) {
            Ok(()) => self.install(&mut writer, prepared, terminal),
            Err(exit) => {
                let _ = writer.abandon(prepared);
                exit
            }
        }
    }

    /// Records the config beside the output; `None` when it is there already.
    fn prepare(
        &self,
        writer: &mut Writer,
        terminal: &mut Terminal,
    ) -> Result<Option<Prepared>, Stop> {
        let path = self.output.path.display();
        let head = writer.head();
        let current = head.current_of(&self.output.key);
        let current = current.and_then(|number| writer.store().generation(number).ok());
        let there = output::inspect(&self.output.path, writer.store(), current.as_ref());
        let there = there.map_err(|error| {
            terminal.fail(&error.to_string());
            Stop::Refused(Exit::Usage)
        })?;
        if std::fs::read(&self.output.path).is_ok_and(|bytes| bytes == self.compiled.bytes) {
            terminal.say(&format!("`{path}` is up to date: there is nothing to deploy"));
            if let Some(reload) = &self.plan.reload {
                terminal.say(&format!("to restart the gateway all the same: {}", reload.line()));
            }
            return Ok(None);
        }
        let known = current.is_some();
        if !self.command.force
            && let Some(exit) = generate::refuse_to_lose(
                &there,
                &self.output.path,
                known,
                &self.compiled.redactions,
                terminal,
            )
        {
            return Err(Stop::Refused(exit));
        }
        if let Some(found) = writer.keep_found(&self.output).map_err(StepError::from)? {
            terminal.say(&format!("kept what was in `{path}` as generation {found}"));
        }
        let message = self.command.recording.message.as_deref();
        let facts = recording::facts(self.loaded, &self.compiled.header, message);
        let prepared = timed(&mut |what, time| terminal.step(what, time), "record", || {
            writer.prepare(&self.output, Origin::Generated, facts, |file| {
                file.write_all(&self.compiled.bytes)
                    .map_err(|source| WriteError::new(&self.output.path, source).into())
            })
        });
        Ok(Some(prepared.map_err(StepError::from)?))
    }

    /// Starts the one who takes the deploy back when this run is killed, or nobody confirms.
    fn watch(
        &self,
        arguments: &Arguments,
        prepared: &Prepared,
        terminal: &mut Terminal,
    ) -> Result<(), Exit> {
        let number = prepared.generation.number;
        let watcher = settle::watcher_arguments(arguments, self.loaded, number, &self.plan);
        let key_env = self.plan.probe.as_ref().map(|probe| probe.key_env.as_str());
        let name = format!("gwcfg-deploy-{number}-{}", std::process::id());
        let variables: Vec<&str> = key_env.into_iter().chain(["PATH", "HOME"]).collect();
        match watch::start(&name, &watcher, &variables) {
            Ok(Watcher::Systemd(unit)) => {
                terminal.detail(&format!("the unit `{unit}` watches"));
                Ok(())
            }
            Ok(Watcher::Process(pid)) => {
                terminal.detail(&format!("process {pid} watches"));
                Ok(())
            }
            Err(error) => {
                terminal.fail(&format!(
                    "nobody could be started who would take the deploy back: {error}; nothing was \
                     changed"
                ));
                Err(Exit::Usage)
            }
        }
    }

    fn install(&self, writer: &mut Writer, prepared: Prepared, terminal: &mut Terminal) -> Exit {
        let number = prepared.generation.number;
        let (deadline, by_hand) = match self.command.confirm {
            Some(time) => (after(time), true),
            // Whoever finds the lock free while this is pending knows that this run is dead.
            None => (after(Duration::ZERO), false),
        };
        let pending = timed(
            &mut |what, time| terminal.step(what, time),
            format!("install generation {number}"),
            || writer.begin(prepared, deadline, by_hand),
        );
        let pending = match pending {
            Ok(pending) => pending,
            Err(error) => return self.undo_begin(writer, &error.into(), terminal),
        };
        let expected = self.expected(writer, &pending);
        let served = deploy::reload_and_probe(&self.plan, &expected, &mut |what, time| {
            terminal.step(what, time);
        });
        if let Err(why) = served {
            return self.go_back(writer, &pending, &why, terminal);
        }
        if by_hand {
            let deadline = deadline.round(jiff::Unit::Second).unwrap_or(deadline);
            terminal.say(&format!(
                "generation {number} serves; it goes away at {deadline} unless you confirm it: \
                 `gwcfg confirm`"
            ));
            return Exit::Done;
        }
        if let Err(error) = writer.confirm(&pending) {
            if writer.head().pending.is_none() {
                // It counts: only the last sync failed. Going back now would leave a head that
                // names what is not there.
                return recording::fail(&error, terminal);
            }
            return self.go_back(writer, &pending, &error.into(), terminal);
        }
        terminal.say(&format!("generation {number} is in place"));
        recording::prune(writer, &recording::keep(&self.loaded.keep), terminal);
        Exit::Done
    }

    /// The names that the gateway must list now, and those that it must not list any more.
    fn expected(&self, writer: &Writer, pending: &Pending) -> Expected {
        let served = settle::names(&self.compiled.bytes);
        let before = pending.before.and_then(|number| {
            let generation = writer.store().generation(number).ok()?;
            writer.store().bytes(&generation).ok()
        });
        let before = before.map(|bytes| settle::names(&bytes)).unwrap_or_default();
        let gone = before.difference(&served).cloned().collect();
        Expected { served, gone }
    }

    /// The note may be written although the rest failed.
    fn undo_begin(&self, writer: &mut Writer, why: &StepError, terminal: &mut Terminal) -> Exit {
        match writer.head().pending.clone() {
            Some(pending) => self.go_back(writer, &pending, why, terminal),
            None => step_failed(why, terminal),
        }
    }

    fn go_back(
        &self,
        writer: &mut Writer,
        pending: &Pending,
        why: &StepError,
        terminal: &mut Terminal,
    ) -> Exit {
        terminal.fail(&why.to_string());
        let back = deploy::go_back(
            writer,
            pending,
            &self.output,
            &self.plan,
            &settle::names,
            &mut |what, time| terminal.step(what, time),
        );
        settle::tell(&back, pending, terminal)
    }
}

fn after(time: Duration) -> Timestamp {
    let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
    Timestamp::now().saturating_add(time).unwrap_or(Timestamp::MAX)
}

/// Why there is nothing to install.
enum Stop {
    /// It was told already.
    Refused(Exit),
    /// A step failed before anything was changed.
    Failed(StepError),
}

impl From<StepError> for Stop {
    fn from(error: StepError) -> Self {
        Stop::Failed(error)
    }
}

/// A failure before anything was changed.
fn step_failed(error: &StepError, terminal: &mut Terminal) -> Exit {
    match error {
        StepError::Release(error) => recording::fail(error, terminal),
        StepError::Check(_)
        | StepError::Reload(_)
        | StepError::Probe(_)
        | StepError::NotConfirmed
        | StepError::Interrupted
        | StepError::Asked => {
            terminal.fail(&error.to_string());
            Exit::Restored
        }
    }
}
