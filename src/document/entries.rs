//! The entries of `model-mappings.yaml` of which a project has one for each name. What few of them
//! say stands aside, so that the others do not pay for its absence.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use crate::source::{Checked, Field, Ignored, List, Span};

use super::mappings::{ChainEntry, Priority, RateLimit};
use super::numbers::NonNegative;

/// A public name that is served by one model.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(from = "ExactMatchKeys<'a>", bound(deserialize = "'de: 'a"))]
pub struct ExactMatch<'a> {
    /// Who serves it.
    pub provider: Field<&'a str>,
    more: Option<Box<ExactMatchMore<'a>>>,
}

#[derive(Debug, Clone, PartialEq)]
struct ExactMatchMore<'a> {
    backend_model: Field<&'a str>,
    fallback: Field<&'a str>,
    rate_limit: Field<Box<RateLimit>>,
}

/// A public name that is served by one model.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(rename = "ExactMatch", extend("required" = ["provider"]))]
struct ExactMatchKeys<'a> {
    /// Who serves it.
    provider: Field<&'a str>,
    /// The provider's name for the model; the public name itself when not written.
    backend_model: Field<&'a str>,
    /// How important the entry is, for people.
    #[serde(rename = "priority")]
    _priority: Checked<Priority>,
    /// A provider or a public name: one more step after the chain.
    fallback: Field<&'a str>,
    /// What this name's deployment may be asked.
    rate_limit: Field<Box<RateLimit>>,
    /// For people.
    #[serde(rename = "description")]
    _description: Ignored,
    /// For people.
    #[serde(rename = "notes")]
    _notes: Ignored,
}

impl<'a> From<ExactMatchKeys<'a>> for ExactMatch<'a> {
    fn from(keys: ExactMatchKeys<'a>) -> Self {
        let ExactMatchKeys { provider, backend_model, fallback, rate_limit, .. } = keys;
        let alone = backend_model.is_absent() && fallback.is_absent() && rate_limit.is_absent();
        let more = ExactMatchMore { backend_model, fallback, rate_limit };
        ExactMatch { provider, more: (!alone).then(|| Box::new(more)) }
    }
}

impl<'a> ExactMatch<'a> {
    /// The provider's name for the model; the public name itself when not written.
    #[must_use]
    pub fn backend_model(&self) -> Field<&'a str> {
        self.more.as_ref().map_or(Field::ABSENT, |more| more.backend_model)
    }

    /// A provider or a public name: one more step after the chain.
    #[must_use]
    pub fn fallback(&self) -> Field<&'a str> {
        self.more.as_ref().map_or(Field::ABSENT, |more| more.fallback)
    }

    /// What this name's deployment may be asked.
    #[must_use]
    pub fn rate_limit(&self) -> Option<&RateLimit> {
        self.more.as_ref()?.rate_limit.value().map(|limits| &**limits)
    }
}

impl JsonSchema for ExactMatch<'_> {
    fn schema_name() -> Cow<'static, str> {
        ExactMatchKeys::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        ExactMatchKeys::json_schema(generator)
    }
}

/// What is tried in order when a name's own group fails.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(from = "ChainKeys<'a>", bound(deserialize = "'de: 'a"))]
pub struct Chain<'a> {
    /// Public names or providers.
    pub chain: Field<List<ChainEntry<'a>>>,
    more: Option<Box<ChainMore>>,
}

#[derive(Debug, Clone, PartialEq)]
struct ChainMore {
    retry_attempts: Field<u32>,
    retry_delay: Option<Span>,
}

/// What is tried in order when a name's own group fails.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(rename = "Chain", extend("required" = ["chain"]))]
struct ChainKeys<'a> {
    /// Public names or providers.
    chain: Field<List<ChainEntry<'a>>>,
    /// Further attempts at the name's own deployments before the chain begins.
    retry_attempts: Field<u32>,
    /// Milliseconds between two attempts.
    retry_delay_ms: Field<Checked<NonNegative>>,
    /// For people.
    #[serde(rename = "tier")]
    _tier: Ignored,
    /// For people.
    #[serde(rename = "description")]
    _description: Ignored,
    /// For people.
    #[serde(rename = "notes")]
    _notes: Ignored,
}

impl<'a> From<ChainKeys<'a>> for Chain<'a> {
    fn from(keys: ChainKeys<'a>) -> Self {
        let ChainKeys { chain, retry_attempts, retry_delay_ms, .. } = keys;
        let retry_delay = retry_delay_ms.given().map(|delay| delay.span);
        let alone = retry_attempts.is_absent() && retry_delay.is_none();
        let more = ChainMore { retry_attempts, retry_delay };
        Chain { chain, more: (!alone).then(|| Box::new(more)) }
    }
}

impl Chain<'_> {
    /// Further attempts at the name's own deployments before the chain begins.
    #[must_use]
    pub fn retry_attempts(&self) -> Field<u32> {
        self.more.as_ref().map_or(Field::ABSENT, |more| more.retry_attempts)
    }

    /// Where the milliseconds between two attempts stand.
    #[must_use]
    pub fn retry_delay(&self) -> Option<Span> {
        self.more.as_ref()?.retry_delay
    }
}

impl JsonSchema for Chain<'_> {
    fn schema_name() -> Cow<'static, str> {
        ChainKeys::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        ChainKeys::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use crate::source::Entry;

    use super::*;

    #[test]
    fn an_entry_for_a_name_is_as_small_as_what_most_of_them_say() {
        assert_eq!(size_of::<Entry<'_, ExactMatch<'_>>>(), 72);
        assert_eq!(size_of::<Entry<'_, Chain<'_>>>(), 72);
    }
}
