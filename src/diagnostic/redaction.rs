//! Literal secrets: where they stand, and how to keep their text out of every output.

use std::borrow::Cow;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::source::{FileId, Sources, Span};

/// A secret shorter than this many bytes is looked for as a whole word only: `key` must not turn
/// every `monkey` into `mon***`. (Its own place in the source is hidden all the same.)
const WHOLE_WORD_BELOW: usize = 4;

/// The places and the texts of the literal secrets of a run.
#[derive(Debug, Default)]
pub struct Redactions {
    /// Sorted, not overlapping.
    spans: Vec<Span>,
    finder: Option<AhoCorasick>,
    longest: usize,
}

impl Redactions {
    /// Hides what stands at `spans`, wherever else it stands too, and `values`: the secrets as
    /// they read after unescaping, where that differs from the source.
    #[must_use]
    pub fn new(sources: &Sources, spans: Vec<Span>, values: &[&str]) -> Self {
        let written = spans.iter().map(|span| sources.slice(*span));
        let mut texts: Vec<&str> = Vec::new();
        for text in written.chain(values.iter().copied()) {
            let text = text.trim();
            texts.push(text);
            texts.push(text.trim_matches(['"', '\'']));
            // A block of several lines may be quoted by one of its lines.
            if text.contains('\n') {
                let lines = text.lines().map(str::trim);
                texts.extend(lines.filter(|line| line.len() >= WHOLE_WORD_BELOW));
            }
        }
        texts.retain(|text| !text.is_empty());
        texts.sort_unstable();
        texts.dedup();
        if texts.is_empty() {
            return Redactions { spans: merged_spans(spans), ..Redactions::default() };
        }
        let longest = texts.iter().map(|text| text.len()).max().unwrap_or(0);
        // All matches are wanted, those inside others too: the union is hidden. The automaton
        // fails to build only above two thousand million states, which no project can reach.
        let finder = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&texts).ok();
        Redactions { spans: merged_spans(spans), finder, longest }
    }

    /// True when there is nothing to hide.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty() && self.finder.is_none()
    }

    /// Bytes of the longest text to hide: who cuts a piece out of a text before asking must take
    /// this much more on both sides, so that half a secret is found too.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// `text`, a piece of `file` from byte `offset` on, with a `*` for each character of a
    /// secret. Line ends stay.
    #[must_use]
    pub fn mask<'t>(&self, file: FileId, text: &'t str, offset: usize) -> Cow<'t, str> {
        stars(text, &self.ranges(file, text, offset))
    }

    /// A text that is no piece of a file, such as a message, with a `*` for each character of a
    /// secret.
    #[must_use]
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        stars(text, &merged(self.found(text)))
    }

    /// The ranges of `text` that hold a secret, in order and apart; see [`Redactions::mask`].
    #[must_use]
    pub fn ranges(&self, file: FileId, text: &str, offset: usize) -> Vec<Range<usize>> {
        // Most runs hold no secret, and every line that is shown is asked for.
        if self.finder.is_none() && self.spans.is_empty() {
            return Vec::new();
        }
        let mut ranges = self.found(text);
        let end = offset + text.len();
        let first = self.spans.partition_point(|span| {
            span.file() < file || (span.file() == file && span.end() as usize <= offset)
        });
        for span in self.spans.iter().skip(first) {
            if span.file() != file || span.start() as usize >= end {
                break;
            }
            let range = span.range();
            ranges.push(range.start.saturating_sub(offset)..range.end.min(end) - offset);
        }
        merged(ranges)
    }

    /// Where the text of a secret stands in `text`.
    #[must_use]
    pub fn found(&self, text: &str) -> Vec<Range<usize>> {
        let Some(finder) = &self.finder else {
            return Vec::new();
        };
        let matches = finder.find_overlapping_iter(text);
        let ranges = matches.map(|found| found.range());
        ranges.filter(|range| range.len() >= WHOLE_WORD_BELOW || is_word(text, range)).collect()
    }
}

