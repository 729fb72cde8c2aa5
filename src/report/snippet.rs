//! Simple pictures, drawn by hand: byte for byte what miette draws.
//!
//! miette draws whatever there is to draw, at a price: it reads the window again for each mark,
//! copies every line, and styles and formats every piece of it, which took more than a quarter of
//! the time of a real project's `validate`. Most windows need nothing of that: each mark stands on
//! a line of its own, behind plain text, or the only mark goes over several lines. Those are drawn
//! here; everything else (several marks on a line, marks beside one over several lines, tabs, wide
//! characters before a mark) goes to miette. A test draws random windows both ways, so that the two
//! cannot part.

use std::ops::Range;

use crate::diagnostic::Severity;
use crate::source::newlines;

use super::Style;
use super::text;
use super::window::{Drawn, Window};

/// The characters of a picture.
struct Characters {
    horizontal: char,
    vertical: char,
    /// Instead of `vertical` on lines that are not the file's.
    broken: char,
    top: char,
    bottom: char,
    underline: char,
    /// Runs of `horizontal` and `underline`.
    horizontals: &'static str,
    underlines: &'static str,
    /// Where a label hangs.
    hook: char,
    /// What points at an empty place.
    up: char,
    /// What points at the first and the last line of a mark over several lines.
    right: char,
    /// Where the last of these lines hangs, when a label follows.
    branch: char,
    /// Where a label of several lines begins.
    cross: char,
}

const UNICODE: Characters = Characters {
    horizontal: '─',
    vertical: '│',
    broken: '·',
    top: '╭',
    bottom: '╰',
    underline: '─',
    horizontals: "────────────────────────────────────────────────",
    underlines: "────────────────────────────────────────────────",
    hook: '┬',
    up: '▲',
    right: '▶',
    branch: '├',
    cross: '┤',
};

const ASCII: Characters = Characters {
    horizontal: '-',
    vertical: '|',
    broken: ':',
    top: ',',
    bottom: '`',
    underline: '^',
    horizontals: "------------------------------------------------",
    underlines: "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    hook: '|',
    up: '^',
    right: '>',
    branch: '|',
    cross: '|',
};

const LINK: &str = "\u{1b}[36;1;4m";
const NUMBER: &str = "\u{1b}[2m";
const OTHER_MARK: &str = "\u{1b}[36m";
const PLAIN: &str = "\u{1b}[0m";

/// A picture in the making.
struct Pen<'o> {
    out: &'o mut String,
    characters: &'static Characters,
    /// Digits of the last line's number.
    digits: usize,
    colour: bool,
    severity: Severity,
}

/// Appends the picture of a window, when it is a simple one; else nothing, and gives `false`.
pub(super) fn draw(
    out: &mut String,
    window: &Window<'_>,
    style: Style,
    severity: Severity,
) -> bool {
    let before = out.len();
    let mut pen = Pen {
        out,
        characters: if style.unicode { &UNICODE } else { &ASCII },
        digits: text::digits(window.last_line),
        colour: style.colour,
        severity,
    };
    let drawn = match window.marks.as_slice() {
        [mark] if is_long(mark, &window.text) => pen.long(window, mark),
        _ => pen.window(window),
    };
    let drawn = drawn.is_some();
    if !drawn {
        out.truncate(before);
    }
    drawn
}

