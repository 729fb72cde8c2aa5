//! Fixes as text: what stands there, and what would stand there.

use std::borrow::Cow;
use std::iter::repeat_n;
use std::ops::Range;

use crate::diagnostic::{Edit, Fix, stars};
use crate::source::FileId;

use super::text::{self, Ink};
use super::window::View;

/// Changed lines shown per fix; a larger fix is told by its title alone.
const MAX_FIX_LINES: usize = 10;
/// Bytes of text that a fix may touch to be shown.
const MAX_FIX_BYTES: usize = 64 * 1024;
/// Characters kept before the first difference of a line that is cut.
const LEAD: usize = 24;

/// Edits whose lines touch.
struct Block<'f> {
    file: FileId,
    /// First and last line, from 1.
    lines: (u32, u32),
    edits: Vec<&'f Edit>,
}

/// Lines that go and lines that come, masked.
struct Change {
    file: FileId,
    /// The number of the first of them.
    line: u32,
    old: Vec<String>,
    new: Vec<String>,
}

impl View<'_> {
    /// Appends a fix: its title, then the changed lines. `near` is the file of the finding, whose
    /// name need not be repeated.
    pub(super) fn push_fix(&self, out: &mut String, fix: &Fix, near: FileId) {
        let word = if fix.safe { "fix: " } else { "possible fix: " };
        self.push_note(out, word, &fix.title);
        let Some(changes) = self.changes(fix) else {
            return;
        };
        let last = changes.iter().map(|change| change.line as usize + change.old.len()).max();
        let digits = text::digits(u32::try_from(last.unwrap_or(0)).unwrap_or(u32::MAX));
        let mut file = near;
        for change in &changes {
            if change.file != file {
                file = change.file;
                let path = text::one_line(self.places.sources.path(file));
                out.extend(["    in ", &path, "\n"]);
            }
            self.push_change(out, change, digits);
        }
    }

    /// Appends a word and a text, broken into lines that hang under the text.
    pub(super) fn push_note(&self, out: &mut String, word: &str, phrase: &str) {
        let hidden = self.redactions.hide(phrase);
        let indent = word.len() + 2;
        let room = self.style.width.max(40).saturating_sub(indent);
        for (index, line) in text::wrap(&hidden, room).iter().enumerate() {
            if index == 0 {
                out.push_str("  ");
                text::paint(out, self.style, Ink::Cyan, &[word]);
            } else {
                out.extend(repeat_n(' ', indent));
            }
            out.extend([line, "\n"]);
        }
    }

    /// `None` when there is too much to show.
    fn changes(&self, fix: &Fix) -> Option<Vec<Change>> {
        let mut changes = Vec::new();
        let mut shown = 0;
        for block in self.blocks(&fix.edits) {
            let change = self.change(&block)?;
            shown += change.old.len() + change.new.len();
            changes.push(change);
        }
        (shown > 0 && shown <= MAX_FIX_LINES).then_some(changes)
    }

    fn blocks<'f>(&self, edits: &'f [Edit]) -> Vec<Block<'f>> {
        let mut edits: Vec<&Edit> = edits.iter().collect();
        edits.sort_by_key(|edit| edit.span);
        let mut blocks: Vec<Block<'_>> = Vec::new();
        for edit in edits {
            let (start, end) = self.places.of(edit.span);
            match blocks.last_mut() {
                Some(block) if block.file == edit.span.file() && start.line <= block.lines.1 => {
                    block.lines.1 = block.lines.1.max(end.line);
                    block.edits.push(edit);
                }
                Some(_) | None => blocks.push(Block {
                    file: edit.span.file(),
                    lines: (start.line, end.line),
                    edits: vec![edit],
                }),
            }
        }
        blocks
    }

    fn change(&self, block: &Block<'_>) -> Option<Change> {
        let whole = self.places.sources.text(block.file);
        let table = self.places.lines(block.file);
        let start = table.range(whole, block.lines.0).start;
        let end = table.range(whole, block.lines.1 + 1).start;
        let new_bytes: usize = block.edits.iter().map(|edit| edit.text.len()).sum();
        if end - start + new_bytes > MAX_FIX_BYTES {
            return None;
        }
        let old = self.redactions.mask(block.file, whole.get(start..end)?, start);
        let new = self.edited(block, start..end);
        // A byte order mark is no part of the text that its author sees.
        let (old, new) = if start == 0 {
            (old.trim_start_matches('\u{feff}'), new.trim_start_matches('\u{feff}'))
        } else {
            (&*old, new.as_str())
        };
        let mut old: Vec<String> = old.lines().map(str::to_owned).collect();
        let mut new: Vec<String> = new.lines().map(str::to_owned).collect();
        let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
        old.drain(..same);
        new.drain(..same);
        let ends = old.iter().rev().zip(new.iter().rev());
        let same_at_end = ends.take_while(|(old, new)| old == new).count();
        old.truncate(old.len() - same_at_end);
        new.truncate(new.len() - same_at_end);
        let line = block.lines.0 + u32::try_from(same).unwrap_or(0);
        Some(Change { file: block.file, line, old, new })
    }

    /// The lines of a block after its edits, masked: what stays by its place, what comes by its
    /// text, and all of it by its text once more, because the two may make up a secret together.
    fn edited(&self, block: &Block<'_>, bytes: Range<usize>) -> String {
        let whole = self.places.sources.text(block.file);
        let mut result = String::new();
        let mut hidden: Vec<Range<usize>> = Vec::new();
        let mut keep = |result: &mut String, range: Range<usize>| {
            let piece = whole.get(range.clone()).unwrap_or("");
            let base = result.len();
            let ranges = self.redactions.ranges(block.file, piece, range.start);
            hidden.extend(ranges.iter().map(|found| found.start + base..found.end + base));
            result.push_str(piece);
        };
        let mut done = bytes.start;
        for edit in &block.edits {
            let range = edit.span.range();
            if range.start < done {
                continue;
            }
            keep(&mut result, done..range.start);
            result.push_str(&edit.text);
            done = range.end.min(bytes.end);
        }
        keep(&mut result, done..bytes.end);
        // Stars keep the number of characters, not of bytes: combine character by character.
        let by_text = match (hidden.is_empty(), self.redactions.hide(&result)) {
            (true, Cow::Borrowed(_)) => return result,
            (_, by_text) => by_text,
        };
        let by_place = stars(&result, &hidden);
        by_place
            .chars()
            .zip(by_text.chars())
            .map(|(one, other)| if one == '*' { one } else { other })
            .collect()
    }

    fn push_change(&self, out: &mut String, change: &Change, digits: usize) {
        let room = self.style.width.max(40).saturating_sub(digits + 8);
        let different = change.old.first().zip(change.new.first()).map_or(0, |(old, new)| {
            old.chars().zip(new.chars()).take_while(|(old, new)| old == new).count()
        });
        let sides = [(&change.old, "- ", Ink::Red), (&change.new, "+ ", Ink::Green)];
        for (side, sign, ink) in sides {
            for (number, line) in (change.line..).zip(side) {
                out.push_str("    ");
                text::push_number(out, number, digits);
                out.push(' ');
                let text = self.cut(line, different, room);
                let text = text.trim_end();
                let sign = if text.is_empty() { sign.trim_end() } else { sign };
                text::paint(out, self.style, ink, &[sign, text]);
                out.push('\n');
            }
        }
    }

    /// A line on at most `room` columns, around the character where it differs.
    fn cut<'l>(&self, line: &'l str, different: usize, room: usize) -> Cow<'l, str> {
        if line.len() <= room && text::is_plain(line) {
            return Cow::Borrowed(line);
        }
        let mut shown = String::new();
        let fits = line.chars().map(text::shown_columns).sum::<usize>() <= room;
        let skip = if fits || different < room / 2 { 0 } else { different.saturating_sub(LEAD) };
        if skip > 0 {
            shown.push_str(self.ellipsis());
        }
        let mut used = 0;
        for letter in line.chars().skip(skip) {
            used += text::shown_columns(letter);
            if !fits && used + 6 > room {
                shown.push_str(self.ellipsis());
                break;
            }
            if letter == '\t' {
                shown.push_str("    ");
            } else {
                text::push_shown(&mut shown, letter);
            }
        }
        Cow::Owned(shown)
    }
}
