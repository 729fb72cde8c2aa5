//! The automaton of a pattern over characters, and matching by it.

use super::class::{self, Class};
use super::node::{Look, Node};

/// The index of the accepting state in every [`Program`].
pub(super) const MATCH: u32 = 0;

/// A Thompson automaton; state numbers index `states`.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) states: Vec<State>,
    pub(super) start: u32,
    /// Whether `\b` or `\B` occurs, so that neighbours decide.
    pub(super) looks_at_words: bool,
}

/// One state.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// The pattern has matched, whatever follows.
    Match,
    /// Goes on after this character.
    Character(char, u32),
    /// Goes on after a member.
    Class(Class, u32),
    /// Goes on at both without taking a character.
    Split(u32, u32),
    /// Goes on where the condition holds.
    Look(Look, u32),
}

/// What surrounds a position, as far as a [`Look`] asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    /// The character before; none at the start.
    pub(super) before: Option<char>,
    /// The character after; none at the end.
    pub(super) after: Option<char>,
    /// The character after is the last one.
    pub(super) after_is_last: bool,
}

impl Around {
    /// Whether `look` holds here.
    pub(super) fn holds(self, look: Look) -> bool {
        let boundary = |ascii: bool| {
            let word = |side: Option<char>| side.is_some_and(|c| class::is_word(c, ascii));
            word(self.before) != word(self.after)
        };
        // Python before 3.14 finds neither `\b` nor `\B` in the empty text.
        let empty = self.before.is_none() && self.after.is_none();
        match look {
            Look::Start => self.before.is_none(),
            Look::LineStart => matches!(self.before, None | Some('\n')),
            Look::End => self.after.is_none(),
            Look::Dollar => self.after.is_none() || self.after == Some('\n') && self.after_is_last,
            Look::LineEnd => matches!(self.after, None | Some('\n')),
            Look::Boundary { ascii } => !empty && boundary(ascii),
            Look::NoBoundary { ascii } => !empty && !boundary(ascii),
        }
    }
}

impl Program {
    /// The automaton of `node`; its size is bounded by [`Node::cost`].
    pub(super) fn new(node: &Node) -> Program {
        let mut program =
            Program { states: vec![State::Match], start: MATCH, looks_at_words: false };
        program.start = program.add(node, MATCH);
        program
    }

    fn push(&mut self, state: State) -> u32 {
        self.states.push(state);
        // Bounded by `MAX_STATES`.
        (self.states.len() - 1) as u32
    }

    /// Adds `node` before `next` and answers where it starts.
    fn add(&mut self, node: &Node, next: u32) -> u32 {
        match node {
            Node::Empty => next,
            Node::Character(character) => self.push(State::Character(*character, next)),
            Node::Class(set) => self.push(State::Class(set.clone(), next)),
            Node::Look(look) => {
                self.looks_at_words |=
                    matches!(look, Look::Boundary { .. } | Look::NoBoundary { .. });
                self.push(State::Look(*look, next))
            }
            Node::Concatenation(nodes) => {
                nodes.iter().rev().fold(next, |next, node| self.add(node, next))
            }
            Node::Alternation(nodes) => {
                let mut branches = nodes.iter().rev();
                let last = branches.next().map_or(next, |node| self.add(node, next));
                branches.fold(last, |others, node| {
                    let branch = self.add(node, next);
                    self.push(State::Split(branch, others))
                })
            }
            Node::Repetition { node, least, most: Some(most) } => {
                let mut start = next;
                for _ in *least..*most {
                    let body = self.add(node, start);
                    start = self.push(State::Split(body, next));
                }
                (0..*least).fold(start, |start, _| self.add(node, start))
            }
            Node::Repetition { node, least, most: None } => {
                let again = self.push(State::Split(next, next));
                let body = self.add(node, again);
                if let Some(state) = self.states.get_mut(again as usize) {
                    *state = State::Split(body, next);
                }
                let first = if *least == 0 { again } else { body };
                (1..*least).fold(first, |start, _| self.add(node, start))
            }
        }
    }

    /// Whether a match starts at the start of `text`.
    pub(super) fn matches(&self, text: &str, work: &mut u64) -> bool {
        let mut now = Closure::new(self.states.len());
        let mut from = vec![self.start];
        let mut before = None;
        let mut rest = text.chars();
        loop {
            let after = rest.next();
            let around = Around { before, after, after_is_last: rest.as_str().is_empty() };
            now.fill(self, &from, around);
            *work += now.visited();
            if now.matched {
                return true;
            }
            let Some(character) = after else { return false };
            from.clear();
            from.extend(now.takes.iter().filter_map(|&state| self.step(state, character)));
            if from.is_empty() {
                return false;
            }
            before = after;
        }
    }

    /// Where a taking state goes on after `character`.
    pub(super) fn step(&self, state: u32, character: char) -> Option<u32> {
        match self.states.get(state as usize)? {
            State::Character(wanted, next) => (*wanted == character).then_some(*next),
            State::Class(set, next) => set.contains(character).then_some(*next),
            State::Match | State::Split(..) | State::Look(..) => None,
        }
    }
}

/// The states reached without taking a character, with room for reuse.
#[derive(Debug)]
pub(super) struct Closure {
    seen: Vec<bool>,
    visited: Vec<u32>,
    stack: Vec<u32>,
    /// States that take a character.
    pub(super) takes: Vec<u32>,
    /// The accepting state is reached.
    pub(super) matched: bool,
}

impl Closure {
    /// Room for a program of `states` states.
    pub(super) fn new(states: usize) -> Closure {
        Closure {
            seen: vec![false; states],
            visited: Vec::new(),
            stack: Vec::new(),
            takes: Vec::new(),
            matched: false,
        }
    }

    /// How many states the last filling looked at.
    pub(super) fn visited(&self) -> u64 {
        self.visited.len() as u64
    }

    /// Everything reached from `from` at a position with these surroundings.
    pub(super) fn fill(&mut self, program: &Program, from: &[u32], around: Around) {
        for state in self.visited.drain(..) {
            if let Some(seen) = self.seen.get_mut(state as usize) {
                *seen = false;
            }
        }
        self.takes.clear();
        self.matched = false;
        for &state in from {
            self.stack.push(state);
            self.spread(program, around);
        }
    }

    fn spread(&mut self, program: &Program, around: Around) {
        while let Some(state) = self.stack.pop() {
            let Some(seen) = self.seen.get_mut(state as usize) else { continue };
            if std::mem::replace(seen, true) {
                continue;
            }
            self.visited.push(state);
            match program.states.get(state as usize) {
                Some(State::Match) => self.matched = true,
                Some(State::Character(..) | State::Class(..)) => self.takes.push(state),
                Some(State::Split(one, other)) => self.stack.extend([*other, *one]),
                Some(State::Look(look, next)) if around.holds(*look) => self.stack.push(*next),
                Some(State::Look(..)) | None => {}
            }
        }
    }
}
