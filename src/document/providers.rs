//! `providers.yaml`: the endpoints that serve models.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::{Entries, Field, Ignored, Name, NameOr, Names, Scalar, Spanned, Text};

use super::numbers::{NonNegative, Positive};

/// The file.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(title = "providers.yaml", extend("required" = ["providers"]))]
pub struct Providers<'a> {
    /// Every provider by its name.
    pub providers: Field<Entries<'a, Provider<'a>>>,
    /// How the providers' health is watched.
    pub health_checks: Field<HealthChecks<'a>>,
    /// The team's own notes. Counts in it are compared with the file.
    pub metadata: Field<Metadata>,
    /// For people.
    pub version: Ignored,
    /// For people.
    pub description: Ignored,
    /// For people.
    pub notes: Ignored,
}

/// One endpoint that serves models.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(extend("required" = ["type", "status"]))]
pub struct Provider<'a> {
    /// What the endpoint speaks: a built-in provider type, or one declared under
    /// `provider_types` in `gwcfg.yaml`.
    #[serde(rename = "type")]
    pub kind: Field<&'a str>,
    /// Where it listens, `http://` or `https://`.
    pub base_url: Field<&'a str>,
    /// Whether it is compiled.
    pub status: Field<Status>,
    /// What it serves: names, or mappings with a `name`.
    pub models: Field<Vec<Field<Model<'a>>>>,
    /// The model meant when only the provider is named.
    pub default_model: Field<&'a str>,
    /// Whether requests need a key.
    pub requires_api_key: Field<bool>,
    /// The environment variable that holds the key.
    pub env_var: Field<&'a str>,
    /// The environment variable that holds the key (another spelling of `env_var`).
    pub api_key_env: Field<&'a str>,
    /// Path of the health check, joined to `base_url`.
    pub health_endpoint: Field<&'a str>,
    /// What each deployment may be asked.
    pub rate_limits: Field<RateLimits>,
    /// Seconds that a request may take.
    pub timeout: Field<Positive>,
    /// Seconds that a streamed request may take.
    pub stream_timeout: Field<Positive>,
    /// Further attempts at the same deployment.
    pub max_retries: Field<u32>,
    /// HTTP headers sent with every request.
    pub headers: Field<Entries<'a, Text<'a>>>,
    /// Version of the provider's interface, as Azure wants it.
    pub api_version: Field<Text<'a>>,
    /// The organization that is billed.
    pub organization: Field<&'a str>,
    /// The cloud region.
    pub region: Field<&'a str>,
    /// Words for policies.
    pub tags: Field<Names<'a>>,
    /// Where the requests go; `local` for loopback and private addresses when not written.
    pub locality: Field<Locality>,
    /// US dollars for 1000 tokens, by model.
    pub cost_per_1k_tokens: Field<Entries<'a, NonNegative>>,
    /// For people.
    pub description: Ignored,
    /// For people.
    pub features: Ignored,
    /// For people.
    pub docs: Ignored,
    /// For people.
    pub location: Ignored,
    /// For people.
    pub notes: Ignored,
    /// The server's own settings, for people.
    pub configuration: Ignored,
    /// For people.
    pub service_file: Ignored,
    /// For people.
    pub api_format: Ignored,
    /// For people.
    pub hardware_requirements: Ignored,
    /// The server's own setting, for people.
    pub gpu_memory_utilization: Ignored,
    /// The server's own setting, for people.
    pub max_model_len: Ignored,
}

/// Whether a provider is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Compiled.
    Active,
    /// Known, not compiled.
    Disabled,
    /// Known, not compiled.
    Inactive,
    /// Known, not compiled: it will be there one day.
    PendingIntegration,
    /// Known, not compiled: a pattern to copy from.
    Template,
    /// Known, not compiled: about to go.
    Deprecated,
}

impl Status {
    /// The word of the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Disabled => "disabled",
            Status::Inactive => "inactive",
            Status::PendingIntegration => "pending_integration",
            Status::Template => "template",
            Status::Deprecated => "deprecated",
        }
    }
}

/// Where requests go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Locality {
    /// They stay on this machine or in this network.
    Local,
    /// They leave.
    Cloud,
}

/// A model: its name alone, or with what is known of it.
pub type Model<'a> = NameOr<'a, ModelDetails<'a>>;

/// What is known of a model.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
#[schemars(extend("required" = ["name"]))]
pub struct ModelDetails<'a> {
    /// The name by which the provider knows it.
    pub name: Field<&'a str>,
    /// Parameters, like `8B` or `671B`. Compared with `min_model_size`.
    pub size: Field<Text<'a>>,
    /// Tokens that fit into a request. Compared with `min_context`.
    pub context_length: Field<u64>,
    /// Options of the model's server.
    pub options: Field<Box<Entries<'a, Scalar>>>,
    /// For people.
    pub quantization: Ignored,
    /// For people.
    pub specialty: Ignored,
    /// For people.
    pub use_case: Ignored,
    /// For people.
    pub description: Ignored,
    /// For people.
    pub tags: Ignored,
    /// For people.
    pub pulled_at: Ignored,
    /// For people.
    pub notes: Ignored,
    /// For people.
    pub model_size_gb: Ignored,
    /// For people.
    pub kv_cache_available_gb: Ignored,
}

impl<'a> NameOr<'a, ModelDetails<'a>> {
    /// The details, when the model is a mapping.
    #[must_use]
    pub fn details(&self) -> Option<&ModelDetails<'a>> {
        match self {
            NameOr::Name(_) => None,
            NameOr::Full(details) => Some(details),
        }
    }
}

/// The name of an item of `models`, with its place.
#[must_use]
pub fn model_name<'a>(item: &Field<Model<'a>>) -> Option<Name<'a>> {
    let given = item.given()?;
    match &given.value {
        NameOr::Name(name) => Some(Spanned { value: name, span: given.span }),
        NameOr::Full(details) => details.name.copied(),
    }
}

/// Limits of one deployment.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RateLimits {
    /// Requests in a minute.
    pub requests_per_minute: Field<u64>,
    /// Tokens in a minute.
    pub tokens_per_minute: Field<u64>,
    /// For people.
    pub hourly: Ignored,
    /// For people.
    pub daily: Ignored,
    /// For people.
    pub details: Ignored,
}

/// How the providers' health is watched.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct HealthChecks<'a> {
    /// Off when `false`.
    pub enabled: Field<bool>,
    /// Seconds between two checks.
    pub interval_seconds: Field<Positive>,
    /// Seconds that one check may take.
    pub timeout_seconds: Field<Positive>,
    /// Further attempts before a provider counts as down.
    pub retry_attempts: Field<u32>,
    /// URL of each provider's check.
    pub endpoints: Field<Entries<'a, &'a str>>,
    /// For people.
    pub description: Ignored,
}

/// The team's own notes, as far as they can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Metadata {
    /// Active providers.
    pub total_providers: Field<u64>,
    /// Models of active providers.
    pub total_models_available: Field<u64>,
    /// For people.
    pub version: Ignored,
    /// For people.
    pub last_updated: Ignored,
    /// For people.
    pub notes: Ignored,
    /// For people.
    pub provider_types: Ignored,
    /// For people.
    pub selection_criteria: Ignored,
}
