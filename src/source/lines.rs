//! Where the lines of a text begin: the way from a byte offset to a line and a column, made once
//! per file and then cheap for every finding.

use std::iter;
use std::ops::Range;

use super::bytes;
use super::span::Position;

/// Lines longer than this get marks on the way, so that counting columns in a file that is one
/// line of 40 MB stays cheap.
const LONG_LINE: usize = 4096;

/// Bytes of a line where most lines are short.
const SHORT_LINE: usize = 24;

/// The starts of the lines of one text.
#[derive(Debug)]
pub struct Lines {
    starts: Vec<u32>,
    /// For long lines, in order: the line's index, and per mark a byte and the characters of the
    /// line before it.
    marks: Vec<(usize, Vec<(usize, u32)>)>,
}

impl Lines {
    /// Finds the lines of `text`. A newline at the end is followed by one more, empty line.
    #[must_use]
    pub fn new(text: &str) -> Self {
        // A table of a million lines that grows is copied twenty times, and pages that are never
        // touched are free: few files have shorter lines on average.
        let mut starts = Vec::with_capacity(text.len() / SHORT_LINE + 16);
        let (mut start, mut marks) = (0, Vec::new());
        for next in newlines(text).map(|newline| newline + 1).chain([text.len()]) {
            if next - start > LONG_LINE {
                marks.push((starts.len(), marks_of(text, start..next)));
            }
            starts.push(count(start));
            start = next;
        }
        Lines { starts, marks }
    }

    /// How many lines there are; at least one.
    #[must_use]
    pub fn count(&self) -> u32 {
        count(self.starts.len())
    }

    /// Line and column of a byte offset of the text that this was made from. An offset past the
    /// end is read as the end, one inside a character as its start; `byte` comes back as given.
    #[must_use]
    pub fn position(&self, text: &str, byte: u32) -> Position {
        let at = floor(text, byte as usize);
        let line = self.index_of(at);
        let start = self.start(line);
        let (from, before) = self.mark(line, at).unwrap_or((start, 0));
        let column = count(text.get(from..at).unwrap_or("").chars().count());
        Position { line: count(line) + 1, column: before + column + 1, byte }
    }

    /// The line of a byte offset, as [`Lines::position`] gives it, without counting columns.
    #[must_use]
    pub fn line(&self, text: &str, byte: u32) -> u32 {
        count(self.index_of(floor(text, byte as usize))) + 1
    }

    /// The bytes of a line (counted from 1) without its line end, be it `\n` or `\r\n`. Empty at
    /// the end of the text for a line that is not there.
    #[must_use]
    pub fn range(&self, text: &str, line: u32) -> Range<usize> {
        let whole = self.whole(text, (line as usize).saturating_sub(1));
        let content = text.get(whole.clone()).unwrap_or("");
        let content = content.strip_suffix('\n').unwrap_or(content);
        let content = content.strip_suffix('\r').unwrap_or(content);
        whole.start..whole.start + content.len()
    }

    /// The bytes of a line (counted from 0) with its line end.
    fn whole(&self, text: &str, index: usize) -> Range<usize> {
        let start = self.starts.get(index).map_or(text.len(), |start| *start as usize);
        let end = self.starts.get(index + 1).map_or(text.len(), |start| *start as usize);
        start..end
    }

    fn index_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= byte).saturating_sub(1)
    }

    fn start(&self, index: usize) -> usize {
        self.starts.get(index).map_or(0, |start| *start as usize)
    }

    /// The last mark of a long line at or before a byte.
    fn mark(&self, index: usize, byte: usize) -> Option<(usize, u32)> {
        let found = self.marks.binary_search_by_key(&index, |(line, _)| *line).ok()?;
        let (_, marks) = self.marks.get(found)?;
        let after = marks.partition_point(|(at, _)| *at <= byte);
        marks.get(after.checked_sub(1)?).copied()
    }
}

/// Where the newlines of a text stand.
pub fn newlines(text: &str) -> impl Iterator<Item = usize> + '_ {
    let mut from = 0;
    iter::from_fn(move || {
        let at = from + bytes::find_byte(text.as_bytes().get(from..)?, b'\n')?;
        from = at + 1;
        Some(at)
    })
}

/// The characters that end a line for YAML 1.1 and for few others (section 4.1.4 there: U+0085,
/// U+2028 and U+2029), each with its place.
pub fn hidden_line_breaks(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let wide = if text.is_ascii() { "" } else { text };
    // The bytes with which the three begin.
    bytes::all(wide.as_bytes(), |byte| matches!(byte, 0xc2 | 0xe2)).filter_map(|at| {
        let letter = text.get(at..)?.chars().next()?;
        matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}').then_some((at, letter))
    })
}

fn marks_of(text: &str, line: Range<usize>) -> Vec<(usize, u32)> {
    let mut marks = vec![(line.start, 0)];
    let (mut from, mut characters) = (line.start, 0);
    while from + LONG_LINE < line.end {
        let to = floor(text, from + LONG_LINE);
        characters += count(text.get(from..to).unwrap_or("").chars().count());
        marks.push((to, characters));
        from = to;
    }
    marks
}

/// The nearest offset at or before `byte` that begins a character.
fn floor(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::{SourceFile, Sources};

    #[test]
    fn lines_end_before_their_line_end() {
        let text = "a\r\né\n\nlast";
        let lines = Lines::new(text);
        let all: Vec<&str> =
            (1..=6).map(|line| text.get(lines.range(text, line)).unwrap()).collect();
        assert_eq!(all, ["a", "é", "", "last", "", ""]);
        assert_eq!(lines.count(), 4);
    }

    #[test]
    fn columns_are_right_far_into_a_long_line() {
        let text = format!("short\n{}x\nend", "é→".repeat(20_000));
        let lines = Lines::new(&text);
        let byte = u32::try_from(text.find('x').unwrap()).unwrap();
        assert_eq!(lines.position(&text, byte), Position { line: 2, column: 40_001, byte });
    }

    proptest! {
        #[test]
        fn positions_agree_with_counting_from_the_start(
            text in "[aé→😀\r\n]{0,60}",
            byte in 0u32..200,
        ) {
            let mut sources = Sources::default();
            let file = sources.add(SourceFile::new("t".into(), text.clone().into_bytes(), false));
            let lines = Lines::new(&text);
            prop_assert_eq!(lines.position(&text, byte), sources.position(file, byte));
        }
    }
}
