//! Fixes: text edits, made by the check that found the problem.

use crate::source::Span;

/// Replaces a range by a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What goes.
    pub span: Span,
    /// What comes.
    pub text: String,
}

/// Edits that together mend a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a phrase in the imperative.
    pub title: String,
    /// Safe: the meaning that the author had in mind is certain.
    pub safe: bool,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// Applies the edits that are meant for one text; overlapping ones after the first are left out.
#[must_use]
pub fn apply<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> String {
    let mut edits: Vec<&Edit> = edits.into_iter().collect();
    edits.sort_by_key(|edit| (edit.span.start(), edit.span.end()));
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        if range.start < done {
            continue;
        }
        result.push_str(text.get(done..range.start).unwrap_or(""));
        result.push_str(&edit.text);
        done = range.end;
    }
    result.push_str(text.get(done..).unwrap_or(""));
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn edits_apply_in_order_and_never_twice_to_one_place() {
        let edit = |start, end, text: &str| Edit {
            span: Span::new(FileId(0), start, end),
            text: text.to_owned(),
        };
        let edits = [edit(4, 5, "Z"), edit(0, 1, "A"), edit(0, 2, "no")];
        assert_eq!(apply("a b c", &edits), "A b Z");
    }
}
