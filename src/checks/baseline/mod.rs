//! What the baseline lists. These rules run last, when it is known what of it was found, and
//! neither a comment nor the baseline allows what they find.

mod baseline_unused;

use crate::diagnostic::{Baseline, Check, Known, Level, Levels, Rule};

pub(crate) use baseline_unused::RULE as UNUSED;

/// The entries of a baseline, and what became of them.
#[derive(Clone, Copy)]
pub struct Entries<'a> {
    /// The baseline.
    pub baseline: &'a Baseline,
    /// How the rules weigh.
    pub levels: &'a Levels,
    /// Every rule that there is.
    pub rules: &'a [&'static Rule],
    /// Rules that did not run: nobody knows what they would have found.
    pub not_run: &'a [&'static Rule],
    /// Everything could be read.
    pub whole: bool,
    /// The only files that were looked at, when the entries of others may still be right.
    pub only: Option<&'a [&'a str]>,
}

impl Entries<'_> {
    fn rule(&self, name: &str) -> Option<&'static Rule> {
        self.rules.iter().copied().find(|rule| rule.name == name)
    }

    /// The entries that match nothing, as far as that is known, each with its rule when there is
    /// one of its name.
    fn unused<'s>(&'s self) -> impl Iterator<Item = (&'s Known, Option<&'static Rule>)> {
        let with_rule = |known: &'s Known| (known, self.rule(&known.identity.rule));
        let judged = self.baseline.unmatched().filter(|known| {
            self.only.is_none_or(|only| only.contains(&known.identity.file.as_str()))
        });
        judged.map(with_rule).filter(|(_, rule)| {
            rule.is_none_or(|rule| {
                self.whole && self.levels.of(rule) != Level::Allow && !self.not_run.contains(&rule)
            })
        })
    }
}

/// The table.
#[must_use]
pub fn checks<'a>() -> Vec<Check<Entries<'a>>> {
    vec![Check { rule: &baseline_unused::RULE, run: baseline_unused::check }]
}
