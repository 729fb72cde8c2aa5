//! Text diffs. The only home of `similar`.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

/// Lines around a change.
const CONTEXT: usize = 3;

/// After this time the differ takes the next best answer: still a right diff, not the shortest.
/// Two files of 40 MB that have little in common would take hours otherwise.
const PATIENCE: Duration = Duration::from_millis(500);

/// What a line of a diff is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// `--- name` and `+++ name`.
    Name,
    /// `@@ -1,3 +1,4 @@`.
    Hunk,
    /// A line in both.
    Same,
    /// A line of the old text alone.
    Removed,
    /// A line of the new text alone.
    Added,
    /// `\ No newline at end of file`.
    Remark,
}

/// One line of a unified diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is; the text begins with the sign of it.
    pub kind: LineKind,
    /// The text with its sign and without its line feed. A carriage return is kept.
    pub text: String,
}

/// One side of a diff.
#[derive(Debug, Clone, Copy)]
pub struct Side<'t> {
    /// What it is called.
    pub name: &'t str,
    /// What is compared.
    pub text: &'t str,
    /// Lines of the same file that stand before the text, and are not compared.
    pub before: usize,
}

/// The lines of the unified diff from `old` to `new`, for a caller that colours them; none when
/// the texts are equal. The names stand in its first two lines.
#[must_use]
pub fn lines(old: &Side<'_>, new: &Side<'_>) -> Vec<Line> {
    if old.text == new.text {
        return Vec::new();
    }
    let name = |text: String| Line { kind: LineKind::Name, text };
    let mut result = vec![name(format!("--- {}", old.name)), name(format!("+++ {}", new.name))];
    let (old_before, new_before) = (old.before, new.before);
    let (old, new, skipped) = without_common_ends(old.text, new.text);
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    for group in diff.grouped_ops(CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        let old_range = first.old_range().start..last.old_range().end;
        let new_range = first.new_range().start..last.new_range().end;
        let old_range = hunk(old_range, skipped + old_before);
        let text = format!("@@ -{old_range} +{} @@", hunk(new_range, skipped + new_before));
        result.push(Line { kind: LineKind::Hunk, text });
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let (kind, sign) = match change.tag() {
                ChangeTag::Equal => (LineKind::Same, ' '),
                ChangeTag::Delete => (LineKind::Removed, '-'),
                ChangeTag::Insert => (LineKind::Added, '+'),
            };
            let line = change.value();
            let text = line.strip_suffix('\n').unwrap_or(line);
            result.push(Line { kind, text: format!("{sign}{text}") });
            if !line.ends_with('\n') {
                let text = "\\ No newline at end of file".to_owned();
                result.push(Line { kind: LineKind::Remark, text });
            }
        }
    }
    result
}

/// The lines as one text, as `diff -u` and `git` write it; empty without lines.
#[must_use]
pub fn text(lines: &[Line]) -> String {
    let mut text = String::with_capacity(lines.iter().map(|line| line.text.len() + 1).sum());
    for line in lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    text
}

/// A range of lines as the headline of a hunk gives it: the first line counts from 1, and an
/// empty range names the line before it.
fn hunk(range: std::ops::Range<usize>, skipped: usize) -> String {
    let (start, length) = (range.start + skipped, range.len());
    match length {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        _ => format!("{},{length}", start + 1),
    }
}

/// What is left of two texts without the lines that they begin and end with in common, but for
/// the context, and the number of lines left out before. One changed line in 40 MB is found
/// without looking at the rest again.
fn without_common_ends<'t>(old: &'t str, new: &'t str) -> (&'t str, &'t str, usize) {
    let same = old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
    let mut start = newline_before(old, same);
    for _ in 0..CONTEXT {
        start = newline_before(old, start.saturating_sub(1));
    }
    let skipped = old.get(..start).unwrap_or("").matches('\n').count();
    let (old, new) = (old.get(start..).unwrap_or(""), new.get(start..).unwrap_or(""));
    let ends = old.bytes().rev().zip(new.bytes().rev());
    let same = ends.take_while(|(old, new)| old == new).count();
    // One line more than the context: the first line of the common end may only be common in part.
    let end = old.len() - same;
    let common = old.as_bytes().get(end..).unwrap_or(&[]);
    let mut newlines = common.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let kept = newlines.nth(CONTEXT).map_or(same, |(at, _)| at + 1);
    let cut = same - kept;
    let old = old.get(..old.len() - cut).unwrap_or(old);
    let new = new.get(..new.len() - cut).unwrap_or(new);
    (old, new, skipped)
}

