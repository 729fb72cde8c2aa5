//! The text as the parser takes it: its own way from character to character, by bytes.
//!
//! What the parser's own `StrInput` gives is given here, character for character and place for
//! place; a test compares the two on random documents. Comments are a third of a real project, and
//! `StrInput` looks at each of their characters by itself: here a register of bytes is looked at at
//! a time, and what ends a plain scalar is asked of a table. A tenth of all that reading takes.

use granit_parser::input::{SkipTabs, WhitespaceResult};
use granit_parser::{BorrowedInput, ErrorKind, Input};

use super::super::bytes;

/// A text, and how far it was read.
pub(super) struct Text<'a> {
    text: &'a str,
    /// The next byte; always where a character begins.
    at: usize,
}

/// Characters that the parser may ask for at once, as `StrInput` has it.
const LOOKAHEAD: usize = 128;

/// What a byte is inside of a plain scalar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Part,
    /// A blank, a line's end, or NUL.
    End,
    /// An end inside of brackets alone.
    Flow,
    /// An end before one of the others.
    Colon,
    /// More than one byte.
    Wide,
}

const PLAIN: [Plain; 256] = {
    let mut table = [Plain::Part; 256];
    let mut byte = 0;
    while byte < table.len() {
        #[allow(clippy::indexing_slicing, reason = "the loop ends with the table")]
        {
            table[byte] = match byte as u8 {
                b' ' | b'\t' | b'\n' | b'\r' | 0 => Plain::End,
                b',' | b'[' | b']' | b'{' | b'}' => Plain::Flow,
                b':' => Plain::Colon,
                0x80.. => Plain::Wide,
                _ => Plain::Part,
            };
        }
        byte += 1;
    }
    table
};

fn plain(byte: u8) -> Plain {
    PLAIN.get(usize::from(byte)).copied().unwrap_or(Plain::End)
}

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Text { text, at: 0 }
    }

    /// The bytes that were not read yet.
    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or(&[])
    }

    /// The byte that many behind the next; NUL behind the end.
    #[inline]
    fn byte(&self, behind: usize) -> u8 {
        self.text.as_bytes().get(self.at + behind).copied().unwrap_or(0)
    }

    /// The character that begins that many bytes behind the next.
    fn character(&self, behind: usize) -> Option<char> {
        self.text.get(self.at + behind..)?.chars().next()
    }

    fn nth(&self, n: usize) -> char {
        self.text.get(self.at..).and_then(|rest| rest.chars().nth(n)).unwrap_or('\0')
    }

    /// Reads that many bytes, which end where a character does.
    fn take(&mut self, bytes: usize) -> &'a str {
        let taken = self.text.get(self.at..self.at + bytes).unwrap_or("");
        self.at += taken.len();
        taken
    }

    /// Reads up to the line's end, or NUL.
    fn take_line(&mut self) -> &'a str {
        let rest = self.rest();
        let end = bytes::find(rest, |byte| matches!(byte, b'\n' | b'\r' | 0));
        self.take(end.unwrap_or(rest.len()))
    }

    /// Bytes and characters of the plain scalar up to the next blank.
    fn plain_chunk(&self, in_flow: bool) -> (usize, usize) {
        let rest = self.rest();
        let (mut bytes, mut wide) = (0, 0);
        let ends = |byte: u8| match plain(byte) {
            Plain::End => true,
            Plain::Flow => in_flow,
            Plain::Part | Plain::Colon | Plain::Wide => false,
        };
        loop {
            let some = rest.get(bytes..).unwrap_or(&[]);
            bytes += some.iter().position(|byte| plain(*byte) != Plain::Part).unwrap_or(some.len());
            let Some(byte) = rest.get(bytes) else { break };
            match plain(*byte) {
                // A byte that goes on with a character counts as none.
                Plain::Wide => wide += usize::from(byte & 0xc0 == 0x80),
                Plain::Colon if !ends(self.byte(bytes + 1)) => {}
                Plain::Flow if !in_flow => {}
                Plain::Part | Plain::End | Plain::Flow | Plain::Colon => break,
            }
            bytes += 1;
        }
        (bytes, bytes - wide)
    }

    fn document_mark(&self, signs: &[u8]) -> bool {
        let is_mark = signs.iter().any(|sign| self.rest().starts_with(&[*sign; 3]));
        is_mark && matches!(self.byte(3), b' ' | b'\t' | b'\n' | b'\r' | 0)
    }
}

