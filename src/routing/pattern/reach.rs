//! Which patterns of an ordered list can still match, given that the first match wins.

use std::collections::BTreeMap;

use super::Pattern;
use super::class;
use super::inclusion::{self, Budget, Found};
use super::nfa::Program;

/// How many automaton states may be looked at to decide on one pattern.
///
/// This many take about 2 ms in a release build; ordinary patterns need some hundreds.
pub const MAX_WORK_PER_PATTERN: u64 = 200_000;

/// How many automaton states may be looked at for one list of patterns.
///
/// This many take about 0.2 s in a release build; 1,000 patterns need some 60,000 if their
/// prefixes differ, and 500,000 if they have none.
pub const MAX_WORK: u64 = 20_000_000;

/// Up to how many covering patterns are tried one by one for being needless.
const MAX_MINIMISED: usize = 16;

/// Whether a pattern can be the first one to match some name without a newline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// It is the first to match the example name.
    Reachable {
        /// A name that it matches and no earlier pattern does.
        example: String,
    },
    /// Every name that it matches is matched by earlier ones.
    Shadowed {
        /// The earlier patterns that cover it together, ascending; none of them is needless, if
        /// they are 16 at most and the limits allowed to check that.
        by: Vec<usize>,
    },
    /// It matches no name at all.
    Empty,
    /// The limits [`MAX_WORK_PER_PATTERN`] or [`MAX_WORK`] were hit before an answer.
    Undecided,
}

/// Earlier patterns by the folded prefix that their matches start with.
#[derive(Debug, Default)]
struct Index<'list> {
    by_prefix: BTreeMap<&'list str, Vec<usize>>,
    /// How many prefixes have this length in bytes.
    lengths: BTreeMap<usize, usize>,
}

/// Decides for each pattern whether it can still match, in the order of `patterns`.
///
/// Exact by automata: the answer is never guessed from prefixes. Candidates are found by a name
/// that the pattern takes: an earlier pattern that takes it too joins the cover, until the cover
/// is complete or a name is left that no earlier pattern takes.
#[must_use]
pub fn reach(patterns: &[&Pattern]) -> Vec<Reach> {
    let mut index = Index::default();
    let mut total = Budget { left: MAX_WORK };
    let mut answers = Vec::with_capacity(patterns.len());
    for (number, pattern) in patterns.iter().enumerate() {
        let allowed = total.left.min(MAX_WORK_PER_PATTERN);
        let mut budget = Budget { left: allowed };
        answers.push(decide(pattern, patterns, &index, &mut budget));
        total.spend(allowed - budget.left);
        let prefix = pattern.prefix.as_str();
        let same = index.by_prefix.entry(prefix).or_default();
        if same.is_empty() {
            *index.lengths.entry(prefix.len()).or_default() += 1;
        }
        same.push(number);
    }
    answers
}

fn decide(
    pattern: &Pattern,
    patterns: &[&Pattern],
    index: &Index<'_>,
    budget: &mut Budget,
) -> Reach {
    let mut name = match inclusion::shortest(&pattern.program, budget) {
        Found::Covered => return Reach::Empty,
        Found::Undecided => return Reach::Undecided,
        Found::Escapes(name) => name,
    };
    let mut by: Vec<usize> = Vec::new();
    loop {
        match first_match(&name, patterns, index, budget) {
            Err(Exhausted) => return Reach::Undecided,
            Ok(None) => return Reach::Reachable { example: name },
            Ok(Some(earlier)) => by.push(earlier),
        }
        match inclusion::search(&pattern.program, &programs(&by, patterns), budget) {
            Found::Covered => break,
            Found::Undecided => return Reach::Undecided,
            Found::Escapes(escaping) => name = escaping,
        }
    }
    by.sort_unstable();
    if (2..=MAX_MINIMISED).contains(&by.len()) {
        minimise(pattern, patterns, &mut by, budget);
    }
    Reach::Shadowed { by }
}

fn programs<'list>(by: &[usize], patterns: &[&'list Pattern]) -> Vec<&'list Program> {
    by.iter().filter_map(|&number| patterns.get(number)).map(|pattern| &pattern.program).collect()
}

/// Drops the patterns without which the cover is complete too, the latest first.
fn minimise(pattern: &Pattern, patterns: &[&Pattern], by: &mut Vec<usize>, budget: &mut Budget) {
    for number in by.clone().into_iter().rev() {
        let rest: Vec<usize> = by.iter().copied().filter(|&kept| kept != number).collect();
        let found = inclusion::search(&pattern.program, &programs(&rest, patterns), budget);
        if found == Found::Covered {
            *by = rest;
        }
    }
}

/// The budget is spent.
struct Exhausted;

/// The earliest indexed pattern that matches `name`.
fn first_match(
    name: &str,
    patterns: &[&Pattern],
    index: &Index<'_>,
    budget: &mut Budget,
) -> Result<Option<usize>, Exhausted> {
    let folded: String = name.chars().map(class::fold).collect();
    let mut first: Option<usize> = None;
    for length in index.lengths.keys() {
        let Some(same) = folded.get(..*length).and_then(|start| index.by_prefix.get(start)) else {
            continue;
        };
        for &number in same {
            if first.is_some_and(|first| first < number) {
                break;
            }
            let Some(pattern) = patterns.get(number) else { continue };
            let mut work = 1;
            let found = pattern.matches_counting(name, &mut work);
            if !budget.spend(work) {
                return Err(Exhausted);
            }
            if found {
                first = Some(number);
                break;
            }
        }
    }
    Ok(first)
}
