//! Secrets in a text, line by line: by shape everywhere, by key in comments, and by key everywhere
//! where the text is not known to be YAML.

use std::cell::LazyCell;
use std::ops::Range;

use super::super::bytes;
use super::shapes::{self, Mark};
use super::words::{self, SecretKind, looks_random};

/// Pieces of which every secret, or its key, has one, with the shapes that they are a mark of.
/// Only lines with a piece are looked at. None is the beginning of another, or shorter than three
/// bytes, and the first three are such as seldom stand together.
const PIECES: [(&str, Option<Mark>); 43] = [
    ("sk-", Some(Mark::Service)),
    ("AIza", Some(Mark::Service)),
    ("ya29.", Some(Mark::Service)),
    ("hf_", Some(Mark::Service)),
    ("gsk_", Some(Mark::Service)),
    ("r8_", Some(Mark::Service)),
    ("fw_", Some(Mark::Service)),
    ("p_v1_", Some(Mark::Service)),
    ("lx-", Some(Mark::Service)),
    ("xai-", Some(Mark::Service)),
    ("vapi-", Some(Mark::Service)),
    ("AKIA", Some(Mark::Service)),
    ("ASIA", Some(Mark::Service)),
    ("gho_", Some(Mark::Service)),
    ("ghp_", Some(Mark::Service)),
    ("ghs_", Some(Mark::Service)),
    ("ghu_", Some(Mark::Service)),
    ("ghr_", Some(Mark::Service)),
    ("ub_pat_", Some(Mark::Service)),
    ("glpat-", Some(Mark::Service)),
    ("xox", Some(Mark::Service)),
    ("eyJ", Some(Mark::Service)),
    ("ck.com", Some(Mark::Service)),
    ("arer", Some(Mark::Scheme)),
    ("ARER", Some(Mark::Scheme)),
    ("asic", Some(Mark::Scheme)),
    ("://", Some(Mark::Url)),
    ("BEGIN", Some(Mark::PrivateKey)),
    ("key", None),
    ("KEY", None),
    ("Key", None),
    ("oken", None),
    ("OKEN", None),
    ("cret", None),
    ("CRET", None),
    ("ass", None),
    ("ASS", None),
    ("horiz", None),
    ("ookie", None),
    ("OOKIE", None),
    ("v_var", None),
    ("redential", None),
    ("REDENTIAL", None),
];

/// The pieces that have a byte at one of some places: a bit for each.
type Set = [u64; 256];

const AT_0: Set = with_byte_at(0, 0);
const AT_1: Set = with_byte_at(1, 1);
const AT_2: Set = with_byte_at(2, 2);
const AT_0_OR_1: Set = with_byte_at(0, 1);
const AT_1_OR_2: Set = with_byte_at(1, 2);

const fn with_byte_at(first: usize, last: usize) -> Set {
    let mut set = [0; 256];
    let mut piece = 0;
    while piece < PIECES.len() {
        let mut place = first;
        while place <= last {
            #[allow(clippy::indexing_slicing, reason = "rustc itself runs this, or fails to")]
            {
                set[PIECES[piece].0.as_bytes()[place] as usize] |= 1 << piece;
            }
            place += 1;
        }
        piece += 1;
    }
    set
}

fn with(set: &Set, byte: u8) -> u64 {
    set.get(usize::from(byte)).copied().unwrap_or(0)
}

/// Calls `take` for each piece of a text, in order, with its place; they may overlap. Of the first
/// three bytes of a piece two stand at an even place and the next one: such pairs are looked at,
/// and what is about the few that fit. On its own, so that little else is at hand where all of a
/// text passes.
#[inline(never)]
fn each_piece(text: &str, take: &mut dyn FnMut(usize, Option<Mark>)) {
    let mut take_at = |start: usize| {
        if let Some(mark) = text.as_bytes().get(start..).and_then(piece_at) {
            take(start, mark);
        }
    };
    let mut look = |index: usize, [one, next]: [u8; 2]| {
        if index > 0 && with(&AT_1, one) & with(&AT_2, next) != 0 {
            take_at(index * 2 - 1);
        }
        if with(&AT_0, one) & with(&AT_1, next) != 0 {
            take_at(index * 2);
        }
    };
    let fits = |[one, next]: [u8; 2]| with(&AT_0_OR_1, one) & with(&AT_1_OR_2, next);
    let (pairs, _) = text.as_bytes().as_chunks();
    let (twos, rest) = pairs.as_chunks();
    for (index, [pair, next]) in twos.iter().enumerate() {
        if fits(*pair) | fits(*next) != 0 {
            look(index * 2, *pair);
            look(index * 2 + 1, *next);
        }
    }
    rest.iter().for_each(|pair| look(twos.len() * 2, *pair));
}

/// What the piece is a mark of that a text begins with.
fn piece_at(rest: &[u8]) -> Option<Option<Mark>> {
    let [first, second, third, ..] = rest else { return None };
    let mut set = with(&AT_0, *first) & with(&AT_1, *second) & with(&AT_2, *third);
    while set != 0 {
        let (piece, mark) = PIECES.get(set.trailing_zeros() as usize)?;
        if rest.starts_with(piece.as_bytes()) {
            return Some(*mark);
        }
        set &= set - 1;
    }
    None
}

