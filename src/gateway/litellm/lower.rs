//! Routing to LiteLLM's terms.

use crate::routing::pattern::{Reach, reordered};
use crate::routing::{
    DefaultRoute, Deployment, Documents, Group, GroupId, PatternRoute, ProviderId, Routing, Step,
};
use crate::source::{Name, Span};

use super::settings::{self, Settings};
use super::{Loss, Lost, Lowered, Parameters, health, strategy, unread};

/// An entry whose `model_name` holds `*`, and what it is sent to, in order.
#[derive(Debug, Clone)]
pub struct Wildcard {
    /// The `model_name`.
    pub name: String,
    /// What made it.
    pub origin: Span,
    /// The provider first, the fallback's deployments behind it.
    pub targets: Vec<WildcardTarget>,
}

/// One deployment of a wildcard.
#[derive(Debug, Clone)]
pub enum WildcardTarget {
    /// The provider is asked for the name as requested.
    AsRequested(ProviderId),
    /// One fixed deployment.
    Fixed(Deployment),
}

/// LiteLLM's own limit, which is kept when the project needs less.
const DEFAULT_MAX_FALLBACKS: usize = 5;

/// Lowers a project. Never fails: what cannot be expressed stands in [`Lowered::losses`].
#[must_use]
pub fn lower<'a>(documents: &'a Documents<'a>, routing: &'a Routing<'a>) -> Lowered<'a> {
    let mut losses = Vec::new();
    let providers =
        routing.providers.iter().map(|provider| Parameters::of(provider, &mut losses)).collect();
    let wildcards = wildcards(routing, &mut losses);
    let hops = hops(routing);
    let max_fallbacks = max_fallbacks(routing);
    unread::report(documents, routing, &mut losses);
    let (health, general) = health::health(documents, routing, &wildcards, &mut losses);
    let Settings { router, litellm, general } =
        settings::settings(documents, routing, (general, shares(routing)), &mut losses);
    let routing_groups = strategy::routing_groups(documents, routing, &router, &mut losses);
    Lowered {
        routing,
        providers,
        wildcards,
        hops,
        steps: stepped(routing),
        max_fallbacks,
        health,
        routing_groups,
        router_settings: router,
        litellm_settings: litellm,
        general_settings: general,
        losses,
    }
}

fn wildcards<'a>(routing: &'a Routing<'a>, losses: &mut Vec<Loss<'a>>) -> Vec<Wildcard> {
    let parsed =
        routing.patterns.iter().filter_map(|route| route.pattern.map(|pattern| (route, pattern)));
    let mut wildcards: Vec<Wildcard> = Vec::new();
    let mut written: Vec<Name<'a>> = Vec::new();
    let mut uncompiled = Vec::new();
    for ((route, pattern), reach) in parsed.zip(&routing.reach) {
        let Some(provider) = route.provider else { continue };
        if matches!(reach, Reach::Shadowed { .. } | Reach::Empty) {
            continue;
        }
        let Some(wildcard) = pattern.wildcard() else {
            let name = routing.provider(provider).map_or("", |provider| provider.name.value);
            let default = routing.default_route.as_ref();
            let instead = default.and_then(|default| routing.provider(default.provider));
            let instead = instead.map(|provider| provider.name.value);
            let same = default.is_some_and(|default| serves_alike(default, provider, route));
            uncompiled.push((route.text.span, name, instead, same, wildcards.len()));
            continue;
        };
        let name = wildcard.capturing().clone();
        if wildcards.iter().any(|known| known.name == name) {
            continue;
        }
        let targets = targets(routing, provider, route.fallback);
        wildcards.push(Wildcard { name, origin: route.text.span, targets });
        written.push(route.text);
    }
    for (span, provider, instead, same, before) in uncompiled {
        let later = before < wildcards.len();
        // Its names are served as the default provider's, unless a later pattern takes them.
        if !same || later {
            losses.push(Loss { span, what: Lost::Pattern { provider, instead, later } });
        }
    }
    let names: Vec<&str> = wildcards.iter().map(|wildcard| wildcard.name.as_str()).collect();
    for pair in reordered(&names) {
        if let (Some(first), Some(asked)) = (written.get(pair.earlier), written.get(pair.later)) {
            let what = Lost::PatternOrder { first: *first, asked: *asked };
            losses.push(Loss { span: first.span, what });
        }
    }
    default_route(routing, &mut wildcards, &written, losses);
    wildcards
}

/// Whether the default provider does for a name what the pattern asks for.
fn serves_alike(default: &DefaultRoute, provider: ProviderId, route: &PatternRoute<'_>) -> bool {
    let target = |step: Option<Step>| step.map(|step| step.target);
    default.provider == provider && target(default.fallback) == target(route.fallback)
}

