//! Every syntax error of a file in one run: what the parser stopped at is blanked out, and the
//! rest is parsed again.
//!
//! Blanks keep every place: the repaired text has the same bytes on the same lines. What is blanked
//! is a whole entry (a line and the lines that are indented more), so that nothing of it comes to
//! stand under another key.

use std::ops::Range;

use super::map::Sources;
use super::parse::{Parsed, Stop, SyntaxErrorKind, first_error, parse_text};
use super::span::{FileId, Span};

/// Syntax errors told per file; a file with more has been told enough.
pub const MAX_SYNTAX_ERRORS: usize = 20;

/// Times that a file is parsed: some mistakes need more than one try.
const MAX_PARSES: usize = 2 * MAX_SYNTAX_ERRORS;

/// Bytes that are parsed again at most, so that a large file with many mistakes is read in a time
/// that a person waits.
const MAX_REPARSED_BYTES: usize = 256 * 1024 * 1024;

/// Goes on behind the first error of `file`. The tree is the one of the repaired text, or empty
/// when the file could not be repaired.
pub(super) fn recover(sources: &Sources, file: FileId, first: Stop) -> Parsed<'_> {
    let original = sources.text(file);
    let mut text = original.as_bytes().to_vec();
    let tree = parse_text(sources, file, "").0;
    let mut parsed = Parsed { tree, errors: Vec::new(), blanked: Vec::new() };
    let mut stop = first;
    // The parser must come further each time; a mistake that does not let it ends the search.
    let mut reached = None;
    let mut bytes = 0;
    for _ in 0..MAX_PARSES {
        let at = stop.error.at.range().start;
        let further = reached.is_none_or(|reached| at > reached);
        let last = stop.error.kind == SyntaxErrorKind::SecondDocument;
        let damage = damaged(&text, &stop);
        if further {
            parsed.errors.push(stop.error);
        }
        bytes += text.len();
        let enough = parsed.errors.len() >= MAX_SYNTAX_ERRORS || bytes > MAX_REPARSED_BYTES;
        if last || enough {
            return parsed;
        }
        let mut gone = damage;
        if !further || !blank(&mut text, gone.clone()) {
            // The same error would come again: its own line goes too.
            gone = entry(&text, line_at(&text, at));
            if !blank(&mut text, gone.clone()) {
                return parsed;
            }
        }
        parsed.blanked.push(with_blanks_around(file, &text, gone));
        reached = Some(reached.unwrap_or(0).max(at));
        let Ok(repaired) = std::str::from_utf8(&text) else { return parsed };
        match first_error(file, repaired) {
            Some(next) => stop = next,
            None => {
                parsed.tree = parse_text(sources, file, sources.keep(repaired)).0;
                return parsed;
            }
        }
    }
    parsed
}

/// The entry that holds the mistake, which may stand before the place where the parser noticed.
fn damaged(text: &[u8], stop: &Stop) -> Range<usize> {
    let at = stop.error.at.range().start;
    // An open bracket swallows what follows it: everything since the outermost one is in doubt.
    if let Some(bracket) = stop.open_bracket {
        return entry(text, line_at(text, bracket));
    }
    let after = stop.error.after.range();
    // Nothing was read yet, or the text is no YAML from its first line on.
    let seen = if after.is_empty() { 0..0 } else { after };
    let rest = line_at(text, seen.end);
    let rest = text.get(seen.end..rest.end).unwrap_or(&[]);
    let says_nothing =
        |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b':' | b',' | b']' | b'}');
    let block = matches!(text.get(seen.start), Some(b'|' | b'>'));
    if !block && line_at(text, seen.start) != line_at(text, seen.end) {
        // A quote that was not closed on its line ends at the next one, wherever that stands; a
        // word without its colon takes the next line with it.
        return entry(text, line_at(text, seen.start));
    }
    let on_this_line = at <= line_at(text, seen.end).end;
    let closes = on_this_line && rest.iter().any(|byte| matches!(byte, b']' | b'}'));
    let goes_on = !rest.iter().all(says_nothing) && !begins_comment(rest);
    if !seen.is_empty() && (goes_on || closes) {
        return entry(text, line_at(text, seen.end));
    }
    let mut line = line_at(text, if seen.is_empty() { 0 } else { line_at(text, seen.end).end + 1 });
    while line.end < at && is_blank(text.get(line.clone()).unwrap_or(&[])) {
        line = line_at(text, line.end + 1);
    }
    // Nothing may stand deeper under a value that is complete: one of the two lines is wrong.
    let opens = rest.trim_ascii_start().starts_with(b":");
    let before = line_at(text, seen.end);
    let deeper = {
        let content = |line: &Range<usize>| text.get(line.clone()).unwrap_or(&[]);
        indentation(content(&line)) > keys_column(content(&before))
    };
    if !seen.is_empty() && !opens && deeper {
        return entry(text, before);
    }
    entry(text, line)
}

