//! The few lines of a file that a picture shows: cut to the width, secrets masked, everything
//! that could steer a terminal escaped, and the marks moved along. Knows nothing of miette.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostic::{Redactions, stars};
use crate::source::{FileId, Position, Span, newlines};

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
/// Bytes of text that most windows have room in.
const TEXT: usize = 256;

/// A place in a file to be marked, and what to write there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark<'m> {
    pub(super) span: Span,
    pub(super) text: &'m str,
    /// The place to fix.
    pub(super) primary: bool,
}

/// A mark in a window.
#[derive(Debug, Clone)]
pub(super) struct Drawn<'m> {
    /// Bytes of the window's text.
    pub(super) range: Range<usize>,
    pub(super) text: Cow<'m, str>,
    pub(super) primary: bool,
    /// Where it begins in the file.
    pub(super) at: Position,
}

/// Lines of a file that follow each other, ready to be drawn.
#[derive(Debug, Clone)]
pub(super) struct Window<'m> {
    pub(super) path: Cow<'m, str>,
    /// Each line with a newline behind it.
    pub(super) text: String,
    /// The number of its first line, from 1.
    pub(super) first_line: u32,
    pub(super) last_line: u32,
    /// In the order of their beginnings.
    pub(super) marks: Vec<Drawn<'m>>,
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
    mark: Mark<'m>,
    bytes: Range<usize>,
    lines: (u32, u32),
    goes_on_to: Option<u32>,
}

/// Where the bytes of a line went in the window's text.
struct Line {
    /// Where it begins there.
    begin: usize,
    /// The byte in the file at which the line begins, when it is shown byte for byte.
    same_from: Option<usize>,
    /// Else per shown character: its byte in the file and in the window's text.
    offsets: Vec<(usize, usize)>,
    /// Where the shown characters end.
    end: usize,
    /// The same with the ellipsis that may follow.
    end_of_all: usize,
}

/// Where a mark stands in the window's text, and in which column it begins.
#[derive(Clone, Copy, Default)]
struct Place {
    start: usize,
    end: usize,
    column: usize,
}

