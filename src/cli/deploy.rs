//! `gwcfg deploy`: compile, check, install, reload, probe; and back when any of it fails.

use std::io::Write as _;
use std::time::Instant;

use crate::project::Loaded;
use crate::release::atomic::WriteError;
use crate::release::command::Task;
use crate::release::deploy::{self, Step, StepError, timed};
use crate::release::output;
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
    let plan = settle::plan(&loaded.root, Some(&loaded.output), &loaded.deploy);
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
        let mut writer = match recording::open(root, state_dir, wait, "deploy", terminal) {
            Ok(writer) => writer,
            Err(error) => return recording::fail(&error, terminal),
        };
        // The lock may be one that a dead run left.
        if settle::settle(&mut writer, &self.plan, terminal) == Some(Exit::Stuck) {
            return Exit::Stuck;
        }
        if let Err(error) = writer.refuse_pending() {
            return recording::fail(&error, terminal);
        }
        let prepared = match self.prepare(&mut writer, terminal) {
            Ok(Some(prepared)) => prepared,
            Ok(None) => return Exit::Done,
            Err(Stop::Refused(exit)) => return exit,
            Err(Stop::Failed(error)) => return self.step_failed(&error, terminal),
        };
        if let Err(error) = self.ask_first(&prepared, terminal) {
            let number = prepared.generation.number;
            let _ = writer.abandon(prepared);
            settle::fail(&error, &self.plan, terminal);
            terminal.say(&format!(
                "generation {number} was not put in place; the previous config serves on"
            ));
            return Exit::Restored;
        }
        match self.watch(arguments, &prepared, terminal) {
            Ok(watcher) => self.install(&mut writer, prepared, watcher, terminal),
            Err(exit) => {
                let _ = writer.abandon(prepared);
                exit
            }
        }
    }

    /// Before anything is changed: the gateway that runs takes the key, or else no probe could
    /// pass, and its own check reads the config.
    fn ask_first(&self, prepared: &Prepared, terminal: &mut Terminal) -> Result<(), StepError> {
        if let Some(probe) = &self.plan.probe
            && !probe.is_ready()?
        {
            terminal.say(&format!("note: the gateway at `{}` does not answer now", probe.url));
        }
        let Some(check) = &self.loaded.deploy.check else { return Ok(()) };
        let task = Task { argv: check.argv.clone(), timeout: check.timeout };
        let expected = settle::models(&self.compiled.bytes);
        let what = format!("check: {}", task.line());
        timed(&mut |step| settle::show(&step, terminal), what, || {
            deploy::check(&task, &self.plan.folder, prepared.temporary(), expected)
        })
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
        if !self.command.force {
            let (path, redactions) = (&self.output.path, &self.compiled.redactions);
            let environment = self.loaded.environment.as_deref();
            let refused = generate::refuse_to_lose(&there, path, known, redactions, terminal)
                .or_else(|| {
                    generate::refuse_other_environment(&there, path, environment, terminal)
                });
            if let Some(exit) = refused {
                return Err(Stop::Refused(exit));
            }
        }
        if let Some(found) = writer.keep_found(&self.output).map_err(StepError::from)? {
            terminal.say(&format!("kept what was in `{path}` as generation {found}"));
        }
        let message = self.command.recording.message.as_deref();
        let facts = recording::facts(self.loaded, &self.compiled.header, message);
        let prepared = timed(&mut |step| settle::show(&step, terminal), "record", || {
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
    ) -> Result<Watcher, Exit> {
        let number = prepared.generation.number;
        let words = settle::watcher_arguments(arguments, self.loaded, number, &self.plan);
        let name = format!("gwcfg-deploy-{number}-{}", std::process::id());
        match watch::start(&name, &words, &settle::log(&self.loaded.state_dir)) {
            Ok(watcher) => {
                let scope = watcher.scope.as_ref().map(|scope| format!(" in the scope `{scope}`"));
                let scope = scope.unwrap_or_default();
                terminal.detail(format_args!("process {} watches{scope}", watcher.pid()));
                Ok(watcher)
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

    fn install(
        &self,
        writer: &mut Writer,
        prepared: Prepared,
        mut watcher: Watcher,
        terminal: &mut Terminal,
    ) -> Exit {
        let number = prepared.generation.number;
        let what = format!("install generation {number}");
        let begun =
            timed(&mut |step| settle::show(&step, terminal), what, || writer.begin(prepared));
        let pending = match begun {
            Ok(pending) => pending,
            Err(error) => return self.undo_begin(writer, &error.into(), watcher, terminal),
        };
        let before = pending.before.and_then(|number| writer.store().generation(number).ok());
        let before = before.and_then(|before| writer.store().bytes(&before).ok());
        let expected = settle::expected(&before.unwrap_or_default(), &self.compiled.bytes);
        let served = deploy::reload_and_probe(&self.plan, &expected, &mut |step| {
            follow(&step, &mut watcher, terminal);
        });
        let served = served.and_then(|()| {
            let Some(time) = self.command.confirm else {
                return Ok(writer.confirm(&pending).map(|()| None)?);
            };
            Ok(writer.await_hand(time).map(Some)?)
        });
        match served {
            Ok(Some(deadline)) => {
                let deadline = deadline.round(jiff::Unit::Second).unwrap_or(deadline);
                terminal.say(&format!(
                    "generation {number} serves; it goes away at {deadline} unless you confirm \
                     it: `gwcfg confirm`"
                ));
            }
            Ok(None) => {
                terminal.say(&format!("generation {number} is in place"));
                recording::prune(writer, &recording::keep(&self.loaded.keep), terminal);
            }
            // It counts: only the last sync failed. Going back now would leave a head that names
            // what is not there.
            Err(why) if writer.head().pending.is_none() => {
                return self.step_failed(&why, terminal);
            }
            Err(why) => return self.go_back(writer, &pending, &why, watcher, terminal),
        }
        Exit::Done
    }

    /// The note may be written although the rest failed, and the output replaced.
    fn undo_begin(
        &self,
        writer: &mut Writer,
        why: &StepError,
        watcher: Watcher,
        terminal: &mut Terminal,
    ) -> Exit {
        match writer.head().pending.clone() {
            Some(pending) => self.go_back(writer, &pending, why, watcher, terminal),
            None => self.step_failed(why, terminal),
        }
    }

    fn go_back(
        &self,
        writer: &mut Writer,
        pending: &Pending,
        why: &StepError,
        mut watcher: Watcher,
        terminal: &mut Terminal,
    ) -> Exit {
        settle::fail(why, &self.plan, terminal);
        let back = deploy::go_back(
            writer,
            pending,
            &self.output,
            &self.plan,
            &settle::expected,
            &mut |step| follow(&step, &mut watcher, terminal),
        );
        watcher.dismiss();
        settle::tell(&back, pending, &self.plan, terminal)
    }

    /// A failure before anything was changed.
    fn step_failed(&self, error: &StepError, terminal: &mut Terminal) -> Exit {
        match error {
            StepError::Release(error) => recording::fail(error, terminal),
            StepError::Check(_)
            | StepError::Reload(_)
            | StepError::Probe(_)
            | StepError::NotConfirmed
            | StepError::Interrupted
            | StepError::Asked => {
                settle::fail(error, &self.plan, terminal);
                Exit::Restored
            }
        }
    }
}

/// The watcher learns what runs, the user what is done.
fn follow(step: &Step<'_>, watcher: &mut Watcher, terminal: &mut Terminal) {
    match step {
        Step::Runs(group) => watcher.tell(*group),
        Step::Done(..) => settle::show(step, terminal),
    }
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
