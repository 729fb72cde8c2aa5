//! Puts a generation in place, makes the gateway read it, and goes back when the gateway does not
//! serve it. `docs/design/deploy.md` tells the order of the steps and what a crash leaves.

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::atomic::WriteError;
use super::command::{Task, TaskError};
use super::probe::{Expected, Probe, ProbeError};
use super::store::{Generation, Pending, StoreError};
use super::writer::{Output, ReleaseError, Writer, fingerprint};

/// How a gateway is made to read its config and asked whether it did. It is handed to the watcher
/// as it was when the deploy began: the project file may be broken by then.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// Makes the gateway read its config.
    pub reload: Option<Task>,
    /// Asks it.
    pub probe: Option<Probe>,
    /// Where the commands run: the project, wherever whoever calls them stands.
    pub folder: PathBuf,
    /// The output as the project file names it.
    pub output: Option<PathBuf>,
}

/// Why a deploy did not reach its end.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The gateway's own check.
    #[error("the gateway refuses the config: {0}")]
    Check(CheckError),
    /// The reload command.
    #[error("the gateway was not reloaded: {0}")]
    Reload(#[from] TaskError),
    /// The probe.
    #[error("the gateway does not serve the config: {0}")]
    Probe(#[from] ProbeError),
    /// The files.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// Nobody confirmed.
    #[error("nobody confirmed it in time")]
    NotConfirmed,
    /// The run that deployed it ended in the middle.
    #[error("the run that deployed it ended in the middle")]
    Interrupted,
    /// A person wants it.
    #[error("a rollback was asked for")]
    Asked,
}

/// The gateway's own check did not pass.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The command failed.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// It read another number of models than were compiled: it drops what it cannot use, and says
    /// so in no other way.
    #[error("it reads {read} models, and {expected} were compiled: some were dropped")]
    Models {
        /// What it said.
        read: usize,
        /// What was compiled.
        expected: usize,
    },
}

impl From<StoreError> for StepError {
    fn from(error: StoreError) -> Self {
        StepError::Release(error.into())
    }
}

impl From<WriteError> for StepError {
    fn from(error: WriteError) -> Self {
        StepError::Release(error.into())
    }
}

/// How the way back ended.
#[derive(Debug)]
pub enum Back {
    /// The previous bytes are in place, and the gateway serves them.
    Restored {
        /// The generation that is in place again; none when there was no output before.
        number: Option<u32>,
        /// Why the note of the deploy could not be removed: the next command goes back once more.
        unsettled: Option<ReleaseError>,
    },
    /// It did not get there: a person is needed.
    Stuck {
        /// Why.
        why: StepError,
        /// What the person types.
        commands: Vec<String>,
    },
}

/// What a deploy tells while it is at work.
#[derive(Debug)]
pub enum Step<'s> {
    /// This process group is at work for it now; with `None` it has ended.
    Runs(Option<u32>),
    /// A step is done: what was done, and how long it took.
    Done(&'s str, Duration),
}

/// Told of each step.
pub type Progress<'p> = dyn FnMut(Step<'_>) + 'p;

/// What a config makes a gateway do: what a probe expects when the first config was in place and
/// the second one is now.
pub type ExpectedOf<'n> = dyn Fn(&[u8], &[u8]) -> Expected + 'n;

/// Runs a step and tells how long it took.
pub fn timed<T, E>(
    progress: &mut Progress<'_>,
    what: impl fmt::Display,
    step: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let begun = Instant::now();
    let result = step();
    let failed = if result.is_ok() { "" } else { " failed" };
    progress(Step::Done(&format!("{what}{failed}"), begun.elapsed()));
    result
}

/// The gateway's own check of a config that is not in place yet. `{config}` in the command stands
/// for its path; it runs in `folder`.
///
/// # Errors
/// When the command fails, or says `(N models)` with another number than `expected`.
pub fn check(task: &Task, folder: &Path, config: &Path, expected: usize) -> Result<(), StepError> {
    let path = config.to_string_lossy();
    let argv = task.argv.iter().map(|word| word.replace("{config}", &path)).collect();
    let task = Task { argv, timeout: task.timeout };
    let output = task.run(folder, |_| {}).map_err(|error| StepError::Check(error.into()))?;
    match models_read(&output) {
        Some(read) if read != expected => {
            Err(StepError::Check(CheckError::Models { read, expected }))
        }
        Some(_) | None => Ok(()),
    }
}

/// The number in `LiteLLM: config OK (N models)`.
fn models_read(output: &str) -> Option<usize> {
    let (_, rest) = output.rsplit_once("config OK (")?;
    rest.split_once(" model")?.0.parse().ok()
}

/// Makes the gateway read the config in place, and waits until it serves it.
///
/// # Errors
/// When the command or the probe fails.
pub fn reload_and_probe(
    plan: &Plan,
    expected: &Expected,
    progress: &mut Progress<'_>,
) -> Result<(), StepError> {
    if let Some(reload) = &plan.reload {
        let begun = Instant::now();
        let reloaded = reload.run(&plan.folder, |group| progress(Step::Runs(Some(group))));
        progress(Step::Runs(None));
        let failed = if reloaded.is_ok() { "" } else { " failed" };
        progress(Step::Done(&format!("reload: {}{failed}", reload.line()), begun.elapsed()));
        reloaded?;
    }
    if let Some(probe) = &plan.probe {
        let names = expected.served.len();
        timed(progress, format!("probe: {names} names at {}", probe.url), || probe.run(expected))?;
    }
    Ok(())
}

