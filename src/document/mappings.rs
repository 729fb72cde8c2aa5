//! `model-mappings.yaml`: which name is served by whom, and by whom then.

use std::{fmt, mem};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::source::{Entries, Entry, Field, Ignored, Name, NameOr, Names, Text};

use super::entries::{Chain, ExactMatch};
use super::numbers::NonNegative;

/// The file.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(title = "model-mappings.yaml")]
pub struct Mappings<'a> {
    /// Public names that are served by one model of one provider.
    pub exact_matches: ExactMatches<'a>,
    /// Regular expressions on names that nothing else serves; the first that matches wins.
    pub patterns: Field<Vec<Field<PatternRoute<'a>>>>,
    /// Public names that stand for a purpose.
    pub capabilities: Field<Entries<'a, Capability<'a>>>,
    /// Public names that are served by several providers at once.
    pub load_balancing: Field<LoadBalancing<'a>>,
    /// What is tried when a name's own providers fail.
    pub fallback_chains: Chains<'a>,
    /// Who gets a name that nothing else matches.
    pub routing_rules: Field<RoutingRules<'a>>,
    /// What happens to providers that fail.
    pub special_cases: Field<Entries<'a, SpecialCase>>,
    /// For people.
    pub metadata: Ignored,
    /// For people.
    pub notes: Ignored,
    /// For people.
    pub version: Ignored,
    /// For people.
    pub description: Ignored,
}

impl<'a> Mappings<'a> {
    /// Takes out the sections that have an entry for each name. They are more than half of the
    /// memory of a project's documents, and nothing asks them once the names are resolved.
    #[must_use]
    pub fn take_entries(&mut self) -> MappingEntries<'a> {
        MappingEntries {
            exact_matches: mem::take(&mut self.exact_matches),
            fallback_chains: mem::take(&mut self.fallback_chains),
        }
    }
}

/// The sections of [`Mappings`] that have an entry for each name.
#[derive(Debug, Default)]
pub struct MappingEntries<'a> {
    /// See [`Mappings::exact_matches`].
    pub exact_matches: ExactMatches<'a>,
    /// See [`Mappings::fallback_chains`].
    pub fallback_chains: Chains<'a>,
}

/// The exact matches of all names.
pub type ExactMatches<'a> = Field<Entries<'a, ExactMatch<'a>>>;

/// The chains of all names.
pub type Chains<'a> = Field<Entries<'a, Chain<'a>>>;

/// How important an entry is, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// First.
    Primary,
    /// Second.
    Secondary,
    /// Third.
    Tertiary,
}

/// Limits of one deployment.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RateLimit {
    /// Requests in a minute.
    pub rpm: Field<u64>,
    /// Tokens in a minute.
    pub tpm: Field<u64>,
}

/// A regular expression and who serves the names that it matches.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(extend("required" = ["pattern", "provider"]))]
pub struct PatternRoute<'a> {
    /// Python syntax, matched from the start of the name.
    pub pattern: Field<&'a str>,
    /// Who serves the names.
    pub provider: Field<&'a str>,
    /// Who serves them when that provider fails.
    pub fallback: Field<&'a str>,
    /// For people.
    pub description: Ignored,
    /// For people.
    pub notes: Ignored,
}

/// A public name that stands for a purpose.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Capability<'a> {
    /// Models, tried in this order.
    pub preferred_models: Field<Names<'a>>,
    /// Models, tried in this order (another spelling of `preferred_models`).
    pub models: Field<Names<'a>>,
    /// Without models: every model of this provider that meets the minimums.
    pub provider: Field<&'a str>,
    /// Without models: every model of these providers that meets the minimums.
    pub providers: Field<Names<'a>>,
    /// A provider or a public name: one more step after the chain.
    pub fallback: Field<&'a str>,
    /// How to choose among the models.
    pub routing_strategy: Field<&'a str>,
    /// Tokens that must fit into a request.
    pub min_context: Field<u64>,
    /// Parameters that a model must have, like `13B`.
    pub min_model_size: Field<Text<'a>>,
    /// Models by the complexity of a request.
    pub complexity_thresholds: Field<Entries<'a, &'a str>>,
    /// Models by the length of a request.
    pub context_thresholds: Field<Entries<'a, &'a str>>,
    /// Models by the wanted quality.
    pub quality_thresholds: Field<Entries<'a, &'a str>>,
    /// Models by the allowed latency.
    pub latency_thresholds: Field<Entries<'a, &'a str>>,
    /// Models by the allowed price.
    pub cost_thresholds: Field<Entries<'a, &'a str>>,
    /// Models by size.
    pub size_thresholds: Field<Entries<'a, &'a str>>,
    /// For people.
    pub description: Ignored,
    /// For people.
    pub notes: Ignored,
}

impl<'a> Capability<'a> {
    /// The `*_thresholds` mappings that are written.
    pub fn thresholds(&self) -> impl Iterator<Item = (Name<'a>, &Field<&'a str>)> {
        [
            &self.complexity_thresholds,
            &self.context_thresholds,
            &self.quality_thresholds,
            &self.latency_thresholds,
            &self.cost_thresholds,
            &self.size_thresholds,
        ]
        .into_iter()
        .filter_map(Field::value)
        .flat_map(|entries| entries.iter().map(|entry| (entry.name, &entry.value)))
    }
}

