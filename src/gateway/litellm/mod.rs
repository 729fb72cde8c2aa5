//! LiteLLM: routing to its `config.yaml`.
//!
//! What the gateway does with each construct was measured on LiteLLM 1.106.2; the tests under
//! `tests/conformance` show it again.

mod answer;
pub mod compiled;
pub mod config;
mod emit;
mod entry;
#[cfg(test)]
mod every_key;
mod health;
pub mod infer;
pub mod inferred;
pub mod keys;
pub mod kinds;
pub mod loose;
mod loss;
mod lower;
mod options;
pub mod packaged;
mod provider;
pub mod releases;
pub mod served;
mod settings;
mod strategy;
mod table;
mod unread;
pub mod value;
pub mod variables;
pub mod walk;

pub use emit::emit;
pub use health::Health;
pub use loss::{Loss, Lost};
pub use lower::{Wildcard, WildcardTarget, lower};
pub use provider::{Key, Parameters};
pub use settings::Setting;
pub use strategy::{RoutingGroup, strategy_of};

use crate::routing::{Group, GroupId, GroupKind, Routing};

/// The release whose behaviour the lowering relies on.
pub const RELEASE: &str = "1.106.2";

/// A project lowered to LiteLLM: everything that `emit` writes, most of it still in the routing.
#[derive(Debug)]
pub struct Lowered<'a> {
    /// The names and deployments.
    pub routing: &'a Routing<'a>,
    /// Parameters of each provider, by its row; `None` for one that is not compiled.
    pub providers: Vec<Option<Parameters<'a>>>,
    /// Wildcard entries: patterns and the default provider.
    pub wildcards: Vec<Wildcard>,
    /// Groups that are reached through a hidden alias without a chain of its own, because their
    /// chain would otherwise come between two steps of another one. By row.
    pub hops: Vec<bool>,
    /// Groups that some chain goes to. By row.
    pub steps: Vec<bool>,
    /// Hops of the longest walk, and one to spare.
    pub max_fallbacks: usize,
    /// Which deployments are asked whether they are well.
    pub health: Option<Health>,
    /// Names with a strategy of their own.
    pub routing_groups: Vec<RoutingGroup<'a>>,
    /// `router_settings`, without what the routing says.
    pub router_settings: Vec<Setting<'a>>,
    /// `litellm_settings`.
    pub litellm_settings: Vec<Setting<'a>>,
    /// `general_settings`.
    pub general_settings: Vec<Setting<'a>>,
    /// What could not be expressed.
    pub losses: Vec<Loss<'a>>,
}

impl<'a> Lowered<'a> {
    /// The `model_name` of a group.
    #[must_use]
    pub fn model_name(&self, group: &Group) -> String {
        let name = self.routing.names.text(group.name);
        if group.kind != GroupKind::Private {
            return name.to_owned();
        }
        // Nobody asks for it by name; the provider tells two of one model apart.
        let deployment = self.routing.deployments_of(group).first();
        let provider = deployment.and_then(|d| self.routing.provider(d.provider));
        format!("gwcfg:{}:{name}", provider.map_or("", |provider| provider.name.value))
    }

    /// The name by which a step of a chain reaches a group.
    #[must_use]
    pub fn step_name(&self, target: GroupId, last: bool) -> String {
        let Some(group) = self.routing.group(target) else { return String::new() };
        let name = self.model_name(group);
        let hop = !last && self.hops.get(target.0 as usize).copied().unwrap_or(false);
        if hop { hop_name(&name) } else { name }
    }

    /// Deployments, wildcards among them.
    #[must_use]
    pub fn deployments(&self) -> usize {
        let fixed: usize = self.wildcards.iter().map(|wildcard| wildcard.targets.len()).sum();
        self.routing.deployments.len() + fixed
    }
}

/// The hidden alias under which a group is tried without its own chain.
#[must_use]
pub fn hop_name(name: &str) -> String {
    format!("gwcfg:hop:{name}")
}
