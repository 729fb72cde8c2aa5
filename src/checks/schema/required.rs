//! Keys that must be there. The typed reader takes every key as optional, so that one that is
//! missing costs nothing but itself; this says where one is.

use crate::document::{Mappings, Project, Providers};
use crate::source::{Entries, Field, FileId, NameOr, Span};

/// The mappings of `providers.yaml` that lack a required key, each in its place; the file itself
/// at its start.
#[must_use]
pub fn providers_lack_keys(file: FileId, document: &Providers<'_>) -> Vec<Span> {
    let mut lacking = Lacking::default();
    if document.providers.is_absent() {
        lacking.0.push(Span::file_start(file));
    }
    for (value, provider) in entries(&document.providers) {
        lacking.note(value, provider.kind.is_absent() || provider.status.is_absent());
        for (item, model) in items(&provider.models) {
            lacking.note(item, model.details().is_some_and(|model| model.name.is_absent()));
        }
    }
    lacking.0
}

/// The mappings of `model-mappings.yaml` that lack a required key, each in its place.
#[must_use]
pub fn mappings_lack_keys(_: FileId, document: &Mappings<'_>) -> Vec<Span> {
    let mut lacking = Lacking::default();
    for (value, exact) in entries(&document.exact_matches) {
        lacking.note(value, exact.provider.is_absent());
    }
    for (item, route) in items(&document.patterns) {
        lacking.note(item, route.pattern.is_absent() || route.provider.is_absent());
    }
    for entry in document.load_balancing.value().into_iter().flat_map(|all| &all.groups) {
        let Some(group) = entry.value.value() else { continue };
        lacking.note(&entry.value, group.providers.is_absent());
        for (item, member) in items(&group.providers) {
            lacking.note(item, member.provider.is_absent() && member.name.is_absent());
        }
    }
    for (value, chain) in entries(&document.fallback_chains) {
        lacking.note(value, chain.chain.is_absent());
        for entry in chain.chain.value().into_iter().flatten() {
            let NameOr::Full(old) = &entry.value else { continue };
            if [&old.primary, &old.secondary, &old.tertiary].iter().all(|field| field.is_absent()) {
                lacking.0.push(entry.span);
            }
        }
    }
    lacking.0
}

/// The mappings of `gwcfg.yaml` that lack a required key, each in its place.
#[must_use]
pub fn project_lacks_keys(_: FileId, document: &Project<'_>) -> Vec<Span> {
    let mut lacking = Lacking::default();
    for (value, declared) in entries(&document.provider_types) {
        lacking.note(value, declared.extends.is_absent());
    }
    lacking.0
}

#[derive(Default)]
struct Lacking(Vec<Span>);

impl Lacking {
    fn note<T>(&mut self, mapping: &Field<T>, lacks: bool) {
        if lacks {
            self.0.extend(mapping.span());
        }
    }
}

/// The values of a mapping of names that could be read, with and without their places.
fn entries<'d, T>(
    section: &'d Field<Entries<'_, T>>,
) -> impl Iterator<Item = (&'d Field<T>, &'d T)> {
    let entries = section.value().into_iter().flat_map(Entries::iter);
    entries.filter_map(|entry| entry.value.value().map(|value| (&entry.value, value)))
}

/// The items of a list that could be read, with and without their places.
fn items<T>(list: &Field<Vec<Field<T>>>) -> impl Iterator<Item = (&Field<T>, &T)> {
    let items = list.value().into_iter().flatten();
    items.filter_map(|item| item.value().map(|value| (item, value)))
}
