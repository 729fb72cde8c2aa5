//! `gwcfg route`.

use std::fmt::Write as _;

use serde::Serialize;

use crate::gateway::litellm::walk::{Attempt, Gateway, attempts};

use super::Terminal;
use super::args::{Arguments, Plain, Reporting, Route};
use super::exit::Exit;
use super::gateway::{self, Asked, Places};

pub(super) fn run(arguments: &Arguments, command: &Route, terminal: &mut Terminal) -> Exit {
    let asked = Asked { file: command.gateway.as_deref(), target: command.target };
    gateway::with(
        arguments,
        &Reporting::of(&command.levels),
        asked,
        terminal,
        |gateway, places, terminal| {
            let attempts = attempts(gateway, &command.name, command.error.into());
            if attempts.is_empty() {
                let near = gateway::near(gateway, &command.name);
                terminal.fail(&format!("the gateway serves no `{}`{near}", command.name));
            }
            let calls: usize = attempts.iter().map(|attempt| attempt.tries).sum();
            if gateway.is_cut_at(calls) {
                terminal.say(&format!(
                    "note: the first {calls} calls: this release does not remember whom it asked, \
                     and names that name each other go in circles until `max_fallbacks` ends it"
                ));
            }
            let text = match command.format {
                Plain::Human => human(gateway, &attempts, places),
                Plain::Json => json(gateway, &command.name, &attempts, places),
            };
            let printed = terminal.print(&text);
            if printed == Exit::Done && attempts.is_empty() { Exit::Findings } else { printed }
        },
    )
    .unwrap_or_else(|exit| exit)
}

/// A small tree: each name that is tried, with its members.
fn human(gateway: &Gateway<'_>, attempts: &[Attempt], places: &Places<'_>) -> String {
    let mut text = String::new();
    let widths = widths(gateway, attempts);
    for (number, attempt) in attempts.iter().enumerate() {
        let last = number + 1 == attempts.len();
        let (branch, stem) = if last { ("└─", "  ") } else { ("├─", "│ ") };
        let then = if number == 0 { "" } else { "then " };
        let place = attempt.cause.and_then(places);
        let place = place.map_or_else(String::new, |place| format!("  {place}"));
        let _ = writeln!(text, "{branch} {then}{}{place}", shown(&attempt.group));
        for choice in &attempt.choices {
            let Some(deployment) = gateway.deployments.get(choice.row) else { continue };
            let place = places(deployment.span).unwrap_or_default();
            let provider = shown(gateway::provider(deployment));
            let model = shown(gateway::model(&choice.model));
            let _ = writeln!(
                text,
                "{stem}   {:>5}  {provider:<provider_width$}  {model:<model_width$}  {place}",
                percent(choice.share),
                provider_width = widths.0,
                model_width = widths.1,
            );
        }
        if attempt.tries > 1 {
            let tries = attempt.tries;
            let _ = writeln!(text, "{stem}   {tries} tries before the next");
        }
    }
    text.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

/// Columns of the widest provider and the widest model.
fn widths(gateway: &Gateway<'_>, attempts: &[Attempt]) -> (usize, usize) {
    let choices = attempts.iter().flat_map(|attempt| &attempt.choices);
    choices.fold((0, 0), |(provider, model), choice| {
        let deployment = gateway.deployments.get(choice.row);
        let own = deployment.map_or(0, |one| shown(gateway::provider(one)).chars().count());
        (provider.max(own), model.max(shown(gateway::model(&choice.model)).chars().count()))
    })
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if (percent - percent.round()).abs() < 0.05 {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}

/// A foreign config may hold anything: nothing in it steers a terminal.
pub(super) fn shown(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect()
}

#[derive(Serialize)]
struct Report<'r> {
    version: u32,
    request: &'r str,
    served: bool,
    attempts: Vec<Hop<'r>>,
}

#[derive(Serialize)]
struct Hop<'r> {
    hop: usize,
    group: &'r str,
    deployments: Vec<Member<'r>>,
    tries: usize,
    cause: Option<String>,
}

#[derive(Serialize)]
struct Member<'r> {
    provider: &'r str,
    model: &'r str,
    api_base: &'r str,
    share: f64,
    place: Option<String>,
}

fn json(gateway: &Gateway<'_>, name: &str, attempts: &[Attempt], places: &Places<'_>) -> String {
    let hops = attempts.iter().enumerate().map(|(hop, attempt)| Hop {
        hop,
        group: &attempt.group,
        deployments: attempt
            .choices
            .iter()
            .filter_map(|choice| {
                let deployment = gateway.deployments.get(choice.row)?;
                Some(Member {
                    provider: gateway::provider(deployment),
                    model: gateway::model(&choice.model),
                    api_base: deployment.api_base,
                    share: choice.share,
                    place: places(deployment.span),
                })
            })
            .collect(),
        tries: attempt.tries,
        cause: attempt.cause.and_then(places),
    });
    let report = Report {
        version: 1,
        request: name,
        served: !attempts.is_empty(),
        attempts: hops.collect(),
    };
    serde_json::to_string_pretty(&report).map_or_else(|_| String::new(), |text| text + "\n")
}
