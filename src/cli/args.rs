//! What may be typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::{Level, Severity};
use crate::gateway::litellm::walk::Failure;
use crate::project::{Wishes, duration};
use crate::{document, report};

use super::{color, diff};

/// A config compiler and validator for LLM gateways.
#[derive(Debug, Parser)]
#[command(name = "gwcfg", version, about, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(super) struct Global {
    /// Project root
    #[arg(short = 'C', value_name = "DIR", global = true)]
    root: Option<PathBuf>,
    /// Project file [default: gwcfg.yaml in the project root]
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Folder of the source files [default: config/ when it exists, else the project root]
    #[arg(long, value_name = "DIR", global = true)]
    config_dir: Option<PathBuf>,
    /// Folder in which gwcfg keeps what it wrote [default: .gwcfg]
    #[arg(long, value_name = "DIR", global = true)]
    state_dir: Option<PathBuf>,
    /// Say less
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Say more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", global = true)]
    pub(super) color: Color,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check the sources, and the gateway's own traps on what they compile to
    Validate(Reporting),
    /// Check any config of LiteLLM, whoever wrote it
    ///
    /// What is said of it was seen on LiteLLM 1.106.2. Whether a variable of the environment is set
    /// is looked at; its value is not.
    Lint(Lint),
    /// Compile the sources to the gateway's config
    Generate(Generate),
    /// Show what differs between two configs
    ///
    /// FROM and TO are each one of: `live`, the output on disk; `sources`, what the sources
    /// compile to; a generation's number, as in `gwcfg history`; a git revision such as `HEAD~1`,
    /// whose sources are read from the repository and compiled in memory. A revision that is
    /// digits alone, or has the name of one of the others, is written `git:0123456`.
    ///
    /// The header is not compared: it tells of the sources, not of what the gateway does.
    Diff(Diff),
    /// Put a new config in place, make the gateway read it, and go back when it does not serve it
    ///
    /// Compiles, lets the gateway check the config (`deploy.check` of gwcfg.yaml), puts it in
    /// place, runs the reload command (`deploy.reload`), and waits until the gateway lists the
    /// names that were compiled (`deploy.probe`). When any of it fails, the previous config comes
    /// back in the same way, and the exit code is 5; when that fails too it is 6, with the commands
    /// for a person.
    Deploy(Deploy),
    /// Confirm a deploy that was started with `--confirm`
    Confirm(Confirm),
    /// Ask the running gateway whether it serves the names of the config in place
    ///
    /// Compares the gateway's own list of models with the config on disk, and says whether that is
    /// what gwcfg wrote last. Exits with 0 when all is the same, with 1 when anything differs, and
    /// with 2 when there is nothing to compare: no answer, a wrong key, no config.
    Drift(Drift),
    /// Wait for a deploy to be confirmed (started by `deploy`)
    #[command(hide = true)]
    Watch(Watch),
    /// List what was in place, newest first
    History(History),
    /// Put back what was in place before
    ///
    /// Shows the diff, puts the bytes of the earlier generation back in one step, and records
    /// that as a new generation: the history only grows. Works without the sources and without
    /// git. Without `--to` it goes back to the generation before the current one; a second
    /// rollback goes back one step more, not forth again.
    Rollback(Rollback),
    /// Tell how the gateway serves a request: who is asked, and who next when they fail
    Route(Route),
    /// Tell who answers each name when some providers are down
    ///
    /// Exits with 1 when a name is answered by nobody, or not always.
    Simulate(Simulate),
    /// Explain a rule, or list all rules
    Explain {
        /// The rule; without it, the list of rules
        rule: Option<String>,
    },
    /// Print the JSON Schema of a source file
    Schema {
        /// Which file
        #[arg(value_enum)]
        name: Document,
    },
}

#[derive(Debug, Args)]
pub(super) struct Lint {
    /// The configs
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reporting: Reporting,
}

