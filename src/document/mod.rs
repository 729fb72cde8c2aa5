//! What may be written: the shape of each source file, read by serde, published by schemars.
//! No behaviour, no meaning.

mod baseline;
mod entries;
mod mappings;
mod numbers;
mod ports;
mod project;
mod providers;
mod sections;

pub use baseline::{BASELINE_VERSION, KnownFinding, KnownFindings};
pub use entries::{Chain, ExactMatch};
pub use mappings::{
    Balancing, BalancingMember, Capability, ChainEntry, Chains, Condition, ExactMatches,
    LoadBalancing, MappingEntries, Mappings, OldChainEntry, PatternRoute, Priority, RateLimit,
    RoutingRules, SizeRoute, SpecialCase,
};
pub use numbers::{NonNegative, Port, Positive};
pub use ports::{Ports, Service};
pub use project::{
    Deploy, Environment, GatewaySettings, Keep, LevelWord, Policies, Probe, Project,
    ProviderTypeDeclaration, Verdict,
};
pub use providers::{
    HealthChecks, Locality, Metadata, Model, ModelDetails, Provider, Providers, RateLimits, Status,
    model_name,
};
pub use sections::{Home, home, overlaid_sections, overlay_schema};

use schemars::Schema;
use schemars::transform::RecursiveTransform;

/// The source files that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Document {
    /// `gwcfg.yaml`.
    Project,
    /// `providers.yaml`.
    Providers,
    /// `model-mappings.yaml`.
    Mappings,
    /// `ports.yaml`.
    Ports,
}

impl Document {
    /// Every document.
    pub const ALL: [Document; 4] =
        [Document::Project, Document::Providers, Document::Mappings, Document::Ports];

    /// The file's name without its extension.
    #[must_use]
    pub fn stem(self) -> &'static str {
        match self {
            Document::Project => "gwcfg",
            Document::Providers => "providers",
            Document::Mappings => "model-mappings",
            Document::Ports => "ports",
        }
    }

    /// The published JSON Schema (2020-12).
    #[must_use]
    pub fn schema(self) -> Schema {
        let settings = schemars::generate::SchemaSettings::draft2020_12();
        let generator = settings.with_transform(RecursiveTransform(limit_integer)).into_generator();
        match self {
            Document::Project => generator.into_root_schema_for::<Project<'static>>(),
            Document::Providers => generator.into_root_schema_for::<Providers<'static>>(),
            Document::Mappings => generator.into_root_schema_for::<Mappings<'static>>(),
            Document::Ports => generator.into_root_schema_for::<Ports<'static>>(),
        }
    }
}

/// Gives an integer the largest value that its Rust type holds: `format` alone is a hint that
/// validators do not look at.
fn limit_integer(schema: &mut Schema) {
    let limit = match schema.get("format").and_then(|format| format.as_str()) {
        Some("uint32") => u64::from(u32::MAX),
        Some("uint64") => u64::MAX,
        _ => return,
    };
    schema.insert("maximum".to_owned(), limit.into());
}
