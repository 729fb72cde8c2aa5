//! The patterns that cannot be read, for the rules about them.

use crate::routing::Documents;
use crate::routing::pattern::{Pattern, PatternError};
use crate::source::{Field, Sources, Span, Spanned};

/// A pattern that cannot be read: its text, the place of the wrong part, and the reason.
pub type Refused<'a> = (&'a str, Span, PatternError);

/// Every pattern that cannot be read.
#[must_use]
pub fn refused<'a>(sources: &Sources, documents: &Documents<'a>) -> Vec<Refused<'a>> {
    let routes = documents.mappings.patterns.value().into_iter().flatten();
    let patterns = routes.filter_map(Field::value).filter_map(|route| route.pattern.copied());
    let read = |pattern: Spanned<&'a str>| {
        let error = Pattern::parse(pattern.value).err()?;
        Some((pattern.value, part(sources, pattern, &error), error))
    };
    patterns.filter_map(read).collect()
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