/// The start of the line that `byte` is in.
fn newline_before(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or(&[]);
    before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;

    fn between(old: &str, new: &str) -> Vec<Line> {
        let side = |name: &'static str, text| Side { name, text, before: 0 };
        lines(&side("a", old), &side("b", new))
    }

    fn unified(old: &str, new: &str) -> String {
        text(&between(old, new))
    }

    #[test]
    fn a_diff_reads_as_diff_u_writes_it() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\n";
        let new = "a\nb\nc\nd\nE\nf\ng\nh\ni";
        insta::assert_snapshot!(unified(old, new), @r#"
    --- a
    +++ b
    @@ -2,7 +2,8 @@
     b
     c
     d
    -e
    +E
     f
     g
     h
    +i
    \ No newline at end of file
    "#);
        assert_eq!(unified("same\n", "same\n"), "");
    }

    #[test]
    fn a_far_change_keeps_its_line_number() {
        let old: String = (0..1000).map(|number| format!("line {number}\n")).collect();
        let new = old.replace("line 500\n", "line 500\nmore\n");
        insta::assert_snapshot!(unified(&old, &new), @r#"
    --- a
    +++ b
    @@ -499,6 +499,7 @@
     line 498
     line 499
     line 500
    +more
     line 501
     line 502
     line 503
    "#);
    }

    #[test]
    fn lines_count_from_the_top_of_the_file() {
        let lines = lines(
            &Side { name: "a", text: "x\n", before: 4 },
            &Side { name: "b", text: "y\nz\n", before: 9 },
        );
        assert_eq!(text(&lines), "--- a\n+++ b\n@@ -5 +10,2 @@\n-x\n+y\n+z\n");
    }

    #[test]
    fn large_texts_with_little_in_common_are_bounded_in_time() {
        // Every fourth line is one of a few: the hardest case for a differ.
        let text = |word: &str, factor: u64| -> String {
            let line = |number: u64| match number % 4 {
                0 => format!("shared {}\n", number * factor % 97),
                _ => format!("{word} {number}\n"),
            };
            (0..200_000).map(line).collect()
        };
        let (old, new) = (text("old", 7919), text("new", 104_729));
        let start = Instant::now();
        let diff = between(&old, &new);
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
        let removed = diff.iter().filter(|line| line.text.starts_with("-old")).count();
        assert_eq!(removed, 150_000);
        assert_eq!(patch(&old, &diff), new);
    }

    /// Applies a diff in the strict way of `patch`.
    fn patch(old: &str, diff: &[Line]) -> String {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let (mut result, mut at) = (String::new(), 0);
        for (index, line) in diff.iter().enumerate() {
            let bare = |kind| diff.get(index + 1).map(|next| next.kind) == Some(kind);
            let end = if bare(LineKind::Remark) { "" } else { "\n" };
            match line.kind {
                LineKind::Hunk => {
                    let range = line.text.split(['-', ' ']).nth(2).unwrap();
                    let mut parts = range.split(',').map(|part| part.parse::<usize>().unwrap());
                    let start = parts.next().unwrap();
                    let first = if parts.next() == Some(0) { start } else { start - 1 };
                    old[at..first].iter().for_each(|line| result.push_str(line));
                    at = first;
                }
                LineKind::Same | LineKind::Removed => {
                    let text = format!("{}{end}", line.text.get(1..).unwrap());
                    assert_eq!(old[at], text);
                    at += 1;
                    if line.kind == LineKind::Same {
                        result.push_str(&text);
                    }
                }
                LineKind::Added => {
                    result.push_str(&format!("{}{end}", line.text.get(1..).unwrap()));
                }
                LineKind::Name | LineKind::Remark => {}
            }
        }
        old[at..].iter().for_each(|line| result.push_str(line));
        result
    }

    proptest! {
        #[test]
        fn a_diff_applied_to_the_old_text_gives_the_new_one(
            old in "([abcé]{0,2}\n){0,30}[ab]{0,2}",
            new in "([abcé]{0,2}\n){0,30}[ab]{0,2}",
            shared in "([xy]\n){0,12}",
        ) {
            let (old, new) = (format!("{shared}{old}{shared}"), format!("{shared}{new}{shared}"));
            prop_assert_eq!(patch(&old, &between(&old, &new)), new);
        }
    }
}