impl Pen<'_> {
    /// `None` as soon as something is not simple.
    fn window(&mut self, window: &Window<'_>) -> Option<()> {
        self.headline(window)?;
        let mut marks = window.marks.iter().peekable();
        let mut start = 0;
        let ends = newlines(&window.text);
        for (number, end) in (window.first_line..).zip(ends) {
            self.number(number);
            let line = shown(window.text.get(start..end)?)?;
            if !line.is_empty() {
                self.out.push(' ');
                self.out.push_str(line);
            }
            self.out.push('\n');
            if let Some(mark) = marks.next_if(|mark| mark.range.start <= end) {
                let is_alone = marks.peek().is_none_or(|next| next.range.start > end);
                if !is_alone || mark.range.start < start || mark.range.end > end {
                    return None;
                }
                // Bytes are columns there.
                if !text::is_plain(window.text.get(start..mark.range.end)?) {
                    return None;
                }
                self.mark(mark, mark.range.start - start..mark.range.end - start);
            }
            start = end + 1;
        }
        if marks.next().is_some() || start < window.text.len() {
            return None;
        }
        self.foot();
        Some(())
    }

    /// A window whose only mark goes over several lines, with a label of one line at most.
    fn long(&mut self, window: &Window<'_>, mark: &Drawn<'_>) -> Option<()> {
        self.headline(window)?;
        let Characters { top, bottom, horizontal, vertical, right, branch, .. } = *self.characters;
        let ink = self.ink(mark);
        let (mut start, mut has_ended) = (0, false);
        let ends = newlines(&window.text);
        for (number, end) in (window.first_line..).zip(ends) {
            self.number(number);
            self.out.push(' ');
            let begins = (start..=end).contains(&mark.range.start);
            let ends = start < mark.range.end && mark.range.end <= end;
            match (begins, ends) {
                (true, true) => return None,
                (true, false) => self.painted(ink, &[top, horizontal, right]),
                (false, true) if mark.text.is_empty() => {
                    self.painted(ink, &[bottom, horizontal, right]);
                }
                (false, true) => self.painted(ink, &[branch, horizontal, right]),
                (false, false) if mark.range.start < start && end < mark.range.end => {
                    self.painted(ink, &[vertical]);
                    self.blanks(2);
                }
                (false, false) => self.blanks(3),
            }
            self.out.extend([" ", shown(window.text.get(start..end)?)?]);
            self.end_line();
            if ends && !mark.text.is_empty() {
                self.label_of_long(&mark.text, ink)?;
            }
            has_ended |= ends;
            start = end + 1;
        }
        if !has_ended || start < window.text.len() {
            return None;
        }
        self.foot();
        Some(())
    }

    fn label_of_long(&mut self, label: &str, ink: &str) -> Option<()> {
        if newlines(label).next().is_some() {
            return None;
        }
        self.margin();
        let Characters { bottom, horizontal, .. } = *self.characters;
        self.painted(ink, &[bottom]);
        self.colour(ink);
        text::push_run(self.out, self.characters.horizontals, 3);
        self.colour(PLAIN);
        self.painted(ink, &[horizontal]);
        self.out.push(' ');
        self.colour(ink);
        self.out.push_str(label);
        self.colour(PLAIN);
        self.end_line();
        Some(())
    }

    /// Characters with a colour for each, as miette writes them.
    fn painted(&mut self, ink: &str, letters: &[char]) {
        for letter in letters {
            self.colour(ink);
            self.out.push(*letter);
            self.colour(PLAIN);
        }
    }

    /// The last line.
    fn foot(&mut self) {
        self.blanks(self.digits + 2);
        self.out.push(self.characters.bottom);
        text::push_run(self.out, self.characters.horizontals, 4);
        self.out.push('\n');
    }

    /// The path, and the place of the primary mark, or of the first one.
    fn headline(&mut self, window: &Window<'_>) -> Option<()> {
        let primary = window.marks.iter().find(|mark| mark.primary);
        let at = primary.or(window.marks.first())?.at;
        self.blanks(self.digits + 2);
        self.out.push(self.characters.top);
        self.out.push(self.characters.horizontal);
        self.out.push('[');
        self.colour(LINK);
        self.out.push_str(&window.path);
        self.out.push(':');
        text::push_number(self.out, at.line, 1);
        self.out.push(':');
        text::push_number(self.out, at.column, 1);
        self.colour(PLAIN);
        self.out.push_str("]\n");
        Some(())
    }

    /// The number before a line of the file.
    fn number(&mut self, number: u32) {
        self.out.push(' ');
        self.colour(NUMBER);
        text::push_number(self.out, number, self.digits);
        self.colour(PLAIN);
        self.out.push(' ');
        self.out.push(self.characters.vertical);
    }

    /// What stands below a marked line: the mark, and its label.
    fn mark(&mut self, mark: &Drawn<'_>, columns: Range<usize>) {
        let Range { start, end } = columns;
        let end = end.max(start + 1);
        let hook = (start + end) / 2;
        let ink = self.ink(mark);
        self.margin();
        self.colour(ink);
        self.blanks(start);
        text::push_run(self.out, self.characters.underlines, hook - start);
        self.out.push(match (mark.range.is_empty(), mark.text.is_empty()) {
            (true, _) => self.characters.up,
            (false, false) => self.characters.hook,
            (false, true) => self.characters.underline,
        });
        text::push_run(self.out, self.characters.underlines, end - hook - 1);
        self.colour(PLAIN);
        self.out.push('\n');
        if !mark.text.is_empty() {
            self.label(&mark.text, hook, ink);
        }
    }

    fn label(&mut self, label: &str, hook: usize, ink: &str) {
        let is_one = newlines(label).next().is_none();
        for (index, line) in label.split('\n').enumerate() {
            self.margin();
            self.blanks(hook);
            self.colour(ink);
            if index == 0 {
                self.out.push(self.characters.bottom);
                self.out.push(self.characters.horizontal);
                let Characters { horizontal, cross, .. } = self.characters;
                self.out.push(if is_one { *horizontal } else { *cross });
            } else {
                self.blanks(2);
                self.out.push(self.characters.vertical);
            }
            self.out.push(' ');
            self.colour(ink);
            self.out.push_str(line);
            // The label has its own colour inside that of its hook.
            self.colour(PLAIN);
            self.colour(PLAIN);
            self.end_line();
        }
    }

    /// Stands where a line of the file has its number.
    fn margin(&mut self) {
        self.blanks(self.digits + 2);
        self.out.push(self.characters.broken);
        self.out.push(' ');
    }

    /// Ends a line without blanks at its end; it is never all blank.
    fn end_line(&mut self) {
        self.out.truncate(self.out.trim_end().len());
        self.out.push('\n');
    }

    fn blanks(&mut self, count: usize) {
        text::push_blanks(self.out, count);
    }

    fn ink(&self, mark: &Drawn<'_>) -> &'static str {
        match (mark.primary, self.severity) {
            (false, _) => OTHER_MARK,
            (true, Severity::Error) => "\u{1b}[31;1m",
            (true, Severity::Warning) => "\u{1b}[33;1m",
            (true, Severity::Info) => "\u{1b}[36;1m",
        }
    }

    fn colour(&mut self, code: &str) {
        if self.colour {
            self.out.push_str(code);
        }
    }
}

