//! `gwcfg simulate`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use crate::gateway::litellm::walk::{Answer, Gateway, Row, answers};

use super::args::{Arguments, Plain, Reporting, Simulate};
use super::exit::Exit;
use super::gateway::Asked;
use super::route::shown;
use super::{Terminal, gateway};

pub(super) fn run(arguments: &Arguments, command: &Simulate, terminal: &mut Terminal) -> Exit {
    let asked = Asked { file: command.gateway.as_deref(), target: command.target };
    gateway::with(
        arguments,
        &Reporting::of(&command.levels),
        asked,
        terminal,
        |gateway, _, terminal| {
            let known: BTreeSet<&str> = gateway.deployments.iter().map(gateway::provider).collect();
            if let Some(name) = command.down.iter().find(|name| !known.contains(name.as_str())) {
                let near = crate::diagnostic::suggest::nearest(name, known.iter().copied());
                let near = crate::diagnostic::suggest::question(near);
                terminal.fail(&format!("no deployment is of a provider `{name}`{near}"));
                return Exit::Usage;
            }
            let down = |row: Row| {
                let provider = gateway.deployments.get(row).map_or("", gateway::provider);
                command.down.iter().any(|name| name == provider)
            };
            let routes: Vec<(&str, Answer)> = gateway
                .public_names()
                .into_iter()
                .filter(|name| gateway.shown(name) == *name && !gateway.is_private(name))
                .map(|name| (name, answers(gateway, name, &down)))
                .collect();
            let unanswered = routes.iter().any(|(_, answer)| answer.may_fail);
            let text = match command.format {
                Plain::Human => human(gateway, &routes),
                Plain::Json => json(gateway, &command.down, &routes),
            };
            let printed = terminal.print(&text);
            if printed == Exit::Done && unanswered { Exit::Findings } else { printed }
        },
    )
    .unwrap_or_else(|exit| exit)
}

fn providers<'g>(gateway: &Gateway<'g>, answer: &Answer) -> BTreeSet<&'g str> {
    let rows = answer.rows.iter().filter_map(|row| gateway.deployments.get(*row));
    rows.map(gateway::provider).collect()
}

/// A line for each name, those that nobody answers first.
fn human(gateway: &Gateway<'_>, routes: &[(&str, Answer)]) -> String {
    let width = routes.iter().map(|(name, _)| shown(name).chars().count()).max().unwrap_or(0);
    let mut rows: Vec<&(&str, Answer)> = routes.iter().collect();
    rows.sort_by_key(|(_, answer)| (answer.group.is_some(), !answer.may_fail));
    let mut text = String::new();
    for (name, answer) in rows {
        let by: Vec<String> = providers(gateway, answer).into_iter().map(shown).collect();
        let by = by.join(" or ");
        let words = match &answer.group {
            None => "NOBODY ANSWERS".to_owned(),
            Some(group) => {
                let through = if group == name { String::new() } else { format!(" as {group}") };
                let hops = match answer.hops {
                    0 => String::new(),
                    1 => ", after 1 hop".to_owned(),
                    hops => format!(", after {hops} hops"),
                };
                let may = if answer.may_fail { "; NOT ALWAYS" } else { "" };
                format!("{by}{}{hops}{may}", shown(&through))
            }
        };
        let _ = writeln!(text, "{:<width$}  {words}", shown(name));
    }
    let lost = routes.iter().filter(|(_, answer)| answer.group.is_none()).count();
    let unsure = routes.iter().filter(|(_, a)| a.group.is_some() && a.may_fail).count();
    let names = routes.len();
    let _ = write!(text, "\n{} of {names} names are answered", names - lost - unsure);
    if unsure > 0 {
        let _ = write!(text, ", {unsure} not always");
    }
    if lost > 0 {
        let _ = write!(text, ", {lost} by nobody");
    }
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Report<'r> {
    version: u32,
    down: &'r [String],
    routes: Vec<Entry<'r>>,
}

#[derive(Serialize)]
struct Entry<'r> {
    request: &'r str,
    answered_by: Option<AnsweredBy<'r>>,
    hops: usize,
    always: bool,
}

#[derive(Serialize)]
struct AnsweredBy<'r> {
    group: &'r str,
    providers: BTreeSet<&'r str>,
}

fn json(gateway: &Gateway<'_>, down: &[String], routes: &[(&str, Answer)]) -> String {
    let entries = routes.iter().map(|(name, answer)| Entry {
        request: name,
        answered_by: answer
            .group
            .as_deref()
            .map(|group| AnsweredBy { group, providers: providers(gateway, answer) }),
        hops: answer.hops,
        always: !answer.may_fail,
    });
    let report = Report { version: 1, down, routes: entries.collect() };
    serde_json::to_string_pretty(&report).map_or_else(|_| String::new(), |text| text + "\n")
}
