//! Text for a terminal: nothing in it can move the cursor, colour the screen or turn the
//! direction of writing, whatever a source file holds.

use std::borrow::Cow;

use super::Style;

/// The ANSI colours of what is written for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Errors, and what is gone.
    Red,
    /// Warnings, and what is other than it was.
    Yellow,
    /// Remarks, and places.
    Cyan,
    /// What is new.
    Green,
    /// Headings.
    Bold,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Ink::Red => "\u{1b}[1;31m",
            Ink::Yellow => "\u{1b}[1;33m",
            Ink::Cyan => "\u{1b}[1;36m",
            Ink::Green => "\u{1b}[32m",
            Ink::Bold => "\u{1b}[1m",
        }
    }
}

/// Appends the parts of a text, in a colour when the style has colours.
pub(super) fn paint(out: &mut String, style: Style, ink: Ink, parts: &[&str]) {
    if style.colour {
        out.push_str(ink.code());
    }
    out.extend(parts.iter().copied());
    if style.colour {
        out.push_str("\u{1b}[0m");
    }
}

/// True for a character that must not reach a terminal as it is: control characters, those that
/// turn the direction of writing (they can make a line read as another one), and invisible ones.
fn is_treacherous(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(letter, '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
}

/// True for a text whose characters are each one byte, one column, and shown as they are.
pub(super) fn is_plain(text: &str) -> bool {
    // Without an early end: so a whole register of bytes is looked at at a time.
    text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

/// True for a text that is shown as it is, in no more columns than it has bytes.
pub(super) fn is_harmless(text: &str) -> bool {
    is_plain(text) || !text.contains(is_treacherous)
}

/// How one character of a source line is shown. A tab stays: the picture expands it.
pub(super) fn push_shown(shown: &mut String, letter: char) {
    if letter != '\t' && is_treacherous(letter) {
        shown.extend(letter.escape_default());
    } else {
        shown.push(letter);
    }
}

/// A line of a file as a terminal may show it, in a colour when the style has colours. A tab stays.
#[must_use]
pub fn line(style: Style, ink: Option<Ink>, text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    text.chars().for_each(|letter| push_shown(&mut shown, letter));
    let Some(ink) = ink else { return shown };
    let mut painted = String::with_capacity(shown.len());
    paint(&mut painted, style, ink, &[&shown]);
    painted
}

/// A phrase on one line: line ends and everything else treacherous is escaped.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if is_harmless(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_treacherous(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Columns that a character takes at most. Two from the first wide script on: a line that is cut
/// a little early is better than one that wraps and breaks the picture.
pub(super) fn columns(letter: char) -> usize {
    match letter {
        '\t' => 4,
        '\0'..'\u{1100}' | '\u{2010}'..'\u{2030}' | '\u{2500}'..'\u{2600}' => 1,
        '\u{1100}'.. => 2,
    }
}

/// Columns that a character of a source line takes at most as it is shown.
pub(super) fn shown_columns(letter: char) -> usize {
    if letter != '\t' && is_treacherous(letter) {
        letter.escape_default().len()
    } else {
        columns(letter)
    }
}

/// Columns that a text takes at most.
pub(super) fn columns_of(text: &str) -> usize {
    if is_plain(text) { text.len() } else { text.chars().map(columns).sum() }
}

/// Appends a number of at least `width` columns, blanks first, without a formatter's ceremony.
pub(super) fn push_number(out: &mut String, number: u32, width: usize) {
    let digits = digits(number);
    push_blanks(out, width.saturating_sub(digits));
    let mut unit = match digits {
        0 | 1 => 1,
        2 => 10,
        3 => 100,
        more => 10_u32.pow(u32::try_from(more).unwrap_or(1) - 1),
    };
    while unit > 0 {
        out.push(char::from(b'0' + u8::try_from(number / unit % 10).unwrap_or(0)));
        unit /= 10;
    }
}

/// Appends that many blanks.
pub(super) fn push_blanks(out: &mut String, count: usize) {
    push_run(out, BLANKS, count);
}

/// Appends `count` times the character of which `run` is a run.
pub(super) fn push_run(out: &mut String, run: &str, count: usize) {
    let bytes = run.chars().next().map_or(0, char::len_utf8);
    let mut rest = count * bytes;
    while rest > 0 {
        let some = run.get(..rest).unwrap_or(run);
        out.push_str(some);
        rest -= some.len();
    }
}

const BLANKS: &str = "                                                                ";

/// Digits of a number.
pub(super) fn digits(number: u32) -> usize {
    match number {
        0..=9 => 1,
        10..=99 => 2,
        100..=999 => 3,
        more => more.ilog10() as usize + 1,
    }
}

/// Breaks a text at spaces into lines of at most `width` columns; a longer word has a line of its
/// own. Line ends in the text stay line ends.
pub(super) fn wrap(text: &str, width: usize) -> Vec<Cow<'_, str>> {
    if !text.is_empty() && is_plain(text) && text.len() <= width {
        return vec![Cow::Borrowed(text)];
    }
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        // The line so far, which begins with its first word that is not empty.
        let (mut start, mut end, mut used) = (0, 0, 0);
        let mut at = 0;
        for word in paragraph.split(' ') {
            let needed = columns_of(word);
            if used > 0 && used + 1 + needed > width {
                lines.push(one_line(paragraph.get(start..end).unwrap_or("")));
                used = 0;
            }
            if used == 0 {
                start = at;
                used = needed;
            } else {
                used += 1 + needed;
            }
            end = at + word.len();
            at = end + 1;
        }
        lines.push(one_line(paragraph.get(start..end).unwrap_or("")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        let text = "a\u{1b}[31mb\r\n\u{9b}0m\u{202e}c\u{feff}";
        assert_eq!(one_line(text), r"a\u{1b}[31mb\r\n\u{9b}0m\u{202e}c\u{feff}");
        assert_eq!(one_line("plain é 😀"), "plain é 😀");
    }

    #[test]
    fn wrapping_breaks_at_spaces() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a\nbbbbbbbbbb c", 4), ["a", "bbbbbbbbbb", "c"]);
    }
}
