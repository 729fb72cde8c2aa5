//! Comments that speak to a program: found by a word in them, told from text that looks like one
//! by the tree.

use std::ops::Range;

use super::bytes;
use super::span::Span;
use super::tree::{Kind, NodeId, Style, Tree};

/// A comment, and the line that it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// From its `#` to the end of the line, blanks at the end left out.
    pub span: Span,
    /// Nothing else stands on its line.
    pub alone: bool,
    /// It ends a block scalar (`|`, `>`), which would take in what follows if it were not there.
    pub ends_block: bool,
    /// Bytes of the line that it speaks of, the line end left out: its own one, and for a comment
    /// that stands alone the next one that is no comment. `None` when no line follows.
    pub line: Option<Range<usize>>,
}

/// The comments of a file that begin with `marker`, blanks in front of it left out. One that is
/// behind another comment on a line with something else counts; one in a line that is a comment
/// from its beginning does not: such a line is switched off. What stands in `blanked`, the parts
/// that the tree is without, does not count either: it may be the text of a scalar.
#[must_use]
pub fn comments(tree: &Tree<'_>, text: &str, blanked: &[Span], marker: &str) -> Vec<Comment> {
    let mut found: Vec<Comment> = Vec::new();
    let mut line = 0..0;
    for at in bytes::words(text.as_bytes(), marker) {
        let Some(hash) = hash_before(text, at) else { continue };
        let known = found.last().is_some_and(|last| hash < last.span.end() as usize);
        let before = node_before(tree, hash);
        let is_text = before.is_some_and(|node| in_scalar(tree, node, hash));
        if known || is_text || blanked.iter().any(|gone| gone.range().contains(&hash)) {
            continue;
        }
        // Looked up once for a line, however often the marker stands in it.
        if !line.contains(&at) {
            line = line_of(text, at);
        }
        let beginning = text.get(line.start..hash).unwrap_or("");
        let beginning = beginning.trim_start_matches('\u{feff}').trim_start();
        let alone = beginning.is_empty();
        if !alone && beginning.starts_with('#') {
            continue;
        }
        let ends_block = alone && before.is_some_and(|node| tree.style(node) == Style::Block);
        let end = hash + text.get(hash..line.end).unwrap_or("").trim_end().len();
        let span = Span::new(tree.file(), hash, end);
        found.push(Comment { span, alone, ends_block, line: (!alone).then(|| line.clone()) });
    }
    speak_of_lines_below(text, &mut found);
    found
}

/// Finds the lines that comments speak of which stand alone. From the last one on: those that stack
/// speak of the same line.
fn speak_of_lines_below(text: &str, found: &mut [Comment]) {
    let mut below: Option<(usize, Option<Range<usize>>)> = None;
    for comment in found.iter_mut().rev().filter(|comment| comment.alone) {
        let own = line_of(text, comment.span.range().start);
        comment.line = next_line(text, own.end, below.as_ref());
        below = Some((own.start, comment.line.clone()));
    }
}

/// The `#` in front of the marker at `at`, when it can begin a comment.
fn hash_before(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?.trim_end_matches([' ', '\t']);
    let hash = before.strip_suffix('#')?.len();
    let apart = text.get(..hash)?.chars().next_back();
    apart
        .is_none_or(|letter| matches!(letter, ' ' | '\t' | '\n' | '\r' | '\u{feff}'))
        .then_some(hash)
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let is_end = |letter: char| matches!(letter, '\n' | '\r');
    let start = text.get(..at).and_then(|before| before.rfind(is_end)).map_or(0, |end| end + 1);
    let end = text.get(at..).and_then(|rest| rest.find(is_end)).map_or(text.len(), |end| at + end);
    start..end
}

/// The next line behind the one that ends at `end` that is no comment. `below` begins a line whose
/// next one is known.
fn next_line(
    text: &str,
    mut end: usize,
    below: Option<&(usize, Option<Range<usize>>)>,
) -> Option<Range<usize>> {
    loop {
        let rest = text.get(end..)?;
        end += if rest.starts_with("\r\n") { 2 } else { 1 };
        if end >= text.len() {
            return None;
        }
        if let Some((_, known)) = below.filter(|(start, _)| *start == end) {
            return known.clone();
        }
        let line = line_of(text, end);
        if !text.get(line.clone())?.trim_start().starts_with('#') {
            return Some(line);
        }
        end = line.end;
    }
}

