//! What the gateway does with a request for a name, as lines of Markdown.

use crate::diagnostic::{Report, Severity};
use crate::gateway::litellm::compiled;
use crate::gateway::litellm::releases::PINNED;
use crate::gateway::litellm::walk::{Attempt, Failure, Gateway, attempts, bare_model, provider_of};
use crate::pipeline;
use crate::project::Loaded;
use crate::routing::{Group, Routing};

/// Members and steps that are told at most.
const MAX_TOLD: usize = 12;

/// Who is asked for a name and who next when they fail, as `gwcfg route` tells it. `None` while
/// the sources have errors: what they compile to is not certain then.
pub(super) fn walked(loaded: &Loaded, name: &str) -> Option<String> {
    let mut report = Report::new(loaded.levels.clone());
    let (_, compiled) =
        pipeline::compile(&loaded.sources, loaded.files, &mut report, |lowered, report| {
            (!report.has(Severity::Error)).then(|| compiled::compile(lowered))
        });
    compiled?.served(loaded.target.unwrap_or(PINNED), |gateway, _| {
        let attempts = attempts(gateway, name, Failure::Server);
        if attempts.is_empty() {
            return None;
        }
        let lines = attempts.iter().enumerate().map(|(number, one)| line(gateway, number, one));
        Some(told(lines.collect()))
    })
}

fn line(gateway: &Gateway<'_>, number: usize, attempt: &Attempt) -> String {
    let then = if number == 0 { "" } else { "then " };
    let choices = attempt.choices.iter().filter_map(|choice| {
        let deployment = gateway.deployments.get(choice.row)?;
        let (provider, model) = (provider_of(deployment), bare_model(&choice.model));
        Some(format!("{:.0} % `{provider}` `{model}`", choice.share * 100.0))
    });
    format!("{then}`{}`: {}", attempt.group, listed(choices.collect()))
}

/// The same as it is written, without what the gateway makes of it.
pub(super) fn written(routing: &Routing<'_>, group: &Group) -> String {
    let members = |group: &Group| {
        let members = routing.deployments_of(group).iter().filter_map(|one| {
            let provider = routing.provider(one.provider)?.name.value;
            Some(format!("`{provider}` `{}`", routing.names.text(one.model)))
        });
        listed(members.collect())
    };
    let name = |group: &Group| routing.names.text(group.name).to_owned();
    let mut lines = vec![format!("`{}`: {}", name(group), members(group))];
    let own = group.chain.and_then(|id| routing.chain(id)).or(routing.default_chain.as_ref());
    for step in own.map_or(&[][..], |chain| routing.steps_of(chain)) {
        let Some(target) = routing.group(step.target) else { continue };
        lines.push(format!("then `{}`: {}", name(target), members(target)));
    }
    told(lines)
}

fn listed(mut words: Vec<String>) -> String {
    let more = words.len().saturating_sub(MAX_TOLD);
    words.truncate(MAX_TOLD);
    let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("{}{rest}", words.join(", "))
}

fn told(mut lines: Vec<String>) -> String {
    let more = lines.len().saturating_sub(MAX_TOLD);
    lines.truncate(MAX_TOLD);
    let numbered = lines.iter().enumerate().map(|(at, line)| format!("{}. {line}\n", at + 1));
    let mut text: String = numbered.collect();
    if more > 0 {
        text.push_str(&format!("\nand {more} more\n"));
    }
    text
}
