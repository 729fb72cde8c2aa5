//! What the sources mean: every name resolved to the deployments that answer it and to what is
//! tried when they fail. The compiler's middle form, the same for every gateway.

pub mod address;
mod build;
mod case;
mod chains;
mod defect;
pub mod graph;
mod models;
mod names;
pub mod pattern;
pub mod provider_type;
mod seen;
mod target;

pub use build::build;
pub use chains::DEFAULT;
pub use defect::{Defect, Place, Why};
pub use models::{Size, minimums};
pub use names::{NameId, Names};
pub use provider_type::ProviderType;

use std::num::NonZeroU32;
use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::document::{
    self, Locality, Mappings, ModelDetails, Ports, Project, Providers, RateLimit,
};
use crate::source::{Field, FileId, Name, Span, Spanned};

use pattern::{Pattern, PatternError};

/// All documents of a project, as they were read.
#[derive(Debug, Default)]
pub struct Documents<'a> {
    /// `gwcfg.yaml`, or the defaults.
    pub project: Project<'a>,
    /// `providers.yaml`.
    pub providers: Providers<'a>,
    /// `model-mappings.yaml`. Its [entries](document::MappingEntries) are handed to [`build()`] and
    /// gone then: the routing says all that later stages ask of them.
    pub mappings: Mappings<'a>,
    /// The expressions of [`Mappings::patterns`], of those entries that have one, in their order.
    pub patterns: Vec<Result<Pattern, PatternError>>,
    /// `ports.yaml`, when there is one.
    pub ports: Option<Ports<'a>>,
    /// Files that could not be read to their end: what they would have declared is unknown, so
    /// nothing is said about names that are missing.
    pub incomplete: Vec<FileId>,
    /// An environment laid something over them: what a source says of itself need not hold.
    pub overlaid: bool,
}

/// Reads the expressions of [`Documents::patterns`].
#[must_use]
pub fn read_patterns(mappings: &Mappings<'_>) -> Vec<Result<Pattern, PatternError>> {
    with_text(mappings).map(|(_, text)| Pattern::parse(text.value)).collect()
}

/// The patterns that have an expression, with its text.
pub fn with_text<'d, 'a>(
    mappings: &'d Mappings<'a>,
) -> impl Iterator<Item = (&'d document::PatternRoute<'a>, Name<'a>)> {
    let routes = mappings.patterns.value().into_iter().flatten().filter_map(Field::value);
    routes.filter_map(|route| route.pattern.copied().map(|text| (route, text)))
}

/// Row in [`Routing::providers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderId(pub u32);

/// Row in [`Routing::models`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(pub u32);

/// Row in [`Routing::groups`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(pub u32);

/// Row in [`Routing::chains`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChainId(pub u32);

/// Row in [`Routing::limits`], counted from 1: few deployments have one, so its absence is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LimitsId(pub NonZeroU32);

/// An endpoint that serves models.
#[derive(Debug, Clone)]
pub struct Provider<'a> {
    /// Its name, at its key in `providers.yaml`.
    pub name: Name<'a>,
    /// Its number among the names.
    pub id: NameId,
    /// Everything that was written about it.
    pub written: &'a document::Provider<'a>,
    /// What it speaks; `None` when the type is unknown.
    pub kind: Option<ProviderType<'a>>,
    /// Compiled: active, of a known type that serves models, with a usable address.
    pub usable: bool,
    /// `status: active`.
    pub active: bool,
    /// Rows in [`Routing::models`].
    pub models: Range<u32>,
    /// Whether requests leave the network.
    pub locality: Locality,
}

/// A model that a provider declares.
#[derive(Debug, Clone, Copy)]
pub struct Model<'a> {
    /// Who declares it.
    pub provider: ProviderId,
    /// Its name.
    pub name: NameId,
    /// Where it is declared.
    pub span: Span,
    /// What is known of it, when it is a mapping.
    pub details: Option<&'a ModelDetails<'a>>,
}

/// What made a public name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroupKind {
    /// An entry of `load_balancing`.
    Balanced,
    /// An entry of `exact_matches`.
    Exact,
    /// A model's own name.
    Model,
    /// An entry of `capabilities`.
    Capability,
    /// No public name: a provider's model that a chain names through its provider, where no
    /// public name means just this deployment.
    Private,
}

