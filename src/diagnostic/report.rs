//! All findings of a run: weighed by the project's levels, in a fixed order.

use std::cmp::Ordering;

use jiff::civil::Date;

use crate::source::secrets::Secret;
use crate::source::{Comment, Sources, Span};

use super::{
    Allows, Baseline, Check, Diagnostic, Label, Level, Levels, Redactions, Reporter, Rule, Severity,
};

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

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suppression {
    /// A comment in the sources allows it.
    Allowed {
        /// The comment.
        place: Span,
        /// What the comment gives as the reason; empty when it gives none.
        reason: String,
    },
    /// The baseline knows it.
    Baseline,
}

/// A finding that does not count, and why.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// The finding, as it would be reported.
    pub finding: Diagnostic,
    /// What suppresses it.
    pub why: Suppression,
}

/// The findings of a run.
#[derive(Debug, Default)]
pub struct Report {
    levels: Levels,
    findings: Vec<Diagnostic>,
    /// Findings that were made and do not count.
    suppressed: Vec<Suppressed>,
    /// What comments of the sources allow.
    allows: Allows,
    /// What is known already.
    baseline: Option<Baseline>,
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
        self.suppressed.extend(other.suppressed);
        self.allows.absorb(other.allows);
        self.secrets.extend(other.secrets);
    }

    /// The findings, and those that do not count, taken out.
    pub(super) fn take_findings(&mut self) -> (Vec<Diagnostic>, Vec<Suppressed>) {
        (std::mem::take(&mut self.findings), std::mem::take(&mut self.suppressed))
    }

    /// Puts in what was taken out of other reports.
    pub(super) fn put(&mut self, findings: Vec<Diagnostic>, suppressed: Vec<Suppressed>) {
        self.findings.extend(findings);
        self.suppressed.extend(suppressed);
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

    /// Makes a rule of `rules` mandatory; a name that none of them has changes nothing.
    pub fn require(&mut self, name: &str, rules: impl FnOnce() -> Vec<&'static Rule>) {
        let _ = self.levels.require(rules().into_iter(), name);
    }

    /// Takes in a comment that speaks to gwcfg; `text` is its text.
    pub fn read_comment(&mut self, comment: Comment, text: &str) {
        self.allows.read(comment, text);
    }

    /// Suppresses what the comments allow, of all that was found so far. May be called again when
    /// more was found.
    pub fn heed_comments(&mut self) {
        let mut allows = std::mem::take(&mut self.allows);
        allows.sort();
        if !allows.given.is_empty() {
            let today = self.levels.today();
            self.judge(|finding| allowed(&mut allows, finding, today));
        }
        self.allows = allows;
    }

    /// The same report, to which the findings of a baseline are known.
    #[must_use]
    pub fn knowing(self, baseline: Option<Baseline>) -> Self {
        Report { baseline, ..self }
    }

    /// Suppresses what the baseline knows, of all that was found so far. May be called again when
    /// more was found.
    pub fn heed_baseline(&mut self, sources: &Sources) {
        let Some(mut baseline) = self.baseline.take() else { return };
        // What is found twice is one finding, and takes one entry.
        self.sort(sources);
        let redactions = self.redactions(sources);
        let asked = self.findings.iter().filter(|found| !self.levels.is_mandatory(found.rule));
        let mut known = baseline.knows(sources, &redactions, asked).into_iter();
        self.judge(|_| known.next().unwrap_or(false).then_some(Suppression::Baseline));
        self.baseline = Some(baseline);
    }

    /// The baseline, and what of it was found after [`Report::heed_baseline`]; the report forgets
    /// it.
    #[must_use]
    pub fn take_baseline(&mut self) -> Option<Baseline> {
        self.baseline.take()
    }

    /// The comments that speak to gwcfg, and what became of them after [`Report::heed_comments`];
    /// the report forgets them.
    #[must_use]
    pub fn take_allows(&mut self) -> Allows {
        std::mem::take(&mut self.allows)
    }

    /// Takes the findings out of the count for which `why` gives a reason; they stay known, see
    /// [`Report::suppressed`]. Those of a mandatory rule are not even asked about.
    pub fn suppress(&mut self, mut why: impl FnMut(&Diagnostic) -> Option<Suppression>) {
        self.judge(|finding| why(finding));
    }

    fn judge(&mut self, mut why: impl FnMut(&mut Diagnostic) -> Option<Suppression>) {
        let found = std::mem::take(&mut self.findings);
        self.findings.reserve_exact(found.len());
        for mut finding in found {
            let mandatory = self.levels.is_mandatory(finding.rule);
            match if mandatory { None } else { why(&mut finding) } {
                Some(why) => self.suppressed.push(Suppressed { finding, why }),
                None => self.findings.push(finding),
            }
        }
    }

    /// Puts the findings into the order of the contract: path, byte, rule; equal ones once. The
    /// suppressed ones too.
    pub fn sort(&mut self, sources: &Sources) {
        self.findings.sort_unstable_by(|one, other| order(sources, one, other));
        self.findings.dedup_by(|later, earlier| is_same(later, earlier));
        self.suppressed.sort_by(|one, other| order(sources, &one.finding, &other.finding));
        self.suppressed.dedup_by(|later, earlier| is_same(&later.finding, &earlier.finding));
    }

    /// The findings; in order after [`Report::sort`].
    #[must_use]
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// The findings that were made and do not count, each with what suppresses it; in order after
    /// [`Report::sort`]. Neither [`Report::findings`] nor the summary has them.
    #[must_use]
    pub fn suppressed(&self) -> &[Suppressed] {
        &self.suppressed
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

/// Whether a comment allows a finding. One that does not for want of a reason remembers it; one
/// whose day is over is shown with the finding.
fn allowed(
    allows: &mut Allows,
    finding: &mut Diagnostic,
    today: Option<Date>,
) -> Option<Suppression> {
    for allow in allows.of_place(finding.primary.span) {
        let over = allow.is_over(today);
        let Some(rule) = allow.rules.iter_mut().find(|rule| rule.name == finding.rule.name) else {
            continue;
        };
        let place = allow.comment.span;
        if let (true, Some(until)) = (over, allow.until) {
            rule.ended = true;
            if !finding.labels.iter().any(|label| label.span == place) {
                let text = format!("allowed until {until}, which is over").into();
                finding.labels.push(Label { span: place, text });
            }
        } else if finding.severity == Severity::Error && allow.reason.is_empty() {
            rule.wants_reason.get_or_insert(finding.primary.span);
        } else {
            rule.used = true;
            return Some(Suppression::Allowed { place, reason: allow.reason.clone() });
        }
    }
    None
}

fn order(sources: &Sources, one: &Diagnostic, other: &Diagnostic) -> Ordering {
    let key = |d: &Diagnostic| (d.primary.span.start(), d.rule.name, d.primary.span.end());
    sources
        .path(one.primary.span.file())
        .cmp(sources.path(other.primary.span.file()))
        .then_with(|| key(one).cmp(&key(other)))
        .then_with(|| one.message.cmp(&other.message))
}

fn is_same(later: &Diagnostic, earlier: &Diagnostic) -> bool {
    later.rule == earlier.rule
        && later.primary.span == earlier.primary.span
        && later.message == earlier.message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Stage;
    use crate::source::{FileId, SourceFile};

    static RULE: Rule = Rule {
        name: "letter-wrong",
        stage: Stage::Lexical,
        severity: Severity::Error,
        summary: "",
        page: "",
    };

    fn check(places: &[u32; 3], reporter: &mut Reporter<'_>) {
        for start in places {
            let start = *start as usize;
            reporter.report("wrong", Span::new(FileId(0), start, start + 1), "this one");
        }
    }

    fn report(levels: Levels) -> (Sources, Report) {
        let mut sources = Sources::default();
        sources.add(SourceFile::new("t.yaml".to_owned(), b"abcdef".to_vec(), false));
        let mut report = Report::new(levels);
        report.run(&[Check { rule: &RULE, run: check }], &[4, 0, 2]);
        (sources, report)
    }

    #[test]
    fn what_is_suppressed_stays_known_and_counts_no_more() {
        let (sources, mut report) = report(Levels::default());
        report.suppress(|found| (found.primary.span.start() > 0).then_some(Suppression::Baseline));
        report.sort(&sources);
        let starts = |findings: Vec<&Diagnostic>| {
            findings.iter().map(|found| found.primary.span.start()).collect::<Vec<_>>()
        };
        assert_eq!(starts(report.findings().iter().collect()), [0]);
        assert_eq!(
            starts(report.suppressed().iter().map(|known| &known.finding).collect()),
            [2, 4]
        );
        assert_eq!(report.summary(), Summary { errors: 1, ..Summary::default() });
        report.suppress(|_| Some(Suppression::Baseline));
        assert!(!report.has(Severity::Info));
        assert_eq!(report.summary(), Summary::default());
    }

    #[test]
    fn nothing_suppresses_a_finding_of_a_mandatory_rule() {
        let mut levels = Levels::default();
        levels.require([&RULE].into_iter(), "letter-wrong").unwrap();
        let (_, mut report) = report(levels);
        report.suppress(|_| Some(Suppression::Baseline));
        assert_eq!((report.findings().len(), report.suppressed().len()), (3, 0));
    }
}
