//! How the project's output is put in place, as `gwcfg.yaml` says it.

use std::time::Duration;

use crate::document::{self, Project};
use crate::source::{Field, Names, Span, Text};

/// The section `deploy`, with what is not said filled in.
#[derive(Debug, Clone, Default)]
pub struct Deploy {
    /// The gateway's own check of a config.
    pub check: Option<Command>,
    /// What makes the gateway read its config.
    pub reload: Option<Command>,
    /// How the running gateway is asked.
    pub probe: Option<Probe>,
}

/// A program with its arguments.
#[derive(Debug, Clone)]
pub struct Command {
    /// The program, then its arguments.
    pub argv: Vec<String>,
    /// How long it may take.
    pub timeout: Duration,
}

/// How the running gateway is asked.
#[derive(Debug, Clone)]
pub struct Probe {
    /// Its address.
    pub url: String,
    /// How long it may take to serve a config.
    pub timeout: Duration,
    /// Between two questions.
    pub interval: Duration,
    /// The environment variable that holds its key.
    pub key_env: String,
    /// Public names that get a real request.
    pub canary: Vec<String>,
}

/// `litellm --validate_config` takes 7 to 13 seconds.
const CHECK_TIMEOUT: Duration = Duration::from_secs(120);
const RELOAD_TIMEOUT: Duration = Duration::from_secs(60);
/// LiteLLM is ready after 4.5 to 8 seconds with a small config.
const PROBE_TIMEOUT: Duration = Duration::from_secs(60);
const PROBE_INTERVAL: Duration = Duration::from_millis(500);
/// The variable that holds the gateway's key when none is named.
pub const DEFAULT_KEY_ENV: &str = "LITELLM_MASTER_KEY";

/// A time as people write it: `30s`, `5m`, `1h 30m`, or seconds alone.
///
/// # Errors
/// In words, when it is none.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time: write one like `30s` or `5m`");
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).map_err(|_| wrong());
    }
    let parsed: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(parsed).map_err(|_| wrong())
}

/// The section, as far as it can be read.
pub(super) fn read(project: &Project<'_>) -> Deploy {
    let Some(deploy) = project.deploy.value() else { return Deploy::default() };
    Deploy {
        check: command(&deploy.check, &deploy.check_timeout, CHECK_TIMEOUT),
        reload: command(&deploy.reload, &deploy.reload_timeout, RELOAD_TIMEOUT),
        probe: deploy.probe.value().and_then(probe),
    }
}

/// Values that mean nothing: each with its place and what to do.
pub(super) fn mistakes(project: &Project<'_>) -> Vec<(Span, String)> {
    let Some(deploy) = project.deploy.value() else { return Vec::new() };
    let probe = deploy.probe.value();
    let times = [Some(&deploy.check_timeout), Some(&deploy.reload_timeout)];
    let times = times.into_iter().chain([probe.map(|probe| &probe.timeout)]).flatten();
    let mut mistakes: Vec<(Span, String)> = times
        .filter_map(|time| time.copied())
        .filter_map(|time| Some((time.span, duration(time.value.0).err()?)))
        .collect();
    for argv in [&deploy.check, &deploy.reload] {
        if let Some(given) = argv.given()
            && given.value.is_empty()
        {
            let wrong = "the command is empty: write the program and its arguments as a list";
            mistakes.push((given.span, wrong.to_owned()));
        }
    }
    mistakes
}

fn command(argv: &Field<Names<'_>>, timeout: &Field<Text<'_>>, usual: Duration) -> Option<Command> {
    let argv = words(argv);
    (!argv.is_empty()).then(|| Command { argv, timeout: time(timeout, usual) })
}

fn probe(probe: &document::Probe<'_>) -> Option<Probe> {
    let interval = probe.interval.copied().map(|seconds| seconds.value.0);
    let interval = interval.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    Some(Probe {
        url: probe.url.copied()?.value.to_owned(),
        timeout: time(&probe.timeout, PROBE_TIMEOUT),
        interval: interval.unwrap_or(PROBE_INTERVAL),
        key_env: probe.key_env.copied().map_or(DEFAULT_KEY_ENV, |name| name.value).to_owned(),
        canary: words(&probe.canary),
    })
}

fn words(names: &Field<Names<'_>>) -> Vec<String> {
    let names = names.value().into_iter().flat_map(|names| names.iter());
    names.filter_map(|name| Some((*name.value()?).to_owned())).collect()
}

fn time(text: &Field<Text<'_>>, usual: Duration) -> Duration {
    text.copied().and_then(|text| duration(text.value.0).ok()).unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let seconds = |text| duration(text).map(|time| time.as_secs_f64());
        assert_eq!(seconds("30s"), Ok(30.0));
        assert_eq!(seconds("5m"), Ok(300.0));
        assert_eq!(seconds("1h 30m"), Ok(5400.0));
        assert_eq!(seconds("2.5"), Ok(2.5));
        for wrong in ["", "soon", "-5m", "5 bananas", "nan", "-1", "1e400"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
