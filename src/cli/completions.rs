//! `gwcfg completions`.

use clap::{Command, CommandFactory as _};
use clap_complete::{Shell, generate};

use super::Terminal;
use super::args::Arguments;
use super::exit::Exit;

pub(super) fn run(shell: Shell, terminal: &mut Terminal) -> Exit {
    let mut script = Vec::new();
    generate(shell, &mut offered(), "gwcfg", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))
}

/// What a person may type: the scripts of some shells would offer hidden commands, too.
fn offered() -> Command {
    let all = Arguments::command();
    Command::new("gwcfg")
        .version(env!("CARGO_PKG_VERSION"))
        .args(all.get_arguments().cloned())
        .subcommands(all.get_subcommands().filter(|command| !command.is_hide_set()).cloned())
}
