//! The weights of balanced groups, for the rules about them.

use crate::document::{Balancing, BalancingMember, Mappings};
use crate::source::{Entry, Field, Name, Span};

/// One member of a balanced group.
pub(super) struct Member<'a> {
    /// Its provider, at its place in the group.
    pub(super) provider: Name<'a>,
    /// Its weight as written, zero or above, with its place.
    pub(super) weight: Option<(f64, Span)>,
}

/// The balanced groups that are compiled, as they are written.
pub(super) fn groups<'m, 'a>(
    mappings: &'m Mappings<'a>,
) -> impl Iterator<Item = &'m Entry<'a, Balancing<'a>>> {
    let section = mappings.load_balancing.value();
    let section = section.filter(|section| section.enabled.value() != Some(&false));
    section.into_iter().flat_map(|section| &section.groups)
}

/// The members of a group; `None` when one of them could not be read.
pub(super) fn members<'a>(group: &Entry<'a, Balancing<'a>>) -> Option<Vec<Member<'a>>> {
    let written = group.value.value()?.providers.value()?;
    written.iter().map(member).collect()
}

fn member<'a>(field: &Field<BalancingMember<'a>>) -> Option<Member<'a>> {
    let member = field.value()?;
    let provider = if member.provider.is_absent() { &member.name } else { &member.provider };
    if member.weight.is_broken() {
        return None;
    }
    let weight = member.weight.given().map(|weight| (weight.value.0, weight.span));
    Some(Member { provider: provider.copied()?, weight })
}

/// A share of a sum as percent.
pub(super) fn percent(part: f64, sum: f64) -> String {
    format!("{:.0}% of the requests", part / sum * 100.0)
}

/// A number as people write it: at most six digits behind the point.
pub(super) fn number(value: f64) -> String {
    ((value * 1e6).round() / 1e6).to_string()
}
