//! The patterns that cannot be read, for the rules about them.

use crate::routing::pattern::{Pattern, PatternError};
use crate::source::{Field, Span, Spanned};

use super::Values;

/// Text, place of the wrong part, and reason of every pattern that cannot be read.
#[must_use]
pub fn refused<'a>(values: &Values<'a>) -> Vec<(&'a str, Span, PatternError)> {
    let routes = values.documents.mappings.patterns.value().into_iter().flatten();
    let patterns = routes.filter_map(Field::value).filter_map(|route| route.pattern.copied());
    let read = |pattern: Spanned<&'a str>| {
        let error = Pattern::parse(pattern.value).err()?;
        Some((pattern.value, part(values, pattern, &error), error))
    };
    patterns.filter_map(read).collect()
}

/// The wrong part, when the text stands in the file as it is; else the whole.
fn part(values: &Values<'_>, pattern: Spanned<&str>, error: &PatternError) -> Span {
    let whole = pattern.span;
    let written = values.sources.slice(whole);
    let (Some(range), Some(offset)) = (error.at(), written.find(pattern.value)) else {
        return whole;
    };
    let start = whole.start() as usize + offset;
    Span::new(whole.file(), start + range.start, start + range.end)
}
