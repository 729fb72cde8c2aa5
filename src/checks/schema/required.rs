//! Keys that must be there. The typed reader takes every key as optional, so that one that is
//! missing costs nothing but itself; this says whether any is.

use crate::document::{Mappings, Project, Providers};
use crate::source::Field;

/// True when a required key of `providers.yaml` is missing.
#[must_use]
pub fn providers_lack_keys(document: &Providers<'_>) -> bool {
    let Some(entries) = document.providers.value() else {
        return document.providers.is_absent();
    };
    entries.given().any(|(_, provider)| {
        provider.kind.is_absent()
            || provider.status.is_absent()
            || items(&provider.models)
                .filter_map(crate::document::Model::details)
                .any(|m| m.name.is_absent())
    })
}

/// True when a required key of `model-mappings.yaml` is missing.
#[must_use]
pub fn mappings_lack_keys(document: &Mappings<'_>) -> bool {
    let exact = document.exact_matches.value().into_iter().flat_map(crate::source::Entries::given);
    let balanced = document.load_balancing.value().into_iter().flat_map(|all| &all.groups);
    let chains =
        document.fallback_chains.value().into_iter().flat_map(crate::source::Entries::given);
    exact.map(|(_, exact)| exact).any(|exact| exact.provider.is_absent())
        || items(&document.patterns)
            .any(|route| route.pattern.is_absent() || route.provider.is_absent())
        || balanced.filter_map(|entry| entry.value.value()).any(|group| {
            group.providers.is_absent()
                || items(&group.providers)
                    .any(|member| member.provider.is_absent() && member.name.is_absent())
        })
        || chains.map(|(_, chain)| chain).any(|chain| chain.chain.is_absent())
}

/// True when a required key of `gwcfg.yaml` is missing.
#[must_use]
pub fn project_lacks_keys(document: &Project<'_>) -> bool {
    let types = document.provider_types.value().into_iter().flat_map(crate::source::Entries::given);
    types.map(|(_, kind)| kind).any(|kind| kind.extends.is_absent())
}

fn items<T>(list: &Field<Vec<Field<T>>>) -> impl Iterator<Item = &T> {
    list.value().into_iter().flatten().filter_map(Field::value)
}
