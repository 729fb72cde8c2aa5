//! Findings that are known and do not count: those that were there when a project took gwcfg up.

use std::collections::HashMap;

use crate::source::{Sources, Span};

use super::identity::{self, Identity};
use super::{Diagnostic, Redactions};

/// What is known, and what of it was found.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    known: Vec<Known>,
    /// By an identity whose ordinal is 0, the first of its entries.
    index: HashMap<Identity, usize>,
    /// Every finding is known: the baseline is to be written, not read.
    everything: bool,
}

/// One entry: a number of findings that are alike.
#[derive(Debug, Clone)]
pub struct Known {
    /// Which ones; its ordinal is 0.
    pub identity: Identity,
    /// How many.
    pub count: u32,
    /// Where the entry names its rule.
    pub place: Span,
    /// How many of them were found.
    pub found: u32,
}

impl Baseline {
    /// A baseline of these entries. Of two that are equal, the first one stands for both.
    #[must_use]
    pub fn new(entries: Vec<Known>) -> Self {
        let mut baseline = Baseline::default();
        for entry in entries {
            let next = baseline.known.len();
            let index = *baseline.index.entry(entry.identity.clone()).or_insert(next);
            match baseline.known.get_mut(index) {
                Some(first) => first.count = first.count.saturating_add(entry.count),
                None => baseline.known.push(entry),
            }
        }
        baseline
    }

    /// The baseline that knows whatever is found.
    #[must_use]
    pub fn of_everything() -> Self {
        Baseline { everything: true, ..Baseline::default() }
    }

    /// The entries of which fewer were found than are known.
    pub fn unmatched(&self) -> impl Iterator<Item = &Known> {
        self.known.iter().filter(|known| known.found < known.count)
    }

    /// Whether each of the findings, which are in the order of the report, is known. What is found
    /// is not found a second time.
    pub(super) fn knows<'d>(
        &mut self,
        sources: &Sources,
        redactions: &Redactions,
        findings: impl Iterator<Item = &'d Diagnostic>,
    ) -> Vec<bool> {
        if self.everything {
            return findings.map(|_| true).collect();
        }
        let identities = identity::of_all(sources, redactions, findings).into_iter();
        identities.map(|identity| self.knows_one(identity)).collect()
    }

    fn knows_one(&mut self, identity: Identity) -> bool {
        let index = self.index.get(&Identity { ordinal: 0, ..identity }).copied();
        match index.and_then(|index| self.known.get_mut(index)) {
            Some(known) if known.found < known.count => {
                known.found += 1;
                true
            }
            Some(_) | None => false,
        }
    }
}
