//! All findings of a run: weighed by the project's levels, in a fixed order.

use crate::source::secrets::Secret;
use crate::source::{Sources, Span};

use super::{Check, Diagnostic, Level, Levels, Redactions, Reporter, Severity};

/// Findings by severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Remarks.
    pub infos: usize,
}

/// The findings of a run.
#[derive(Debug, Default)]
pub struct Report {
    levels: Levels,
    findings: Vec<Diagnostic>,
    /// Where literal secrets stand, and how they read where that differs: whatever their rule's
    /// level, no output may show them.
    secrets: Vec<(Span, Option<String>)>,
}

impl Report {
    /// A report that weighs findings by `levels`.
    #[must_use]
    pub fn new(levels: Levels) -> Self {
        Report { levels, ..Report::default() }
    }

    /// Runs the checks of a stage that are not allowed away.
    pub fn run<Context: ?Sized>(&mut self, checks: &[Check<Context>], context: &Context) {
        for check in checks {
            match self.levels.of(check.rule) {
                Level::Allow => {}
                Level::Report(severity) => {
                    let mut reporter = Reporter::new(check.rule, severity, &mut self.findings);
                    (check.run)(context, &mut reporter);
                }
            }
        }
    }

    /// Takes over the findings of another part of the same run, and its secrets.
    pub fn absorb(&mut self, other: Report) {
        self.findings.extend(other.findings);
        self.secrets.extend(other.secrets);
    }

    /// The findings, taken out.
    pub(super) fn take_findings(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.findings)
    }

    /// Puts findings in that were taken out of another report.
    pub(super) fn put(&mut self, findings: impl IntoIterator<Item = Diagnostic>) {
        self.findings.extend(findings);
    }

    /// Remembers what no output may show.
    pub fn hide(&mut self, secrets: &[Secret<'_>]) {
        let kept = |secret: &Secret<'_>| (secret.span, secret.value.map(str::to_owned));
        self.secrets.extend(secrets.iter().map(kept));
    }

    /// What no output may show: the literal secrets of the files that were read.
    #[must_use]
    pub fn redactions(&self, sources: &Sources) -> Redactions {
        let spans = self.secrets.iter().map(|(span, _)| *span).collect();
        let values: Vec<&str> =
            self.secrets.iter().filter_map(|(_, value)| value.as_deref()).collect();
        Redactions::new(sources, spans, &values)
    }

    /// The levels in force.
    #[must_use]
    pub fn levels(&self) -> &Levels {
        &self.levels
    }

    /// Puts the findings into the order of the contract: path, byte, rule; equal ones once.
    pub fn sort(&mut self, sources: &Sources) {
        self.findings.sort_unstable_by(|one, other| {
            let key = |d: &Diagnostic| (d.primary.span.start(), d.rule.name, d.primary.span.end());
            sources
                .path(one.primary.span.file())
                .cmp(sources.path(other.primary.span.file()))
                .then_with(|| key(one).cmp(&key(other)))
                .then_with(|| one.message.cmp(&other.message))
        });
        self.findings.dedup_by(|later, earlier| {
            later.rule == earlier.rule
                && later.primary.span == earlier.primary.span
                && later.message == earlier.message
        });
    }

    /// The findings; in order after [`Report::sort`].
    #[must_use]
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// True when a finding of at least this severity is there.
    #[must_use]
    pub fn has(&self, severity: Severity) -> bool {
        self.findings.iter().any(|finding| finding.severity >= severity)
    }

    /// Findings by severity.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for finding in &self.findings {
            match finding.severity {
                Severity::Error => summary.errors += 1,
                Severity::Warning => summary.warnings += 1,
                Severity::Info => summary.infos += 1,
            }
        }
        summary
    }
}
