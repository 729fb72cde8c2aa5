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

/// `text` in a colour, when the style has colours.
pub(super) fn paint(style: Style, ink: Ink, text: &str) -> String {
    if style.colour { format!("{}{text}\u{1b}[0m", ink.code()) } else { text.to_owned() }
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
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
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
    match ink {
        Some(ink) => paint(style, ink, &shown),
        None => shown,
    }
}

/// A phrase on one line: line ends and everything else treacherous is escaped.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_treacherous) {
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
    text.chars().map(columns).sum()
}

/// Breaks a text at spaces into lines of at most `width` columns; a longer word has a line of its
/// own. Line ends in the text stay line ends.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    if !text.is_empty() && is_plain(text) && text.len() <= width {
        return vec![text.to_owned()];
    }
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let (mut line, mut used) = (String::new(), 0);
        for word in paragraph.split(' ') {
            let needed = columns_of(word);
            if used > 0 && used + 1 + needed > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            } else if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(&one_line(word));
            used += needed;
        }
        lines.push(line);
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