/// All deployments behind one public name.
#[derive(Debug, Clone)]
pub struct Group {
    /// The public name.
    pub name: NameId,
    /// What made it.
    pub kind: GroupKind,
    /// Where it was declared.
    pub span: Span,
    /// Rows in [`Routing::deployments`].
    pub deployments: Range<u32>,
    /// What is tried when all of them fail.
    pub chain: Option<ChainId>,
}

/// One (provider, model) pair that can answer a public name.
#[derive(Debug, Clone, Copy)]
pub struct Deployment {
    /// Who answers.
    pub provider: ProviderId,
    /// The provider's name for the model.
    pub model: NameId,
    /// The declared model, when the provider declares it.
    pub declared: Option<ModelId>,
    /// Share within the deployments of the same order.
    pub weight: f64,
    /// Tried first to last; equal ones share the requests.
    pub order: u32,
    /// What made it a member of its group.
    pub span: Span,
    /// Limits of this name alone.
    pub limits: Option<LimitsId>,
}

/// What is tried, in order, when a name's own deployments fail.
#[derive(Debug, Clone)]
pub struct Chain<'a> {
    /// The name whose chain it is; `default` for the chain of every name without one.
    pub owner: Name<'a>,
    /// Whether the chain has an entry of its own in `fallback_chains`.
    pub written: bool,
    /// The list, when it was written and has no entry.
    pub empty: Option<Span>,
    /// Further attempts at the name's own deployments before the chain begins.
    pub attempts: Option<Spanned<u32>>,
    /// Rows in [`Routing::steps`].
    pub steps: Range<u32>,
}

/// What a chain says beside its steps. No gateway is asked to do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainRemark<'a> {
    /// The name whose chain it is.
    pub owner: Name<'a>,
    /// What it is about.
    pub kind: ChainRemarkKind,
    /// Where it was written.
    pub span: Span,
}

/// What a chain's remark is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainRemarkKind {
    /// A condition on one of its entries.
    Condition,
    /// A pause between two attempts.
    RetryDelay,
}

/// One entry of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is tried.
    pub target: GroupId,
    /// Where it was written.
    pub span: Span,
}

/// A regular expression and who serves the names that it matches.
#[derive(Debug)]
pub struct PatternRoute<'a> {
    /// What was written.
    pub written: &'a document::PatternRoute<'a>,
    /// The expression as text, with its place.
    pub text: Name<'a>,
    /// The expression; `None` when it is not a valid one.
    pub pattern: Option<&'a Pattern>,
    /// Who serves the names; `None` when that is nobody usable.
    pub provider: Option<ProviderId>,
    /// What is tried when the provider fails.
    pub fallback: Option<Step>,
}

/// Who gets a name that nothing else matches.
#[derive(Debug, Clone, Copy)]
pub struct DefaultRoute {
    /// The provider; it is asked for the name as requested.
    pub provider: ProviderId,
    /// Where it was named.
    pub span: Span,
    /// What is tried when it fails.
    pub fallback: Option<Step>,
}

/// What a name means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Meaning {
    /// A provider, in any status.
    pub provider: Option<ProviderId>,
    /// A public name.
    pub group: Option<GroupId>,
    /// A model that some provider declares, usable or not: the first.
    pub model: Option<ModelId>,
    /// Declared as a public name, but left out because of a finding elsewhere.
    pub left_out: bool,
}

