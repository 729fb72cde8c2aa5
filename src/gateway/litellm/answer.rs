//! Which wildcard a requested name meets in LiteLLM.

use std::cmp::Reverse;

use crate::routing::pattern::specificity;

use super::{Lowered, Wildcard, WildcardTarget};

impl<'a> Lowered<'a> {
    /// The wildcard that a name gets that is no `model_name`: the most specific one, and of two
    /// alike the first (LiteLLM 1.106.2).
    #[must_use]
    pub fn wildcard_for(&self, name: &str) -> Option<&Wildcard> {
        let met = self.wildcards.iter().filter(|wildcard| meets(&wildcard.name, name));
        met.min_by_key(|wildcard| Reverse(specificity(&wildcard.name)))
    }

    /// The provider that a wildcard asks first; empty when there is none.
    #[must_use]
    pub fn asked_first(&self, wildcard: &Wildcard) -> &'a str {
        let first = wildcard.targets.first().map(|target| match target {
            WildcardTarget::AsRequested(provider) => *provider,
            WildcardTarget::Fixed(deployment) => deployment.provider,
        });
        first.and_then(|id| self.routing.provider(id)).map_or("", |provider| provider.name.value)
    }
}

/// Whether a name begins as the wildcard says. What follows its last literal part is free.
fn meets(wildcard: &str, name: &str) -> bool {
    let mut parts = wildcard.split('*');
    let start = parts.next().unwrap_or_default();
    let Some(rest) = name.strip_prefix(start) else { return false };
    let mut rest = Some(rest);
    for part in parts {
        rest = rest.and_then(|text| text.split_once(part).map(|(_, behind)| behind));
    }
    rest.is_some()
}

#[cfg(test)]
mod tests {
    use super::meets;

    #[test]
    fn a_wildcard_is_anchored_at_its_start_alone() {
        for (wildcard, name, met) in [
            ("*", "anything", true),
            ("org/*", "org/model", true),
            ("org/*", "other/org/model", false),
            ("*-mini", "gpt-mini-2024", true),
            ("gpt-*-mini*", "gpt-4-mini", true),
            ("gpt-*-mini*", "gpt-mini", false),
        ] {
            assert_eq!(meets(wildcard, name), met, "{wildcard} {name}");
        }
    }
}
