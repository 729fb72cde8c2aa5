//! Who answers, in words.

use std::collections::{BTreeMap, BTreeSet};

use super::{Deployment, Route, Step};

/// Deployments of one name, or steps of a chain, that are listed.
const LISTED: usize = 8;

/// What words about two sides of one name tell, beside the models.
#[derive(Default)]
pub(super) struct Detail<'a> {
    /// Models whose addresses are told, because they differ.
    addressed: BTreeSet<&'a str>,
    /// Everything is told, however much.
    whole: bool,
}

impl<'a> Detail<'a> {
    /// What is to be told so that the two sides do not read alike.
    pub(super) fn of(old: &[&Deployment<'a>], new: &[&Deployment<'a>]) -> Self {
        let addresses = |side: &[&Deployment<'a>]| {
            let mut addresses: BTreeMap<&'a str, BTreeSet<&'a str>> = BTreeMap::new();
            for deployment in side {
                addresses.entry(deployment.model).or_default().insert(deployment.api_base);
            }
            addresses
        };
        let (old, new) = (addresses(old), addresses(new));
        let moved = |(model, before): (&&'a str, &BTreeSet<&'a str>)| {
            new.get(model).is_some_and(|after| after != before).then_some(*model)
        };
        let several =
            |(model, bases): (&&'a str, &BTreeSet<&'a str>)| (bases.len() > 1).then_some(*model);
        let moved = old.iter().filter_map(moved);
        let several = old.iter().chain(&new).filter_map(several);
        Detail { addressed: moved.chain(several).collect(), whole: false }
    }

    /// The same, and nothing left out.
    pub(super) fn whole(self) -> Self {
        Detail { whole: true, ..self }
    }

    fn deployment(&self, deployment: &Deployment<'_>) -> String {
        let Deployment { model, api_base, .. } = deployment;
        if !self.addressed.contains(model) {
            return (*model).to_owned();
        }
        let place = if api_base.is_empty() { "the provider's own address" } else { api_base };
        format!("{model} at {place}")
    }

    fn list(&self, parts: Vec<String>, joined: &str) -> String {
        let more = parts.len().saturating_sub(LISTED);
        if self.whole || more <= 1 {
            return parts.join(joined);
        }
        let listed: Vec<String> = parts.into_iter().take(LISTED).collect();
        format!("{} and {more} more", listed.join(joined))
    }

    /// Who answers a name: `70 % vllm/qwen, 30 % ollama/qwen`, `a, then b`.
    pub(super) fn answers(&self, route: &Route<'_>) -> String {
        if let Some(alias) = route.alias {
            return format!("an alias of {}", alias.target);
        }
        let mut deployments: Vec<&Deployment<'_>> = route.deployments.iter().collect();
        // Without an order comes last, beside others that have one.
        let order = |deployment: &Deployment<'_>| deployment.order.unwrap_or(f64::INFINITY);
        deployments.sort_by(|one, other| order(one).total_cmp(&order(other)));
        let tiers = deployments.chunk_by(|one, other| order(one) == order(other));
        let tiers = tiers.map(|tier| self.tier(tier, route.strategy)).collect();
        self.list(tiers, ", then ")
    }

    /// Deployments of which one is chosen.
    fn tier(&self, tier: &[&Deployment<'_>], strategy: &str) -> String {
        let shares = shares(tier);
        if let ([_, _, ..], true) = (tier, strategy.is_empty()) {
            let parts = tier.iter().zip(shares);
            let parts = parts.map(|(deployment, share)| {
                format!("{} % {}", percent(share), self.deployment(deployment))
            });
            return self.list(parts.collect(), ", ");
        }
        let parts = tier.iter().map(|deployment| self.deployment(deployment));
        self.list(parts.collect(), " or ")
    }

    /// The steps of a chain.
    pub(super) fn chain(&self, steps: &[Step<'_>]) -> String {
        if steps.is_empty() {
            return "none".to_owned();
        }
        let names = steps.iter().map(|step| match step {
            Step::Name(name) => (*name).to_owned(),
            Step::Private(deployment) => self.deployment(deployment),
        });
        self.list(names.collect(), ", ")
    }
}

/// The deployments that a chain tries without a name for them.
pub(super) fn private<'s, 'a>(steps: &'s [Step<'a>]) -> Vec<&'s Deployment<'a>> {
    let private = steps.iter().filter_map(|step| match step {
        Step::Private(deployment) => Some(deployment),
        Step::Name(_) => None,
    });
    private.collect()
}

/// The part of the requests that each gets under `simple-shuffle`; they sum to 1. By the first of
/// `weight`, `rpm` and `tpm` that says anything, else evenly (LiteLLM 1.106.2).
fn shares(tier: &[&Deployment<'_>]) -> Vec<f64> {
    for unit in 0..3 {
        let share = |deployment: &&Deployment<'_>| {
            deployment.shares.get(unit).copied().flatten().filter(|share| share.is_finite())
        };
        let given: Vec<f64> = tier.iter().map(|d| share(d).unwrap_or(0.0).max(0.0)).collect();
        let sum: f64 = given.iter().sum();
        if sum > 0.0 {
            return given.into_iter().map(|share| share / sum).collect();
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "a count of deployments")]
    let even = 1.0 / tier.len().max(1) as f64;
    vec![even; tier.len()]
}

/// `70`, `33.3`, and for a part that is hardly there `<0.1`.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.1 {
        return "<0.1".to_owned();
    }
    let text = format!("{percent:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}
