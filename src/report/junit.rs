//! A test report, as Jenkins and GitLab read it: a file is a suite, a finding a test that failed.
//!
//! What does not fail the command does not fail as a test either: it is told as a test's output. A
//! test is named by the path in the YAML, so that its history goes on when lines move.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::slice;

use super::Run;
use super::entries::{self, Entry};
use super::places::Places;
use super::text;

/// The findings of one file, and how many of them fail and are left out.
struct Suite<'a> {
    path: &'a str,
    entries: &'a [Entry<'a>],
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    tests: usize,
    failures: usize,
    skipped: usize,
}

pub(super) fn write(out: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    let places = Places::new(run.sources);
    let entries = entries::of(run);
    let suites = suites(run, &entries);
    let mut all = Counts::default();
    for suite in &suites {
        let Counts { tests, failures, skipped } = suite.counts(run);
        all.tests += tests;
        all.failures += failures;
        all.skipped += skipped;
    }
    let mut out = BufWriter::new(out);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let Counts { tests, failures, .. } = all;
    writeln!(
        out,
        "<testsuites name=\"gwcfg\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">"
    )?;
    for suite in &suites {
        suite.write(&mut out, run, &places)?;
    }
    writeln!(out, "</testsuites>")?;
    out.flush()
}

/// A suite for every file that was read or has a finding, in the order of their paths.
fn suites<'a>(run: &Run<'a>, entries: &'a [Entry<'a>]) -> Vec<Suite<'a>> {
    let path = |entry: &Entry<'a>| run.sources.path(entry.finding.primary.span.file());
    let with = entries.chunk_by(|one, other| path(one) == path(other));
    let mut suites: Vec<Suite<'_>> =
        with.filter_map(|entries| Some(Suite { path: path(entries.first()?), entries })).collect();
    for file in run.sources.inputs() {
        if let Err(at) = suites.binary_search_by_key(&file.path.as_str(), |suite| suite.path) {
            suites.insert(at, Suite { path: &file.path, entries: &[] });
        }
    }
    suites
}

impl Suite<'_> {
    fn counts(&self, run: &Run<'_>) -> Counts {
        let skipped = self.entries.iter().filter(|entry| entry.why.is_some()).count();
        let failures = self.entries.iter().filter(|entry| fails(run, entry)).count();
        Counts { tests: self.entries.len().max(1), failures, skipped }
    }

    fn write(&self, out: &mut impl Write, run: &Run<'_>, places: &Places<'_>) -> io::Result<()> {
        let Counts { tests, failures, skipped } = self.counts(run);
        let path = attribute(self.path);
        writeln!(
            out,
            "  <testsuite name=\"{path}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" \
             skipped=\"{skipped}\" package=\"gwcfg\">"
        )?;
        if self.entries.is_empty() {
            writeln!(out, "    <testcase name=\"no findings\" classname=\"{path}\" time=\"0\"/>")?;
        }
        for entry in self.entries {
            write_test(out, run, places, entry)?;
        }
        writeln!(out, "  </testsuite>")
    }
}

fn fails(run: &Run<'_>, entry: &Entry<'_>) -> bool {
    entry.why.is_none() && entry.finding.severity >= run.around.fail_on
}

fn write_test(
    out: &mut impl Write,
    run: &Run<'_>,
    places: &Places<'_>,
    entry: &Entry<'_>,
) -> io::Result<()> {
    let finding = entry.finding;
    let (path, severity) = (&entry.identity.path, finding.severity.as_str());
    let mut name = finding.rule.name.to_owned();
    if !path.is_empty() {
        name.extend([" ", path]);
    }
    if entry.identity.ordinal > 0 {
        let _ = write!(name, " ({})", entry.identity.ordinal + 1);
    }
    let file = run.sources.path(finding.primary.span.file());
    writeln!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\" time=\"0\">",
        attribute(&name),
        attribute(file)
    )?;
    let text = content(&told(run, places, entry));
    match entry.why {
        Some(why) => {
            let why = attribute(&run.redactions.hide(&entries::reason(why))).into_owned();
            writeln!(out, "      <skipped type=\"{severity}\" message=\"{why}\"/>")?;
        }
        None if fails(run, entry) => {
            let message = attribute(&run.redactions.hide(&finding.message)).into_owned();
            writeln!(
                out,
                "      <failure type=\"{severity}\" message=\"{message}\">{text}</failure>"
            )?;
        }
        None => writeln!(out, "      <system-out>{text}</system-out>")?,
    }
    writeln!(out, "    </testcase>")
}

/// A finding in full: its line as in the format `plain`, its places, what to do.
fn told(run: &Run<'_>, places: &Places<'_>, entry: &Entry<'_>) -> String {
    let finding = entry.finding;
    let mut told = String::new();
    let labels = slice::from_ref(&finding.primary).iter().chain(&finding.labels);
    for (index, label) in labels.enumerate() {
        let (start, _) = places.of(label.span);
        let path = text::one_line(run.sources.path(label.span.file()));
        let _ = write!(told, "{path}:{}:{}: ", start.line, start.column);
        if index == 0 {
            let message = run.redactions.hide(&finding.message);
            let (severity, rule) = (finding.severity.as_str(), finding.rule.name);
            let _ = write!(told, "{severity}[{rule}] {}", text::one_line(&message));
        } else {
            told.push_str(&text::one_line(&run.redactions.hide(&label.text)));
        }
        told.push('\n');
    }
    if let Some(help) = &finding.help {
        told.extend(["help: ", &text::one_line(&run.redactions.hide(help)), "\n"]);
    }
    told
}

/// The value of an attribute. Characters that no XML may hold, not even escaped, are written as
/// Rust writes them.
fn attribute(text: &str) -> std::borrow::Cow<'_, str> {
    let line = text::one_line(text);
    if line.contains(SPECIAL) { content(&line).into() } else { line }
}

/// Characters that mean something to XML, and two that it forbids.
const SPECIAL: &[char] = &['&', '<', '>', '"', '\'', '\u{fffe}', '\u{ffff}'];

/// Text that has no control characters but line feeds.
fn content(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => escaped.extend(letter.escape_default()),
            other => escaped.push(other),
        }
    }
    escaped
}
