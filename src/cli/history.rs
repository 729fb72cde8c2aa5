//! `gwcfg history`.

use jiff::{Timestamp, Unit};
use serde::Serialize;

use crate::project::Located;
use crate::release::store::{
    Commit, Generation, Head, Keep, Listing, Origin, Status, Store, StoreError, keep,
};

use super::args::{Arguments, History, HistoryCommand, Plain, Prune};
use super::exit::Exit;
use super::{Terminal, recording, settle, shown};

pub(super) fn run(arguments: &Arguments, command: &History, terminal: &mut Terminal) -> Exit {
    let located = match super::located(arguments, terminal) {
        Ok(located) => located,
        Err(exit) => return exit,
    };
    let plan = || settle::located_plan(&located);
    settle::overdue(&located.root, &located.state_dir, plan, terminal);
    if let Some(HistoryCommand::Prune(prune)) = &command.command {
        return self::prune(&located, prune, terminal);
    }
    let store = Store::new(&located.state_dir);
    let (head, listing) = match store.list() {
        Ok(listed) => listed,
        Err(error) => return unreadable(&error, terminal),
    };
    for broken in listing.broken.values() {
        terminal.say(&format!("note: {broken}"));
    }
    let text = match command.format {
        Plain::Human => human(&head, &listing, terminal.columns),
        Plain::Json => json(&head, &listing),
    };
    if listing.generations.is_empty() && listing.broken.is_empty() {
        let state = store.dir().display();
        terminal.say(&format!("`{state}` holds no generations: `gwcfg generate` records them"));
    }
    let exit = terminal.print(&text);
    if let Some(pending) = head.pending.as_ref().filter(|pending| pending.by_hand) {
        terminal.say(&format!(
            "note: generation {} goes away at {} unless you confirm it: `gwcfg confirm`",
            pending.number,
            time(pending.deadline)
        ));
    }
    exit
}

fn unreadable(error: &StoreError, terminal: &mut Terminal) -> Exit {
    terminal.fail(&error.to_string());
    Exit::Usage
}

/// A table, newest first; `*` marks what is in place. The last column is cut where the terminal
/// ends.
fn human(head: &Head, listing: &Listing, columns: Option<usize>) -> String {
    if listing.generations.is_empty() {
        return String::new();
    }
    let several = head.current.len() > 1;
    let rows = listing.generations.values().rev().map(|generation| {
        let mark = if is_in_place(generation, head) { "* " } else { "" };
        let mut cells = vec![
            format!("{mark}{}", generation.number),
            head.status(generation.number).as_str().to_owned(),
            minute(generation.created),
            short(&generation.sha256).to_owned(),
            generation.git.as_ref().map_or_else(|| "-".to_owned(), commit),
            generation.user.clone(),
        ];
        if several {
            cells.push(generation.output.clone());
        }
        cells.push(words(generation));
        cells.iter().map(|cell| shown(cell)).collect::<Vec<String>>()
    });
    let mut names = vec!["#", "status", "recorded", "sha256", "commit", "by"];
    names.extend(several.then_some("output"));
    names.push("what");
    let names = names.into_iter().map(str::to_owned).collect();
    let rows: Vec<Vec<String>> = std::iter::once(names).chain(rows).collect();
    table(&rows, columns)
}

/// A deploy that waits to be confirmed is in place, and the generation before it is not.
fn is_in_place(generation: &Generation, head: &Head) -> bool {
    match &head.pending {
        Some(pending) if pending.output == generation.output => pending.number == generation.number,
        Some(_) | None => head.status(generation.number) == Status::Current,
    }
}

/// Where a generation came from, and what was said of it.
fn words(generation: &Generation) -> String {
    let origin = match generation.origin {
        Origin::Generated => "generated".to_owned(),
        Origin::Found => "found there".to_owned(),
        Origin::RolledBack { to } => format!("rolled back to {to}"),
    };
    match (&generation.message, generation.origin) {
        (Some(message), Origin::Generated) => message.clone(),
        (Some(message), Origin::Found | Origin::RolledBack { .. }) => {
            format!("{origin}: {message}")
        }
        (None, _) => origin,
    }
}

