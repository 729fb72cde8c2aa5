//! The JSON report, version 1. These structs are the contract: the order of the fields is the
//! order of the keys, and changing one means a version 2 beside this one.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use serde::{Serialize, Serializer, ser::SerializeSeq};

use crate::diagnostic::{Diagnostic, Redactions};
use crate::source::{Position, Span};

use super::Run;
use super::places::Places;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    inputs: Vec<&'a str>,
    findings: Findings<'a>,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    stage: &'a str,
    severity: &'a str,
    message: Cow<'a, str>,
    path: &'a str,
    start: Point,
    end: Point,
    labels: Vec<Marked<'a>>,
    help: Option<Cow<'a, str>>,
    fixes: Vec<Fix<'a>>,
    /// Only of a run over several environments, and only when it is not found in all of them.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    environments: &'a [Option<String>],
}

/// A label or an edit.
#[derive(Serialize)]
struct Marked<'a> {
    path: &'a str,
    start: Point,
    end: Point,
    text: Cow<'a, str>,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: Cow<'a, str>,
    safe: bool,
    edits: Vec<Marked<'a>>,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    byte: u32,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    infos: usize,
}

/// The findings, made one by one while they are written.
struct Findings<'a> {
    findings: &'a [Diagnostic],
    view: View<'a>,
}

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(self.findings.len()))?;
        for finding in self.findings {
            sequence.serialize_element(&self.view.finding(finding))?;
        }
        sequence.end()
    }
}

struct View<'a> {
    places: Places<'a>,
    redactions: &'a Redactions,
}

impl<'a> View<'a> {
    fn finding(&'a self, finding: &'a Diagnostic) -> Finding<'a> {
        let (start, end) = self.points(finding.primary.span);
        let labels = finding.labels.iter();
        Finding {
            rule: finding.rule.name,
            stage: finding.rule.stage.as_str(),
            severity: finding.severity.as_str(),
            message: self.redactions.hide(&finding.message),
            path: self.places.sources.path(finding.primary.span.file()),
            start,
            end,
            labels: labels.map(|label| self.marked(label.span, &label.text)).collect(),
            help: finding.help.as_deref().map(|help| self.redactions.hide(help)),
            fixes: finding.fixes.iter().map(|fix| self.fix(fix)).collect(),
            environments: &finding.environments,
        }
    }

    fn fix(&'a self, fix: &'a crate::diagnostic::Fix) -> Fix<'a> {
        let edits = fix.edits.iter();
        Fix {
            title: self.redactions.hide(&fix.title),
            safe: fix.safe,
            edits: edits.map(|edit| self.marked(edit.span, &edit.text)).collect(),
        }
    }

    fn marked(&'a self, span: Span, text: &'a str) -> Marked<'a> {
        let (start, end) = self.points(span);
        let path = self.places.sources.path(span.file());
        Marked { path, start, end, text: self.redactions.hide(text) }
    }

    fn points(&self, span: Span) -> (Point, Point) {
        let (start, end) = self.places.of(span);
        (point(start), point(end))
    }
}

fn point(position: Position) -> Point {
    Point { line: position.line, column: position.column, byte: position.byte }
}

/// Writes the report, indented by two spaces, with a newline at the end.
pub(super) fn write(out: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    let summary = run.report.summary();
    let document = Document {
        version: 1,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        inputs: run.sources.inputs().map(|file| file.path.as_str()).collect(),
        findings: Findings {
            findings: run.report.findings(),
            view: View { places: Places::new(run.sources), redactions: run.redactions },
        },
        summary: Summary {
            errors: summary.errors,
            warnings: summary.warnings,
            infos: summary.infos,
        },
    };
    // The serializer writes word by word.
    let mut out = BufWriter::new(out);
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")?;
    out.flush()
}
