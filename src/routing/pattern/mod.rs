//! Patterns of `model-mappings.yaml`: regular expressions on the requested name.
//!
//! They mean what Python 3.11's `re.match` makes of them: anchored at the start, not at the end.
//! The text is read by a parser of Python's grammar, since Rust's differs in what it accepts
//! (`\p{L}`, `\z`, `[a&&b]`) and in what the same text means (`$`, `\w`, `[[:alpha:]]`, the i of
//! Turkish); the sets of characters are those of `regex-syntax`. Matching and all decisions run
//! on one small automaton over characters, which costs a microsecond to build where a compiled
//! `regex` costs fifty.
//!
//! Decisions on sets of names ([`reach()`], [`Pattern::wildcard`]) regard names without a newline;
//! [`Pattern::matches`] takes any text.

mod class;
mod error;
mod escape;
mod flags;
mod inclusion;
mod nfa;
mod node;
mod parse;
mod reach;
#[cfg(test)]
mod tests;
mod token;
mod wildcard;

pub use error::PatternError;
pub use reach::{MAX_WORK, MAX_WORK_PER_PATTERN, Reach, reach};
pub use wildcard::{Reorder, Wildcard, reordered, specificity};

use nfa::Program;
use node::Node;

/// How many automaton states a pattern may need. Ordinary ones need as many as characters; the
/// limit is there for repetitions such as `(.{1000}){1000}`.
pub const MAX_STATES: u64 = 20_000;

/// How deep groups may nest. CPython's own parser gives up at some hundreds.
pub const MAX_DEPTH: usize = 100;

/// The bound of a repetition that Python refuses (`_sre.MAXREPEAT` of a 64-bit build).
const MAX_REPEAT: u32 = u32::MAX;

/// One pattern, read.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    node: Node,
    program: Program,
    /// What every match starts with, folded by [`class::fold`].
    prefix: String,
    /// What every match contains.
    required: String,
}

impl Pattern {
    /// Reads `text` as Python 3.11's `re.compile` does for a `str`.
    ///
    /// # Errors
    ///
    /// [`PatternError::Invalid`] where Python refuses it, [`PatternError::PythonOnly`] where it
    /// cannot be decided by automata, [`PatternError::TooLarge`] past the limits of this module.
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        let node = parse::parse(text)?;
        if node.cost() > MAX_STATES {
            let what = format!("it needs more than {MAX_STATES} states");
            return Err(PatternError::TooLarge { what });
        }
        let program = Program::new(&node);
        let mut prefix = String::new();
        node.folded_prefix(&mut prefix);
        let required = node.required();
        Ok(Pattern { text: text.to_owned(), node, program, prefix, required })
    }

    /// The text it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether `re.match(pattern, name)` finds a match. Linear in the name.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.matches_counting(name, &mut 0)
    }

    /// As [`Pattern::matches`]; adds to `work` the automaton states looked at.
    fn matches_counting(&self, name: &str, work: &mut u64) -> bool {
        let mut folded = name.chars().map(class::fold);
        self.prefix.chars().all(|wanted| folded.next() == Some(wanted))
            && name.contains(&self.required)
            && self.program.matches(name, work)
    }

    /// The only name without a newline that the pattern matches, where its form shows it, as
    /// `^gpt-4$` does. None does not say that there are several.
    #[must_use]
    pub fn exact_name(&self) -> Option<String> {
        let chain = self.node.chain();
        if chain.ended { chain.characters() } else { None }
    }

    /// The LiteLLM wildcard `model_name` that takes exactly the same names, if there is one.
    ///
    /// Proved by automata where the form does not show it; none also if the proof passed
    /// [`MAX_WORK_PER_PATTERN`]. A pattern that needs a literal `*` has none, as LiteLLM cannot
    /// escape it.
    #[must_use]
    pub fn wildcard(&self) -> Option<Wildcard> {
        wildcard::of_pattern(self)
    }
}
