//! A Code Quality report of GitLab: the part of Code Climate's format that GitLab reads. What does
//! not count is left out: GitLab knows no word for it.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde::ser::{SerializeSeq as _, Serializer as _};

use crate::diagnostic::Severity;

use super::entries::{self, Entry};
use super::places::Places;
use super::{Run, text};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn write(out: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    let places = Places::new(run.sources);
    let mut out = BufWriter::new(out);
    let mut serializer = serde_json::Serializer::pretty(&mut out);
    let mut issues = serializer.serialize_seq(None)?;
    for entry in entries::of(run).iter().filter(|entry| entry.why.is_none()) {
        issues.serialize_element(&issue(run, &places, entry))?;
    }
    issues.end()?;
    out.write_all(b"\n")?;
    out.flush()
}

fn issue<'a>(run: &Run<'a>, places: &Places<'_>, entry: &Entry<'a>) -> Issue<'a> {
    let span = entry.finding.primary.span;
    let (start, end) = places.of(span);
    let message = run.redactions.hide(&entry.finding.message);
    Issue {
        description: text::one_line(&message).into_owned(),
        check_name: entry.finding.rule.name,
        fingerprint: entry.identity.fingerprint(),
        severity: severity(entry.finding.severity),
        location: Location {
            path: run.around.path(run.sources.path(span.file())),
            lines: Lines { begin: start.line, end: end.line },
        },
    }
}

/// `critical` and `blocker` are for what a linter does not see: a system that is down.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Info => "info",
    }
}
