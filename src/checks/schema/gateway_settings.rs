//! What stands under `gateway`, for the rules about it.

use crate::gateway::litellm::keys::Section;
use crate::source::{Entries, Entry, Field, Scalar};

use super::Values;

/// Every setting of every section, with its section.
pub fn all<'v, 'a>(
    values: &'v Values<'a>,
) -> impl Iterator<Item = (Section, &'v Entry<'a, Scalar>)> {
    let gateway = values.documents.project.gateway.value();
    gateway.into_iter().flat_map(|gateway| {
        let of = |section, field: &'v Field<Entries<'a, Scalar>>| {
            field.value().into_iter().flatten().map(move |entry| (section, entry))
        };
        of(Section::Router, &gateway.router_settings)
            .chain(of(Section::Litellm, &gateway.litellm_settings))
            .chain(of(Section::General, &gateway.general_settings))
    })
}