/// Public names that are served by several providers at once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LoadBalancing<'a> {
    /// Off when `false` (the older form of the section).
    pub enabled: Field<bool>,
    /// Strategies by name with the purposes that they apply to (the older form).
    pub strategies: Option<Name<'a>>,
    /// The groups, of both forms of the section (`redundant_models` is the older one).
    pub groups: Vec<Entry<'a, Balancing<'a>>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for LoadBalancing<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Sections;
        impl<'de> Visitor<'de> for Sections {
            type Value = LoadBalancing<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping of names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut section = LoadBalancing::default();
                while let Some(name) = map.next_key::<Name<'de>>()? {
                    match name.value {
                        "enabled" => section.enabled = map.next_value()?,
                        "strategies" => {
                            section.strategies = Some(name);
                            let _: Ignored = map.next_value()?;
                        }
                        "redundant_models" => {
                            let older: Field<Entries<'de, Balancing<'de>>> = map.next_value()?;
                            if let Some(entries) = older.value() {
                                section.groups.extend(entries.iter().cloned());
                            }
                        }
                        _ => section.groups.push(Entry { name, value: map.next_value()? }),
                    }
                }
                Ok(section)
            }
        }
        deserializer.deserialize_map(Sections)
    }
}

impl JsonSchema for LoadBalancing<'_> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LoadBalancing".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let group = generator.subschema_for::<Field<Balancing<'static>>>();
        let mut groups = generator.subschema_for::<Field<Entries<'static, Balancing<'static>>>>();
        let older = "The groups by their public names (the older form of the section).";
        groups.insert("description".to_owned(), older.into());
        json_schema!({
            "type": "object",
            "description": "Public names that are served by several providers at once.",
            "properties": {
                "enabled": {
                    "type": ["boolean", "null"],
                    "description": "Off when `false` (the older form of the section).",
                },
                "strategies": {
                    "description": "Has no effect: a group's strategy is its own `strategy`.",
                },
                "redundant_models": groups,
            },
            "additionalProperties": group,
        })
    }
}

/// One public name and the providers that share its requests.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(extend("required" = ["providers"]))]
pub struct Balancing<'a> {
    /// Who shares the requests.
    pub providers: Field<Vec<Field<BalancingMember<'a>>>>,
    /// How to choose among them.
    pub strategy: Field<&'a str>,
    /// Parameters of the strategy.
    pub parameters: Field<Entries<'a, Ignored>>,
    /// For people.
    pub description: Ignored,
    /// For people.
    pub notes: Ignored,
}

/// One provider's part in a group.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(extend("anyOf" = [{"required": ["provider"]}, {"required": ["name"]}]))]
pub struct BalancingMember<'a> {
    /// The provider.
    pub provider: Field<&'a str>,
    /// The provider (another spelling).
    pub name: Field<&'a str>,
    /// Its share, compared with the others'; all equal when none is written.
    pub weight: Field<NonNegative>,
    /// The provider's model for this name.
    pub preferred_model: Field<&'a str>,
    /// When the provider takes part.
    pub condition: Field<&'a str>,
    /// For people.
    pub description: Ignored,
    /// For people.
    pub notes: Ignored,
}

/// An entry of a chain: a name, or the older form `{primary: NAME}`.
pub type ChainEntry<'a> = NameOr<'a, Box<OldChainEntry<'a>>>;

/// The older form of a chain's entry: one of the three.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(extend("anyOf" = [
    {"required": ["primary"]}, {"required": ["secondary"]}, {"required": ["tertiary"]}
]))]
pub struct OldChainEntry<'a> {
    /// A public name or a provider.
    pub primary: Field<&'a str>,
    /// A public name or a provider.
    pub secondary: Field<&'a str>,
    /// A public name or a provider.
    pub tertiary: Field<&'a str>,
    /// When the entry counts.
    pub condition: Field<&'a str>,
    /// The provider's model.
    pub preferred_model: Field<&'a str>,
}

/// Who gets a name that nothing else matches.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct RoutingRules<'a> {
    /// The provider of every other name.
    pub default_provider: Field<&'a str>,
    /// A provider or a public name: tried when the default provider fails.
    pub default_fallback: Field<&'a str>,
    /// Conditions on a request's headers and fields.
    pub request_metadata_routing: Field<Entries<'a, Condition<'a>>>,
    /// Conditions on a model's size.
    pub model_size_routing: Field<Vec<Field<SizeRoute<'a>>>>,
    /// For people.
    pub description: Ignored,
    /// For people.
    pub notes: Ignored,
}

/// A provider for the requests that meet a condition.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Condition<'a> {
    /// Who serves them.
    pub provider: Field<&'a str>,
    /// Who serves them then.
    pub fallback: Field<&'a str>,
    /// The condition.
    pub condition: Field<&'a str>,
    /// For people.
    pub description: Ignored,
    /// For people.
    pub reason: Ignored,
}

/// A provider for models of a size.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct SizeRoute<'a> {
    /// The sizes, like `< 8B`.
    pub size: Field<Text<'a>>,
    /// Who serves them.
    pub provider: Field<&'a str>,
    /// Who serves them then.
    pub fallback: Field<&'a str>,
    /// For people.
    pub reason: Ignored,
    /// For people.
    pub description: Ignored,
}

/// What happens to providers in a special case; which keys count depends on the case.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SpecialCase {
    /// Off when `false`.
    pub enabled: Field<bool>,
    /// `rate_limited_fallback`: seconds that a provider is left alone.
    pub fallback_duration_seconds: Field<NonNegative>,
    /// `error_based_routing`: errors after which a provider is left alone.
    pub error_threshold: Field<u32>,
    /// `error_based_routing`: seconds that it is left alone.
    pub cooldown_seconds: Field<NonNegative>,
    /// For people.
    pub description: Ignored,
    /// Of a case that no gateway offers.
    pub strategy: Ignored,
    /// Of a case that no gateway offers.
    pub warm_check_timeout_ms: Ignored,
    /// Of a case that no gateway offers.
    pub prefer_local: Ignored,
}
