//! Whether automata together take every name that another one takes, and a name that shows not.
//!
//! A breadth-first search over pairs: one state of the pattern, and the set of states that the
//! others can be in. Of two pairs with the same pattern state, the one whose set contains the
//! other's is dropped (antichain), so determinisation is avoided where the answer allows it. The
//! alphabet is cut into the classes that the automata tell apart; it has no newline.

use std::collections::{HashMap, VecDeque};

use foldhash::fast::RandomState;

use super::class;
use super::nfa::{Around, Closure, MATCH, Program, State};

/// How much work is left, in automaton states looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    pub(super) left: u64,
}

impl Budget {
    /// Takes `work`; answers whether there was that much.
    pub(super) fn spend(&mut self, work: u64) -> bool {
        let enough = self.left >= work;
        self.left = self.left.saturating_sub(work);
        enough
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// The others take every name of the pattern.
    Covered,
    /// The pattern takes this name, the others do not; one of the shortest.
    Escapes(String),
    /// The budget is spent.
    Undecided,
}

/// A class of characters that no automaton tells apart, by one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Symbol {
    character: char,
    /// Part of a word for Unicode and for ASCII; both false if no automaton asks.
    word: (bool, bool),
}

/// The kind of the character before a position, see [`Symbol::word`]; none at the start.
type Kind = Option<(bool, bool)>;

/// One visited pair, with the way it was reached.
#[derive(Debug, Clone, Copy)]
struct Pair {
    state: u32,
    others: u32,
    before: Option<char>,
    kind: Kind,
    parent: Option<usize>,
}

impl Pair {
    /// The first pair of a search.
    fn first(state: u32, others: u32) -> Pair {
        Pair { state, others, before: None, kind: None, parent: None }
    }
}

#[derive(Debug)]
struct Search<'programs> {
    pattern: &'programs Program,
    others: &'programs Program,
    symbols: Vec<Symbol>,
    sets: Vec<Vec<u32>>,
    set_numbers: HashMap<Vec<u32>, u32, RandomState>,
    pairs: Vec<Pair>,
    queue: VecDeque<usize>,
    /// Per pattern state and kind of the character before: the sets kept.
    kept: HashMap<(u32, Kind), Vec<u32>, RandomState>,
}

/// Looks for a name without a newline that `pattern` takes and none of `others` does.
pub(super) fn search(pattern: &Program, others: &[&Program], budget: &mut Budget) -> Found {
    let (union, starts) = union(others);
    let size = (pattern.states.len() + union.states.len()) as u64;
    if !budget.spend(size) {
        return Found::Undecided;
    }
    let Some(symbols) = symbols(&[pattern, &union], budget) else { return Found::Undecided };
    let mut search = Search {
        pattern,
        others: &union,
        symbols,
        sets: Vec::new(),
        set_numbers: HashMap::default(),
        pairs: Vec::new(),
        queue: VecDeque::new(),
        kept: HashMap::default(),
    };
    let others = search.number(starts);
    search.add(Pair::first(pattern.start, others), budget);
    let (mut own, mut their) =
        (Closure::new(pattern.states.len()), Closure::new(union.states.len()));
    while let Some(at) = search.queue.pop_front() {
        match search.visit(at, &mut own, &mut their, budget) {
            Some(Found::Covered) | None => {}
            Some(found) => return found,
        }
    }
    Found::Covered
}

/// One program of several, and the state where each starts. Its `start` has no meaning.
fn union(programs: &[&Program]) -> (Program, Vec<u32>) {
    let mut states = vec![State::Match];
    let mut starts = Vec::with_capacity(programs.len());
    let mut looks_at_words = false;
    for program in programs {
        // States number from 1 after the shared accepting state.
        let offset = states.len() as u32 - 1;
        let moved = |state: u32| if state == MATCH { MATCH } else { state + offset };
        states.extend(program.states.iter().skip(1).map(|state| match state {
            State::Match => State::Match,
            State::Character(character, next) => State::Character(*character, moved(*next)),
            State::Class(set, next) => State::Class(set.clone(), moved(*next)),
            State::Split(one, other) => State::Split(moved(*one), moved(*other)),
            State::Look(look, next) => State::Look(*look, moved(*next)),
        }));
        starts.push(moved(program.start));
        looks_at_words |= program.looks_at_words;
    }
    starts.sort_unstable();
    starts.dedup();
    (Program { states, start: MATCH, looks_at_words }, starts)
}

