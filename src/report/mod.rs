//! A report as text, in the formats of the contract. Nothing else decides how a finding looks.

mod entries;
mod fixes;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod places;
mod plain;
mod sarif;
mod snippet;
mod text;
mod window;

use std::io::{self, Write};

use crate::diagnostic::{Redactions, Report, Severity, Summary};
use crate::source::Sources;

pub use human::MAX_SHOWN;
pub use text::{Ink, line};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Pictures for people.
    Human,
    /// Version 1 of the JSON report.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Commands of a GitHub workflow, which become annotations.
    Github,
    /// A Code Quality report of GitLab.
    Gitlab,
    /// A test report, as Jenkins reads it.
    Junit,
    /// A line for each finding.
    Plain,
}

impl Format {
    /// Every format, in the order of the help text.
    pub const ALL: [Format; 7] = [
        Format::Human,
        Format::Json,
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
        Format::Junit,
        Format::Plain,
    ];

    /// The word of `--format`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Json => "json",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Junit => "junit",
            Format::Plain => "plain",
        }
    }
}

/// How the human picture is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With ANSI colours.
    pub colour: bool,
    /// With box drawing characters; else with plain ASCII.
    pub unicode: bool,
    /// Columns of the terminal; narrower ones than 40 are drawn as 40.
    pub width: usize,
    /// The names of rules are links to their pages (OSC 8), where the pages have an address.
    pub links: bool,
}

/// What was read, for the last line of the human report. Zeros are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Read {
    /// Source files.
    pub files: usize,
    /// Models of all providers.
    pub models: usize,
    /// Providers.
    pub providers: usize,
    /// Names that a request may ask for.
    pub public_names: usize,
}

/// All that a format may need.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The findings, sorted.
    pub report: &'a Report,
    /// The texts that the findings point into.
    pub sources: &'a Sources,
    /// What must not be shown.
    pub redactions: &'a Redactions,
    /// What was read.
    pub read: &'a Read,
    /// How the human picture is drawn; the other formats do not look at it.
    pub style: Style,
    /// What the formats for other programs need to know of where the run stands.
    pub around: Around<'a>,
}

/// What the formats for other programs need to know of where a run stands.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The way from the folder in which the command was run to the project, with a `/` at its end;
    /// empty when they are one. Services look for a file from the folder of the command.
    pub folder: &'a str,
    /// The address below which the pages of the rules are, with a `/` at its end.
    pub pages: Option<&'a str>,
    /// The least severity that fails the command.
    pub fail_on: Severity,
}

impl Default for Around<'_> {
    fn default() -> Self {
        Around { folder: "", pages: None, fail_on: Severity::Error }
    }
}

impl Around<'_> {
    /// A path of the project, from the folder in which the command was run.
    fn path(&self, path: &str) -> String {
        if path.starts_with('/') { path.to_owned() } else { [self.folder, path].concat() }
    }

    /// Where the page of a rule is, when the pages have an address.
    fn page(&self, rule: &str) -> Option<String> {
        self.pages.map(|pages| format!("{pages}rules/{rule}.html"))
    }
}

/// Writes the report of a run in one format.
///
/// # Errors
/// When `out` refuses.
pub fn write(out: &mut dyn Write, format: Format, run: &Run<'_>) -> io::Result<()> {
    match format {
        Format::Human => human::write(out, run),
        Format::Json => json::write(out, run),
        Format::Sarif => sarif::write(out, run),
        Format::Github => github::write(out, run),
        Format::Gitlab => gitlab::write(out, run),
        Format::Junit => junit::write(out, run),
        Format::Plain => plain::write(out, run),
    }
}

/// The last line of a report for people, with the number of what does not count.
fn closing(run: &Run<'_>) -> String {
    let line = closing_line(run.read, &run.report.summary());
    match run.report.suppressed().len() {
        0 => line,
        number => format!("{line}, {number} suppressed"),
    }
}

/// The last line of the human report but for what does not count, such as `checked 3 files, 12
/// models at 5 providers, 25 public names: 2 errors, 1 warning`.
#[must_use]
pub fn closing_line(read: &Read, summary: &Summary) -> String {
    let mut parts = vec![counted(read.files, "file")];
    let (models, providers) = (counted(read.models, "model"), counted(read.providers, "provider"));
    match (read.models, read.providers) {
        (0, 0) => {}
        (0, _) => parts.push(providers),
        (_, 0) => parts.push(models),
        (_, _) => parts.push(format!("{models} at {providers}")),
    }
    if read.public_names > 0 {
        parts.push(counted(read.public_names, "public name"));
    }
    format!("checked {}: {}", parts.join(", "), found(summary))
}

/// Such as `2 errors, 1 warning`, or `no findings`.
fn found(summary: &Summary) -> String {
    let counts =
        [(summary.errors, "error"), (summary.warnings, "warning"), (summary.infos, "info")];
    let words: Vec<String> = counts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| counted(number, word))
        .collect();
    if words.is_empty() { "no findings".to_owned() } else { words.join(", ") }
}

/// Such as `1 file` or `2 files`.
#[must_use]
pub fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