/// True for a mark over several lines.
fn is_long(mark: &Drawn<'_>, text: &str) -> bool {
    let marked = text.get(mark.range.clone()).unwrap_or("");
    newlines(marked).next().is_some()
}

/// A line of the file without the blanks at its end; `None` when a tab stands in it.
fn shown(line: &str) -> Option<&str> {
    let is_simple = !line.bytes().fold(false, |found, byte| found | (byte < b' '));
    is_simple.then(|| line.trim_end())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::super::human::by_miette;
    use super::*;
    use crate::source::Position;

    const STYLES: [(bool, bool); 4] = [(false, false), (false, true), (true, false), (true, true)];

    /// Both pictures of a window in all styles and severities; gives whether the hand drew it.
    fn same(window: &Window<'_>) -> Result<bool, TestCaseError> {
        let mut simple = false;
        for (colour, unicode) in STYLES {
            let style = Style { colour, unicode, width: 80, links: false };
            for severity in [Severity::Error, Severity::Warning, Severity::Info] {
                let (mut by_hand, mut expected) = ("before\n".to_owned(), String::new());
                simple = draw(&mut by_hand, window, style, severity);
                by_miette(&mut expected, window, style, severity);
                let expected = if simple { expected } else { String::new() };
                prop_assert_eq!(by_hand, format!("before\n{expected}"), "{:?}", window);
            }
        }
        Ok(simple)
    }

    /// A window of lines, with marks given as line, first byte and length, and label.
    fn window(
        first_line: u32,
        lines: &[&str],
        marks: &[(usize, usize, usize, String)],
    ) -> Window<'static> {
        let text: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
        let drawn =
            |(index, (line, byte, length, label)): (usize, &(usize, usize, usize, String))| {
                let line = line % lines.len();
                let start: usize = lines[..line].iter().map(|line| line.len() + 1).sum();
                let floor = |mut at: usize| {
                    while !text.is_char_boundary(at) {
                        at -= 1;
                    }
                    at
                };
                let first = floor(start + byte.min(&lines[line].len()));
                let last = floor((first + length).min(text.len() - 1));
                let at = Position { line: first_line, column: 7, byte: 0 };
                let text = Cow::Owned(label.clone());
                Drawn { range: first..last, text, primary: index == 0, at }
            };
        let mut marks: Vec<Drawn<'_>> = marks.iter().enumerate().map(drawn).collect();
        marks.sort_by_key(|mark| (mark.range.start, mark.range.end));
        let last_line = first_line + u32::try_from(lines.len()).unwrap() - 1;
        Window { path: Cow::Borrowed("config/a.yaml"), text, first_line, last_line, marks }
    }

    #[test]
    fn common_windows_are_drawn_by_hand() {
        let lines = ["a:", "  b: →", "", "  name: some-model  ", "", "  c: é模"];
        let label = || "a label".to_owned();
        for marks in [
            vec![(0, 0, 1, label())],
            vec![(3, 8, 10, label()), (5, 2, 1, String::new())],
            vec![(3, 8, 0, "of two\nlines ".to_owned()), (0, 2, 0, label())],
            vec![(3, 20, 0, label())],
            vec![(2, 0, 0, label())],
            vec![(4, 0, 0, label()), (1, 2, 2, " \n".to_owned()), (5, 2, 2, label())],
            vec![(0, 0, 6, label())],
            vec![(1, 2, 26, String::new())],
            vec![(1, 8, 9, " ".to_owned())],
        ] {
            assert!(same(&window(98, &lines, &marks)).unwrap());
        }
        for marks in [
            vec![(3, 2, 4, label()), (3, 8, 4, label())],
            vec![(0, 0, 6, label()), (5, 2, 1, label())],
            vec![(0, 0, 6, "of two\nlines".to_owned())],
            vec![(1, 2, 8, label()), (5, 2, 1, label())],
            vec![(5, 5, 3, label())],
            vec![],
        ] {
            assert!(!same(&window(98, &lines, &marks)).unwrap());
        }
        assert!(!same(&window(1, &["a\tb"], &[(0, 0, 1, label())])).unwrap());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn every_simple_window_is_drawn_as_miette_draws_it(
            first_line in prop_oneof![Just(1_u32), Just(9), 95_u32..101, 1_u32..2000],
            lines in prop::collection::vec("[a-z: \"#é模→🚀\t]{0,6}[a-z ]{0,20}[é模 ]{0,2}", 1..8),
            marks in prop::collection::vec(
                (0_usize..8, 0_usize..30, 0_usize..50, "([a-zé ]{0,9}\n){0,1}[a-z模 ]{0,9}"),
                1..4,
            ),
        ) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            same(&window(first_line, &lines, &marks))?;
        }
    }
}
