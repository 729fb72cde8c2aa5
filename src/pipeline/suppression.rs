//! What is found and does not count: what comments allow and what a baseline knows.

use crate::checks::{baseline, comments};
use crate::diagnostic::{Report, Rule, Severity};
use crate::document::Project;
use crate::rules;
use crate::source::{Name, Sources};

/// The rules that the project makes mandatory, each with its place.
pub(super) fn mandatory<'a>(project: &Project<'a>) -> Vec<Name<'a>> {
    let names = project.mandatory.value().into_iter().flat_map(|names| names.iter());
    names.filter_map(|name| name.copied()).collect()
}

/// Takes out of the count what comments allow and what the baseline knows.
pub(super) fn suppress(sources: &Sources, report: &mut Report) {
    report.heed_comments();
    report.heed_baseline(sources);
}

/// What there is to say of the baseline, once it is known what of it was found.
pub(super) fn judge_baseline(
    not_run: &[&'static Rule],
    whole: bool,
    only: Option<&[&str]>,
    report: &mut Report,
) {
    let Some(baseline) = report.take_baseline() else { return };
    let (levels, rules) = (report.levels().clone(), rules::all());
    let (levels, rules) = (&levels, rules.as_slice());
    let context = baseline::Entries { baseline: &baseline, levels, rules, not_run, whole, only };
    report.run(&baseline::checks(), &context);
}

/// What there is to say of the comments, once it is known what each allows.
pub(super) fn judge_comments(
    sources: &Sources,
    mandatory: &[Name<'_>],
    not_run: &[&'static Rule],
    whole: bool,
    report: &mut Report,
) {
    let allows = report.take_allows();
    if allows.is_empty() {
        return;
    }
    let levels = report.levels().clone();
    let rules = rules::all();
    let errors_left = report.has(Severity::Error);
    let context = comments::Comments {
        sources,
        allows: &allows,
        levels: &levels,
        rules: &rules,
        mandatory,
        not_run,
        whole,
        errors_left,
    };
    report.run(&comments::checks(), &context);
}