/// The classes of characters that `programs` tell apart; none if the budget does not allow it.
fn symbols(programs: &[&Program], budget: &mut Budget) -> Option<Vec<Symbol>> {
    let mut sets: Vec<Vec<(u32, u32)>> = Vec::new();
    for state in programs.iter().flat_map(|program| &program.states) {
        match state {
            State::Character(only, _) => sets.push(vec![(u32::from(*only), u32::from(*only))]),
            State::Class(set, _) => sets.push(points(set.ranges())),
            State::Match | State::Split(..) | State::Look(..) => {}
        }
    }
    if programs.iter().any(|program| program.looks_at_words) {
        for ascii in [false, true] {
            sets.push(points(class::category(class::Category::Word, ascii).ranges()));
        }
    }
    sets.sort_unstable();
    sets.dedup();
    let mut cuts = vec![0, 10, 11, 0xD800, 0xE000, 0x11_0000];
    cuts.extend(sets.iter().flatten().flat_map(|&(low, high)| [low, high + 1]));
    cuts.sort_unstable();
    cuts.dedup();
    if !budget.spend(cuts.len() as u64 * (1 + sets.len() as u64 / 64)) {
        return None;
    }
    let words = sets.len().div_ceil(64);
    let mut marks = vec![0u64; cuts.len() * words];
    for (number, set) in sets.iter().enumerate() {
        for &(low, high) in set {
            let from = cuts.partition_point(|&cut| cut < low);
            let to = cuts.partition_point(|&cut| cut <= high);
            for cut in from..to {
                if let Some(mark) = marks.get_mut(cut * words + number / 64) {
                    *mark |= 1 << (number % 64);
                }
            }
        }
    }
    let asks = programs.iter().any(|program| program.looks_at_words);
    let mut best: Vec<(u8, Symbol)> = Vec::new();
    let mut numbers: HashMap<&[u64], usize, RandomState> = HashMap::default();
    for (at, pair) in cuts.windows(2).enumerate() {
        let &[low, end] = pair else { continue };
        if low == 10 || low == 0xD800 {
            continue;
        }
        let signature = marks.get(at * words..(at + 1) * words).unwrap_or(&[]);
        let Some((rank, character)) = representative(low, end - 1) else { continue };
        let word =
            (asks && class::is_word(character, false), asks && class::is_word(character, true));
        let symbol = Symbol { character, word };
        let number = *numbers.entry(signature).or_insert(best.len());
        match best.get_mut(number) {
            None => best.push((rank, symbol)),
            Some(known) if rank < known.0 => *known = (rank, symbol),
            Some(_) => {}
        }
    }
    Some(best.into_iter().map(|(_, symbol)| symbol).collect())
}

fn points(ranges: &[regex_syntax::hir::ClassUnicodeRange]) -> Vec<(u32, u32)> {
    ranges.iter().map(|range| (u32::from(range.start()), u32::from(range.end()))).collect()
}

/// A character of the range that reads well in a message, and how well (0 is best).
pub(super) fn representative(low: u32, high: u32) -> Option<(u8, char)> {
    let pleasant = [('a', 'z'), ('0', '9'), ('A', 'Z'), ('!', '~')];
    for (rank, (from, to)) in (0u8..).zip(pleasant) {
        let at = low.max(u32::from(from));
        if at <= high.min(u32::from(to)) {
            return char::from_u32(at).map(|character| (rank, character));
        }
    }
    char::from_u32(low).map(|character| (4, character))
}