/// A secret on a line; the ranges are bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) at: Range<usize>,
    pub(super) key: Option<Range<usize>>,
}

/// The secrets of a text, in order and apart; `None` for most texts that hold none under a key
/// either. `by_key` judges every `key: value`, not only those in comments.
pub(super) fn find(text: &str, by_key: bool) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    // Each line is looked at once, however many pieces it has.
    let (mut line, mut marks, mut seen) = (0..0, Vec::new(), None);
    let mut look = |line: Range<usize>, marks: &[Mark]| {
        let end = one_line(text, line.clone(), marks, by_key, &mut found);
        end.max(line.end + 1)
    };
    each_piece(text, &mut |place, mark| {
        if place >= line.end && line.start < line.end {
            seen = Some(look(std::mem::take(&mut line), &marks));
            marks.clear();
        }
        if seen.is_some_and(|end| place < end) {
            return;
        }
        seen.get_or_insert(0);
        if line.is_empty() {
            line = line_around(text, place);
        }
        marks.extend(mark.filter(|mark| !marks.contains(mark)));
    });
    if !line.is_empty() {
        look(line, &marks);
    }
    seen?;
    found.sort_by_key(|found| (found.at.start, found.at.end));
    Some(merged(found))
}

fn line_around(text: &str, byte: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let before = bytes.get(..byte).unwrap_or(bytes);
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let rest = bytes.get(byte..).unwrap_or(&[]);
    let end = bytes::find_byte(rest, b'\n');
    start..end.map_or(text.len(), |newline| byte + newline)
}

/// Looks at a line, and at those behind it that belong to it. Gives the end of what was seen.
fn one_line(
    text: &str,
    line: Range<usize>,
    marks: &[Mark],
    by_key: bool,
    found: &mut Vec<Found>,
) -> usize {
    let content = text.get(line.clone()).unwrap_or("");
    let by_shape = shapes::all(content, marks).into_iter();
    found.extend(by_shape.map(|range| Found { at: shift(range, line.start), key: None }));
    if marks.contains(&Mark::PrivateKey)
        && let Some(begin) = content.find("-----BEGIN").filter(|_| content.contains("PRIVATE KEY"))
    {
        let end = end_of_private_key(text, line.end);
        found.push(Found { at: line.start + begin..end, key: None });
        return end;
    }
    if !by_key && !content.contains('#') {
        return line.end;
    }
    let comment = LazyCell::new(|| comment_start(content).unwrap_or(content.len()));
    let flow = LazyCell::new(|| content.find(['{', '[']).unwrap_or(content.len()));
    let (mut seen, mut done) = (line.end, 0);
    for (key, value_at) in keys(content) {
        // What stands in a value is no key: no part of a line is looked at twice.
        if key.start < done {
            continue;
        }
        let Some(kind) = content.get(key.clone()).and_then(words::secret_kind) else { continue };
        let in_comment = key.start > *comment;
        if !in_comment && !by_key {
            continue;
        }
        let ends: &[char] = match (in_comment, *flow < key.start) {
            (true, _) => &[' ', '\t', ',', ';'],
            (false, true) => &[',', '}', ']'],
            (false, false) => &[],
        };
        let value = value_on_line(content, value_at, ends);
        done = value.end;
        let written = content.get(value.clone()).unwrap_or("");
        let bare = written.trim_matches(['"', '\'']);
        // Prose in a comment speaks of keys and tokens: only what looks like one counts there.
        let meant = words::is_literal(kind, bare) && (!in_comment || looks_random(bare, 8));
        if meant && !is_block_sign(written) {
            let (at, key) = (shift(value, line.start), shift(key.clone(), line.start));
            found.push(Found { at, key: Some(key) });
        }
        let goes_on = written.is_empty() || is_block_sign(written) || is_open_quote(written);
        if by_key && !in_comment && goes_on && kind != SecretKind::Variable {
            seen = seen.max(lines_below(text, &line, shift(key, line.start), found));
        }
    }
    seen
}

fn shift(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// Keys of a line with the place behind their `:` or `=`.
fn keys(line: &str) -> impl Iterator<Item = (Range<usize>, usize)> {
    bytes::all(line.as_bytes(), |byte| matches!(byte, b':' | b'=')).filter_map(|at| {
        let before = line.get(..at)?.trim_end().trim_end_matches(['"', '\'']);
        let is_name =
            |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
        let start = before.trim_end_matches(is_name).len();
        (start < before.len()).then_some((start..before.len(), at + 1))
    })
}

/// The value that begins at or behind `at`: a quoted text with its quotes, or plain text up to one
/// of `ends`, to a comment, or to the end of the line.
fn value_on_line(line: &str, at: usize, ends: &[char]) -> Range<usize> {
    let rest = line.get(at..).unwrap_or("");
    let start = at + (rest.len() - rest.trim_start().len());
    let value = line.get(start..).unwrap_or("");
    let plain = |value: &str| {
        let value = value.get(..value.find(ends).unwrap_or(value.len())).unwrap_or("");
        let value = value.get(..value.find(" #").unwrap_or(value.len())).unwrap_or("");
        value.trim_end().len()
    };
    let length = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => closing(value, quote).unwrap_or(value.trim_end().len()),
        Some(_) => plain(value),
        None => 0,
    };
    start..start + length
}

