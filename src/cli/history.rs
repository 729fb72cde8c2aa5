//! `gwcfg history`.

use jiff::{Timestamp, Unit};
use serde::Serialize;

use crate::diagnostic::stars;
use crate::project::Located;
use crate::release::store::{
    Commit, Generation, Head, Keep, Listing, Origin, Store, StoreError, keep,
};
use crate::source::secrets;

use super::args::{Arguments, History, HistoryCommand, Plain, Prune};
use super::exit::Exit;
use super::{Terminal, recording, settle};

pub(super) fn run(arguments: &Arguments, command: &History, terminal: &mut Terminal) -> Exit {
    let located = match super::located(arguments, terminal) {
        Ok(located) => located,
        Err(exit) => return exit,
    };
    let plan = settle::located_plan(&located);
    settle::overdue(&located.root, &located.state_dir, &plan, terminal);
    if let Some(HistoryCommand::Prune(prune)) = &command.command {
        return self::prune(&located, prune, terminal);
    }
    let store = Store::new(&located.state_dir);
    let (head, listing) = match store.list() {
        Ok(listed) => listed,
        Err(error) => return unreadable(&error, terminal),
    };
    for broken in &listing.broken {
        terminal.say(&format!("note: {broken}"));
    }
    let text = match command.format {
        Plain::Human => human(&head, &listing),
        Plain::Json => json(&head, &listing),
    };
    if listing.generations.is_empty() && listing.broken.is_empty() {
        let state = store.dir().display();
        terminal.say(&format!("`{state}` holds no generations: `gwcfg generate` records them"));
    }
    terminal.print(&text)
}

fn unreadable(error: &StoreError, terminal: &mut Terminal) -> Exit {
    terminal.fail(&error.to_string());
    Exit::Usage
}

/// A table, newest first.
fn human(head: &Head, listing: &Listing) -> String {
    let several = head.current.len() > 1;
    let rows = listing.generations.values().rev().map(|generation| {
        let status = head.status(generation.number).as_str();
        let mut cells = vec![
            generation.number.to_string(),
            status.to_owned(),
            time(generation.created),
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
    table(&rows.collect::<Vec<_>>())
}

/// Where a generation came from, and what was said of it.
fn words(generation: &Generation) -> String {
    let origin = match generation.origin {
        Origin::Generated => "generated".to_owned(),
        Origin::Found => "found there".to_owned(),
        Origin::RolledBack { to } => format!("rolled back to {to}"),
    };
    match &generation.message {
        Some(message) => format!("{origin}: {message}"),
        None => origin,
    }
}

/// Cells in columns, each as wide as its widest cell.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        let line: Vec<String> = cells.collect();
        format!("{}\n", line.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn commit(commit: &Commit) -> String {
    let dirty = if commit.dirty { "+" } else { "" };
    format!("{}{dirty}", short(&commit.commit))
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

fn time(time: Timestamp) -> String {
    time.round(Unit::Second).unwrap_or(time).to_string()
}

/// A manifest may have been written by anybody: nothing in it steers a terminal, no secret shows.
fn shown(text: &str) -> String {
    let line: String =
        text.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect();
    stars(&line, &secrets::in_text(&line)).into_owned()
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
        vec![generation.number.to_string(), time(generation.created), why]
    });
    table(&rows.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::store::Status;

    #[test]
    fn a_manifest_cannot_steer_the_terminal_and_tells_no_secret() {
        assert_eq!(shown("a\u{1b}[31mb"), "a?[31mb");
        let secret = ["sk", "-ant-api03-", &"Ab3".repeat(20)].concat();
        assert!(!shown(&format!("key {secret}")).contains(&secret));
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let text = table(&[row(["10", "current", "x"]), row(["9", "a", ""])]);
        assert_eq!(text, "10  current  x\n 9  a\n");
    }

    #[test]
    fn every_status_has_its_word() {
        let words = [Status::Current, Status::Previous, Status::Pending, Status::Failed];
        assert_eq!(words.map(Status::as_str), ["current", "previous", "pending", "failed"]);
    }
}
