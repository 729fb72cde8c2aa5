//! What may be typed: the options of every command here, those of one command in `commands.rs`.

mod commands;
mod reporting;
mod words;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};

use crate::diagnostic::{Level, Severity};
use crate::project::{Wishes, environment_name};

pub(super) use commands::*;
pub(super) use reporting::{Reporting, Weights};
pub(super) use words::*;

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
    /// Environment of gwcfg.yaml whose overlay is laid over the sources
    #[arg(long = "env", value_name = "NAME", global = true, value_parser = environment_name)]
    pub(super) environment: Option<String>,
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
    Validate(Validate),
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
    /// Look at the project's settings
    #[command(subcommand)]
    Config(Config),
    /// List the variables of the environment that the config needs, who needs each, and which are
    /// not set here
    ///
    /// LiteLLM takes an empty variable for one that is not set. No value is read or shown.
    Env(Env),
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
            environment: self.global.environment.clone(),
            levels: Vec::new(),
        }
    }
}
