//! The options of each command.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::diff;
use crate::gateway::litellm::releases::Release;
use crate::project::{self, duration};

use super::reporting::{Fixes, Reporting, Weights};
use super::words::{Document, ErrorClass, Plain};

#[derive(Debug, Args)]
pub(in crate::cli) struct Init {
    /// The project's folder, which is made when it is missing [default: the one of `-C`, else this
    /// one]
    pub(in crate::cli) dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Schema {
    /// Which file
    #[arg(value_enum, required_unless_present = "write")]
    pub(in crate::cli) name: Option<Document>,
    /// Write NAME's schema, or all of them, as `NAME.json` into this folder
    ///
    /// `gwcfg init` writes them into `schemas`; after an update of gwcfg this renews them.
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) write: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Validate {
    /// Check the sources without an environment and in each one of gwcfg.yaml
    #[arg(long, conflicts_with_all = ["environment", "fix", "diff", "write_baseline"])]
    pub(in crate::cli) all_envs: bool,
    /// Write what is found as a baseline, with which it is known and does not count
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "diff"])]
    pub(in crate::cli) write_baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) fixes: Fixes,
    #[command(flatten)]
    pub(in crate::cli) reporting: Reporting,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Lint {
    /// The configs
    #[arg(value_name = "FILE", required = true)]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// Write what is found as a baseline, with which it is known and does not count
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "diff"])]
    pub(in crate::cli) write_baseline: Option<PathBuf>,
    /// The release that reads them, such as `litellm@1.100.5` [default: `target` of gwcfg.yaml,
    /// else release 1.106.2]
    #[arg(long, value_name = "TARGET", value_parser = target)]
    pub(in crate::cli) target: Option<Named>,
    #[command(flatten)]
    pub(in crate::cli) fixes: Fixes,
    #[command(flatten)]
    pub(in crate::cli) reporting: Reporting,
}

/// A target as it was typed: `litellm` alone names no release.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Named(pub(in crate::cli) Option<Release>);

