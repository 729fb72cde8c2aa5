//! The one file that says what is in place. It is replaced in one step, last of all, so a reader
//! and a crash see the state before a change or after it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `head.json`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Head {
    /// The greatest number that was ever given: none is given twice.
    pub last: Option<u32>,
    /// The generation in place, by output.
    pub current: BTreeMap<String, u32>,
    /// A deploy that nobody has confirmed yet.
    pub pending: Option<Pending>,
    /// Generations that were deployed and taken back. Nobody goes back to them by default.
    pub failed: BTreeSet<u32>,
}

/// A deploy that nobody has confirmed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The generation that was deployed.
    pub number: u32,
    /// The output that it is for.
    pub output: String,
    /// The generation to go back to; none when there was no output before.
    pub before: Option<u32>,
    /// When it began; with `by_hand`, when the gateway served it.
    pub since: Timestamp,
    /// When it is taken back unless it was confirmed.
    pub deadline: Timestamp,
    /// Whether a person has to confirm it; else the deploy does so itself when its probe passes.
    pub by_hand: bool,
}

impl Head {
    /// What is in place of an output.
    #[must_use]
    pub fn current_of(&self, output: &str) -> Option<u32> {
        self.current.get(output).copied()
    }

    /// The number of the next generation: 0 is the one that was there before gwcfg.
    #[must_use]
    pub fn next(&self) -> u32 {
        self.last.map_or(1, |last| last.saturating_add(1))
    }

    /// What a generation is now.
    #[must_use]
    pub fn status(&self, number: u32) -> Status {
        if self.pending.as_ref().is_some_and(|pending| pending.number == number) {
            Status::Pending
        } else if self.failed.contains(&number) {
            Status::Failed
        } else if self.current.values().any(|current| *current == number) {
            Status::Current
        } else {
            Status::Previous
        }
    }
}

/// What a generation is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is in place.
    Current,
    /// It was in place once.
    Previous,
    /// It is in place, and goes away unless somebody confirms it.
    Pending,
    /// It was deployed and taken back.
    Failed,
}

impl Status {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Current => "current",
            Status::Previous => "previous",
            Status::Pending => "pending",
            Status::Failed => "failed",
        }
    }
}
