//! The commands of the runbook and of the README are commands of gwcfg, with options that it has.

use clap::Parser as _;

use super::args::Arguments;

const RUNBOOK: &str = include_str!("../../docs/operations.md");
const README: &str = include_str!("../../README.md");

/// The texts that may hold commands: lines of code blocks of a shell or a unit, and code in prose,
/// which may go over the end of a line.
fn pieces(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut prose = String::new();
    let mut block: Option<bool> = None;
    for line in page.lines() {
        if let Some(kind) = line.trim_start().strip_prefix("```") {
            block = match block {
                Some(_) => None,
                None => Some(["sh", "console", "ini"].iter().any(|one| kind.starts_with(one))),
            };
        } else if block == Some(true) {
            found.push(line.trim_start().trim_start_matches("$ ").to_owned());
        } else if block.is_none() {
            prose.push_str(line.trim());
            prose.push(' ');
        }
    }
    found.extend(prose.split('`').skip(1).step_by(2).map(str::to_owned));
    found
}

/// The words of each call of gwcfg in a piece.
fn calls(piece: &str) -> Vec<Vec<String>> {
    let mut calls: Vec<Vec<String>> = Vec::new();
    let mut open = false;
    for word in words(piece) {
        let ends = ["|", "||", "&&", ";", "&", ">"].contains(&word.as_str());
        if ends || word.starts_with('#') {
            open = false;
        } else if word == "gwcfg" || word.ends_with("/gwcfg") {
            calls.push(vec!["gwcfg".to_owned()]);
            open = true;
        } else if let Some(call) = calls.last_mut().filter(|_| open) {
            call.push(word);
        }
    }
    calls
}

/// As a shell splits them; what stands in quotes after `ssh` is a line of its own.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), letter) => word.push(letter),
            (None, '\'' | '"') => quote = Some(letter),
            (None, ';') => {
                words.push(std::mem::take(&mut word));
                words.push(";".to_owned());
            }
            (None, ' ') => words.push(std::mem::take(&mut word)),
            (None, letter) => word.push(letter),
        }
    }
    words.push(word);
    let inner =
        |word: String| if word.contains("gwcfg -C") { self::words(&word) } else { vec![word] };
    words.into_iter().filter(|word| !word.is_empty()).flat_map(inner).collect()
}

/// The calls of a page; the name alone is no call.
fn all(page: &str) -> Vec<Vec<String>> {
    pieces(page).iter().flat_map(|piece| calls(piece)).filter(|call| call.len() > 1).collect()
}

/// What is wrong with the calls of a page.
fn wrong(page: &str) -> Vec<String> {
    let tried = all(page).into_iter().filter_map(|call| {
        // `--help` and `--version` are no arguments to act on, and no mistakes.
        let error = Arguments::try_parse_from(&call).err()?;
        error.use_stderr().then(|| format!("{}: {error}", call.join(" ")))
    });
    tried.collect()
}

#[test]
fn the_commands_of_the_pages_are_commands() {
    assert_eq!(wrong(RUNBOOK), Vec::<String>::new());
    assert!(all(RUNBOOK).len() >= 35, "{:?}", all(RUNBOOK));
    let readme: Vec<String> = wrong(README)
        .into_iter()
        // In the table a word in capitals, or in brackets, stands for what the reader types.
        .filter(|line| !["RULE]", "NAME", "SHAPE"].iter().any(|open| line.contains(open)))
        .collect();
    assert_eq!(readme, Vec::<String>::new());
}

#[test]
fn commands_are_found_wherever_they_stand() {
    let page = "Type `gwcfg\nconfirm` of `gwcfg`, not `gwcfg.yaml`.\n```sh\n$ gwcfg -C /etc/x history | head # b\n\
                a && gwcfg rollback -m \"gateway down\"\nssh b 'cd x; gwcfg -C /y deploy' || c\n```\n\
                ```yaml\na: gwcfg no command\n```\n```ini\nExecStart=/usr/bin/gwcfg -q history\n```\n";
    let found: Vec<String> = all(page).iter().map(|call| call.join(" ")).collect();
    let expected = [
        "gwcfg -C /etc/x history",
        "gwcfg rollback -m gateway down",
        "gwcfg -C /y deploy",
        "gwcfg -q history",
        "gwcfg confirm",
    ];
    assert_eq!(found, expected);
    assert_eq!(wrong(page), Vec::<String>::new());
    assert_eq!(wrong("`gwcfg generate --emitt configmap` or `gwcfg restart`").len(), 2);
}
