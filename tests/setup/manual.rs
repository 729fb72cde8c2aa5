//! `gwcfg man`: the pages are read by a real formatter, without a complaint.

use std::collections::BTreeSet;
use std::process::Command;

use crate::support::project::{ends, finish, gwcfg};
use crate::tools;

/// The commands that `gwcfg --help` lists.
fn commands() -> BTreeSet<String> {
    let mut command = gwcfg();
    command.arg("--help");
    let help = finish(command).out;
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let list = list.split("\n\n").next().unwrap().lines();
    // A description that goes on stands further to the right.
    let names = list.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_command_has_a_page_that_formatters_read() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man1");
    let mut command = gwcfg();
    command.arg("man").arg("--dir").arg(&pages);
    ends(&finish(command), 0, &["wrote", "pages into"]);
    let mut written = BTreeSet::new();
    for entry in std::fs::read_dir(&pages).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let name = name.strip_suffix(".1").unwrap().to_owned();
        written.insert(name.strip_prefix("gwcfg-").map_or(String::new(), str::to_owned));
    }
    let mut expected = commands();
    assert!(expected.len() > 15 && expected.contains("validate"), "{expected:?}");
    let below = ["", "config-show", "history-prune"];
    expected.extend(below.map(str::to_owned));
    assert_eq!(written, expected);
    if tools::is_offline() {
        return;
    }
    tools::system_package("mandoc");
    for name in written {
        let name = if name.is_empty() { "gwcfg".to_owned() } else { format!("gwcfg-{name}") };
        let path = pages.join(format!("{name}.1"));
        let mut lint = Command::new("mandoc");
        // What is only a matter of style is clap's: a name in lower case, a long line.
        lint.args(["-T", "lint", "-W", "error"]).arg(&path);
        let ended = finish(lint);
        assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", ""));
        let mut read = Command::new("mandoc");
        read.args(["-T", "ascii", "-O", "width=100"]).arg(&path).env("LC_ALL", "C");
        // A letter that is printed fat is printed twice.
        let text: String = {
            let out = finish(read).out;
            let letters: Vec<char> = out.chars().collect();
            let over = |at: usize| letters.get(at + 1) == Some(&'\u{8}');
            let kept =
                letters.iter().enumerate().filter(|(at, letter)| **letter != '\u{8}' && !over(*at));
            kept.map(|(_, letter)| *letter).collect()
        };
        let version = concat!("gwcfg ", env!("CARGO_PKG_VERSION"));
        for word in [name.as_str(), version, "EXIT STATUS", "OPTIONS OF EVERY COMMAND"] {
            assert!(text.contains(word), "no `{word}` in:\n{text}");
        }
    }
}

#[test]
fn the_page_of_the_tool_goes_to_stdout() {
    let mut command = gwcfg();
    command.arg("man");
    let ended = finish(command);
    let heading = format!(".TH gwcfg 1 \" \" \"gwcfg {}\" gwcfg\n", env!("CARGO_PKG_VERSION"));
    ends(&ended, 0, &[&heading, ".SH SUBCOMMANDS", "gwcfg\\-generate(1)", "the lock is held"]);
    assert_eq!(ended.err, "");
    assert!(!ended.out.contains("gwcfg\\-watch"));
}
