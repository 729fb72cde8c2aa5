//! Values of `gwcfg.yaml` that no rule of the schema looks at.

use crate::diagnostic::suggest;
use crate::document::Project;
use crate::rules;
use crate::source::{Sources, Span};

use super::{ProjectError, deploy, target};

/// Values that are of the right type and mean nothing, each with its place and what to do.
pub(super) fn mistakes(sources: &Sources, project: &Project<'_>) -> Vec<String> {
    let mut mistakes: Vec<(Span, String)> = Vec::new();
    if let Some(wanted) = project.required_version.copied()
        && version_fits(wanted.value.0).is_none()
    {
        let wrong = format!("`{}` asks for no version: write one like `>=0.1`", wanted.value.0);
        mistakes.push((wanted.span, wrong));
    }
    let all = rules::all();
    let rules = project.rules.value().into_iter().flat_map(|rules| rules.given());
    for (name, _) in rules {
        if !all.iter().any(|rule| rule.name == name.value) {
            let near = suggest::nearest(name.value, all.iter().map(|rule| rule.name));
            let unknown =
                ProjectError::UnknownRule { name: name.value.to_owned(), near }.to_string();
            mistakes.push((name.span, unknown));
        }
    }
    if let Some(written) = project.target.copied()
        && let Err(wrong) = target::target(written.value)
    {
        mistakes.push((written.span, wrong));
    }
    mistakes.extend(deploy::mistakes(project));
    mistakes.sort_by_key(|(span, _)| *span);
    let told = mistakes.into_iter().map(|(span, wrong)| {
        let (start, _) = sources.positions(span);
        format!("`{}:{}:{}`: {wrong}", sources.path(span.file()), start.line, start.column)
    });
    told.collect()
}

/// Whether this gwcfg is one of the versions that are wanted; `None` when none are named.
pub(super) fn version_fits(wanted: &str) -> Option<bool> {
    let version = semver::Version::parse(env!("CARGO_PKG_VERSION")).ok()?;
    Some(semver::VersionReq::parse(wanted).ok()?.matches(&version))
}
