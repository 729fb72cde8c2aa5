//! LiteLLM's wildcard model names, and their order there.
//!
//! LiteLLM 1.106.2, `router_utils/pattern_match_deployments.py`: a `model_name` with `*` becomes
//! the regular expression `re.escape(name)` with `(.*)` for each `*`, matched by `re.match`, so
//! the text after the last literal part is free even without a `*` there. The candidates are
//! ordered by the length of that expression, then by how many of the characters `*+?\^$|()` it
//! has, both descending, then by file order; the first that matches wins.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use super::Pattern;
use super::class::{self, Class};
use super::inclusion::{self, Budget, Found};
use super::nfa::{Program, State};
use super::node::Node;
use super::reach::MAX_WORK_PER_PATTERN;

/// A wildcard `model_name` that takes exactly the names a pattern takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wildcard {
    text: String,
}

impl Wildcard {
    /// The shortest such name: `*.gguf` for `.*\.gguf`, `meta-llama/*` for `meta-llama/`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name that ends in `*`: `*.gguf*` for `.*\.gguf`.
    ///
    /// It takes the same names, and captures their ends too, which LiteLLM puts into the `*` of
    /// the `litellm_params.model`; by [`Wildcard::text`] the end of a name may get lost.
    #[must_use]
    pub fn capturing(&self) -> String {
        match self.text.ends_with('*') {
            true => self.text.clone(),
            false => format!("{}*", self.text),
        }
    }
}

/// Two wildcard names that LiteLLM tries in the other order than the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reorder {
    /// The one the sources give their common names to: an index of the list.
    pub earlier: usize,
    /// The one LiteLLM gives them to: an index of the list.
    pub later: usize,
}

/// The wildcard equal to `pattern` over names without a newline; none if there is none, or if
/// the work limit was hit before the proof.
pub(super) fn of_pattern(pattern: &Pattern) -> Option<Wildcard> {
    if let Some(text) = straight(&pattern.node) {
        return finish(text);
    }
    if has_rivals(pattern) {
        return None;
    }
    // The shortest name of a wildcard is its literal parts joined, and no other name is as short.
    let mut budget = Budget { left: MAX_WORK_PER_PATTERN };
    let Found::Escapes(literal) = inclusion::shortest(&pattern.program, &mut budget) else {
        return None;
    };
    let foreign = ('\u{e000}'..='\u{f8ff}').find(|&c| !literal.contains(c))?;
    let mut name = literal.clone();
    name.push(foreign);
    if literal.contains('*') || !pattern.matches(&name) {
        return None;
    }
    // A foreign character fits exactly where a `*` stands.
    let mut text = String::new();
    let mut nodes = Vec::new();
    for (at, character) in literal.char_indices() {
        let mut name = literal.clone();
        name.insert(at, foreign);
        if pattern.matches(&name) {
            text.push('*');
            nodes.push(any_text());
        }
        text.push(character);
        nodes.push(Node::Character(character));
    }
    let program = Program::new(&Node::Concatenation(nodes));
    let covers = |one: &Program, other: &Program, budget: &mut Budget| {
        inclusion::search(other, &[one], budget) == Found::Covered
    };
    let equal = covers(&program, &pattern.program, &mut budget)
        && covers(&pattern.program, &program, &mut budget);
    if equal { finish(text) } else { None }
}

/// Whether it is plain that no name of the pattern is shorter than all others, which a wildcard
/// has: where a character may be chosen and nothing looks at it, another name is as short.
fn has_rivals(pattern: &Pattern) -> bool {
    let chain = pattern.node.chain();
    let looks = pattern.program.states.iter().filter(|state| matches!(state, State::Look(..)));
    looks.count() == chain.starts && chain.parts.iter().any(|part| part.chooses())
}

fn any_text() -> Node {
    let node = Box::new(Node::Class(Class::new(&class::any(false))));
    Node::Repetition { node, least: 0, most: None }
}

/// The wildcard of a chain of characters and `.*`, where nothing needs a proof.
fn straight(node: &Node) -> Option<String> {
    let chain = node.chain();
    let mut text = String::new();
    for part in &chain.parts {
        match part.character() {
            Some('*') => return None,
            Some(character) => text.push(character),
            None if !part.is_any_text() => return None,
            None if text.ends_with('*') => {}
            None => text.push('*'),
        }
    }
    // An end that follows any text always comes.
    (!chain.ended || text.ends_with('*')).then_some(text)
}

/// Drops a needless final `*`, and adds the one without which the name is exact.
fn finish(mut text: String) -> Option<Wildcard> {
    if text.ends_with('*') && text.matches('*').count() > 1 {
        text.pop();
    }
    if !text.contains('*') {
        text.push('*');
    }
    Some(Wildcard { text })
}

/// LiteLLM's order of wildcard names: the greater one is tried first.
///
/// The length in characters of the regular expression it makes of the name, and how many of
/// `*+?\^$|()` that has.
#[must_use]
pub fn specificity(name: &str) -> (usize, usize) {
    let (mut length, mut special) = (0, 0);
    for character in name.chars() {
        match character {
            // `(.*)`
            '*' => (length, special) = (length + 4, special + 3),
            '(' | ')' | '?' | '+' | '|' | '^' | '$' | '\\' => {
                (length, special) = (length + 2, special + 2);
            }
            '[' | ']' | '{' | '}' | '-' | '.' | '&' | '~' | '#' | ' ' | '\t' | '\n' | '\r'
            | '\u{b}' | '\u{c}' => (length, special) = (length + 2, special + 1),
            _ => length += 1,
        }
    }
    (length, special)
}

/// An index of the list, and the name's [`specificity`].
type Ranked = (usize, (usize, usize));

/// The pairs of wildcard names, given in source order, that LiteLLM tries the other way round
/// and that have a name in common. Names without `*` are exact there and left out.
///
/// Ascending by earlier, then later. As every wildcard is open at its end, two have a name in
/// common exactly if the text before the first `*` of one starts with that of the other. Time is
/// near-linear apart from the pairs with a common name.
#[must_use]
pub fn reordered(names: &[&str]) -> Vec<Reorder> {
    let mut by_prefix: HashMap<&str, Vec<Ranked>, RandomState> = HashMap::default();
    let mut lengths = BTreeSet::new();
    for (number, name) in names.iter().enumerate() {
        if let Some((prefix, _)) = name.split_once('*') {
            by_prefix.entry(prefix).or_default().push((number, specificity(name)));
            lengths.insert(prefix.len());
        }
    }
    let mut pairs = Vec::new();
    for (number, name) in names.iter().enumerate() {
        let Some((prefix, _)) = name.split_once('*') else { continue };
        let own = specificity(name);
        for length in lengths.range(..=prefix.len()) {
            let Some(start) = prefix.get(..*length) else { continue };
            for &(other, theirs) in by_prefix.get(start).into_iter().flatten() {
                if other < number && own > theirs {
                    pairs.push(Reorder { earlier: other, later: number });
                } else if number < other && theirs > own {
                    pairs.push(Reorder { earlier: number, later: other });
                }
            }
        }
    }
    // Names with one prefix meet from both sides.
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
