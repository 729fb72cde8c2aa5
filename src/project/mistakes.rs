//! Values of `gwcfg.yaml` that are of the right type and mean nothing.

use std::fmt;

use crate::document::Project;
use crate::source::{Position, Sources, Span};

use super::{deploy, environment, levels, target};

/// A value of `gwcfg.yaml` that no rule of the schema looks at, and that means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file, as reports show it.
    pub path: String,
    /// Where the value begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
    /// What is wrong, and what to do: a phrase.
    pub wrong: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mistake { path, start, wrong, .. } = self;
        write!(f, "`{path}:{}:{}`: {wrong}", start.line, start.column)
    }
}

/// All of them in one line.
pub(super) fn joined(mistakes: &[Mistake]) -> String {
    let told: Vec<String> = mistakes.iter().map(Mistake::to_string).collect();
    told.join("; ")
}

/// Every mistake in the order of the file.
pub(super) fn mistakes(sources: &Sources, project: &Project<'_>) -> Vec<Mistake> {
    let mut mistakes: Vec<(Span, String)> = Vec::new();
    if let Some(wanted) = project.required_version.copied()
        && version_fits(wanted.value.0).is_none()
    {
        let wrong = format!("`{}` asks for no version: write one like `>=0.1`", wanted.value.0);
        mistakes.push((wanted.span, wrong));
    }
    mistakes.extend(levels::mistakes(project));
    if let Some(written) = project.target.copied()
        && let Err(wrong) = target::target(written.value)
    {
        mistakes.push((written.span, wrong));
    }
    mistakes.extend(deploy::mistakes(project));
    mistakes.extend(environment::mistakes(project));
    mistakes.sort_by_key(|(span, _)| *span);
    let told = mistakes.into_iter().map(|(span, wrong)| mistake(sources, span, wrong));
    told.collect()
}

/// One of them, at its place.
pub(super) fn mistake(sources: &Sources, span: Span, wrong: String) -> Mistake {
    let (start, end) = sources.positions(span);
    Mistake { path: sources.path(span.file()).to_owned(), start, end, wrong }
}

/// Whether this gwcfg is one of the versions that are wanted; `None` when none are named.
pub(super) fn version_fits(wanted: &str) -> Option<bool> {
    let version = semver::Version::parse(env!("CARGO_PKG_VERSION")).ok()?;
    Some(semver::VersionReq::parse(wanted).ok()?.matches(&version))
}
