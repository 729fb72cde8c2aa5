//! Which generations are kept.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::{Generation, Head};

/// How many are kept. A generation stays when any of the three wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// The newest.
    pub last: u32,
    /// The newest of each of so many days (in UTC) that have any.
    pub daily: u32,
    /// The newest of each of so many ISO weeks that have any.
    pub weekly: u32,
}

impl Default for Keep {
    fn default() -> Self {
        Keep { last: 10, daily: 7, weekly: 4 }
    }
}

/// Why a generation is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is in place, waits to be confirmed, or is the one to go back to.
    InUse,
    /// It is among the newest.
    Last,
    /// It is the newest of its day.
    Daily,
    /// It is the newest of its week.
    Weekly,
}

impl Kept {
    /// The reason in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kept::InUse => "in use, or the one to go back to",
            Kept::Last => "among the newest",
            Kept::Daily => "the newest of its day",
            Kept::Weekly => "the newest of its week",
        }
    }
}

/// The generations that are kept, and why; the others may go.
#[must_use]
pub fn keep(
    generations: &BTreeMap<u32, Generation>,
    head: &Head,
    wanted: &Keep,
) -> BTreeMap<u32, Kept> {
    let mut kept = BTreeMap::new();
    let newest_first = || generations.values().rev();
    for number in in_use(generations, head) {
        kept.insert(number, Kept::InUse);
    }
    for generation in newest_first().take(count(wanted.last)) {
        kept.entry(generation.number).or_insert(Kept::Last);
    }
    let day = |generation: &Generation| {
        let date = generation.created.to_zoned(TimeZone::UTC).date();
        (i32::from(date.year()), i32::from(date.day_of_year()))
    };
    for number in newest_of_each(newest_first(), day, count(wanted.daily)) {
        kept.entry(number).or_insert(Kept::Daily);
    }
    let week = |generation: &Generation| {
        let date = generation.created.to_zoned(TimeZone::UTC).date().iso_week_date();
        (i32::from(date.year()), i32::from(date.week()))
    };
    for number in newest_of_each(newest_first(), week, count(wanted.weekly)) {
        kept.entry(number).or_insert(Kept::Weekly);
    }
    kept
}

fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What is in place, what waits, and where a rollback goes from either.
fn in_use(generations: &BTreeMap<u32, Generation>, head: &Head) -> Vec<u32> {
    let pending = head.pending.iter();
    let mut used: Vec<u32> = head.current.values().copied().collect();
    used.extend(pending.flat_map(|pending| [Some(pending.number), pending.before]).flatten());
    let before: Vec<u32> =
        used.iter().filter_map(|number| before(generations, head, *number)).collect();
    used.extend(before);
    used.retain(|number| generations.contains_key(number));
    used
}

/// The generation to which a rollback from `number` goes: its parent, or, when that one was
/// pruned, the newest one before it. Never one that was taken back.
#[must_use]
pub fn before(generations: &BTreeMap<u32, Generation>, head: &Head, number: u32) -> Option<u32> {
    let generation = generations.get(&number)?;
    let parent = generation.parent?;
    let fits = |other: &&Generation| {
        other.output == generation.output && !head.failed.contains(&other.number)
    };
    generations.range(..=parent).rev().map(|(_, other)| other).find(fits).map(|found| found.number)
}

fn newest_of_each<'g>(
    newest_first: impl Iterator<Item = &'g Generation>,
    period: impl Fn(&Generation) -> (i32, i32),
    wanted: usize,
) -> Vec<u32> {
    let mut seen = BTreeSet::new();
    let mut numbers = Vec::new();
    for generation in newest_first {
        if seen.len() == wanted && !seen.contains(&period(generation)) {
            break;
        }
        if seen.insert(period(generation)) {
            numbers.push(generation.number);
        }
    }
    numbers
}

#[cfg(test)]
#[path = "retention_tests.rs"]
mod tests;
