//! The few lines of a file that a picture shows: cut to the width, secrets masked, everything
//! that could steer a terminal escaped, and the marks moved along. Knows nothing of miette.

use std::ops::Range;

use crate::diagnostic::{Redactions, stars};
use crate::source::{FileId, Position, Span};

use super::Style;
use super::places::Places;
use super::text;

/// Lines shown above a mark: in YAML the keys above say what a value belongs to.
const LINES_BEFORE: u32 = 2;
/// Lines shown below a mark.
const LINES_AFTER: u32 = 1;
/// A mark over more lines than this is drawn at its first line only.
const MAX_MARK_LINES: u32 = 6;
/// Columns kept before a mark when the beginning of its line is cut off.
const LEAD: usize = 24;
/// Columns that the frame takes beside the line number.
const FRAME: usize = 8;
/// A label gets at least this many columns before it is broken into lines.
const MIN_LABEL: usize = 36;

/// A place in a file to be marked, and what to write there.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) span: Span,
    pub(super) text: String,
    /// The place to fix.
    pub(super) primary: bool,
}

/// A mark in a window.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    /// Bytes of the window's text.
    pub(super) range: Range<usize>,
    pub(super) text: String,
    pub(super) primary: bool,
    /// Where it begins in the file.
    pub(super) at: Position,
}

/// Lines of a file that follow each other, ready to be drawn.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub(super) path: String,
    pub(super) text: String,
    /// The number of its first line, from 1.
    pub(super) first_line: u32,
    /// In the order of their beginnings.
    pub(super) marks: Vec<Drawn>,
}

/// What all windows of a report share.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) places: Places<'a>,
    pub(super) redactions: &'a Redactions,
    pub(super) style: Style,
}

/// A mark inside its file's text.
struct Clipped<'m> {
    mark: &'m Mark,
    bytes: Range<usize>,
    lines: (u32, u32),
    goes_on_to: Option<u32>,
}

/// A line as it is shown, and where its bytes went.
struct Line {
    shown: String,
    /// The byte in the file at which the line begins, when it is shown byte for byte.
    same_from: Option<usize>,
    /// Else per shown character: its byte in the file and in `shown`.
    offsets: Vec<(usize, usize)>,
    /// Where the shown characters end in `shown`; an ellipsis may follow.
    end: usize,
}

