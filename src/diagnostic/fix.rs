//! Fixes: text edits, made by the check that found the problem.

use std::collections::BTreeMap;

use crate::source::{FileId, Span};

use super::Diagnostic;

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

/// A fix that can be made together with others: no edit of one overlaps an edit of another.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'f> {
    /// The fix.
    pub fix: &'f Fix,
    /// The first finding that it mends.
    pub finding: &'f Diagnostic,
    /// How many findings it mends.
    pub findings: usize,
}

/// The first fix of each finding that is safe, or any with `unsafe_too`, as far as it leaves alone
/// what an earlier one changes, and all its edits are in files that `may_change`. In the order of
/// the findings.
#[must_use]
pub fn choose<'f>(
    findings: &'f [Diagnostic],
    unsafe_too: bool,
    may_change: impl Fn(FileId) -> bool,
) -> Vec<Chosen<'f>> {
    let mut chosen: Vec<Chosen<'f>> = Vec::new();
    // The edits so far, by where they begin, each with the place of its fix.
    let mut taken: Taken<'f> = BTreeMap::new();
    for finding in findings {
        let safe = finding.fixes.iter().find(|fix| fix.safe);
        let other = || finding.fixes.first().filter(|_| unsafe_too);
        let Some(fix) = safe.or_else(other) else { continue };
        let key = |edit: &Edit| (edit.span.file(), edit.span.start());
        if !fix.edits.iter().all(|edit| may_change(edit.span.file())) {
            continue;
        }
        let first = fix.edits.first().and_then(|edit| taken.get(&key(edit)));
        if let Some(same) = first.and_then(|(_, at)| chosen.get_mut(*at))
            && same.fix.edits == fix.edits
        {
            same.findings += 1;
        } else if fix.edits.iter().all(|edit| is_free(&taken, edit.span)) {
            taken.extend(fix.edits.iter().map(|edit| (key(edit), (edit, chosen.len()))));
            chosen.push(Chosen { fix, finding, findings: 1 });
        }
    }
    chosen
}

type Taken<'f> = BTreeMap<(FileId, u32), (&'f Edit, usize)>;

/// True when no edit overlaps `span` or begins where it begins.
fn is_free(taken: &Taken<'_>, span: Span) -> bool {
    let (file, start, end) = (span.file(), span.start(), span.end());
    let before = taken.range(..=(file, start)).next_back();
    let overlaps = |edit: &&Edit| {
        let other = edit.span;
        other.file() == file && (other.start() == start || other.end() > start)
    };
    let behind = taken.range((file, start)..).next();
    let is_behind = |(key, _): (&(FileId, u32), _)| key.0 == file && key.1 < end;
    !before.is_some_and(|(_, (edit, _))| overlaps(edit)) && !behind.is_some_and(is_behind)
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
    use crate::diagnostic::{Label, Rule, Severity, Stage};

    static RULE: Rule = Rule {
        name: "letter-wrong",
        stage: Stage::Lexical,
        severity: Severity::Error,
        summary: "",
        page: "",
    };

    /// A finding with a fix that is safe or not, by edits of ranges.
    fn finding(safe: bool, edits: &[(usize, usize, &str)]) -> Diagnostic {
        let place = |start, end| Span::new(FileId(0), start, end);
        let edit = |(start, end, text): &(usize, usize, &str)| Edit {
            span: place(*start, *end),
            text: (*text).to_owned(),
        };
        let edits = edits.iter().map(edit).collect();
        Diagnostic {
            rule: &RULE,
            severity: Severity::Error,
            message: String::new(),
            primary: Label { span: place(0, 1), text: "".into() },
            labels: Vec::new(),
            help: None,
            fixes: vec![Fix { title: String::new(), safe, edits }],
            environments: Vec::new(),
        }
    }

    /// The text after the chosen fixes, and how many findings they mend.
    fn mended(findings: &[Diagnostic], unsafe_too: bool) -> (String, usize) {
        let chosen = choose(findings, unsafe_too, |_| true);
        let edits = chosen.iter().flat_map(|chosen| &chosen.fix.edits);
        let findings = chosen.iter().map(|chosen| chosen.findings).sum();
        (apply("abcdefgh", edits), findings)
    }

    #[test]
    fn fixes_that_overlap_wait_and_equal_ones_are_made_once() {
        let findings = [
            finding(true, &[(2, 4, "X")]),
            finding(true, &[(3, 5, "Y")]),
            finding(true, &[(2, 4, "X")]),
            finding(true, &[(0, 1, "Z"), (1, 3, "Z")]),
            finding(true, &[(2, 2, "I")]),
            finding(true, &[(4, 5, "W"), (0, 2, "V")]),
            finding(false, &[(6, 7, "U")]),
        ];
        assert_eq!(mended(&findings, false), ("VXWfgh".to_owned(), 3));
        assert_eq!(mended(&findings, true), ("VXWfUh".to_owned(), 4));
    }

    #[test]
    fn a_safe_fix_goes_before_another_one_of_the_same_finding() {
        let mut both = finding(false, &[(0, 1, "U")]);
        both.fixes.extend(finding(true, &[(0, 1, "S")]).fixes);
        assert_eq!(mended(&[both], true), ("Sbcdefgh".to_owned(), 1));
    }

    #[test]
    fn a_file_that_may_not_change_stays() {
        let findings = [finding(true, &[(2, 4, "X")])];
        assert!(choose(&findings, true, |_| false).is_empty());
    }

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