/// Takes a pending generation back: the previous bytes, the reload, the probe. The pending note
/// stays until all of it was tried, so a way back that is interrupted is gone again.
pub fn go_back(
    writer: &mut Writer,
    pending: &Pending,
    output: &Output,
    plan: &Plan,
    expected_of: &ExpectedOf<'_>,
    progress: &mut Progress<'_>,
) -> Back {
    let restored = restore(writer, pending, output, progress);
    let bytes_are_back = restored.is_ok();
    let result = restored.and_then(|before| {
        // Without a config from before there is nothing that the gateway could read.
        let Some(before) = before else { return Ok(()) };
        let there =
            writer.store().generation(pending.number).and_then(|g| writer.store().bytes(&g));
        let expected = expected_of(&there.unwrap_or_default(), &before);
        // The canaries are for the new config: the old one was good without them.
        let probe = plan.probe.clone().map(|probe| Probe { canary: Vec::new(), ..probe });
        reload_and_probe(&Plan { probe, ..plan.clone() }, &expected, progress)
    });
    let unsettled = if bytes_are_back { writer.fail_pending().err() } else { None };
    match result {
        Ok(()) => Back::Restored { number: pending.before, unsettled },
        Err(why) => {
            let commands = by_hand(writer, pending, output, plan, bytes_are_back);
            Back::Stuck { why, commands }
        }
    }
}

/// True when the output is what it was before the pending generation: it never got there.
fn is_as_before(writer: &Writer, pending: &Pending, output: &Output) -> Result<bool, ReleaseError> {
    let there = fingerprint(&output.path)?.map(|there| there.sha256);
    let before = pending.before.map(|number| writer.store().generation(number)).transpose()?;
    Ok(there == before.map(|before| before.sha256))
}

/// Puts the bytes from before back, and gives them.
fn restore(
    writer: &mut Writer,
    pending: &Pending,
    output: &Output,
    progress: &mut Progress<'_>,
) -> Result<Option<Vec<u8>>, StepError> {
    writer.keep_stray(output, pending)?;
    let Some(before) = pending.before else {
        timed(progress, "remove the config: there was none before", || writer.remove(output))?;
        return Ok(None);
    };
    let generation = writer.store().generation(before)?;
    let bytes = writer.store().bytes(&generation)?;
    // Nothing is written that is there already: the disk may be full.
    if is_as_before(writer, pending, output)? {
        return Ok(Some(bytes));
    }
    let what = format!("put generation {before} back");
    timed(progress, what, || {
        if writer.replace_by_spare(&generation.sha256) {
            return Ok(());
        }
        writer.replace(output, |file| {
            file.write_all(&bytes).map_err(|source| WriteError::new(&output.path, source))
        })
    })?;
    Ok(Some(bytes))
}

/// What a person types when the way back failed.
fn by_hand(
    writer: &Writer,
    pending: &Pending,
    output: &Output,
    plan: &Plan,
    bytes_are_back: bool,
) -> Vec<String> {
    let quoted = |path: &Path| {
        Task { argv: vec![path.to_string_lossy().into_owned()], timeout: Duration::ZERO }.line()
    };
    let mut commands = Vec::new();
    let before = pending.before.and_then(|number| writer.store().generation(number).ok());
    if let Some(Generation { sha256, .. }) = before.filter(|_| !bytes_are_back) {
        let object = writer.store().dir().join("objects").join(format!("{sha256}.gz"));
        commands.push(format!("zcat {} > {}", quoted(&object), quoted(&output.path)));
    }
    commands.extend(plan.reload.as_ref().map(Task::line));
    if let Some(probe) = &plan.probe {
        let url = probe.url.trim_end_matches('/');
        commands.push(format!("curl -fsS --oauth2-bearer \"${}\" {url}/v1/models", probe.key_env));
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_models_is_read_where_litellm_writes_it() {
        assert_eq!(models_read("12:00 noise\nLiteLLM: config OK (12 models)\n"), Some(12));
        assert_eq!(models_read("LiteLLM: config OK (1 model)"), Some(1));
        assert_eq!(models_read("fine"), None);
    }

    #[test]
    fn a_check_that_reads_fewer_models_fails() {
        let argv = ["sh", "-c", "cat \"$0\"; echo 'config OK (2 models)'", "{config}"];
        let argv = argv.map(str::to_owned).to_vec();
        let task = Task { argv, timeout: Duration::from_secs(30) };
        let config = Path::new("/dev/null");
        assert!(check(&task, Path::new("/"), config, 2).is_ok());
        let error = check(&task, Path::new("/"), config, 3).unwrap_err().to_string();
        assert!(error.contains("it reads 2 models, and 3 were compiled"), "{error}");
    }
}