/// The sources with every name resolved.
#[derive(Debug, Default)]
pub struct Routing<'a> {
    /// Every name of the project.
    pub names: Names<'a>,
    /// What each name means, by [`NameId`].
    pub meanings: Vec<Meaning>,
    /// All providers, in the order of the file.
    pub providers: Vec<Provider<'a>>,
    /// All models, by provider, in the order of the file.
    pub models: Vec<Model<'a>>,
    /// Models whose name an earlier provider declares too; the first one is its name's meaning.
    other_models: HashMap<(ProviderId, NameId), ModelId, RandomState>,
    /// All public names: balanced, exact, models, capabilities, each in the order of its file.
    pub groups: Vec<Group>,
    /// Deployments, by group.
    pub deployments: Vec<Deployment>,
    /// Limits of deployments that have their own.
    pub limits: Vec<RateLimit>,
    /// Exact matches that nobody serves, in the order of the file.
    pub exact_left_out: Vec<Name<'a>>,
    /// Chains, in the order of the file; the default chain is not among them.
    pub chains: Vec<Chain<'a>>,
    /// The chain of every name that has none.
    pub default_chain: Option<Chain<'a>>,
    /// What the chains say beside their steps.
    pub chain_remarks: Vec<ChainRemark<'a>>,
    /// Steps, by chain.
    pub steps: Vec<Step>,
    /// Patterns, in the order of the file.
    pub patterns: Vec<PatternRoute<'a>>,
    /// Whether they can still match, in the order of those that are valid.
    pub reach: Vec<pattern::Reach>,
    /// Who gets every other name.
    pub default_route: Option<DefaultRoute>,
    /// Names that do not resolve, and what was left out because of it.
    pub defects: Vec<Defect<'a>>,
}

impl<'a> Routing<'a> {
    /// What a name means; nothing for a name that never occurred.
    #[must_use]
    pub fn meaning(&self, name: NameId) -> Meaning {
        self.meanings.get(name.index()).copied().unwrap_or_default()
    }

    /// What a text means.
    #[must_use]
    pub fn meaning_of(&self, text: &str) -> Meaning {
        self.names.find(text).map(|id| self.meaning(id)).unwrap_or_default()
    }

    /// A provider by its row.
    #[must_use]
    pub fn provider(&self, id: ProviderId) -> Option<&Provider<'a>> {
        self.providers.get(id.0 as usize)
    }

    /// A provider by its name.
    #[must_use]
    pub fn provider_named(&self, text: &str) -> Option<&Provider<'a>> {
        self.meaning_of(text).provider.and_then(|id| self.provider(id))
    }

    /// A model by its row.
    #[must_use]
    pub fn model(&self, id: ModelId) -> Option<&Model<'a>> {
        self.models.get(id.0 as usize)
    }

    /// A provider's models.
    #[must_use]
    pub fn models_of(&self, provider: &Provider<'a>) -> &[Model<'a>] {
        slice(&self.models, &provider.models)
    }

    /// A public name by its row.
    #[must_use]
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(id.0 as usize)
    }

    /// The name of a public name's row.
    #[must_use]
    pub fn group_name(&self, id: GroupId) -> &'a str {
        self.group(id).map_or("", |group| self.names.text(group.name))
    }

    /// A group's deployments.
    #[must_use]
    pub fn deployments_of(&self, group: &Group) -> &[Deployment] {
        slice(&self.deployments, &group.deployments)
    }

    /// A deployment's own limits.
    #[must_use]
    pub fn limits_of(&self, deployment: &Deployment) -> Option<&RateLimit> {
        self.limits.get(deployment.limits?.0.get() as usize - 1)
    }

    /// A chain by its row.
    #[must_use]
    pub fn chain(&self, id: ChainId) -> Option<&Chain<'a>> {
        self.chains.get(id.0 as usize)
    }

    /// A chain's steps.
    #[must_use]
    pub fn steps_of(&self, chain: &Chain<'a>) -> &[Step] {
        slice(&self.steps, &chain.steps)
    }

    /// The steps behind a group's own deployments, without the default chain.
    #[must_use]
    pub fn steps_of_group(&self, group: &Group) -> &[Step] {
        let chain = group.chain.and_then(|id| self.chain(id));
        chain.map_or(&[], |chain| self.steps_of(chain))
    }

    /// The steps that were written for a chain's own name. A name without an entry in
    /// `fallback_chains` has only its `fallback`, the last step: those before it are the default
    /// chain's.
    #[must_use]
    pub fn own_steps(&self, chain: &Chain<'a>) -> &[Step] {
        let steps = self.steps_of(chain);
        if chain.written { steps } else { steps.last().map_or(&[], std::slice::from_ref) }
    }

    /// Public names, the private groups left out.
    pub fn public_groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(|group| group.kind != GroupKind::Private)
    }
}

fn slice<'r, T>(rows: &'r [T], range: &Range<u32>) -> &'r [T] {
    rows.get(range.start as usize..range.end as usize).unwrap_or(&[])
}
