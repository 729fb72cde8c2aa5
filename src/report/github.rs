//! Commands of a GitHub workflow: each line that begins with `::` becomes an annotation of the
//! file. What anybody wrote is escaped, so that none of it is a command of its own.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use crate::diagnostic::{Diagnostic, Severity};

use super::Run;
use super::places::Places;
use super::text;

pub(super) fn write(out: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    let places = Places::new(run.sources);
    let mut out = BufWriter::new(out);
    for finding in run.report.findings() {
        write_command(&mut out, run, &places, finding)?;
    }
    writeln!(out, "{}", super::closing(run))?;
    out.flush()
}

fn write_command(
    out: &mut impl Write,
    run: &Run<'_>,
    places: &Places<'_>,
    finding: &Diagnostic,
) -> io::Result<()> {
    let (start, end) = places.of(finding.primary.span);
    let path = run.sources.path(finding.primary.span.file());
    let rule = finding.rule.name;
    write!(
        out,
        "::{} title=gwcfg[{rule}],file={},line={},col={}",
        command(finding.severity),
        property(&run.around.path(path)),
        start.line,
        start.column,
    )?;
    // Columns mean something on one line only, and an end beyond the file loses the annotation.
    if start.line == end.line {
        write!(out, ",endLine={},endColumn={}", end.line, end.column)?;
    }
    let (line, column) = (start.line, start.column);
    let hidden = run.redactions.hide(&finding.message);
    let message = [path, &format!(":{line}:{column}: "), &hidden].concat();
    write!(out, "::{}", escaped(&text::one_line(&message)))?;
    if let Some(help) = &finding.help {
        let help = run.redactions.hide(help);
        write!(out, "%0Ahelp: {}", escaped(&text::one_line(&help)))?;
    }
    writeln!(out)
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// The text of a command: it ends at the end of the line, and `%` begins an escape.
fn escaped(text: &str) -> Cow<'_, str> {
    replaced(text, &['%', '\r', '\n'])
}

/// The value of a property, which a comma or a colon would end.
fn property(text: &str) -> Cow<'_, str> {
    replaced(text, &['%', '\r', '\n', ':', ','])
}

fn replaced<'t>(text: &'t str, special: &[char]) -> Cow<'t, str> {
    if !text.contains(special) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if special.contains(&letter) {
            escaped.push_str(&format!("%{:02X}", u32::from(letter)));
        } else {
            escaped.push(letter);
        }
    }
    Cow::Owned(escaped)
}
