//! The tree of a pattern, after reading.

use super::class::{self, Class};

/// One construct. What a group captures and whether a repetition is greedy decide only where a
/// match ends, never whether there is one, so neither is kept.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Empty,
    Character(char),
    Class(Class),
    Look(Look),
    Concatenation(Vec<Node>),
    Alternation(Vec<Node>),
    Repetition { node: Box<Node>, least: u32, most: Option<u32> },
}

/// A condition on a position that takes no character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// `\A`, and `^` without `MULTILINE`
    Start,
    /// `^` with `MULTILINE`
    LineStart,
    /// `\Z`
    End,
    /// `$` without `MULTILINE`: at the end, or before a newline that ends the text
    Dollar,
    /// `$` with `MULTILINE`
    LineEnd,
    /// `\b`
    Boundary { ascii: bool },
    /// `\B`
    NoBoundary { ascii: bool },
}

impl Node {
    /// How many automaton states the node needs, at most; saturating.
    pub(super) fn cost(&self) -> u64 {
        match self {
            Node::Empty => 0,
            Node::Character(_) | Node::Class(_) | Node::Look(_) => 1,
            Node::Concatenation(nodes) => sum(nodes),
            Node::Alternation(nodes) => sum(nodes).saturating_add(nodes.len() as u64),
            Node::Repetition { node, least, most } => {
                let copies = u64::from(most.unwrap_or(*least).max(1));
                node.cost().saturating_add(1).saturating_mul(copies)
            }
        }
    }

    /// Appends to `prefix` what every match starts with, folded by [`class::fold`].
    ///
    /// Answers whether the node is read to its end, so that what follows it may be appended.
    pub(super) fn folded_prefix(&self, prefix: &mut String) -> bool {
        match self {
            Node::Empty | Node::Look(_) => true,
            Node::Character(character) => {
                prefix.push(class::fold(*character));
                true
            }
            Node::Class(set) => set.folded().map(|folded| prefix.push(folded)).is_some(),
            Node::Concatenation(nodes) => nodes.iter().all(|node| node.folded_prefix(prefix)),
            Node::Alternation(nodes) => {
                let mut common: Option<String> = None;
                for node in nodes {
                    let mut branch = String::new();
                    node.folded_prefix(&mut branch);
                    common = Some(match common {
                        None => branch,
                        Some(common) => shared_start(&common, &branch).to_owned(),
                    });
                }
                prefix.push_str(&common.unwrap_or_default());
                false
            }
            Node::Repetition { node, least, most } => {
                *most == Some(0)
                    || *least > 0 && node.folded_prefix(prefix) && (*least, *most) == (1, Some(1))
            }
        }
    }

    /// The longest run of plain characters that every match contains; empty if none is found.
    pub(super) fn required(&self) -> String {
        let (mut longest, mut run) = (String::new(), String::new());
        self.required_into(&mut longest, &mut run);
        keep_longer(&mut longest, &mut run);
        longest
    }

    fn required_into(&self, longest: &mut String, run: &mut String) {
        match self {
            Node::Empty | Node::Look(_) => {}
            Node::Character(character) => run.push(*character),
            Node::Concatenation(nodes) => {
                nodes.iter().for_each(|node| node.required_into(longest, run));
            }
            Node::Repetition { node, least, most: _ } if *least > 0 => {
                node.required_into(longest, run);
                keep_longer(longest, run);
            }
            Node::Class(_) | Node::Alternation(_) | Node::Repetition { .. } => {
                keep_longer(longest, run);
            }
        }
    }

    /// The character that the node takes, if it is one and not a newline.
    pub(super) fn character(&self) -> Option<char> {
        let Node::Character(character) = self else { return None };
        Some(*character).filter(|&character| character != '\n')
    }

    /// Whether the node takes any text without a newline, and nothing but text.
    pub(super) fn is_any_text(&self) -> bool {
        let Node::Repetition { node, least: 0, most: None } = self else { return false };
        matches!(&**node, Node::Class(set) if set.is_any())
    }

    /// Whether the node must take one character and may choose which, a newline left out.
    pub(super) fn chooses(&self) -> bool {
        match self {
            Node::Class(set) => set.chooses(),
            Node::Repetition { node, least, most: _ } => *least > 0 && node.chooses(),
            Node::Empty
            | Node::Character(_)
            | Node::Look(_)
            | Node::Concatenation(_)
            | Node::Alternation(_) => false,
        }
    }

    /// The node as a chain of parts between the start and perhaps the end of the name.
    pub(super) fn chain(&self) -> Chain<'_> {
        let mut parts = Vec::new();
        self.parts(&mut parts);
        let start = |part: &&&Node| matches!(part, Node::Look(Look::Start | Look::LineStart));
        let starts = parts.iter().take_while(start).count();
        parts.drain(..starts);
        let mut ended = false;
        while parts.pop_if(|part| part.is_end()).is_some() {
            ended = true;
        }
        Chain { starts, parts, ended }
    }

    fn is_end(&self) -> bool {
        matches!(self, Node::Look(Look::End | Look::Dollar | Look::LineEnd))
    }

    fn parts<'node>(&'node self, into: &mut Vec<&'node Node>) {
        match self {
            Node::Empty => {}
            Node::Concatenation(nodes) => nodes.iter().for_each(|node| node.parts(into)),
            Node::Character(_)
            | Node::Class(_)
            | Node::Look(_)
            | Node::Alternation(_)
            | Node::Repetition { .. } => into.push(self),
        }
    }
}

/// A node opened into parts, see [`Node::chain`].
#[derive(Debug)]
pub(super) struct Chain<'node> {
    /// How many looks at the start stood before the parts.
    pub(super) starts: usize,
    /// The parts in order, nested concatenations opened.
    pub(super) parts: Vec<&'node Node>,
    /// A look at the end stood after the parts.
    pub(super) ended: bool,
}

impl Chain<'_> {
    /// The characters of the parts; none if another part or a newline is among them.
    pub(super) fn characters(&self) -> Option<String> {
        self.parts.iter().map(|part| part.character()).collect()
    }
}

fn sum(nodes: &[Node]) -> u64 {
    nodes.iter().fold(0, |total, node| total.saturating_add(node.cost()))
}

fn keep_longer(longest: &mut String, run: &mut String) {
    if run.len() > longest.len() {
        std::mem::swap(longest, run);
    }
    run.clear();
}

fn shared_start<'text>(one: &'text str, other: &str) -> &'text str {
    let differs = one.char_indices().zip(other.chars()).find(|((_, a), b)| a != b);
    let end = differs.map_or(one.len().min(other.len()), |((at, _), _)| at);
    one.get(..end).unwrap_or("")
}