/// True for a character that YAML allows, a line's end and a tab among them.
fn is_printable(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}')
        || matches!(letter, '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

/// How many bytes a text begins with that are ASCII and can be seen, or blanks.
fn shown(text: &[u8]) -> usize {
    bytes::find(text, |byte| !matches!(byte, b' '..=b'~')).unwrap_or(text.len())
}

impl Input for Text<'_> {
    #[inline]
    fn lookahead(&mut self, _: usize) {
        // All of it can be looked at.
    }

    #[inline]
    fn buflen(&self) -> usize {
        LOOKAHEAD
    }

    #[inline]
    fn bufmaxlen(&self) -> usize {
        LOOKAHEAD
    }

    fn raw_read_ch(&mut self) -> char {
        let letter = self.peek();
        self.skip();
        letter
    }

    fn raw_read_non_breakz_ch(&mut self) -> Option<char> {
        let letter = self.character(0).filter(|letter| !matches!(letter, '\0' | '\n' | '\r'))?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    #[inline]
    fn skip(&mut self) {
        match self.text.as_bytes().get(self.at) {
            Some(byte) if *byte < 0x80 => self.at += 1,
            Some(_) => self.at += self.character(0).map_or(0, char::len_utf8),
            None => {}
        }
    }

    fn skip_n(&mut self, count: usize) {
        (0..count).for_each(|_| self.skip());
    }

    #[inline]
    fn peek(&self) -> char {
        let byte = self.byte(0);
        if byte < 0x80 { char::from(byte) } else { self.character(0).unwrap_or('\0') }
    }

    #[inline]
    fn peek_nth(&self, n: usize) -> char {
        let (next, second) = (self.byte(0), self.byte(1));
        match n {
            0 if next < 0x80 => char::from(next),
            1 if next < 0x80 && second < 0x80 => char::from(second),
            _ => self.nth(n),
        }
    }

    #[inline]
    fn byte_offset(&self) -> Option<usize> {
        Some(self.at)
    }

    fn slice_bytes(&self, start: usize, end: usize) -> Option<&str> {
        self.text.get(start..end)
    }

    #[inline]
    fn next_2_are(&self, c1: char, c2: char) -> bool {
        self.at < self.text.len() && self.peek() == c1 && self.peek_nth(1) == c2
    }

    fn next_3_are(&self, c1: char, c2: char, c3: char) -> bool {
        self.next_2_are(c1, c2) && self.peek_nth(2) == c3
    }

    fn next_is_document_indicator(&self) -> bool {
        self.document_mark(b"-.")
    }

    fn next_is_document_start(&self) -> bool {
        self.document_mark(b"-")
    }

    fn next_is_document_end(&self) -> bool {
        self.document_mark(b".")
    }

    fn skip_ws_to_eol(&mut self, tabs: SkipTabs) -> (usize, Result<WhitespaceResult, ErrorKind>) {
        let (blanks, result) = self.skip_ws_to_eol_blanks(tabs);
        if self.byte(0) != b'#' {
            return (blanks, Ok(result));
        }
        if blanks == 0 {
            return (0, Err(ErrorKind::CommentNotSeparated));
        }
        let comment = self.take_line();
        (blanks + comment.chars().count(), Ok(result))
    }

    fn skip_ws_to_eol_blanks(&mut self, tabs: SkipTabs) -> (usize, WhitespaceResult) {
        let (mut has_tabs, mut has_spaces) = (false, false);
        let is_blank = |byte: &u8| match byte {
            b' ' => {
                has_spaces = true;
                true
            }
            b'\t' if tabs == SkipTabs::Yes => {
                has_tabs = true;
                true
            }
            _ => false,
        };
        let blanks = self.rest().iter().copied().take_while(is_blank).count();
        self.at += blanks;
        (blanks, WhitespaceResult::new(has_tabs, has_spaces))
    }

    #[inline]
    fn next_is_blank_or_break(&self) -> bool {
        matches!(self.byte(0), b' ' | b'\t' | b'\n' | b'\r')
    }

    #[inline]
    fn next_is_blank_or_breakz(&self) -> bool {
        matches!(self.byte(0), b' ' | b'\t' | b'\n' | b'\r' | 0)
    }

    #[inline]
    fn next_is_blank(&self) -> bool {
        matches!(self.byte(0), b' ' | b'\t')
    }

    #[inline]
    fn next_is_break(&self) -> bool {
        matches!(self.byte(0), b'\n' | b'\r')
    }

    #[inline]
    fn next_is_breakz(&self) -> bool {
        matches!(self.byte(0), b'\n' | b'\r' | 0)
    }

    #[inline]
    fn next_is_z(&self) -> bool {
        self.at >= self.text.len()
    }

    #[inline]
    fn next_is_flow(&self) -> bool {
        matches!(self.byte(0), b',' | b'[' | b']' | b'{' | b'}')
    }

    fn next_is_digit(&self) -> bool {
        self.byte(0).is_ascii_digit()
    }

    fn next_is_alpha(&self) -> bool {
        self.byte(0).is_ascii_alphanumeric() || matches!(self.byte(0), b'_' | b'-')
    }

    fn skip_while_non_breakz(&mut self) -> usize {
        let mut characters = 0;
        loop {
            let some = shown(self.rest());
            self.at += some;
            characters += some;
            if self.byte(0) == b'\n' {
                return characters;
            }
            let is_part = |letter: &char| !matches!(letter, '\n' | '\r') && is_printable(*letter);
            let Some(letter) = self.character(0).filter(is_part) else { return characters };
            self.at += letter.len_utf8();
            characters += 1;
        }
    }

    fn skip_while_blank(&mut self) -> usize {
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
        let blanks = self.rest().iter().take_while(is_blank).count();
        self.at += blanks;
        blanks
    }

    fn fetch_while_is_alpha(&mut self, out: &mut String) -> usize {
        let is_alpha = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let letters = self.rest().iter().take_while(is_alpha).count();
        out.push_str(self.take(letters));
        letters
    }

    fn fetch_block_scalar_line(&mut self, out: &mut String) -> usize {
        let line = self.take_line();
        out.push_str(line);
        line.chars().count()
    }

    fn take_quoted_scalar_ascii_chunk(&mut self, single: bool) -> &str {
        let quote = if single { b'\'' } else { b'"' };
        let rest = self.rest();
        let is_end = |byte: &u8| {
            !matches!(byte, b'!'..=b'~') || *byte == quote || (!single && *byte == b'\\')
        };
        self.take(rest.iter().position(is_end).unwrap_or(rest.len()))
    }

    fn take_quoted_scalar_chunk(&mut self, single: bool) -> (&str, usize) {
        // As the parser's own input has it: a run that begins with ASCII is ASCII alone.
        if self.byte(0) < 0x80 {
            let chunk = self.take_quoted_scalar_ascii_chunk(single);
            return (chunk, chunk.len());
        }
        let (start, mut characters) = (self.at, 0);
        let is_part = |letter: &char| !letter.is_ascii() && is_printable(*letter);
        while let Some(letter) = self.character(0).filter(is_part) {
            self.at += letter.len_utf8();
            characters += 1 + self.take_quoted_scalar_ascii_chunk(single).len();
        }
        (self.text.get(start..self.at).unwrap_or(""), characters)
    }

    fn fetch_plain_scalar_chunk(
        &mut self,
        out: &mut String,
        _: usize,
        in_flow: bool,
    ) -> (bool, usize) {
        let (bytes, characters) = self.plain_chunk(in_flow);
        out.push_str(self.take(bytes));
        (true, characters)
    }

    fn skip_plain_scalar_chunk(&mut self, _: usize, in_flow: bool) -> (bool, usize) {
        let (bytes, characters) = self.plain_chunk(in_flow);
        self.at += bytes;
        (true, characters)
    }
}

impl<'a> BorrowedInput<'a> for Text<'a> {
    fn slice_borrowed(&self, start: usize, end: usize) -> Option<&'a str> {
        self.text.get(start..end)
    }
}