#[derive(Debug, Args)]
pub(super) struct Generate {
    /// Fail when the output on disk is not what the sources compile to; write nothing
    #[arg(long)]
    pub(super) check: bool,
    /// Where to write; `-` is stdout
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Replace an output that was edited by hand, or that gwcfg did not write; it is kept as a
    /// generation
    #[arg(long, conflicts_with = "check")]
    pub(super) force: bool,
    /// Write a ConfigMap, or values for LiteLLM's Helm chart, to stdout or to the file of `-o`; no
    /// generation is recorded
    #[arg(long, value_enum, value_name = "SHAPE", conflicts_with_all = ["message", "wait"])]
    pub(super) emit: Option<Shape>,
    /// Name of the ConfigMap; `{hash}` in it stands for the content's hash [default:
    /// litellm-config]
    #[arg(long, requires = "emit")]
    pub(super) name: Option<String>,
    #[command(flatten)]
    pub(super) recording: Recording,
    #[command(flatten)]
    pub(super) reporting: Reporting,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The older side
    #[arg(default_value = "live", value_parser = diff::named)]
    pub(super) from: diff::Named,
    /// The newer side
    #[arg(default_value = "sources", value_parser = diff::named)]
    pub(super) to: diff::Named,
    /// Exit with 1 when the two differ
    #[arg(long)]
    pub(super) exit_code: bool,
    /// Format of the diff
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: Plain,
    #[command(flatten)]
    pub(super) weights: Weights,
}

#[derive(Debug, Args)]
pub(super) struct Deploy {
    /// Go back unless somebody says `gwcfg confirm` within this time, such as `5m`
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) confirm: Option<Duration>,
    /// Replace an output that was edited by hand, or that gwcfg did not write; it is kept as a
    /// generation
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) recording: Recording,
    #[command(flatten)]
    pub(super) reporting: Reporting,
}

#[derive(Debug, Args)]
pub(super) struct Confirm {
    /// Wait so long for another run that holds the lock, such as `30s`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub(super) wait: Duration,
}

#[derive(Debug, Args)]
pub(super) struct Watch {
    /// The generation
    pub(super) number: u32,
    /// How the gateway is reloaded and asked, as JSON
    pub(super) plan: String,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct History {
    /// Format of the list
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: Plain,
    #[command(subcommand)]
    pub(super) command: Option<HistoryCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum HistoryCommand {
    /// Remove the generations that `keep` of gwcfg.yaml does not want
    ///
    /// Every change does so by itself. What is in place, what waits to be confirmed, and what a
    /// rollback goes back to always stay.
    Prune(Prune),
}

#[derive(Debug, Args)]
pub(super) struct Prune {
    /// Show what would go and why the others stay; remove nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Wait so long for another run that holds the lock, such as `30s`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub(super) wait: Duration,
}

#[derive(Debug, Args)]
pub(super) struct Rollback {
    /// A generation's number, or the beginning of the commit that one was compiled from
    #[arg(long, value_name = "N|COMMIT")]
    pub(super) to: Option<String>,
    /// Show the diff; change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The output [default: the project's, or the one that is recorded]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) recording: Recording,
}

/// What a cluster takes: a ConfigMap with the file `config.yaml`, or values for LiteLLM's chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shape {
    Configmap,
    HelmValues,
}

#[derive(Debug, Args)]
pub(super) struct Drift {
    /// The gateway's address [default: `deploy.probe.url` of gwcfg.yaml]
    #[arg(long, value_name = "URL")]
    pub(super) url: Option<String>,
    /// The environment variable that holds the gateway's key [default: `deploy.probe.key-env` of
    /// gwcfg.yaml, else LITELLM_MASTER_KEY]
    #[arg(long, value_name = "NAME")]
    pub(super) key_env: Option<String>,
    /// How long the gateway may take to answer
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    pub(super) timeout: Duration,
    /// Format of the answer
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: Plain,
}

#[derive(Debug, Args)]
pub(super) struct Route {
    /// The name that a request asks for
    pub(super) name: String,
    /// A config of LiteLLM instead of the sources
    #[arg(long, value_name = "FILE")]
    pub(super) gateway: Option<PathBuf>,
    /// How everything fails
    #[arg(long, value_enum, default_value = "server")]
    pub(super) error: ErrorClass,
    /// Format of the answer
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: Plain,
    #[command(flatten)]
    levels: Weights,
}

#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// The providers that are down
    #[arg(long, value_name = "PROVIDER", value_delimiter = ',', required = true)]
    pub(super) down: Vec<String>,
    /// A config of LiteLLM instead of the sources; a provider is its prefix then, such as `openai`
    #[arg(long, value_name = "FILE")]
    pub(super) gateway: Option<PathBuf>,
    /// Format of the answer
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: Plain,
    #[command(flatten)]
    levels: Weights,
}

