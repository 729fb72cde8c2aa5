//! What may be typed: the options of every command here, those of one command in `commands.rs`.

mod commands;
mod reporting;
mod words;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{ArgAction, Args, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::cli::today;
use crate::diagnostic::{Level, Severity};
use crate::project::{Wishes, environment_name};

pub(super) use commands::*;
pub(super) use reporting::{Fixes, Reporting, Weights};
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
    /// Write a small project to begin with
    ///
    /// The project file, the source files, and their JSON Schemas, by which an editor completes,
    /// explains and checks what is typed. No file that is there is touched: when one is in the
    /// way, nothing is written.
    Init(Init),
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
    /// Serve an editor over standard input and output: the Language Server Protocol
    ///
    /// Started by the editor; see docs/editor.md.
    Lsp,
    /// Explain a rule, or list all rules
    Explain {
        /// The rule; without it, the list of rules
        rule: Option<String>,
    },
    /// Print the JSON Schema of a source file, or write the schemas into a folder
    Schema(Schema),
    /// Print a script by which a shell completes commands and options
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page, or write the pages of all commands into a folder
    Man {
        /// Write one page for each command into this folder
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

/// Gives a command its options.
type Options = fn(clap::Command) -> clap::Command;

/// The commands that hooks and pipelines run, with their options.
const FREQUENT: [(&str, Options); 3] = [
    ("validate", Validate::augment_args),
    ("generate", Generate::augment_args),
    ("lint", Lint::augment_args),
];

impl Arguments {
    /// Reads the words of a command line, the program's name first.
    ///
    /// # Errors
    /// What to print instead of running: help, the version, or what is wrong.
    pub(super) fn read(words: &[OsString]) -> Result<Self, clap::Error> {
        Self::by_one_command(words).map_or_else(|| Self::try_parse_from(words), Ok)
    }

    /// The same by a grammar that knows a single command, one that is named among the words: a
    /// third of the work, and the whole grammar is a twentieth of a small project's `validate`.
    /// What fits it means the same in the whole grammar: the first word that is neither an option
    /// nor an option's value can be nothing but that command. What does not fit says nothing yet.
    fn by_one_command(words: &[OsString]) -> Option<Self> {
        let is_word = |name: &str| words.iter().skip(1).any(|word| word == name);
        let (name, options) = FREQUENT.iter().find(|(name, _)| is_word(name))?;
        let narrow = clap::Command::new("gwcfg")
            .disable_help_flag(true)
            .disable_help_subcommand(true)
            .disable_version_flag(true)
            .subcommand(options(clap::Command::new(*name).disable_help_flag(true)));
        let mut grammar = Global::augment_args(narrow);
        let mut matches = grammar.try_get_matches_from_mut(words).ok()?;
        // Taking forty options apart takes as long as making them, and the process is short.
        std::mem::forget(grammar);
        Self::from_arg_matches_mut(&mut matches).ok()
    }

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
            today: Some(today::today()),
        }
    }

    /// `-C`, and the first option that says where other things of a project are.
    pub(super) fn named_places(&self) -> (Option<&Path>, Option<&'static str>) {
        let Global { root, config, config_dir, state_dir, environment, .. } = &self.global;
        let named = [
            (config.is_some(), "--config"),
            (config_dir.is_some(), "--config-dir"),
            (state_dir.is_some(), "--state-dir"),
            (environment.is_some(), "--env"),
        ];
        let first = named.into_iter().find(|(is_named, _)| *is_named);
        (root.as_deref(), first.map(|(_, option)| option))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        std::iter::once("gwcfg").chain(line.split_whitespace()).map(OsString::from).collect()
    }

    #[test]
    fn the_whole_grammar_is_sound() {
        let mut whole = Arguments::command();
        whole.build();
        whole.debug_assert();
    }

    #[test]
    fn a_frequent_command_has_the_options_that_it_has_in_the_whole_grammar() {
        let mut whole = Arguments::command();
        whole.build();
        for (name, options) in FREQUENT {
            let in_whole = whole.find_subcommand(name).unwrap().get_arguments();
            let is_own = |arg: &&clap::Arg| !arg.is_global_set() && arg.get_id() != "help";
            let in_whole: Vec<String> =
                in_whole.filter(is_own).map(|arg| format!("{arg:?}")).collect();
            let narrow = options(clap::Command::new(name).disable_help_flag(true));
            // An option may speak of one of every command.
            let mut narrow = Global::augment_args(narrow);
            narrow.build();
            let narrow: Vec<String> =
                narrow.get_arguments().filter(is_own).map(|arg| format!("{arg:?}")).collect();
            assert_eq!(narrow, in_whole, "{name}");
        }
    }

    #[test]
    fn one_command_and_all_of_them_read_the_same() {
        for line in [
            "validate",
            "validate --env eu",
            "--env validate generate --check",
            "validate --all-envs --baseline known.yaml",
            "-C a -q validate -D model-unknown --fail-on warning",
            "validate -C generate --color never -vv",
            "generate --wait 5s --message validate",
            "lint a.yaml b.yaml --format json",
            "-C validate generate -o x --force",
            "explain generate",
            "schema providers",
            "lint validate -C history",
            "diff live 3 --exit-code",
            "deploy --confirm 5m",
            "rollback --to 2",
        ] {
            let words = words(line);
            let whole = Arguments::command().try_get_matches_from(&words).unwrap();
            let whole = Arguments::from_arg_matches(&whole).unwrap();
            let read = Arguments::read(&words).unwrap();
            assert_eq!(format!("{read:?}"), format!("{whole:?}"), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_the_whole_grammar() {
        for line in [
            "",
            "-C validate",
            "validate generate",
            "validat",
            "validate --nonsense",
            "validate --env ../eu",
            "validate --all-envs --env eu",
            "validate --all-envs --fix",
            "validate --all-envs --diff",
            "validate --all-envs --write-baseline known.yaml",
            "help validate",
            "validate --help",
            "--version validate",
        ] {
            let words = words(line);
            let whole = Arguments::command().try_get_matches_from(&words).unwrap_err();
            let read = Arguments::read(&words).unwrap_err();
            assert_eq!(read.kind(), whole.kind(), "{line}");
            assert_eq!(read.to_string(), whole.to_string(), "{line}");
        }
    }
}