impl Search<'_> {
    fn number(&mut self, set: Vec<u32>) -> u32 {
        if let Some(number) = self.set_numbers.get(&set) {
            return *number;
        }
        let number = self.sets.len() as u32;
        self.sets.push(set.clone());
        self.set_numbers.insert(set, number);
        number
    }

    fn set(&self, number: u32) -> &[u32] {
        self.sets.get(number as usize).map_or(&[], Vec::as_slice)
    }

    /// Queues a pair unless one with a smaller set is known; answers false when out of budget.
    fn add(&mut self, pair: Pair, budget: &mut Budget) -> bool {
        let sets = &self.sets;
        let set = |number: u32| sets.get(number as usize).map_or(&[][..], Vec::as_slice);
        let kept = self.kept.entry((pair.state, pair.kind)).or_default();
        if !budget.spend(1 + kept.len() as u64) {
            return false;
        }
        let new = set(pair.others);
        if kept.iter().any(|&known| known == pair.others || is_subset(set(known), new)) {
            return true;
        }
        kept.retain(|&known| !is_subset(new, set(known)));
        kept.push(pair.others);
        self.queue.push_back(self.pairs.len());
        self.pairs.push(pair);
        true
    }

    /// Follows one pair by every symbol; none if nothing is decided by it.
    fn visit(
        &mut self,
        at: usize,
        own: &mut Closure,
        their: &mut Closure,
        budget: &mut Budget,
    ) -> Option<Found> {
        let pair = *self.pairs.get(at)?;
        // A smaller set has come since the pair was queued.
        if !self.kept.get(&(pair.state, pair.kind))?.contains(&pair.others) {
            return None;
        }
        let end = Around { before: pair.before, after: None, after_is_last: true };
        own.fill(self.pattern, &[pair.state], end);
        their.fill(self.others, self.set(pair.others), end);
        if own.matched && !their.matched {
            return Some(Found::Escapes(self.name(at)));
        }
        let mut kind = None;
        for number in 0..self.symbols.len() {
            let symbol = *self.symbols.get(number)?;
            // The surroundings differ only in whether the next character is part of a word.
            if kind.replace(symbol.word) != Some(symbol.word) {
                let after = Some(symbol.character);
                let around = Around { before: pair.before, after, after_is_last: false };
                own.fill(self.pattern, &[pair.state], around);
                their.fill(self.others, self.set(pair.others), around);
                if !budget.spend(1 + own.visited() + their.visited()) {
                    return Some(Found::Undecided);
                }
            }
            if their.matched {
                // All that follows is taken by the others.
                continue;
            }
            if !budget.spend(1 + own.takes.len() as u64) {
                return Some(Found::Undecided);
            }
            let mut states: Vec<u32> = Vec::new();
            if own.matched {
                states.push(MATCH);
            }
            let steps = own.takes.iter();
            states.extend(steps.filter_map(|&s| self.pattern.step(s, symbol.character)));
            if states.is_empty() {
                continue;
            }
            if !budget.spend(their.takes.len() as u64) {
                return Some(Found::Undecided);
            }
            let steps = their.takes.iter();
            let mut set: Vec<u32> =
                steps.filter_map(|&s| self.others.step(s, symbol.character)).collect();
            set.sort_unstable();
            set.dedup();
            let others = self.number(set);
            for state in states {
                let before = Some(symbol.character);
                let kind = Some(symbol.word);
                let next = Pair { state, others, before, kind, parent: Some(at) };
                if !self.add(next, budget) {
                    return Some(Found::Undecided);
                }
            }
        }
        None
    }

    /// The characters on the way to a pair.
    fn name(&self, at: usize) -> String {
        let mut characters = Vec::new();
        let mut next = self.pairs.get(at);
        while let Some(pair) = next {
            characters.extend(pair.before);
            next = pair.parent.and_then(|parent| self.pairs.get(parent));
        }
        characters.iter().rev().collect()
    }
}

/// Whether sorted `small` is contained in sorted `large`.
fn is_subset(small: &[u32], large: &[u32]) -> bool {
    let mut rest = large.iter();
    small.len() <= large.len() && small.iter().all(|wanted| rest.any(|found| found == wanted))
}

/// One of the shortest names without a newline that `program` takes, without any alphabet.
pub(super) fn shortest(program: &Program, budget: &mut Budget) -> Found {
    if program.looks_at_words {
        return search(program, &[], budget);
    }
    let mut closure = Closure::new(program.states.len());
    let mut reached = vec![false; program.states.len()];
    let mut pairs = Vec::with_capacity(program.states.len() + 1);
    pairs.push(Pair::first(program.start, 0));
    let mut at = 0;
    while let Some(pair) = pairs.get(at).copied() {
        let end = Around { before: pair.before, after: None, after_is_last: true };
        closure.fill(program, &[pair.state], end);
        if closure.matched {
            let mut name = Vec::new();
            let mut next = Some(pair);
            while let Some(pair) = next {
                name.extend(pair.before);
                next = pair.parent.and_then(|parent| pairs.get(parent).copied());
            }
            return Found::Escapes(name.iter().rev().collect());
        }
        let around = Around { before: pair.before, after: Some('a'), after_is_last: false };
        closure.fill(program, &[pair.state], around);
        if !budget.spend(1 + closure.visited()) {
            return Found::Undecided;
        }
        if closure.matched {
            // Any name goes on to a match; the end alone was refused.
            pairs.push(Pair { state: MATCH, before: Some('a'), parent: Some(at), ..pair });
        }
        for &state in &closure.takes {
            let taken = example(program.states.get(state as usize));
            let Some((next, character)) = taken else { continue };
            let Some(reached) = reached.get_mut(next as usize) else { continue };
            if !std::mem::replace(reached, true) {
                let before = Some(character);
                pairs.push(Pair { state: next, before, parent: Some(at), ..pair });
            }
        }
        at += 1;
    }
    Found::Covered
}

/// A character that a taking state takes, other than a newline, and where it goes on.
fn example(state: Option<&State>) -> Option<(u32, char)> {
    match state? {
        State::Character('\n', _) | State::Match | State::Split(..) | State::Look(..) => None,
        State::Character(character, next) => Some((*next, *character)),
        State::Class(set, next) => {
            let newline = u32::from('\n');
            let parts = points(set.ranges()).into_iter().flat_map(|(low, high)| {
                match (low..=high).contains(&newline) {
                    true => [(low, newline - 1), (newline + 1, high)],
                    false => [(low, high), (1, 0)],
                }
            });
            let best = parts
                .filter(|(low, high)| low <= high)
                .filter_map(|(low, high)| representative(low, high))
                .min_by_key(|(rank, _)| *rank)?;
            Some((*next, best.1))
        }
    }
}