impl<'a> View<'a> {
    /// The windows of marks that are all in `file`: the one with the primary mark first, then in
    /// the order of the file.
    pub(super) fn windows<'m>(
        &self,
        file: FileId,
        marks: impl Iterator<Item = Mark<'m>>,
    ) -> Vec<Window<'m>>
    where
        'a: 'm,
    {
        let mut clipped: Vec<Clipped<'m>> = marks.map(|mark| self.clip(mark)).collect();
        clipped.sort_by_key(|clip| (clip.bytes.start, clip.bytes.end));
        let mut windows = Vec::with_capacity(clipped.len());
        let mut rest = clipped.as_slice();
        while let Some(first) = rest.first() {
            let mut reaches = first.lines.1;
            let near = rest.iter().take_while(|clip| {
                let is_near = clip.lines.0 <= reaches + LINES_BEFORE + LINES_AFTER + 1;
                reaches = reaches.max(clip.lines.1);
                is_near
            });
            let Some((group, behind)) = rest.split_at_checked(near.count()) else { break };
            windows.push(self.window(file, group));
            rest = behind;
        }
        windows.sort_by_key(|window| !window.marks.iter().any(|mark| mark.primary));
        windows
    }

    fn clip<'m>(&self, mark: Mark<'m>) -> Clipped<'m> {
        let file = mark.span.file();
        let whole = self.places.sources.text(file);
        let start = floor(whole, mark.span.range().start);
        let mut end = floor(whole, mark.span.range().end).max(start);
        let marked = whole.get(start..end).unwrap_or("");
        if newlines(marked).next().is_some() {
            // A YAML value often reaches to the next token: the blank rest is nothing to see.
            let rest = marked.trim_end();
            let rest = if rest.is_empty() { marked.lines().next().unwrap_or("") } else { rest };
            end = start + rest.len();
        }
        let lines = self.places.lines(file);
        let line = |byte: usize| lines.line(whole, u32::try_from(byte).unwrap_or(u32::MAX));
        let (first, mut last) = (line(start), line(end));
        let mut goes_on_to = None;
        if last - first >= MAX_MARK_LINES {
            goes_on_to = Some(last);
            last = first;
            end = lines.range(whole, first).end.max(start);
        }
        Clipped { mark, bytes: start..end, lines: (first, last), goes_on_to }
    }

    fn window<'m>(&self, file: FileId, group: &[Clipped<'m>]) -> Window<'m>
    where
        'a: 'm,
    {
        let (first_line, last_line) = self.shown_lines(file, group);
        let mut window = Window {
            path: text::one_line(self.places.sources.path(file)),
            text: String::with_capacity(TEXT),
            first_line,
            last_line,
            marks: Vec::with_capacity(group.len()),
        };
        let room = self.room(last_line);
        let mut places = vec![Place::default(); group.len()];
        for number in first_line..=last_line {
            let here = group.iter().filter(|clip| covers(clip, number));
            let marks = here.map(|clip| clip.bytes.clone());
            let line = self.push_line(&mut window.text, (file, number), marks, room);
            for (clip, place) in group.iter().zip(&mut places) {
                if clip.lines.0 == number {
                    place.start = line.start_of(clip.bytes.start);
                    let before = window.text.get(line.begin..place.start).unwrap_or("");
                    place.column = text::columns_of(before);
                }
                if clip.lines.1 == number {
                    place.end = line.end_of(clip.bytes.end);
                }
            }
            window.text.push('\n');
        }
        for (clip, place) in group.iter().zip(places) {
            let span = clip.mark.span;
            window.marks.push(Drawn {
                range: place.start..place.end.max(place.start),
                text: self.label(clip, room.saturating_sub(place.column)),
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
        self.style.width.max(40).saturating_sub(text::digits(last_line) + FRAME)
    }

    fn label<'m>(&self, clip: &Clipped<'m>, room: usize) -> Cow<'m, str> {
        let width = room.max(MIN_LABEL);
        let text = match (self.redactions.hide(clip.mark.text), clip.goes_on_to) {
            (Cow::Borrowed(text), None) if text::is_plain(text) && text.len() <= width => {
                return Cow::Borrowed(text);
            }
            (text, None) => text,
            (text, Some(last)) => {
                let space = if text.is_empty() { "" } else { " " };
                Cow::Owned(format!("{text}{space}(to line {last})"))
            }
        };
        Cow::Owned(text::wrap(&text::one_line(&text), width).join("\n"))
    }

    /// Appends a line of a file, without a line end.
    fn push_line(
        &self,
        shown: &mut String,
        (file, number): (FileId, u32),
        marks: impl Iterator<Item = Range<usize>>,
        room: usize,
    ) -> Line {
        let whole = self.places.sources.text(file);
        let range = self.places.lines(file).range(whole, number);
        let begin = shown.len();
        let mut line =
            Line { begin, same_from: None, offsets: Vec::new(), end: begin, end_of_all: begin };
        let all = whole.get(range.clone()).unwrap_or("");
        if range.len() <= room
            && text::is_harmless(all)
            && self.redactions.ranges(file, all, range.start).is_empty()
        {
            shown.push_str(all);
            (line.end, line.end_of_all) = (shown.len(), shown.len());
            return Line { same_from: Some(range.start), ..line };
        }
        let focus = marks
            .map(|mark| mark.start.max(range.start)..mark.end.min(range.end))
            .reduce(|one, other| one.start.min(other.start)..one.end.max(other.end));
        let seen = visible(whole, &range, focus, room);
        // Half a secret at the edge of what is seen must be recognised too.
        let reach = self.redactions.longest();
        let low = floor(whole, seen.start.saturating_sub(reach)).max(range.start);
        let high = floor(whole, (seen.end + reach).min(range.end)).max(seen.end);
        let piece = whole.get(low..high).unwrap_or("");
        let hidden = self.redactions.ranges(file, piece, low);
        if seen.start > range.start {
            shown.push_str(self.ellipsis());
        }
        let masked = stars(piece, &hidden);
        for ((at, _), letter) in piece.char_indices().zip(masked.chars()) {
            let byte = low + at;
            // A byte order mark is no part of the text that its author sees.
            if seen.contains(&byte) && !(byte == 0 && letter == '\u{feff}') {
                line.offsets.push((byte, shown.len()));
                text::push_shown(shown, letter);
            }
        }
        line.end = shown.len();
        if seen.end < range.end {
            shown.push_str(self.ellipsis());
        }
        line.end_of_all = shown.len();
        line
    }

    pub(super) fn ellipsis(&self) -> &'static str {
        if self.style.unicode { "…" } else { "..." }
    }
}

impl Line {
    fn start_of(&self, byte: usize) -> usize {
        if let Some(from) = self.same_from {
            return (self.begin + byte.saturating_sub(from)).min(self.end);
        }
        if self.offsets.first().is_some_and(|(first, _)| byte < *first) {
            return self.begin;
        }
        let after = self.offsets.partition_point(|(at, _)| *at < byte);
        self.offsets.get(after).map_or(self.end, |(_, shown)| *shown)
    }

    fn end_of(&self, byte: usize) -> usize {
        if let Some(from) = self.same_from {
            return (self.begin + byte.saturating_sub(from)).min(self.end);
        }
        let after = self.offsets.partition_point(|(at, _)| *at < byte);
        match self.offsets.get(after) {
            Some((_, shown)) => *shown,
            // Past what is seen: the ellipsis belongs to the mark as well.
            None if byte > self.offsets.last().map_or(0, |(at, _)| at + 4) => self.end_of_all,
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