/// `text` with a `*` for each character in one of `ranges`, which may overlap.
#[must_use]
pub fn cover(text: &str, ranges: Vec<Range<usize>>) -> Cow<'_, str> {
    stars(text, &merged(ranges))
}

fn is_word(text: &str, range: &Range<usize>) -> bool {
    let joins = |letter: Option<char>| letter.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let before = text.get(..range.start).and_then(|text| text.chars().next_back());
    let after = text.get(range.end..).and_then(|text| text.chars().next());
    !joins(before) && !joins(after)
}

/// Puts ranges in order and joins those that touch.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|later, earlier| {
        let touches = later.start <= earlier.end;
        if touches {
            earlier.end = earlier.end.max(later.end);
        }
        touches
    });
    ranges
}

fn merged_spans(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    spans.dedup_by(|later, earlier| {
        let touches = later.file() == earlier.file() && later.start() <= earlier.end();
        if touches {
            *earlier = earlier.until(earlier.end().max(later.end()));
        }
        touches
    });
    spans
}

/// `text` with a `*` for each character in one of `ranges`, which are in order and apart.
#[must_use]
pub fn stars<'t>(text: &'t str, ranges: &[Range<usize>]) -> Cow<'t, str> {
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut ranges = ranges.iter().peekable();
    let mut masked = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        while ranges.next_if(|range| range.end <= at).is_some() {}
        let hidden = ranges.peek().is_some_and(|range| range.start < at + letter.len_utf8());
        let line_end = letter == '\n' || letter == '\r';
        masked.push(if hidden && !line_end { '*' } else { letter });
    }
    Cow::Owned(masked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    fn sources(text: &str) -> Sources {
        let mut sources = Sources::default();
        sources.add(SourceFile::new("t.yaml".to_owned(), text.as_bytes().to_vec(), false));
        sources
    }

    #[test]
    fn a_secret_is_hidden_at_its_place_and_in_every_text() {
        let text = "api_key: \"sk-é1234\" # sk-é1234\n";
        let sources = sources(text);
        let span = Span::new(FileId(0), 9, 20);
        let redactions = Redactions::new(&sources, vec![span], &["un\tescaped"]);
        let line = redactions.mask(FileId(0), text, 0);
        assert_eq!(line, "api_key: ********** # ********\n");
        assert_eq!(line.chars().count(), text.chars().count());
        assert_eq!(
            redactions.hide("key `sk-é1234` is un\tescaped"),
            "key `********` is **********"
        );
        // A piece of the file that begins inside the secret.
        assert_eq!(redactions.mask(FileId(0), text.get(12..22).unwrap(), 12), "******* #");
    }

    #[test]
    fn each_line_of_a_secret_of_several_lines_is_hidden() {
        let text = "key: |\n  -----BEGIN\n  abcdef\nnext: 1\n";
        let sources = sources(text);
        let redactions = Redactions::new(&sources, vec![Span::new(FileId(0), 5, 29)], &[]);
        assert_eq!(redactions.hide("line `abcdef` is odd"), "line `******` is odd");
        let expected = "key: *\n************\n********\nnext: 1\n";
        assert_eq!(redactions.mask(FileId(0), text, 0), expected);
    }

    #[test]
    fn short_secrets_are_hidden_as_words_only() {
        let sources = sources("k: key");
        let redactions = Redactions::new(&sources, vec![Span::new(FileId(0), 3, 6)], &[]);
        assert_eq!(redactions.hide("monkey `key`"), "monkey `***`");
    }

    #[test]
    fn nothing_to_hide_borrows() {
        let redactions = Redactions::default();
        assert!(redactions.is_empty());
        assert!(matches!(redactions.hide("text"), Cow::Borrowed("text")));
        assert!(matches!(redactions.mask(FileId(0), "text", 0), Cow::Borrowed("text")));
    }
}
