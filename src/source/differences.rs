//! What PyYAML refuses, or reads otherwise, where our parser reads a value without a word.
//!
//! The parser follows YAML 1.2, and the authors' other tools are PyYAML: YAML 1.1. Nothing here
//! costs a file that has none of it: anchors, tags and odd scalars are noted while parsing, and the
//! text is searched for two bytes.

use std::collections::HashMap;

use foldhash::quality::RandomState;

use super::bytes;
use super::scalar::{Resolved, resolve_yaml11};
use super::span::Span;
use super::tree::{Kind, Node, NodeId, OWNED, Style, Tag, Tree};

/// A place that PyYAML refuses, or reads otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// The place.
    pub at: Span,
    /// What stands there.
    pub kind: DifferenceKind,
}

/// What PyYAML refuses or reads otherwise (seen on PyYAML 6.0.3, `SafeLoader`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DifferenceKind {
    /// The name of an anchor is used a second time; the place is the first one's. Refused.
    AnchorRepeated(Span),
    /// The name of an anchor has characters other than letters, digits, `-` and `_`, or no space
    /// behind it.
    AnchorName,
    /// A tag that gwcfg does not act on, and that says something else than the value's looks.
    Tag,
    /// `<<` with a value that is neither a mapping nor a list of mappings. Refused.
    MergeOfNoMap,
    /// A date or a time that does not exist. Refused.
    Date,
    /// An integer without digits, like `0x_`. Refused.
    NoDigits,
    /// `<<` or `=` as a value. Refused.
    Sign,
    /// A tab outside quotes, block scalars and comments. Refused.
    Tab,
    /// A question mark in a word inside `{}` or `[]`. The word ends there, mostly refused.
    QuestionMark,
}

/// What the parser saw that may be a difference.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// Each `&name`, in document order.
    pub(super) anchors: Vec<Span>,
    /// Each tag that says something else than the looks of its value.
    pub(super) tags: Vec<Span>,
    /// Plain scalars that [`is_suspect`], and the containers that they stand in.
    pub(super) suspects: Vec<(NodeId, Option<NodeId>)>,
}

/// True for a plain scalar that must be looked at again: a merge sign, an equals sign, what begins
/// like a date, what begins like a number of base 2 or 16. One look at its first bytes.
pub(super) fn is_suspect(value: &str) -> bool {
    matches!(
        value.as_bytes(),
        b"<<"
            | b"="
            | [b'0', b'x' | b'b', ..]
            | [b'+' | b'-', b'0', b'x' | b'b', ..]
            | [b'0'..=b'9', _, _, _, b'-', ..]
    )
}

/// Whether a scalar with a tag is read as if it had none. The tag is named as YAML 1.1 names it
/// after `!!`; `!` is the bare one, and other tags have no name.
pub(super) fn scalar_agrees(tag: Option<&str>, value: &str, style: Style) -> bool {
    let looks = resolve_yaml11(value);
    let plain = style == Style::Plain;
    match tag {
        // Text in YAML 1.2, nothing at all to PyYAML.
        Some(BARE_TAG) => looks == Resolved::Text,
        Some("str") => true,
        Some("null") => plain && looks == Resolved::Null,
        Some("bool") => plain && matches!(looks, Resolved::Bool(_)),
        Some("int") => plain && looks == Resolved::Int,
        Some("float") => plain && looks == Resolved::Float,
        Some("timestamp") => plain && looks == Resolved::Timestamp,
        Some("merge") => plain && looks == Resolved::Merge,
        Some(_) | None => false,
    }
}

/// Whether a list or a mapping with a tag is read as if it had none.
pub(super) fn container_agrees(tag: Option<&str>, kind: Kind) -> bool {
    let own = if kind == Kind::Map { "map" } else { "seq" };
    tag == Some(own) || tag == Some(BARE_TAG)
}

/// The name of the tag that is nothing but its sign.
pub(super) const BARE_TAG: &str = "!";

