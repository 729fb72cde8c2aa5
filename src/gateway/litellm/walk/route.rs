//! The attempts of a request when everything fails, as a person reads them.

use std::collections::BTreeSet;

use crate::source::Span;

use super::gateway::{Deployment, Gateway, Row};
use super::request::{Call, Failure, walk};

/// One name that is tried: its members, and how many calls go to them before the next attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// The name as a person knows it: behind a hidden alias, the name that it hides.
    pub group: String,
    /// Who is asked first, with the shares; they add up to one.
    pub choices: Vec<Choice>,
    /// Calls that go out before the next attempt.
    pub tries: usize,
    /// The step of a list that leads here; `None` for the name that was asked for.
    pub cause: Option<Span>,
}

/// A deployment that may be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The deployment.
    pub row: Row,
    /// The model that is asked for, with LiteLLM's prefix.
    pub model: String,
    /// How often it is the one, 0 to 1.
    pub share: f64,
}

/// What is tried, in order, when every deployment fails in this way. Empty when nobody is asked.
#[must_use]
pub fn attempts(gateway: &Gateway<'_>, name: &str, how: Failure) -> Vec<Attempt> {
    let ended = walk(gateway, name, &|_| Some(how), &mut |_| 0);
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut known: BTreeSet<Row> = BTreeSet::new();
    let mut last: Option<&Call> = None;
    for call in &ended.calls {
        // A retry and the next member of the same name are the same attempt.
        let same = last.is_some_and(|last| last.group == call.group && last.cause == call.cause)
            && call.choices.iter().all(|(row, _)| known.contains(row));
        if let Some(attempt) = attempts.last_mut().filter(|_| same) {
            attempt.tries += 1;
        } else {
            known = call.choices.iter().map(|(row, _)| *row).collect();
            attempts.push(Attempt {
                group: gateway.shown(&call.group).to_owned(),
                choices: choices(gateway, call),
                tries: 1,
                cause: call.cause,
            });
        }
        last = Some(call);
    }
    attempts
}

fn choices(gateway: &Gateway<'_>, call: &Call) -> Vec<Choice> {
    let asked = |row: Row| {
        if row == call.row {
            return call.model.clone();
        }
        gateway.deployments.get(row).map_or_else(String::new, |one| one.model.to_owned())
    };
    let choice =
        |(row, share): &(Row, f64)| Choice { row: *row, model: asked(*row), share: *share };
    call.choices.iter().map(choice).collect()
}

/// Whose deployment it is: gwcfg's name of the provider, or LiteLLM's prefix.
#[must_use]
pub fn provider_of<'d>(deployment: &Deployment<'d>) -> &'d str {
    if !deployment.provider.is_empty() {
        return deployment.provider;
    }
    deployment.model.split_once('/').map_or("", |(prefix, _)| prefix)
}

/// A model without LiteLLM's prefix.
#[must_use]
pub fn bare_model(model: &str) -> &str {
    model.split_once('/').map_or(model, |(_, model)| model)
}

impl<'a> Gateway<'a> {
    /// A name as a person knows it: behind an alias that gwcfg made, the name that it hides.
    #[must_use]
    pub fn shown<'n>(&'n self, name: &'n str) -> &'n str {
        let own = name.starts_with(super::super::served::OWN);
        let alias = self.aliases.get(name).filter(|_| own);
        alias.map_or(name, |target| target.value)
    }

    /// True for a name that gwcfg made for itself, and nobody asks for.
    #[must_use]
    pub fn is_private(&self, name: &str) -> bool {
        name.starts_with(super::super::served::OWN)
    }
}
