//! Who answers when some deployments are gone.

use std::collections::BTreeSet;

use super::super::releases::Change;
use super::gateway::{Gateway, Row};
use super::request::{Ended, Failure, walk};

/// Ways through the random choices that are looked at for one name. Above them the answer is told
/// from those that were: a name with eight members that may all fail has 40,320.
const MAX_WAYS: usize = 4096;

/// Calls of all those ways, on a release that does not remember what it tried and makes thousands.
const MAX_CALLS: usize = 200_000;

/// Who answers a name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The name that answers, as a person knows it, on the longest way there; `None` when nobody
    /// answers on any way.
    pub group: Option<String>,
    /// The deployments that may answer, under any name.
    pub rows: BTreeSet<Row>,
    /// Names that were tried before the one that answers, at most.
    pub hops: usize,
    /// Nobody answers on some ways: it depends on who was picked before.
    pub may_fail: bool,
}

/// Who answers a request for `name` when the deployments for which `is_down` holds give a server
/// error.
#[must_use]
pub fn answers(gateway: &Gateway<'_>, name: &str, is_down: &dyn Fn(Row) -> bool) -> Answer {
    let world = |row: Row| is_down(row).then_some(Failure::Server);
    let mut answer = Answer::default();
    let mut chosen: Vec<usize> = Vec::new();
    let mut calls = 0;
    for _ in 0..MAX_WAYS {
        let mut widths: Vec<usize> = Vec::new();
        let ended = walk(gateway, name, &world, &mut |choices| {
            let step = widths.len();
            widths.push(choices.len());
            chosen.get(step).copied().unwrap_or(0)
        });
        answer.add(gateway, &ended);
        calls += ended.calls.len();
        if calls > MAX_CALLS && !gateway.changes.has(Change::AttemptsRemembered) {
            break;
        }
        // The next way: the last choice that has another one left.
        chosen.resize(widths.len(), 0);
        while let (Some(last), Some(width)) = (chosen.last_mut(), widths.pop()) {
            *last += 1;
            if *last < width {
                break;
            }
            chosen.pop();
        }
        if chosen.is_empty() {
            break;
        }
    }
    answer
}

impl Answer {
    fn add(&mut self, gateway: &Gateway<'_>, ended: &Ended) {
        let Some(last) = ended.calls.last().filter(|last| last.failure.is_none()) else {
            self.may_fail = true;
            return;
        };
        let mut names: Vec<(&str, Option<crate::source::Span>)> =
            ended.calls.iter().map(|call| (call.group.as_str(), call.cause)).collect();
        names.dedup();
        let hops = names.len() - 1;
        if self.group.is_none() || hops > self.hops {
            self.hops = hops;
            self.group = Some(gateway.shown(&last.group).to_owned());
        }
        self.rows.insert(last.row);
    }
}