fn target(text: &str) -> Result<Named, String> {
    project::target(text).map(Named)
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Generate {
    /// Fail when the output on disk is not what the sources compile to; write nothing
    #[arg(long)]
    pub(in crate::cli) check: bool,
    /// Where to write; `-` is stdout
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Replace an output that was edited by hand, or that gwcfg did not write; it is kept as a
    /// generation
    #[arg(long, conflicts_with = "check")]
    pub(in crate::cli) force: bool,
    /// Write a ConfigMap, or values for LiteLLM's Helm chart, to stdout or to the file of `-o`; no
    /// generation is recorded
    #[arg(long, value_enum, value_name = "SHAPE", conflicts_with_all = ["message", "wait"])]
    pub(in crate::cli) emit: Option<Shape>,
    /// Name of the ConfigMap; `{hash}` in it stands for the content's hash [default:
    /// litellm-config]
    #[arg(long, requires = "emit")]
    pub(in crate::cli) name: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) recording: Recording,
    #[command(flatten)]
    pub(in crate::cli) reporting: Reporting,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Diff {
    /// The older side
    #[arg(default_value = "live", value_parser = diff::named)]
    pub(in crate::cli) from: diff::Named,
    /// The newer side
    #[arg(default_value = "sources", value_parser = diff::named)]
    pub(in crate::cli) to: diff::Named,
    /// Exit with 1 when the two differ
    #[arg(long)]
    pub(in crate::cli) exit_code: bool,
    /// Format of the diff
    #[arg(long, value_enum, default_value = "human")]
    pub(in crate::cli) format: Plain,
    #[command(flatten)]
    pub(in crate::cli) weights: Weights,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Deploy {
    /// Go back unless somebody says `gwcfg confirm` within this time, such as `5m`
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(in crate::cli) confirm: Option<Duration>,
    /// Replace an output that was edited by hand, or that gwcfg did not write; it is kept as a
    /// generation
    #[arg(long)]
    pub(in crate::cli) force: bool,
    #[command(flatten)]
    pub(in crate::cli) recording: Recording,
    #[command(flatten)]
    pub(in crate::cli) reporting: Reporting,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Confirm {
    /// Wait so long for another run that holds the lock, such as `30s`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub(in crate::cli) wait: Duration,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Watch {
    /// The generation
    pub(in crate::cli) number: u32,
    /// How the gateway is reloaded and asked, as JSON
    pub(in crate::cli) plan: String,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::cli) struct History {
    /// Format of the list
    #[arg(long, value_enum, default_value = "human")]
    pub(in crate::cli) format: Plain,
    #[command(subcommand)]
    pub(in crate::cli) command: Option<HistoryCommand>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum HistoryCommand {
    /// Remove the generations that `keep` of gwcfg.yaml does not want
    ///
    /// Every change does so by itself. What is in place, what waits to be confirmed, and what a
    /// rollback goes back to always stay.
    Prune(Prune),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Prune {
    /// Show what would go and why the others stay; remove nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Wait so long for another run that holds the lock, such as `30s`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub(in crate::cli) wait: Duration,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Rollback {
    /// A generation's number, or the beginning of the commit that one was compiled from
    #[arg(long, value_name = "N|COMMIT")]
    pub(in crate::cli) to: Option<String>,
    /// Show the diff; change nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// The output [default: the project's, or the one that is recorded]
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) recording: Recording,
}

/// What a cluster takes: a ConfigMap with the file `config.yaml`, or values for LiteLLM's chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Shape {
    Configmap,
    HelmValues,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Drift {
    /// The gateway's address [default: `deploy.probe.url` of gwcfg.yaml]
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) url: Option<String>,
    /// The environment variable that holds the gateway's key [default: `deploy.probe.key-env` of
    /// gwcfg.yaml, else LITELLM_MASTER_KEY]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) key_env: Option<String>,
    /// How long the gateway may take to answer
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    pub(in crate::cli) timeout: Duration,
    /// Format of the answer
    #[arg(long, value_enum, default_value = "human")]
    pub(in crate::cli) format: Plain,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Config {
    /// Print the settings of the project that count: gwcfg.yaml, what the environment lays over it,
    /// the options, and the defaults
    ///
    /// In an environment it is the project file that says the same without one. Secrets are shown
    /// as stars.
    Show(ConfigShow),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ConfigShow {
    /// Tell where each setting comes from
    #[arg(long)]
    pub(in crate::cli) origin: bool,
    /// Format of the settings; `human` is YAML, `json` always has the origins
    #[arg(long, value_enum, default_value = "human")]
    pub(in crate::cli) format: Plain,
    #[command(flatten)]
    pub(in crate::cli) levels: Weights,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Env {
    /// Fail when a variable is not set here, or empty; no value is read
    #[arg(long)]
    pub(in crate::cli) check: bool,
    /// Print the file `.env.example`: each variable without a value, and who needs it
    #[arg(long, conflicts_with_all = ["check", "format"])]
    pub(in crate::cli) example: bool,
    /// Where `--example` writes; `-` is stdout
    #[arg(short, long, value_name = "FILE", requires = "example")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// A config of LiteLLM instead of the sources
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) gateway: Option<PathBuf>,
    /// Format of the list
    #[arg(long, value_enum, default_value = "human")]
    pub(in crate::cli) format: Plain,
    #[command(flatten)]
    pub(in crate::cli) levels: Weights,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Route {
    /// The name that a request asks for
    pub(in crate::cli) name: String,
    /// A config of LiteLLM instead of the sources
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) gateway: Option<PathBuf>,
    /// The release that serves it, such as `litellm@1.100.5` [default: `target` of gwcfg.yaml, else
    /// release 1.106.2]
    #[arg(long, value_name = "TARGET", value_parser = target)]
    pub(in crate::cli) target: Option<Named>,
    /// How everything fails
    #[arg(long, value_enum, default_value = "server")]
    pub(in crate::cli) error: ErrorClass,
    /// Format of the answer
    #[arg(long, value_enum, default_value = "human")]
    pub(in crate::cli) format: Plain,
    #[command(flatten)]
    pub(in crate::cli) levels: Weights,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Simulate {
    /// The providers that are down
    #[arg(long, value_name = "PROVIDER", value_delimiter = ',', required = true)]
    pub(in crate::cli) down: Vec<String>,
    /// A config of LiteLLM instead of the sources; a provider is its prefix then, such as `openai`
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) gateway: Option<PathBuf>,
    /// The release that serves it, such as `litellm@1.100.5` [default: `target` of gwcfg.yaml, else
    /// release 1.106.2]
    #[arg(long, value_name = "TARGET", value_parser = target)]
    pub(in crate::cli) target: Option<Named>,
    /// Format of the answer
    #[arg(long, value_enum, default_value = "human")]
    pub(in crate::cli) format: Plain,
    #[command(flatten)]
    pub(in crate::cli) levels: Weights,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Recording {
    /// Say in the history what this is for
    #[arg(short, long, value_name = "TEXT")]
    pub(in crate::cli) message: Option<String>,
    /// Wait so long for another run that holds the lock, such as `30s`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub(in crate::cli) wait: Duration,
}
