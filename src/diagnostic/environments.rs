//! The findings of the same sources in several environments, as one report.

use super::{Diagnostic, Report};

/// One report of the runs, each with its environment (`None`: without one). What is found in all of
/// them is told once as it is; what is found in some of them, once with their names.
#[must_use]
pub fn union(runs: Vec<(Option<String>, Report)>) -> Report {
    let mut union = Report::default();
    let names: Vec<Option<String>> = runs.iter().map(|(name, _)| name.clone()).collect();
    let mut all: Vec<(Diagnostic, usize)> = Vec::new();
    for (run, (_, mut report)) in runs.into_iter().enumerate() {
        all.extend(report.take_findings().into_iter().map(|finding| (finding, run)));
        union.absorb(report);
    }
    all.sort_by(|(one, run), (other, later)| {
        key(one).cmp(&key(other)).then_with(|| labels(one).cmp(labels(other))).then(run.cmp(later))
    });
    let mut told: Vec<(Diagnostic, Vec<usize>)> = Vec::new();
    for (finding, run) in all {
        match told.last_mut() {
            Some((last, runs)) if is_same(last, &finding) => {
                if runs.last() != Some(&run) {
                    runs.push(run);
                }
            }
            _ => told.push((finding, vec![run])),
        }
    }
    union.put(told.into_iter().map(|(finding, runs)| named(finding, &runs, &names)));
    union
}

/// By what a person takes two findings for the same.
fn key(finding: &Diagnostic) -> impl Ord {
    let (span, help) = (finding.primary.span, finding.help.as_deref());
    (span, finding.rule.name, finding.severity, finding.message.as_str(), help)
}

fn labels(finding: &Diagnostic) -> impl Iterator<Item = (crate::source::Span, &str)> {
    finding.labels.iter().map(|label| (label.span, label.text.as_ref()))
}

fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    key(one).cmp(&key(other)).is_eq() && one.labels == other.labels
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