fn begins_comment(rest: &[u8]) -> bool {
    let mut bytes = rest.iter().skip_while(|byte| matches!(byte, b' ' | b'\t' | b':'));
    rest.first() != Some(&b'#') && bytes.next() == Some(&b'#')
}

/// True for a line that says nothing: a comment, or empty.
fn is_blank(line: &[u8]) -> bool {
    let content = line.trim_ascii_start();
    content.is_empty() || content.starts_with(b"#")
}

/// The line that a byte stands on, without its line feed.
fn line_at(text: &[u8], byte: usize) -> Range<usize> {
    let byte = byte.min(text.len());
    let (before, behind) = text.split_at_checked(byte).unwrap_or((text, &[]));
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let length = behind.iter().position(|byte| *byte == b'\n').unwrap_or(behind.len());
    start..byte + length
}

/// A line with the lines below it that belong to it: those that are indented more, and closing
/// brackets at its own indentation.
fn entry(text: &[u8], first: Range<usize>) -> Range<usize> {
    let indent = indentation(text.get(first.clone()).unwrap_or(&[]));
    let mut end = first.end;
    while end < text.len() {
        let line = line_at(text, end + 1);
        let content = text.get(line.clone()).unwrap_or(&[]);
        let closing = matches!(content.trim_ascii_start().first(), Some(b']' | b'}'));
        let own = indentation(content);
        if !is_blank(content) && own <= indent && !(closing && own == indent) {
            break;
        }
        end = line.end.max(end + 1);
    }
    first.start..end.min(text.len())
}

/// Columns before a line's text; a tab goes to the next multiple of eight.
fn indentation(line: &[u8]) -> usize {
    let mut columns = 0;
    for byte in line {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns = (columns / 8 + 1) * 8,
            _ => break,
        }
    }
    columns
}

/// A range up to what stands before and behind it.
fn with_blanks_around(file: FileId, text: &[u8], range: Range<usize>) -> Span {
    let before = text.get(..range.start).unwrap_or(&[]).trim_ascii_end().len();
    let behind = text.get(range.end..).unwrap_or(&[]);
    let blanks = behind.len() - behind.trim_ascii_start().len();
    Span::new(file, before, range.end + blanks)
}

/// Column of the first key of a line, behind the dashes of list items.
fn keys_column(line: &[u8]) -> usize {
    let mut column = indentation(line);
    let mut rest = line.trim_ascii_start();
    while let Some(item) = rest.strip_prefix(b"- ") {
        let content = item.trim_ascii_start();
        column += rest.len() - content.len();
        rest = content;
    }
    column
}

/// Puts blanks in the place of everything but line ends; false when nothing changed.
fn blank(text: &mut [u8], range: Range<usize>) -> bool {
    let mut changed = false;
    for byte in text.get_mut(range).unwrap_or_default() {
        if !matches!(byte, b' ' | b'\n' | b'\r') {
            *byte = b' ';
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests;