impl Tree<'_> {
    /// What PyYAML refuses or reads otherwise, in document order. Tabs and question marks only for
    /// a file that is `whole`: what was blanked out may have been in quotes.
    #[must_use]
    pub fn differences(&self, whole: bool) -> Vec<Difference> {
        let mut found = Vec::new();
        self.odd_anchors(&mut found);
        found.extend(
            self.noted.tags.iter().map(|at| Difference { at: *at, kind: DifferenceKind::Tag }),
        );
        self.odd_scalars(&mut found);
        if whole {
            self.odd_bytes(&mut found);
        }
        found.sort_by_key(|difference| difference.at);
        found
    }

    fn odd_anchors(&self, found: &mut Vec<Difference>) {
        let mut first: HashMap<&str, Span, RandomState> = HashMap::default();
        for at in &self.noted.anchors {
            let name = self.text.get(at.range()).unwrap_or("");
            let word = name.strip_prefix('&').unwrap_or(name);
            let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            let next = self.text.as_bytes().get(at.end() as usize);
            let apart =
                matches!(next, None | Some(b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}'));
            if !apart || !word.bytes().all(known) {
                found.push(Difference { at: *at, kind: DifferenceKind::AnchorName });
                continue;
            }
            let earlier = *first.entry(name).or_insert(*at);
            if earlier != *at {
                let kind = DifferenceKind::AnchorRepeated(earlier);
                found.push(Difference { at: *at, kind });
            }
        }
    }

    fn odd_scalars(&self, found: &mut Vec<Difference>) {
        let is_sign = |id: NodeId| matches!(self.value(id), "<<" | "=");
        let signs = self.noted.suspects.iter().filter(|(id, _)| is_sign(*id));
        let mut parents: Vec<NodeId> = signs.filter_map(|(_, parent)| *parent).collect();
        parents.sort_unstable();
        parents.dedup();
        let mut keys = Vec::new();
        for (key, value) in parents.into_iter().flat_map(|parent| self.pairs(parent)) {
            keys.push(key);
            if self.is_merge_key(key) {
                self.odd_merge(key, value, found);
            }
        }
        keys.sort_unstable();
        for (id, _) in &self.noted.suspects {
            if self.tag(*id) != Tag::None {
                continue;
            }
            let value = self.value(*id);
            let kind = match resolve_yaml11(value) {
                Resolved::Timestamp if !is_date(value) => DifferenceKind::Date,
                Resolved::Int if has_no_digits(value) => DifferenceKind::NoDigits,
                Resolved::Merge | Resolved::Value if keys.binary_search(id).is_err() => {
                    DifferenceKind::Sign
                }
                Resolved::Null
                | Resolved::Bool(_)
                | Resolved::Int
                | Resolved::Float
                | Resolved::Timestamp
                | Resolved::Merge
                | Resolved::Value
                | Resolved::Text => continue,
            };
            found.push(Difference { at: self.span(*id), kind });
        }
    }

    /// What `<<` cannot bring in.
    fn odd_merge(&self, key: NodeId, value: NodeId, found: &mut Vec<Difference>) {
        let kind = DifferenceKind::MergeOfNoMap;
        let place = |id: NodeId| {
            let span = self.span(id);
            Difference { at: if span.range().is_empty() { self.span(key) } else { span }, kind }
        };
        let meant = self.resolve(value);
        match self.kind(meant) {
            // An alias without an anchor is told as such.
            Kind::Map | Kind::LostAlias => {}
            Kind::List => {
                let maps = |id: &NodeId| {
                    let kind = self.kind(self.resolve(*id));
                    matches!(kind, Kind::Map | Kind::LostAlias)
                };
                if let Some(item) = self.items(meant).find(|item| !maps(item)) {
                    found.push(place(if meant == value { item } else { value }));
                }
            }
            Kind::Scalar | Kind::Alias => found.push(place(value)),
        }
    }

    /// Tabs between words, and question marks in words of flow collections.
    fn odd_bytes(&self, found: &mut Vec<Difference>) {
        let bytes = self.text.as_bytes();
        let mut flows: Option<Vec<Node>> = None;
        // A run of tabs, and the question marks of one word, are one difference.
        let (mut tabs, mut words) = (0, 0);
        for at in bytes::all(bytes, |byte| matches!(byte, b'\t' | b'?')) {
            let tab = bytes.get(at) == Some(&b'\t');
            if at < if tab { tabs } else { words } {
                continue;
            }
            let behind = self.nodes.beginning_until(at);
            let node = behind.checked_sub(1).and_then(|last| self.nodes.get(last));
            if tab {
                let run = bytes.iter().skip(at).take_while(|byte| **byte == b'\t').count();
                tabs = at + run;
                if !self.is_tab_allowed(at, node.as_ref()) {
                    let at = Span::new(self.file, at, tabs);
                    found.push(Difference { at, kind: DifferenceKind::Tab });
                }
            } else if let Some(word) = node.filter(|node| is_plain_at(node, at)) {
                words = word.end as usize;
                if is_inside(flows.get_or_insert_with(|| self.flow_collections()), at) {
                    let at = Span::new(self.file, word.start as usize, words);
                    found.push(Difference { at, kind: DifferenceKind::QuestionMark });
                }
            }
        }
    }

    /// The outermost `{…}` and `[…]`, in document order.
    fn flow_collections(&self) -> Vec<Node> {
        let mut flows = Vec::new();
        let mut next = 0;
        while let Some(node) = self.nodes.get(next) {
            next += 1;
            let first = self.text.as_bytes().get(node.start as usize);
            let container = matches!(node.kind, Kind::Map | Kind::List);
            // A block collection may begin with a bracket too, that of its first child.
            let child = self.nodes.get(next).filter(|_| node.link as usize > next);
            let own = child.is_none_or(|child| child.start > node.start);
            if container && own && matches!(first, Some(b'{' | b'[')) {
                flows.push(node);
                next = next.max(node.link as usize);
            }
        }
        flows
    }

    /// Whether PyYAML takes a tab at `at`; `node` is the last one that begins at or before it.
    fn is_tab_allowed(&self, at: usize, node: Option<&Node>) -> bool {
        let before = self.text.get(..at).unwrap_or("");
        let line = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let mut begins = line;
        if let Some(node) = node.filter(|node| !matches!(node.kind, Kind::Map | Kind::List)) {
            let end = node.end as usize;
            let block = node.kind == Kind::Scalar && node.style == Style::Block;
            let quoted = node.kind == Kind::Scalar && node.style == Style::Quoted;
            if at < end {
                return block || quoted;
            }
            // The quote behind a value that is a range of the text.
            let quote = quoted && node.flags & OWNED == 0;
            begins = begins.max(end + usize::from(quote));
        }
        let gap = before.get(begins..).unwrap_or("");
        let directive = node.is_none() && before.get(line..).unwrap_or("").starts_with('%');
        let comment = |pair: &[u8]| matches!(pair, [b' ' | b'\t', b'#']);
        directive
            || (begins == line && gap.starts_with('#'))
            || gap.as_bytes().windows(2).any(comment)
    }
}