fn default_route<'a>(
    routing: &'a Routing<'a>,
    wildcards: &mut Vec<Wildcard>,
    written: &[Name<'a>],
    losses: &mut Vec<Loss<'a>>,
) {
    let Some(route) = routing.default_route else { return };
    if let Some(taken) = wildcards.iter().position(|wildcard| wildcard.name == "*") {
        if let Some(pattern) = written.get(taken) {
            let what = Lost::DefaultUnreachable { pattern: *pattern };
            losses.push(Loss { span: route.span, what });
        }
        return;
    }
    let targets = targets(routing, route.provider, route.fallback);
    wildcards.push(Wildcard { name: "*".to_owned(), origin: route.span, targets });
}

/// The provider first; a fallback as further deployments of a higher order. (A fallback list keyed
/// by a wildcard is never found; orders are followed for every failure.)
fn targets<'a>(
    routing: &'a Routing<'a>,
    provider: ProviderId,
    fallback: Option<Step>,
) -> Vec<WildcardTarget> {
    let mut targets = vec![WildcardTarget::AsRequested(provider)];
    let group = fallback.and_then(|step| routing.group(step.target));
    if let Some(group) = group {
        let fixed = routing.deployments_of(group).iter();
        targets.extend(fixed.map(|deployment| WildcardTarget::Fixed(*deployment)));
    }
    targets
}

/// Which groups need a hidden alias: those that stand before another step of some chain and have
/// steps of their own. LiteLLM would try these in between.
fn hops(routing: &Routing<'_>) -> Vec<bool> {
    let mut hops = vec![false; routing.groups.len()];
    for chain in routing.chains.iter().chain(&routing.default_chain) {
        let steps = routing.steps_of(chain);
        for step in steps.split_last().map_or(&[][..], |(_, before)| before) {
            let target = routing.group(step.target);
            if target.is_some_and(|group| !routing.steps_of_group(group).is_empty())
                && let Some(hop) = hops.get_mut(step.target.0 as usize)
            {
                *hop = true;
            }
        }
    }
    hops
}

/// Which groups some chain goes to.
fn stepped(routing: &Routing<'_>) -> Vec<bool> {
    let mut stepped = vec![false; routing.groups.len()];
    for step in &routing.steps {
        if let Some(row) = stepped.get_mut(step.target.0 as usize) {
            *row = true;
        }
    }
    stepped
}

/// Members that a group tries beside the first one of each order: each counts as a hop.
fn further_members(routing: &Routing<'_>, group: &Group) -> usize {
    let members = routing.deployments_of(group);
    members.windows(2).filter(|pair| matches!(pair, [a, b] if a.order == b.order)).count()
}

/// Whether some name is shared by several deployments.
fn shares(routing: &Routing<'_>) -> bool {
    routing.groups.iter().any(|group| further_members(routing, group) > 0)
}

/// Hops of the longest walk and one to spare. A walk goes through a name's steps and on through
/// those of the last one; a name that comes again ends it.
fn max_fallbacks(routing: &Routing<'_>) -> usize {
    let further =
        |id: GroupId| routing.group(id).map_or(0, |group| further_members(routing, group));
    let hops =
        |steps: &[Step]| -> usize { steps.iter().map(|step| 1 + further(step.target)).sum() };
    // Every chain counts once in a walk, so the walk from each name is at most the sum over the
    // names that its last steps lead to. Walks are followed once and remembered.
    let mut walks: Vec<Option<usize>> = vec![None; routing.groups.len()];
    let mut longest = 0;
    for row in 0..u32::try_from(routing.groups.len()).unwrap_or(u32::MAX) {
        let mut way: Vec<(GroupId, usize)> = Vec::new();
        let mut at = Some(GroupId(row));
        let mut behind = 0;
        while let Some(id) = at {
            match walks.get(id.0 as usize).copied() {
                Some(Some(known)) => {
                    behind = known;
                    break;
                }
                Some(None) => {}
                None => break,
            }
            let own = routing.group(id).map_or(&[][..], |group| routing.steps_of_group(group));
            let hops = hops(own);
            way.push((id, hops));
            // Marks the way as walked, so that a circle ends here.
            if let Some(walk) = walks.get_mut(id.0 as usize) {
                *walk = Some(hops);
            }
            at = own.last().map(|step| step.target);
        }
        for (id, own) in way.into_iter().rev() {
            behind += own;
            longest = longest.max(behind + further(id));
            if let Some(walk) = walks.get_mut(id.0 as usize) {
                *walk = Some(behind);
            }
        }
    }
    let default = routing.default_chain.as_ref().map_or(0, |chain| hops(routing.steps_of(chain)));
    (longest + default + 1).max(DEFAULT_MAX_FALLBACKS)
}
