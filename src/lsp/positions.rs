//! Between the positions of the protocol and byte offsets.
//!
//! The protocol counts lines from 0, ends them at `\n`, `\r\n` or `\r`, and counts columns in
//! UTF-16 code units, unless both sides agree on bytes.

use std::ops::Range;

use gen_lsp_types as lsp;

/// What columns are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Units {
    /// UTF-16 code units: what every client can do.
    #[default]
    Utf16,
    /// Bytes of UTF-8, where the client offers it.
    Utf8,
}

/// The lines of one text.
#[derive(Debug)]
pub(super) struct Positions<'t> {
    text: &'t str,
    starts: Vec<usize>,
    units: Units,
}

impl<'t> Positions<'t> {
    pub(super) fn new(text: &'t str, units: Units) -> Self {
        let mut starts = vec![0];
        let mut bytes = text.bytes().enumerate().peekable();
        while let Some((at, byte)) = bytes.next() {
            let pair = byte == b'\r' && bytes.peek().is_some_and(|(_, next)| *next == b'\n');
            if (byte == b'\n' || byte == b'\r') && !pair {
                starts.push(at + 1);
            }
        }
        Positions { text, starts, units }
    }

    /// The position of a byte; one inside a character is read as its start, one behind the end as
    /// the end.
    pub(super) fn position(&self, byte: usize) -> lsp::Position {
        let byte = floor(self.text, byte);
        let line = self.starts.partition_point(|start| *start <= byte).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..byte).unwrap_or("");
        let column = match self.units {
            Units::Utf8 => before.len(),
            Units::Utf16 => before.chars().map(char::len_utf16).sum(),
        };
        lsp::Position { line: number(line), character: number(column) }
    }

    pub(super) fn range(&self, range: Range<usize>) -> lsp::Range {
        lsp::Range { start: self.position(range.start), end: self.position(range.end) }
    }

    /// The byte of a position. As the protocol wants it, a column behind the end of its line is
    /// the end of the line, without what ends it; a line behind the last one is the end of the
    /// text, and the second half of a character is its start.
    pub(super) fn byte(&self, position: lsp::Position) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        let Some(start) = self.starts.get(line).copied() else { return self.text.len() };
        let content = self.line(line);
        let wanted = usize::try_from(position.character).unwrap_or(usize::MAX);
        let mut column = 0;
        for (at, letter) in content.char_indices() {
            column += match self.units {
                Units::Utf8 => letter.len_utf8(),
                Units::Utf16 => letter.len_utf16(),
            };
            if column > wanted {
                return start + at;
            }
        }
        start + content.len()
    }

    /// The bytes of a range; a reversed one is read the right way round.
    pub(super) fn bytes(&self, range: lsp::Range) -> Range<usize> {
        let (start, end) = (self.byte(range.start), self.byte(range.end));
        start.min(end)..start.max(end)
    }

    /// A line without what ends it.
    fn line(&self, line: usize) -> &'t str {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let content = self.text.get(start..end).unwrap_or("");
        content.trim_end_matches(['\n', '\r'])
    }
}

/// The nearest offset at or before `byte` that begins a character.
pub(super) fn floor(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(line: u32, character: u32) -> lsp::Position {
        lsp::Position { line, character }
    }

    #[test]
    fn columns_are_utf16_units_unless_both_sides_agree_on_bytes() {
        let text = "a: 😀é→x\r\nb: 1\rc: 2\n";
        let byte = text.find('x').unwrap();
        let wide = Positions::new(text, Units::Utf16);
        assert_eq!(wide.position(byte), at(0, 7));
        assert_eq!(Positions::new(text, Units::Utf8).position(byte), at(0, 12));
        // Inside the surrogate pair, behind the line's end, and behind the text.
        assert_eq!(wide.byte(at(0, 4)), 3);
        assert_eq!(wide.byte(at(0, 99)), byte + 1);
        assert_eq!(wide.byte(at(9, 0)), text.len());
        // A carriage return alone ends a line, too.
        assert_eq!(wide.position(text.find('c').unwrap()), at(2, 0));
        assert_eq!(wide.position(text.len()), at(3, 0));
        let reversed = lsp::Range { start: at(1, 3), end: at(1, 0) };
        assert_eq!(text.get(wide.bytes(reversed)), Some("b: "));
    }

    proptest! {
        #[test]
        fn every_byte_comes_back(text in "[aé→😀\r\n]{0,60}", byte in 0usize..200, bytes: bool) {
            let units = if bytes { Units::Utf8 } else { Units::Utf16 };
            let positions = Positions::new(&text, units);
            let byte = floor(&text, byte);
            let inside = text.get(..byte).unwrap().ends_with('\r')
                && text.get(byte..).unwrap().starts_with('\n');
            let expected = if inside { byte - 1 } else { byte };
            prop_assert_eq!(positions.byte(positions.position(byte)), expected);
        }
    }
}
