//! Names that do not resolve. Found once, while the routing is built; each rule of the
//! references and fallbacks stages tells of its own kind.

use crate::source::{Name, Span};

use super::{ModelId, NameId, ProviderId};

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// `exact_matches: {…: {provider}}`.
    ExactProvider,
    /// `exact_matches: {…: {backend_model}}`, or the public name itself when it is not written.
    BackendModel,
    /// `exact_matches: {…: {fallback}}`.
    ExactFallback,
    /// `patterns: [{provider}]`.
    PatternProvider,
    /// `patterns: [{fallback}]`.
    PatternFallback,
    /// `capabilities: {…: {preferred_models}}`.
    CapabilityModel,
    /// `capabilities: {…: {provider(s)}}`.
    CapabilityProvider,
    /// `capabilities: {…: {fallback}}`.
    CapabilityFallback,
    /// `capabilities: {…: {*_thresholds}}`.
    CapabilityThreshold,
    /// `load_balancing: {…: {providers: [{provider}]}}`.
    BalancingProvider,
    /// `load_balancing: {…: {providers: [{preferred_model}]}}`.
    BalancingModel,
    /// `fallback_chains: {…: {chain}}`.
    ChainEntry,
    /// The name whose chain it is.
    ChainOwner,
    /// `routing_rules: {default_provider}`.
    DefaultProvider,
    /// `routing_rules: {default_fallback}`.
    DefaultFallback,
    /// `routing_rules: {request_metadata_routing, model_size_routing}`.
    ConditionProvider,
    /// `providers: {…: {default_model}}`.
    DefaultModel,
    /// The public name itself.
    PublicName,
}

impl Place {
    /// True where the name decides what is tried after a failure.
    #[must_use]
    pub fn is_fallback(self) -> bool {
        match self {
            Place::ExactFallback
            | Place::PatternFallback
            | Place::CapabilityFallback
            | Place::ChainEntry
            | Place::ChainOwner
            | Place::DefaultFallback => true,
            Place::ExactProvider
            | Place::BackendModel
            | Place::PatternProvider
            | Place::CapabilityModel
            | Place::CapabilityProvider
            | Place::CapabilityThreshold
            | Place::BalancingProvider
            | Place::BalancingModel
            | Place::DefaultProvider
            | Place::ConditionProvider
            | Place::DefaultModel
            | Place::PublicName => false,
        }
    }

    /// True where only a provider may stand.
    #[must_use]
    pub fn wants_provider(self) -> bool {
        match self {
            Place::ExactProvider
            | Place::PatternProvider
            | Place::CapabilityProvider
            | Place::BalancingProvider
            | Place::DefaultProvider
            | Place::ConditionProvider => true,
            Place::BackendModel
            | Place::ExactFallback
            | Place::PatternFallback
            | Place::CapabilityModel
            | Place::CapabilityFallback
            | Place::CapabilityThreshold
            | Place::BalancingModel
            | Place::ChainEntry
            | Place::ChainOwner
            | Place::DefaultFallback
            | Place::DefaultModel
            | Place::PublicName => false,
        }
    }
}

/// Why a name does not resolve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing has this name.
    Unknown,
    /// A provider of this name is not active.
    InactiveProvider(ProviderId),
    /// Only providers that are not active declare a model of this name.
    InactiveModel(ModelId),
    /// The provider does not declare this model.
    NotAtProvider(ProviderId),
    /// A provider stands where a model is meant.
    ProviderNotModel(ProviderId),
    /// A provider is named, and nothing decides which of its models is meant.
    Undecided(ProviderId),
    /// Several providers declare the model and nothing says who serves it: this one and others.
    SeveralProviders(ModelId),
    /// The provider's type serves no models.
    ServesNoModels(ProviderId),
    /// No model meets the minimums, or nothing is listed.
    Empty,
    /// Every weight is zero: nobody would be asked.
    NoWeight,
    /// A public name of this name comes first; the span is its declaration.
    Shadowed(Span),
    /// A chain's step is the chain's own name.
    Itself,
    /// The list has this entry already, at this place.
    Repeated(Span),
    /// A declared name, at this place, is the same but for upper and lower case.
    CaseDiffers(NameId, Span),
    /// What it names was left out because of a finding of its own: nothing more to say.
    LeftOut,
}

/// A name that does not resolve, and what is left out for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defect<'a> {
    /// The name as written, with its place.
    pub name: Name<'a>,
    /// Where it stands.
    pub place: Place,
    /// The entry that it belongs to: a public name, a chain's name.
    pub owner: Option<Name<'a>>,
    /// Why it does not resolve.
    pub why: Why,
}

impl Why {
    /// The provider that is named where its model is not known.
    #[must_use]
    pub fn provider(self) -> Option<ProviderId> {
        match self {
            Why::Undecided(provider) | Why::NotAtProvider(provider) => Some(provider),
            Why::Unknown
            | Why::InactiveProvider(_)
            | Why::InactiveModel(_)
            | Why::ProviderNotModel(_)
            | Why::SeveralProviders(_)
            | Why::ServesNoModels(_)
            | Why::Empty
            | Why::NoWeight
            | Why::Shadowed(_)
            | Why::Itself
            | Why::Repeated(_)
            | Why::CaseDiffers(..)
            | Why::LeftOut => None,
        }
    }
}

impl Defect<'_> {
    /// True where a step is lost that was meant to help after a failure, and will once its name is
    /// right. A step that names what is not active is not meant to help while that is so.
    #[must_use]
    pub fn loses_step(&self) -> bool {
        let loses = match self.why {
            Why::Unknown
            | Why::NotAtProvider(_)
            | Why::ProviderNotModel(_)
            | Why::Undecided(_)
            | Why::SeveralProviders(_)
            | Why::ServesNoModels(_)
            | Why::CaseDiffers(..)
            | Why::LeftOut => true,
            Why::InactiveProvider(_)
            | Why::InactiveModel(_)
            | Why::Empty
            | Why::NoWeight
            | Why::Shadowed(_)
            | Why::Itself
            | Why::Repeated(_) => false,
        };
        loses && self.place.is_fallback() && self.place != Place::ChainOwner
    }
}