fn is_plain_at(node: &Node, at: usize) -> bool {
    node.kind == Kind::Scalar && node.style == Style::Plain && at < node.end as usize
}

fn is_inside(ranges: &[Node], at: usize) -> bool {
    let behind = ranges.partition_point(|range| range.start as usize <= at);
    let range = behind.checked_sub(1).and_then(|last| ranges.get(last));
    range.is_some_and(|range| at < range.end as usize)
}

/// Whether what looks like a date or a time is one of Python's calendar (years 1 to 9999).
fn is_date(text: &str) -> bool {
    let date_ends = text.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(text.len());
    let (date, time) = text.split_at_checked(date_ends).unwrap_or((text, ""));
    let mut numbers = date.splitn(3, '-').map(number);
    let mut next = || numbers.next().unwrap_or(0);
    let (year, month, day) = (next(), next(), next());
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    year >= 1 && (1..=days).contains(&day) && is_time(time)
}

/// Whether `T23:59:59.5 +01:00` is a time of a day, in a zone less than a day from Greenwich.
fn is_time(text: &str) -> bool {
    let text = text.trim_start_matches(['T', 't', ' ', '\t']);
    let zone = text.find(['+', '-']).unwrap_or(text.len());
    let (time, zone) = text.split_at_checked(zone).unwrap_or((text, ""));
    let parts = |text: &str| {
        let mut parts = text.splitn(3, ':').map(number);
        [(); 3].map(|()| parts.next().unwrap_or(0))
    };
    let [hour, minute, second] = parts(time);
    let [hours, minutes, _] = parts(zone.trim_start_matches(['+', '-']));
    hour < 24 && minute < 60 && second < 60 && hours * 60 + minutes < 24 * 60
}

/// The digits at the beginning, which are few.
fn number(text: &str) -> u32 {
    let digits = text.bytes().take_while(u8::is_ascii_digit);
    digits
        .fold(0, |number, digit| number.saturating_mul(10).saturating_add(u32::from(digit - b'0')))
}

fn has_no_digits(text: &str) -> bool {
    matches!(text.trim_start_matches(['+', '-']).trim_end_matches('_'), "0x" | "0b")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (text, exists) in [
            ("2024-02-29", true),
            ("2023-02-29", false),
            ("1900-02-29", false),
            ("2000-02-29", true),
            ("2025-04-31", false),
            ("2025-13-01", false),
            ("2025-00-01", false),
            ("2025-01-00", false),
            ("0000-01-01", false),
            ("2025-1-31 1:00:00.5 +01:00", true),
            ("2025-01-31T24:00:00Z", false),
            ("2025-01-31t23:60:00", false),
            ("2025-01-31 23:59:60", false),
            ("2025-01-31 23:59:59 -23:59", true),
            ("2025-01-31 23:59:59 -24:00", false),
            ("2025-01-31 23:59:59+7", true),
        ] {
            assert_eq!(resolve_yaml11(text), Resolved::Timestamp, "{text}");
            assert_eq!(is_date(text), exists, "{text}");
            assert!(is_suspect(text), "{text}");
        }
    }

    #[test]
    fn an_integer_has_a_digit() {
        for (text, none) in [("0x_", true), ("-0b__", true), ("0x0b", false), ("0b_1", false)] {
            assert_eq!(has_no_digits(text), none, "{text}");
            assert!(is_suspect(text), "{text}");
        }
    }
}