/// Cells in columns, each as wide as its widest cell; the last one is cut at `columns`, but never
/// to nothing.
fn table(rows: &[Vec<String>], columns: Option<usize>) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..count).map(|column| width(column).unwrap_or(0)).collect();
    let before: usize = widths.iter().rev().skip(1).map(|width| width + 2).sum();
    let room = columns.map(|columns| columns.saturating_sub(before).max(LEAST_WORDS));
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 {
                format!("{cell:>width$}")
            } else if column + 1 == count {
                cut(cell, room)
            } else {
                format!("{cell:<width$}")
            }
        });
        let line: Vec<String> = cells.collect();
        format!("{}\n", line.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// Letters that the last column keeps on the narrowest terminal.
const LEAST_WORDS: usize = 12;

fn cut(text: &str, room: Option<usize>) -> String {
    match room {
        Some(room) if text.chars().count() > room => {
            let kept: String = text.chars().take(room.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end())
        }
        Some(_) | None => text.to_owned(),
    }
}

/// As `git describe --dirty` writes it.
fn commit(commit: &Commit) -> String {
    let dirty = if commit.dirty { "-dirty" } else { "" };
    format!("{}{dirty}", short(&commit.commit))
}

fn short(hash: &str) -> &str {
    hash.get(..SHORT).unwrap_or(hash)
}

/// Digits of a hash that people are shown: enough to find a file of `objects`, or a commit.
const SHORT: usize = 8;

/// To the minute, in UTC: the exact time is in the manifest and in `--format json`.
fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%MZ").to_string()
}

fn time(time: Timestamp) -> String {
    time.round(Unit::Second).unwrap_or(time).to_string()
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    generations: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    number: u32,
    created: String,
    sha256: &'a str,
    sources_sha256: Option<&'a str>,
    git: Option<&'a Commit>,
    tool: &'a str,
    status: &'static str,
    message: Option<String>,
    output: &'a str,
    origin: &'static str,
    rolled_back_to: Option<u32>,
    user: String,
    host: String,
}

fn json(head: &Head, listing: &Listing) -> String {
    let entries = listing.generations.values().rev().map(|generation| Entry {
        number: generation.number,
        created: generation.created.to_string(),
        sha256: &generation.sha256,
        sources_sha256: generation.sources_sha256.as_deref(),
        git: generation.git.as_ref(),
        tool: &generation.tool,
        status: head.status(generation.number).as_str(),
        message: generation.message.as_deref().map(shown),
        output: &generation.output,
        origin: match generation.origin {
            Origin::Generated => "generated",
            Origin::Found => "found",
            Origin::RolledBack { .. } => "rolled-back",
        },
        rolled_back_to: match generation.origin {
            Origin::RolledBack { to } => Some(to),
            Origin::Generated | Origin::Found => None,
        },
        user: shown(&generation.user),
        host: shown(&generation.host),
    });
    let report = Report { version: 1, generations: entries.collect() };
    serde_json::to_string_pretty(&report).map_or_else(|_| String::new(), |text| text + "\n")
}

/// `gwcfg history prune`.
fn prune(located: &Located, command: &Prune, terminal: &mut Terminal) -> Exit {
    let wanted = recording::keep(&located.keep);
    if !command.dry_run {
        let writer = recording::open(
            &located.root,
            &located.state_dir,
            command.wait,
            "history prune",
            terminal,
        );
        return match writer.and_then(|mut writer| writer.prune(&wanted)) {
            Ok(gone) => {
                terminal.say(&match gone.len() {
                    0 => "nothing to prune".to_owned(),
                    _ => format!("pruned {}", recording::numbers(&gone)),
                });
                Exit::Done
            }
            Err(error) => recording::fail(&error, terminal),
        };
    }
    match Store::new(&located.state_dir).list() {
        Ok((head, listing)) => terminal.print(&plan(&head, &listing, &wanted)),
        Err(error) => unreadable(&error, terminal),
    }
}

/// What would go, and why the others stay.
fn plan(head: &Head, listing: &Listing, wanted: &Keep) -> String {
    let kept = keep(&listing.generations, head, wanted);
    let rows = listing.generations.values().rev().map(|generation| {
        let why = match kept.get(&generation.number) {
            Some(why) => format!("stays: {}", why.as_str()),
            None => "would go".to_owned(),
        };
        vec![generation.number.to_string(), minute(generation.created), why]
    });
    let names = ["#", "recorded", "what happens"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(names).chain(rows).collect();
    if rows.len() == 1 { String::new() } else { table(&rows, None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let text = table(&[row(["10", "current", "x"]), row(["9", "a", ""])], None);
        assert_eq!(text, "10  current  x\n 9  a\n");
    }

    #[test]
    fn the_last_column_ends_with_the_terminal() {
        let row = |words: &str| vec!["1".to_owned(), "current".to_owned(), words.to_owned()];
        let long = "é".repeat(60);
        let of = |columns: usize| table(&[row(&long), row("short")], Some(columns));
        let cut =
            |letters: usize| format!("1  current  {}…\n1  current  short\n", "é".repeat(letters));
        assert_eq!(of(72), format!("1  current  {long}\n1  current  short\n"));
        assert_eq!(of(71), cut(58));
        assert_eq!(of(10), cut(11));
    }

    #[test]
    fn every_status_has_its_word() {
        let words = [Status::Current, Status::Previous, Status::Pending, Status::Failed];
        assert_eq!(words.map(Status::as_str), ["current", "previous", "pending", "failed"]);
    }
}
