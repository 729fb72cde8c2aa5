//! The findings of a run with their identities, those that do not count among them: for the
//! formats that tell other programs which finding is the same as before.

use crate::diagnostic::identity::{self, Identity};
use crate::diagnostic::{Diagnostic, Suppression};

use super::Run;

/// A finding, which one it is, and why it does not count when it does not.
pub(super) struct Entry<'a> {
    pub(super) finding: &'a Diagnostic,
    pub(super) why: Option<&'a Suppression>,
    pub(super) identity: Identity,
}

/// All of them, in the order of the report.
pub(super) fn of<'a>(run: &Run<'a>) -> Vec<Entry<'a>> {
    let counted = run.report.findings().iter().map(|finding| (finding, None));
    let suppressed = run.report.suppressed().iter();
    let suppressed = suppressed.map(|suppressed| (&suppressed.finding, Some(&suppressed.why)));
    let mut all: Vec<(&Diagnostic, Option<&Suppression>)> = counted.chain(suppressed).collect();
    all.sort_by_cached_key(|(finding, _)| {
        let span = finding.primary.span;
        (run.sources.path(span.file()), span.start(), finding.rule.name, span.end())
    });
    let findings = all.iter().map(|(finding, _)| *finding);
    let identities = identity::of_all(run.sources, run.redactions, findings);
    let entries = all.into_iter().zip(identities);
    entries.map(|((finding, why), identity)| Entry { finding, why, identity }).collect()
}

/// Why a finding does not count, in the words of whoever decided so.
pub(super) fn reason(why: &Suppression) -> String {
    match why {
        Suppression::Allowed { reason, .. } if reason.is_empty() => {
            "allowed by a comment".to_owned()
        }
        Suppression::Allowed { reason, .. } => format!("allowed by a comment: {reason}"),
        Suppression::Baseline => "known by the baseline".to_owned(),
    }
}
