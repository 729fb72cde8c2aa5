//! The findings of the same sources in several environments, as one report.

use std::cmp::Ordering;

use crate::source::{FileId, Span};

use super::{Diagnostic, Report, Rule, Suppressed};

/// What is found in one environment.
#[derive(Debug)]
pub struct InEnvironment {
    /// The environment; `None` for the sources without one.
    pub name: Option<String>,
    /// The files that are read in it and not without it.
    pub overlays: Vec<FileId>,
    /// What is found.
    pub report: Report,
}

/// One report of the runs. What is found in all of them is told once as it is; what is found in
/// some of them, once with their names. Rules `of_all` tell that something is of no use: what they
/// find is told when every run that reads the file finds it. What counts in one run is not told
/// again as what does not count in another.
#[must_use]
pub fn union(runs: Vec<InEnvironment>, of_all: &[&Rule]) -> Report {
    let mut union = Report::default();
    let (mut names, mut overlays) = (Vec::new(), Vec::new());
    let (mut found, mut suppressed) = (Vec::new(), Vec::new());
    for (run, InEnvironment { name, overlays: own, mut report }) in runs.into_iter().enumerate() {
        let (counts, others) = report.take_findings();
        found.extend(counts.into_iter().map(|finding| (finding, run)));
        suppressed.extend(others.into_iter().map(|known| (known, run)));
        union.absorb(report);
        names.push(name);
        overlays.push(own);
    }
    let mut told = grouped(found, |finding| finding);
    told.retain(|(finding, runs)| {
        let is_read = |own: &&Vec<FileId>| own.contains(&finding.primary.span.file());
        let readers = match overlays.iter().filter(is_read).count() {
            0 => names.len(),
            readers => readers,
        };
        !of_all.iter().any(|rule| rule.name == finding.rule.name) || runs.len() == readers
    });
    let mut known = grouped(suppressed, |known: &Suppressed| &known.finding);
    known.retain(|(known, _)| {
        let place = told.binary_search_by(|(finding, _)| order(finding, &known.finding));
        place.is_err()
    });
    let findings = told.into_iter().map(|(finding, runs)| named(finding, &runs, &names));
    let suppressed = known.into_iter().map(|(Suppressed { finding, why }, runs)| Suppressed {
        finding: named(finding, &runs, &names),
        why,
    });
    union.put(findings.collect(), suppressed.collect());
    union
}

/// Each of them once, in order, with the runs that have it.
fn grouped<T>(mut all: Vec<(T, usize)>, finding: fn(&T) -> &Diagnostic) -> Vec<(T, Vec<usize>)> {
    all.sort_by(|(one, run), (other, later)| {
        order(finding(one), finding(other)).then(run.cmp(later))
    });
    let mut told: Vec<(T, Vec<usize>)> = Vec::new();
    for (one, run) in all {
        match told.last_mut() {
            Some((last, runs)) if order(finding(last), finding(&one)).is_eq() => {
                if runs.last() != Some(&run) {
                    runs.push(run);
                }
            }
            _ => told.push((one, vec![run])),
        }
    }
    told
}

/// Equal for what a person takes for the same.
fn order(one: &Diagnostic, other: &Diagnostic) -> Ordering {
    key(one).cmp(&key(other)).then_with(|| labels(one).cmp(labels(other)))
}

fn key(finding: &Diagnostic) -> impl Ord {
    let (span, help) = (finding.primary.span, finding.help.as_deref());
    (span, finding.rule.name, finding.severity, finding.message.as_str(), help)
}

fn labels(finding: &Diagnostic) -> impl Iterator<Item = (Span, &str)> {
    finding.labels.iter().map(|label| (label.span, label.text.as_ref()))
}

fn named(mut finding: Diagnostic, runs: &[usize], names: &[Option<String>]) -> Diagnostic {
    if runs.len() == names.len() {
        return finding;
    }
    finding.environments = runs.iter().filter_map(|run| names.get(*run).cloned()).collect();
    finding.message.push_str(&format!(" ({})", words(&finding.environments)));
    finding
}

/// Such as `only in environment `prod``.
fn words(environments: &[Option<String>]) -> String {
    let named: Vec<String> =
        environments.iter().flatten().map(|name| format!("`{name}`")).collect();
    let noun = if named.len() == 1 { "environment" } else { "environments" };
    match (named.is_empty(), environments.contains(&None)) {
        (true, _) => "only without an environment".to_owned(),
        (false, true) => format!("only without an environment and in {noun} {}", named.join(", ")),
        (false, false) => format!("only in {noun} {}", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environments_are_told_in_words() {
        let of = |names: &[Option<&str>]| {
            words(&names.iter().map(|name| name.map(str::to_owned)).collect::<Vec<_>>())
        };
        assert_eq!(of(&[Some("prod")]), "only in environment `prod`");
        assert_eq!(of(&[Some("a"), Some("b")]), "only in environments `a`, `b`");
        assert_eq!(of(&[None]), "only without an environment");
        assert_eq!(of(&[None, Some("a")]), "only without an environment and in environment `a`");
    }
}