/// Length of a quoted text with its quotes.
fn closing(value: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, letter) in value.char_indices().skip(1) {
        match letter {
            '\\' if quote == '"' && !escaped => escaped = true,
            _ if letter == quote && !escaped => return Some(at + 1),
            _ => escaped = false,
        }
    }
    None
}

fn is_open_quote(written: &str) -> bool {
    match written.chars().next() {
        Some(quote @ ('"' | '\'')) => closing(written, quote).is_none(),
        Some(_) | None => false,
    }
}

/// `|`, `>-`, `|2`: the value stands below.
fn is_block_sign(written: &str) -> bool {
    let mut bytes = written.bytes();
    matches!(bytes.next(), Some(b'|' | b'>'))
        && bytes.all(|byte| matches!(byte, b'+' | b'-' | b'0'..=b'9'))
}

/// Takes the lines that are indented more than `line`, as long as they are no keys themselves.
fn lines_below(
    text: &str,
    line: &Range<usize>,
    key: Range<usize>,
    found: &mut Vec<Found>,
) -> usize {
    let indent = indentation(text.get(line.clone()).unwrap_or(""));
    let mut seen = line.end;
    while seen < text.len() {
        let next = line_around(text, seen + 1);
        let content = text.get(next.clone()).unwrap_or("");
        let value = content.trim();
        let is_key = keys(content).any(|(_, at)| {
            content.get(at..).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        if !value.is_empty() && (indentation(content) <= indent || is_key) {
            break;
        }
        let bare = value.trim_start_matches("- ").trim_matches(['"', '\'']);
        if words::is_literal(SecretKind::Secret, bare) {
            let start = next.start + content.find(bare).unwrap_or(0);
            found.push(Found { at: start..start + bare.len(), key: Some(key.clone()) });
        }
        seen = next.end.max(seen + 1);
    }
    seen
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// The end of the last line of a private key, which may be cut off before its own end.
fn end_of_private_key(text: &str, first_end: usize) -> usize {
    let mut end = first_end;
    while end < text.len() {
        let line = line_around(text, end + 1);
        let content = text.get(line.clone()).unwrap_or("").trim();
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=#-\"'\\ ".contains(&byte);
        if content.is_empty() || !content.bytes().all(is_part) {
            break;
        }
        end = line.end.max(end + 1);
        if content.contains("-----END") {
            break;
        }
    }
    end
}

/// Where the comment of a line begins, as far as one line tells.
fn comment_start(line: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            (None, '#') if before.is_whitespace() => return Some(at),
            (None, '"' | '\'') if matches!(before, ' ' | '{' | '[' | ',' | ':' | '(') => {
                quote = Some(letter);
            }
            (Some(open), _) if open == letter => quote = None,
            (None | Some(_), _) => {}
        }
        before = letter;
    }
    None
}

/// Joins places that overlap; the first one's key stays.
fn merged(found: Vec<Found>) -> Vec<Found> {
    let mut apart: Vec<Found> = Vec::with_capacity(found.len());
    for next in found {
        match apart.last_mut() {
            Some(last) if next.at.start < last.at.end => {
                last.at.end = last.at.end.max(next.at.end);
                last.key = last.key.take().or(next.key);
            }
            Some(_) | None => apart.push(next),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_piece_is_the_beginning_of_another() {
        for (index, (piece, _)) in PIECES.iter().enumerate() {
            let others = PIECES.iter().enumerate().filter(|(other, _)| *other != index);
            assert!(others.into_iter().all(|(_, (other, _))| !other.starts_with(piece)), "{piece}");
        }
    }

    /// The same by a look at every byte.
    fn one_by_one(text: &str) -> Vec<(usize, Option<Mark>)> {
        let at = |start: usize| {
            let is_here =
                |(piece, _): &&(&str, _)| text.as_bytes()[start..].starts_with(piece.as_bytes());
            PIECES.iter().find(is_here).map(|(_, mark)| (start, *mark))
        };
        (0..text.len()).filter_map(at).collect()
    }

    proptest! {
        #[test]
        fn pairs_find_what_a_look_at_every_byte_finds(
            parts in prop::collection::vec(
                prop_oneof![
                    (0..PIECES.len()).prop_map(|index| PIECES[index].0.to_owned()),
                    "[a-zA-Z_ :/é\n-]{0,9}",
                ],
                0..24,
            ),
        ) {
            let text = parts.concat();
            let mut found = Vec::new();
            each_piece(&text, &mut |place, mark| found.push((place, mark)));
            prop_assert_eq!(found, one_by_one(&text));
        }
    }
}