impl View<'_> {
    /// The windows of marks that are all in `file`: the one with the primary mark first, then in
    /// the order of the file.
    pub(super) fn windows(&self, file: FileId, marks: &[Mark]) -> Vec<Window> {
        let mut clipped: Vec<Clipped<'_>> = marks.iter().map(|mark| self.clip(mark)).collect();
        clipped.sort_by_key(|clip| (clip.bytes.start, clip.bytes.end));
        let mut groups: Vec<Vec<Clipped<'_>>> = Vec::new();
        let mut reaches = 0;
        for clip in clipped {
            let (first, last) = clip.lines;
            match groups.last_mut() {
                Some(group) if first <= reaches + LINES_BEFORE + LINES_AFTER + 1 => {
                    group.push(clip);
                    reaches = reaches.max(last);
                }
                Some(_) | None => {
                    groups.push(vec![clip]);
                    reaches = last;
                }
            }
        }
        let mut windows: Vec<Window> =
            groups.iter().map(|group| self.window(file, group)).collect();
        windows.sort_by_key(|window| !window.marks.iter().any(|mark| mark.primary));
        windows
    }

    fn clip<'m>(&self, mark: &'m Mark) -> Clipped<'m> {
        let file = mark.span.file();
        let whole = self.places.sources.text(file);
        let start = floor(whole, mark.span.range().start);
        let mut end = floor(whole, mark.span.range().end).max(start);
        let marked = whole.get(start..end).unwrap_or("");
        if marked.contains('\n') {
            // A YAML value often reaches to the next token: the blank rest is nothing to see.
            let rest = marked.trim_end();
            let rest = if rest.is_empty() { marked.lines().next().unwrap_or("") } else { rest };
            end = start + rest.len();
        }
        let line =
            |byte: usize| self.places.position(file, u32::try_from(byte).unwrap_or(u32::MAX)).line;
        let (first, mut last) = (line(start), line(end));
        let mut goes_on_to = None;
        if last - first >= MAX_MARK_LINES {
            goes_on_to = Some(last);
            last = first;
            end = self.places.lines(file).range(whole, first).end.max(start);
        }
        Clipped { mark, bytes: start..end, lines: (first, last), goes_on_to }
    }

    fn window(&self, file: FileId, group: &[Clipped<'_>]) -> Window {
        let (first_line, last_line) = self.shown_lines(file, group);
        let mut window = Window {
            path: text::one_line(self.places.sources.path(file)).into_owned(),
            text: String::new(),
            first_line,
            marks: Vec::new(),
        };
        let room = self.room(last_line);
        // Where each mark begins and ends in the window's text.
        let mut ranges = vec![(0, 0); group.len()];
        let mut columns = vec![0; group.len()];
        for number in first_line..=last_line {
            let here = || group.iter().filter(|clip| covers(clip, number));
            let line = self.line(file, number, here().map(|clip| clip.bytes.clone()), room);
            let base = window.text.len();
            let slots = ranges.iter_mut().zip(columns.iter_mut());
            for (clip, ((start, end), column)) in group.iter().zip(slots) {
                if clip.lines.0 == number {
                    let at = line.start_of(clip.bytes.start);
                    *start = base + at;
                    *column = text::columns_of(line.shown.get(..at).unwrap_or(""));
                }
                if clip.lines.1 == number {
                    *end = base + line.end_of(clip.bytes.end);
                }
            }
            window.text.push_str(&line.shown);
            window.text.push('\n');
        }
        for ((clip, (start, end)), column) in group.iter().zip(ranges).zip(columns) {
            let span = clip.mark.span;
            window.marks.push(Drawn {
                range: start..end.max(start),
                text: self.label(clip, room.saturating_sub(column)),
                primary: clip.mark.primary,
                at: self.places.position(span.file(), span.start()),
            });
        }
        window.marks.sort_by_key(|mark| (mark.range.start, mark.range.end));
        window
    }

    /// The marked lines and some around them; blank lines at the edges add nothing.
    fn shown_lines(&self, file: FileId, group: &[Clipped<'_>]) -> (u32, u32) {
        let marked = group.iter().map(|clip| clip.lines);
        let (first, last) =
            marked.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1))).unwrap_or((1, 1));
        let (whole, lines) = (self.places.sources.text(file), self.places.lines(file));
        let is_blank = |line: u32| {
            let content = whole.get(lines.range(whole, line)).unwrap_or("");
            content.bytes().all(|byte| byte.is_ascii_whitespace())
        };
        let mut top = first.saturating_sub(LINES_BEFORE).max(1);
        while top < first && is_blank(top) {
            top += 1;
        }
        let mut bottom = (last + LINES_AFTER).min(lines.count());
        while bottom > last && is_blank(bottom) {
            bottom -= 1;
        }
        (top, bottom)
    }

    /// Columns for the text of a line.
    fn room(&self, last_line: u32) -> usize {
        let digits = last_line.to_string().len();
        self.style.width.max(40).saturating_sub(digits + FRAME)
    }

    fn label(&self, clip: &Clipped<'_>, room: usize) -> String {
        let mut text = self.redactions.hide(&clip.mark.text).into_owned();
        if let Some(last) = clip.goes_on_to {
            let space = if text.is_empty() { "" } else { " " };
            text.push_str(&format!("{space}(to line {last})"));
        }
        let escaped = text::one_line(&text);
        text::wrap(&escaped, room.max(MIN_LABEL)).join("\n")
    }

    fn line(
        &self,
        file: FileId,
        number: u32,
        marks: impl Iterator<Item = Range<usize>>,
        room: usize,
    ) -> Line {
        let whole = self.places.sources.text(file);
        let range = self.places.lines(file).range(whole, number);
        let focus = marks
            .map(|mark| mark.start.max(range.start)..mark.end.min(range.end))
            .reduce(|one, other| one.start.min(other.start)..one.end.max(other.end));
        let seen = visible(whole, &range, focus, room);
        // Half a secret at the edge of what is seen must be recognised too.
        let reach = self.redactions.longest();
        let low = floor(whole, seen.start.saturating_sub(reach)).max(range.start);
        let high = floor(whole, (seen.end + reach).min(range.end)).max(seen.end);
        let piece = whole.get(low..high).unwrap_or("");
        let masked = stars(piece, &self.redactions.ranges(file, piece, low));
        if seen == range && masked == piece && text::is_plain(piece) {
            let (shown, end) = (piece.to_owned(), piece.len());
            return Line { shown, same_from: Some(low), offsets: Vec::new(), end };
        }
        let mut line = Line { shown: String::new(), same_from: None, offsets: Vec::new(), end: 0 };
        if seen.start > range.start {
            line.shown.push_str(self.ellipsis());
        }
        for ((at, _), letter) in piece.char_indices().zip(masked.chars()) {
            let byte = low + at;
            // A byte order mark is no part of the text that its author sees.
            if seen.contains(&byte) && !(byte == 0 && letter == '\u{feff}') {
                line.offsets.push((byte, line.shown.len()));
                text::push_shown(&mut line.shown, letter);
            }
        }
        line.end = line.shown.len();
        if seen.end < range.end {
            line.shown.push_str(self.ellipsis());
        }
        line
    }

    pub(super) fn ellipsis(&self) -> &'static str {
        if self.style.unicode { "…" } else { "..." }
    }
}