/// The last node that begins at `at` or before.
fn node_before(tree: &Tree<'_>, at: usize) -> Option<NodeId> {
    let ids = u32::try_from(tree.len()).unwrap_or(u32::MAX);
    // Nodes stand in the order of the text.
    let (mut low, mut high) = (0, ids);
    while low < high {
        let middle = low + (high - low) / 2;
        if tree.span(NodeId(middle)).start() as usize <= at {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low.checked_sub(1).map(NodeId)
}

/// True when `at` is a part of a scalar's text. A block scalar begins behind the line of its `|`.
fn in_scalar(tree: &Tree<'_>, node: NodeId, at: usize) -> bool {
    tree.kind(node) == Kind::Scalar && tree.span(node).range().contains(&at)
}

#[cfg(test)]
mod tests {
    use super::super::{SourceFile, Sources, parse};
    use super::*;

    fn found(text: &str) -> String {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("t".to_owned(), text.as_bytes().to_vec(), false));
        let parsed = parse(&sources, file);
        let text = sources.text(file);
        let show = |comment: &Comment| {
            let line = comment.line.clone().map(|line| text.get(line).unwrap());
            format!("{} {} -> {line:?}", sources.slice(comment.span), comment.alone)
        };
        let all = comments(&parsed.tree, text, &parsed.blanked, "gwcfg:");
        all.iter().map(show).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn each_speaks_of_its_line_or_of_the_next_one() {
        insta::assert_snapshot!(found("\u{feff}# gwcfg: 1\n#gwcfg: 2\r\n  # other\na: b # gwcfg: 3  \n\
            # gwcfg: 4\n\nb: [ # gwcfg: 5\n]\nc: d # other # gwcfg: 6\n# gwcfg: 7"), @r#"
        # gwcfg: 1 true -> Some("a: b # gwcfg: 3  ")
        #gwcfg: 2 true -> Some("a: b # gwcfg: 3  ")
        # gwcfg: 3 false -> Some("a: b # gwcfg: 3  ")
        # gwcfg: 4 true -> Some("")
        # gwcfg: 5 false -> Some("b: [ # gwcfg: 5")
        # gwcfg: 6 false -> Some("c: d # other # gwcfg: 6")
        # gwcfg: 7 true -> None
        "#);
    }

    #[test]
    fn text_that_looks_like_a_comment_is_none() {
        insta::assert_snapshot!(found("a: 'x # gwcfg: 1'\nb: \"x\n  # gwcfg: 2\"\nc: x# gwcfg: 3\n\
            d: |\n  # gwcfg: 4\n\n  # gwcfg: 5\ne: >-\n  x # gwcfg: 6\n# c: x # gwcfg: 7\n\
            f: '''x\\ # gwcfg: 8'\ng: x gwcfg: 9\n"), @"");
    }

    #[test]
    fn comments_beside_block_scalars_are_seen() {
        insta::assert_snapshot!(found("a: | # gwcfg: 1\n  # gwcfg: 2\n# gwcfg: 3\nb: >- # gwcfg: 4\n\
            \n# gwcfg: 5\nc:\n  d: |+\n    x\n\n # gwcfg: 6\n  e: 1\n"), @r#"
        # gwcfg: 1 false -> Some("a: | # gwcfg: 1")
        # gwcfg: 3 true -> Some("b: >- # gwcfg: 4")
        # gwcfg: 4 false -> Some("b: >- # gwcfg: 4")
        # gwcfg: 5 true -> Some("c:")
        # gwcfg: 6 true -> Some("  e: 1")
        "#);
    }

    /// The values of a text in order, when it can be parsed.
    fn values(text: &str) -> Option<Vec<String>> {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("t".to_owned(), text.as_bytes().to_vec(), false));
        let parsed = parse(&sources, file);
        let tree = &parsed.tree;
        let all = tree.ids().map(|id| format!("{:?} {}", tree.kind(id), tree.value(id)));
        parsed.errors.is_empty().then(|| all.collect())
    }

    const LINES: &[&str] = &[
        "a: b",
        "a: b # gwcfg:",
        "# gwcfg:",
        "  # gwcfg:",
        "    # gwcfg:",
        "a: |",
        "a: > # gwcfg:",
        "a: |2-",
        "  text",
        "  text # gwcfg:",
        "",
        "a: 'q # gwcfg:'",
        "a: \"q",
        "  # gwcfg: \"",
        "  text\"",
        "a: [x, # gwcfg:",
        "  y # gwcfg:",
        "  ] # gwcfg:",
        "a: x# gwcfg:",
        "a: &x # gwcfg:",
        "- 'it''s' # gwcfg:",
        "-",
        "? a # gwcfg:",
        "a:",
        "  b: # gwcfg:",
    ];

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4096))]
        /// What a comment says changes no value; one that ends no block scalar can go as well.
        #[test]
        fn a_comment_is_what_no_value_holds(
            lines in proptest::collection::vec(proptest::sample::select(LINES), 1..6),
        ) {
            let text = lines.join("\n") + "\n";
            let Some(before) = values(&text) else { return Ok(()) };
            let (mut sources, bytes) = (Sources::default(), text.as_bytes().to_vec());
            let file = sources.add(SourceFile::new("t".to_owned(), bytes, false));
            let parsed = parse(&sources, file);
            let found = comments(&parsed.tree, &text, &[], "gwcfg:");
            for (hash, _) in text.match_indices('#') {
                let line = line_of(&text, hash);
                let with = |other: &str| {
                    let parts = [text.get(..hash).unwrap(), other, text.get(line.end..).unwrap()];
                    values(&parts.concat())
                };
                let is_comment = with("# other").as_ref() == Some(&before);
                let comment = found.iter().find(|found| found.span.range().start == hash);
                proptest::prop_assert_eq!(comment.is_some(), is_comment, "{} of:\n{}", hash, text);
                if comment.is_some_and(|comment| !comment.ends_block) {
                    let without = with("");
                    proptest::prop_assert_eq!(without.as_ref(), Some(&before), "{}", text);
                }
            }
        }
    }
}
