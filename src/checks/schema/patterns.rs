//! The patterns that cannot be read, for the rules about them.

use crate::routing::pattern::PatternError;
use crate::routing::{Documents, with_text};
use crate::source::{Sources, Span, Spanned};

/// A pattern that cannot be read: its text, the place of the wrong part, and the reason.
pub type Refused<'a> = (&'a str, Span, &'a PatternError);

/// Every pattern that cannot be read.
#[must_use]
pub fn refused<'a>(sources: &Sources, documents: &'a Documents<'a>) -> Vec<Refused<'a>> {
    let patterns = with_text(&documents.mappings).zip(&documents.patterns);
    let refused = |((_, pattern), read): ((_, Spanned<&'a str>), &'a Result<_, PatternError>)| {
        let error = read.as_ref().err()?;
        Some((pattern.value, part(sources, pattern, error), error))
    };
    patterns.filter_map(refused).collect()
}

/// The wrong part, when the text stands in the file as it is; else the whole.
fn part(sources: &Sources, pattern: Spanned<&str>, error: &PatternError) -> Span {
    let whole = pattern.span;
    let written = sources.slice(whole);
    let (Some(range), Some(offset)) = (error.at(), written.find(pattern.value)) else {
        return whole;
    };
    let start = whole.start() as usize + offset;
    Span::new(whole.file(), start + range.start, start + range.end)
}