impl Line {
    fn start_of(&self, byte: usize) -> usize {
        if let Some(from) = self.same_from {
            return byte.saturating_sub(from).min(self.end);
        }
        if self.offsets.first().is_some_and(|(first, _)| byte < *first) {
            return 0;
        }
        let after = self.offsets.partition_point(|(at, _)| *at < byte);
        self.offsets.get(after).map_or(self.end, |(_, shown)| *shown)
    }

    fn end_of(&self, byte: usize) -> usize {
        if let Some(from) = self.same_from {
            return byte.saturating_sub(from).min(self.end);
        }
        let after = self.offsets.partition_point(|(at, _)| *at < byte);
        match self.offsets.get(after) {
            Some((_, shown)) => *shown,
            // Past what is seen: the ellipsis belongs to the mark as well.
            None if byte > self.offsets.last().map_or(0, |(at, _)| at + 4) => self.shown.len(),
            None => self.end,
        }
    }
}

fn covers(clip: &Clipped<'_>, line: u32) -> bool {
    clip.lines.0 <= line && line <= clip.lines.1
}

/// The part of a line that is shown: all of it when it fits, else its beginning when the marks
/// are there, else a piece around them. Looks at no more of the line than that.
fn visible(
    whole: &str,
    line: &Range<usize>,
    focus: Option<Range<usize>>,
    room: usize,
) -> Range<usize> {
    let full = walk(whole, line.start..line.end, room);
    if full == line.end {
        return line.clone();
    }
    let shorter = walk(whole, line.start..line.end, room.saturating_sub(3));
    let Some(focus) = focus.filter(|focus| focus.end > shorter) else {
        return line.start..shorter;
    };
    let before = whole.get(line.start..focus.start.max(line.start)).unwrap_or("");
    let lead = before.chars().rev().take(LEAD).map(char::len_utf8).sum::<usize>();
    let start = focus.start.max(line.start) - lead;
    start..walk(whole, start..line.end, room.saturating_sub(6))
}

/// How far into `range` one gets with `room` columns.
fn walk(whole: &str, range: Range<usize>, room: usize) -> usize {
    let piece = whole.get(range.start..range.end.min(range.start + room)).unwrap_or("");
    if text::is_plain(piece) && !piece.is_empty() {
        return range.start + piece.len();
    }
    let mut used = 0;
    for (at, letter) in whole.get(range.clone()).unwrap_or("").char_indices() {
        used += text::shown_columns(letter);
        if used > room {
            return range.start + at;
        }
    }
    range.end
}

fn floor(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
