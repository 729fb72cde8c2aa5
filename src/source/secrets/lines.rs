//! Secrets in a text, line by line: by shape everywhere, by key in comments, and by key everywhere
//! where the text is not known to be YAML.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use memchr::memmem;

use super::shapes::{self, Mark};
use super::words::{self, SecretKind, looks_random};

/// Pieces of which every secret, or its key, has one, with the shapes that they are a mark of.
/// Only lines with a piece are looked at.
const PIECES: [(&str, Option<Mark>); 43] = [
    ("sk-", Some(Mark::Service)),
    ("AIza", Some(Mark::Service)),
    ("ya29.", Some(Mark::Service)),
    ("hf_", Some(Mark::Service)),
    ("gsk_", Some(Mark::Service)),
    ("r8_", Some(Mark::Service)),
    ("fw_", Some(Mark::Service)),
    ("tgp_v1_", Some(Mark::Service)),
    ("pplx-", Some(Mark::Service)),
    ("xai-", Some(Mark::Service)),
    ("nvapi-", Some(Mark::Service)),
    ("AKIA", Some(Mark::Service)),
    ("ASIA", Some(Mark::Service)),
    ("gho_", Some(Mark::Service)),
    ("ghp_", Some(Mark::Service)),
    ("ghs_", Some(Mark::Service)),
    ("ghu_", Some(Mark::Service)),
    ("ghr_", Some(Mark::Service)),
    ("github_pat_", Some(Mark::Service)),
    ("glpat-", Some(Mark::Service)),
    ("xox", Some(Mark::Service)),
    ("eyJ", Some(Mark::Service)),
    ("slack.com", Some(Mark::Service)),
    ("earer", Some(Mark::Scheme)),
    ("EARER", Some(Mark::Scheme)),
    ("asic", Some(Mark::Scheme)),
    ("://", Some(Mark::Url)),
    ("-----BEGIN", None),
    ("key", None),
    ("KEY", None),
    ("Key", None),
    ("oken", None),
    ("OKEN", None),
    ("ecret", None),
    ("ECRET", None),
    ("ass", None),
    ("ASS", None),
    ("uthoriz", None),
    ("ookie", None),
    ("OOKIE", None),
    ("env_var", None),
    ("redential", None),
    ("REDENTIAL", None),
];

/// Bytes from which on one pass for all pieces is worth its making; below, a pass for each is
/// quicker, because each takes a whole register of bytes at a time.
const LARGE: usize = 1 << 18;

static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let pieces = PIECES.iter().map(|(piece, _)| piece);
    AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(pieces).ok()
});

/// Where pieces stand in a text, in order.
fn places(text: &str) -> Box<dyn Iterator<Item = usize> + '_> {
    if text.len() >= LARGE {
        let found = FINDER.as_ref().into_iter().flat_map(move |finder| finder.find_iter(text));
        return Box::new(found.map(|piece| piece.start()));
    }
    let of = |piece: &'static str| memmem::find_iter(text.as_bytes(), piece);
    let mut places: Vec<usize> = PIECES.iter().flat_map(|(piece, _)| of(piece)).collect();
    places.sort_unstable();
    Box::new(places.into_iter())
}

/// The shapes that a line may hold.
fn marks(line: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (piece, mark) in PIECES {
        let Some(mark) = mark.filter(|mark| !marks.contains(mark)) else { continue };
        if memmem::find(line.as_bytes(), piece.as_bytes()).is_some() {
            marks.push(mark);
        }
    }
    marks
}

/// A secret on a line; the ranges are bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) at: Range<usize>,
    pub(super) key: Option<Range<usize>>,
}

/// False for most texts that hold no secret.
pub(super) fn may_hold(text: &str) -> bool {
    if text.len() >= LARGE {
        return FINDER.as_ref().is_some_and(|finder| finder.is_match(text));
    }
    PIECES.iter().any(|(piece, _)| memmem::find(text.as_bytes(), piece.as_bytes()).is_some())
}

/// The secrets of a text, in order and apart. `by_key` judges every `key: value`, not only those
/// in comments.
pub(super) fn find(text: &str, by_key: bool) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    for place in places(text) {
        // Each line is looked at once, however many pieces it has.
        if place < at {
            continue;
        }
        let line = line_around(text, place);
        let end = one_line(text, line.clone(), by_key, &mut found);
        at = end.max(line.end + 1);
    }
    found.sort_by_key(|found| (found.at.start, found.at.end));
    merged(found)
}

fn line_around(text: &str, byte: usize) -> Range<usize> {
    let before = text.get(..byte).unwrap_or("");
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let end = text.get(byte..).and_then(|rest| rest.find('\n')).map_or(text.len(), |n| byte + n);
    start..end
}

/// Looks at a line, and at those behind it that belong to it. Gives the end of what was seen.
fn one_line(text: &str, line: Range<usize>, by_key: bool, found: &mut Vec<Found>) -> usize {
    let content = text.get(line.clone()).unwrap_or("");
    let by_shape = shapes::all(content, &marks(content)).into_iter();
    found.extend(by_shape.map(|range| Found { at: shift(range, line.start), key: None }));
    if let Some(begin) = content.find("-----BEGIN").filter(|_| content.contains("PRIVATE KEY")) {
        let end = end_of_private_key(text, line.end);
        found.push(Found { at: line.start + begin..end, key: None });
        return end;
    }
    let comment = comment_start(content).unwrap_or(content.len());
    let flow = content.find(['{', '[']).unwrap_or(content.len());
    let (mut seen, mut done) = (line.end, 0);
    for (key, value_at) in keys(content) {
        // What stands in a value is no key: no part of a line is looked at twice.
        if key.start < done {
            continue;
        }
        let Some(kind) = content.get(key.clone()).and_then(words::secret_kind) else { continue };
        let in_comment = key.start > comment;
        if !in_comment && !by_key {
            continue;
        }
        let ends: &[char] = match (in_comment, flow < key.start) {
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
    line.match_indices([':', '=']).filter_map(|(at, _)| {
        let before = line.get(..at)?.trim_end().trim_end_matches(['"', '\'']);
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
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
