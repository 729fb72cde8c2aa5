//! A report as text, in the formats of the contract. Nothing else decides how a finding looks.

mod fixes;
mod human;
mod json;
mod places;
mod snippet;
mod text;
mod window;

use std::io::{self, Write};

use crate::diagnostic::{Redactions, Report, Summary};
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
}

impl Format {
    /// Every format, in the order of the help text.
    pub const ALL: [Format; 2] = [Format::Human, Format::Json];

    /// The word of `--format`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Json => "json",
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
}

/// Writes the report of a run in one format.
///
/// # Errors
/// When `out` refuses.
pub fn write(out: &mut dyn Write, format: Format, run: &Run<'_>) -> io::Result<()> {
    match format {
        Format::Human => human::write(out, run),
        Format::Json => json::write(out, run),
    }
}

/// The last line of the human report, such as `checked 3 files, 12 models at 5 providers, 25
/// public names: 2 errors, 1 warning`.
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