impl Route {
    pub(super) fn reporting(&self) -> Reporting {
        Reporting::of(&self.levels)
    }
}

impl Simulate {
    pub(super) fn reporting(&self) -> Reporting {
        Reporting::of(&self.levels)
    }
}

/// How a request fails.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ErrorClass {
    /// The context is too long
    Context,
    /// The content is refused
    Policy,
    /// 429
    RateLimit,
    /// 401
    Auth,
    /// No answer in time
    Timeout,
    /// 500
    Server,
}

impl From<ErrorClass> for Failure {
    fn from(class: ErrorClass) -> Self {
        match class {
            ErrorClass::Context => Failure::ContextWindow,
            ErrorClass::Policy => Failure::ContentPolicy,
            ErrorClass::RateLimit => Failure::RateLimit,
            ErrorClass::Auth => Failure::Authentication,
            ErrorClass::Timeout => Failure::Timeout,
            ErrorClass::Server => Failure::Server,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Plain {
    Human,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Recording {
    /// Say in the history what this is for
    #[arg(short, long, value_name = "TEXT")]
    pub(super) message: Option<String>,
    /// Wait so long for another run that holds the lock, such as `30s`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub(super) wait: Duration,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Options of the report")]
pub(super) struct Reporting {
    /// Format of the report
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: Format,
    /// Least severity that fails the command
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    pub(super) fail_on: FailOn,
    #[command(flatten)]
    pub(super) weights: Weights,
    /// Exit with 0 whatever is found
    #[arg(long)]
    pub(super) exit_zero: bool,
}

/// How rules weigh.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of the report")]
pub(super) struct Weights {
    /// Raise a rule to an error
    #[arg(short = 'D', long = "deny", value_name = "RULE")]
    deny: Vec<String>,
    /// Lower a rule to a warning
    #[arg(short = 'W', long = "warn", value_name = "RULE")]
    warn: Vec<String>,
    /// Do not report a rule
    #[arg(short = 'A', long = "allow", value_name = "RULE")]
    allow: Vec<String>,
}

impl Reporting {
    /// The reporting of a command whose answer is not a report.
    fn of(weights: &Weights) -> Self {
        Reporting {
            format: Format::Human,
            fail_on: FailOn::Error,
            weights: weights.clone(),
            exit_zero: false,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for color::Choice {
    fn from(choice: Color) -> Self {
        match choice {
            Color::Auto => color::Choice::Auto,
            Color::Always => color::Choice::Always,
            Color::Never => color::Choice::Never,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
}

impl From<Format> for report::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Human => report::Format::Human,
            Format::Json => report::Format::Json,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum FailOn {
    Error,
    Warning,
    Info,
}

impl From<FailOn> for Severity {
    fn from(limit: FailOn) -> Self {
        match limit {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Info => Severity::Info,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Document {
    /// gwcfg.yaml
    Gwcfg,
    /// providers.yaml
    Providers,
    /// model-mappings.yaml
    ModelMappings,
    /// ports.yaml
    Ports,
}

impl From<Document> for document::Document {
    fn from(document: Document) -> Self {
        match document {
            Document::Gwcfg => document::Document::Project,
            Document::Providers => document::Document::Providers,
            Document::ModelMappings => document::Document::Mappings,
            Document::Ports => document::Document::Ports,
        }
    }
}

impl Arguments {
    /// Where things are, and how rules weigh: allowed first, then lowered, then raised, so that
    /// the stricter word wins.
    pub(super) fn wishes(&self, weights: &Weights) -> Wishes {
        let word = |names: &[String], level: Level| {
            names.iter().map(|name| (name.clone(), level)).collect::<Vec<_>>()
        };
        let mut levels = word(&weights.allow, Level::Allow);
        levels.extend(word(&weights.warn, Level::Report(Severity::Warning)));
        levels.extend(word(&weights.deny, Level::Report(Severity::Error)));
        Wishes { levels, ..self.places() }
    }

    /// Where things are.
    pub(super) fn places(&self) -> Wishes {
        Wishes {
            root: self.global.root.clone(),
            config: self.global.config.clone(),
            config_dir: self.global.config_dir.clone(),
            state_dir: self.global.state_dir.clone(),
            levels: Vec::new(),
        }
    }
}
