//! A baseline as a file: read with places, written sorted.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::diagnostic::identity::{self, Identity};
use crate::diagnostic::{Baseline, Known, Report, Suppression};
use crate::document::{BASELINE_VERSION, KnownFinding, KnownFindings};
use crate::source::{self, Encoding, SourceFile, Sources, Span};

/// Takes a baseline in among the sources, beside those that are compiled, so that findings can
/// point to its entries.
///
/// # Errors
/// What is wrong with the file, with the place. A baseline that is half understood would count
/// what is known, or the other way round.
pub fn read(sources: &mut Sources, file: SourceFile) -> Result<Baseline, String> {
    let file = sources.add(SourceFile { beside: true, ..file });
    let at = |span: Span, what: &str| {
        let (start, _) = sources.positions(span);
        let path = sources.path(span.file());
        format!("`{path}:{}:{}`: {what}", start.line, start.column)
    };
    let start = Span::file_start(file);
    if sources.get(file).is_none_or(|text| text.encoding != Encoding::Utf8) {
        return Err(at(start, "a baseline is a text in UTF-8, and not a large one"));
    }
    let parsed = source::parse(sources, file);
    if let Some(error) = parsed.errors.first() {
        return Err(at(error.at, &format!("the baseline is no YAML: {}", error.message)));
    }
    let read = source::read::<KnownFindings<'_>>(&parsed.tree);
    if let Some(wrong) = read.problems.mismatches.first() {
        return Err(at(*wrong, "no baseline has such a value here; write it anew"));
    }
    let document = read.document;
    match document.version.copied() {
        Some(version) if version.value == BASELINE_VERSION => {}
        Some(version) => {
            let known = format!("this gwcfg reads version {BASELINE_VERSION} of baselines only");
            return Err(at(version.span, &known));
        }
        None => return Err(at(start, "a baseline says `version: 1`, and this file does not")),
    }
    let findings = document.findings.value().into_iter().flatten();
    let known = findings.filter_map(|field| {
        let given = field.given()?;
        let Some(rule) = given.value.rule.copied() else {
            return Some(Err(at(given.span, "this entry names no `rule`")));
        };
        Some(Ok(known(given.value, rule.value.0, rule.span)))
    });
    Ok(Baseline::new(known.collect::<Result<_, String>>()?))
}

fn known(finding: &KnownFinding<'_>, rule: &str, place: Span) -> Known {
    let text = |field: &source::Field<source::Text<'_>>| {
        field.value().map(|text| text.0.to_owned()).unwrap_or_default()
    };
    let identity = Identity {
        rule: Cow::Owned(rule.to_owned()),
        file: text(&finding.file),
        path: text(&finding.path),
        value: finding.value.value().map(|value| value.0.to_owned()),
        ordinal: 0,
    };
    Known { identity, count: finding.count.value().copied().unwrap_or(1), place, found: 0 }
}

/// What a baseline has to list so that a report's findings, for which it was
/// [everything](Baseline::of_everything), are known the next time: in order, each with how many
/// there are.
#[must_use]
pub fn listed(sources: &Sources, report: &Report) -> Vec<(Identity, u32)> {
    let redactions = report.redactions(sources);
    let suppressed = report.suppressed().iter();
    let known = suppressed.filter(|suppressed| suppressed.why == Suppression::Baseline);
    let findings = known.map(|suppressed| &suppressed.finding);
    let mut counts: BTreeMap<Identity, u32> = BTreeMap::new();
    for identity in identity::of_all(sources, &redactions, findings) {
        *counts.entry(Identity { ordinal: 0, ..identity }).or_default() += 1;
    }
    counts.into_iter().collect()
}
