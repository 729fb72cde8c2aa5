//! The deployments of one name, for the rules about how one of them is chosen.

use std::collections::BTreeMap;

use crate::gateway::litellm::value::Value;

use super::{Context, Deployment};

/// What shares requests, in the order in which LiteLLM looks for it.
pub(super) const SHARES: [&str; 3] = ["weight", "rpm", "tpm"];

/// The deployments by name, in the order of the names.
pub(super) fn of<'c, 'a>(context: &Context<'c, 'a>) -> BTreeMap<&'a str, Vec<Deployment<'c, 'a>>> {
    let mut groups: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for deployment in context.deployments() {
        groups.entry(deployment.name).or_default().push(deployment);
    }
    groups
}

impl<'c, 'a> Deployment<'c, 'a> {
    /// A share, which LiteLLM takes from beside `litellm_params` too.
    pub(super) fn share(&self, key: &str) -> Option<Value<'c, 'a>> {
        let beside = self.entry.given(key).filter(|_| key != "weight");
        self.param(key).or(beside)
    }
}

/// The strategy of all names without one of their own, as it is written.
pub(super) fn strategy<'a>(context: &Context<'_, 'a>) -> &'a str {
    let written = context.setting("router_settings", "routing_strategy").and_then(Value::text);
    written.unwrap_or("simple-shuffle")
}
