//! `gwcfg man`: manual pages, made from what the command line itself says.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::Man;

use super::Terminal;
use super::args::Arguments;
use super::exit::Exit;

/// What stands in the corner of every page.
const VERSION: &str = concat!("gwcfg ", env!("CARGO_PKG_VERSION"));

pub(super) fn run(folder: Option<&Path>, terminal: &mut Terminal) -> Exit {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let written = match folder {
        None => page(command).map(|(_, page)| terminal.print(&page)),
        Some(folder) => write(command, folder).map(|count| {
            terminal.say(&format!("wrote {count} pages into `{}`", folder.display()));
            Exit::Done
        }),
    };
    written.unwrap_or_else(|error| {
        let place = folder.map(|folder| format!(" into `{}`", folder.display()));
        terminal.fail(&format!("cannot write the manual{}: {error}", place.unwrap_or_default()));
        Exit::Usage
    })
}

/// Writes the page of a command and those of the commands below it, and gives their number.
fn write(command: clap::Command, folder: &Path) -> io::Result<usize> {
    std::fs::create_dir_all(folder)?;
    let mut waiting = vec![command];
    let mut count = 0;
    while let Some(command) = waiting.pop() {
        let below = command.get_subcommands().filter(|command| !command.is_hide_set());
        waiting.extend(below.cloned());
        let (name, page) = page(command)?;
        std::fs::write(folder.join(name), page)?;
        count += 1;
    }
    Ok(count)
}

/// The file's name and the text of a command's page, by the macros of man(7).
fn page(command: clap::Command) -> io::Result<(String, String)> {
    // Without a date the words of the heading would move one place to the left.
    let man = Man::new(command).source(VERSION).manual("gwcfg").date(" ");
    let mut page = Vec::new();
    man.render(&mut page)?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    page.push_str(".SH \"EXIT STATUS\"\n");
    for exit in Exit::ALL {
        // A hyphen alone may be printed as a typographical one.
        let meaning = exit.meaning().replace('-', "\\-");
        let _ = writeln!(page, ".TP\n\\fB{}\\fR\n{meaning}", exit.code());
    }
    Ok((man.get_filename(), page))
}