#[cfg(test)]
mod tests {
    use granit_parser::{Parser, StrInput};
    use proptest::prelude::*;

    use super::super::options;
    use super::*;

    /// Every event with its place, and the error at the end.
    fn events<'a>(input: impl BorrowedInput<'a>) -> Vec<String> {
        Parser::with_options(input, options()).map(|event| format!("{event:?}")).collect()
    }

    const SIGNS: &[&str] = &[
        ": ",
        ":",
        "- ",
        "-",
        "? ",
        "\n",
        "\n  ",
        "\n    ",
        " ",
        "  ",
        "\t",
        "#",
        " # ",
        "'",
        "''",
        "\"",
        "\\",
        "\\n",
        "|",
        "|\n  ",
        ">-\n  ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&a ",
        "*a ",
        "!t ",
        "!!str ",
        "!<x> ",
        "%YAML 1.1\n",
        "---",
        "--- ",
        "\n---\n",
        "...",
        "\n...\n",
        "\0",
        "\u{7f}",
        "\u{1}",
        "\u{9f}",
        "\r",
        "\r\n",
        "<<",
        "~",
        "@",
        "`",
        "=====",
    ];

    const WORDS: &[&str] = &[
        "a",
        "key",
        "a value",
        "é",
        "模型",
        "😀",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{fffe}",
        "a-name-of-more-letters-than-a-register",
        "# a comment of more letters than a register →\n",
        "key: value\n",
        "- item\n",
    ];

    fn documents() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            3 => prop::sample::select(SIGNS),
            2 => prop::sample::select(WORDS),
        ];
        prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn the_parser_reads_what_it_reads_by_its_own_input(text in documents()) {
            prop_assert_eq!(events(Text::new(&text)), events(StrInput::new(&text)), "{:?}", text);
        }
    }
}
