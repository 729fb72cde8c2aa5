//! Routing to LiteLLM's terms.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use crate::document;
use crate::routing::pattern::{Pattern, Reach, reach, reordered};
use crate::routing::{
    Deployment, Documents, GroupId, PatternRoute, ProviderId, ProviderType, Routing, Step,
};
use crate::source::{Field, Name, NameOr, Span};

use super::settings::{self, Settings};
use super::{Loss, Lost, Lowered, Parameters, strategy};

/// An entry whose `model_name` holds `*`, and what it is sent to, in order.
#[derive(Debug, Clone)]
pub struct Wildcard<'a> {
    /// The `model_name`.
    pub name: String,
    /// What made it.
    pub origin: Span,
    /// The provider first, the fallback's deployments behind it.
    pub targets: Vec<WildcardTarget<'a>>,
}

/// One deployment of a wildcard.
#[derive(Debug, Clone)]
pub enum WildcardTarget<'a> {
    /// The provider is asked for the name as requested.
    AsRequested(ProviderId),
    /// One fixed deployment.
    Fixed(Deployment<'a>),
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
    conditions(documents, &mut losses);
    chain_options(documents, &mut losses);
    contexts(routing, &mut losses);
    let Settings { router, litellm, general } = settings::settings(documents, routing, &mut losses);
    let routing_groups = strategy::routing_groups(documents, routing, &router, &mut losses);
    Lowered {
        routing,
        providers,
        wildcards,
        hops,
        steps: stepped(routing),
        max_fallbacks,
        routing_groups,
        router_settings: router,
        litellm_settings: litellm,
        general_settings: general,
        losses,
    }
}

fn wildcards<'a>(routing: &'a Routing<'a>, losses: &mut Vec<Loss<'a>>) -> Vec<Wildcard<'a>> {
    let parsed: Vec<(&PatternRoute<'a>, &Pattern)> = routing
        .patterns
        .iter()
        .filter_map(|route| route.pattern.as_ref().map(|pattern| (route, pattern)))
        .collect();
    let patterns: Vec<&Pattern> = parsed.iter().map(|(_, pattern)| *pattern).collect();
    let mut wildcards: Vec<Wildcard<'a>> = Vec::new();
    let mut written: Vec<Name<'a>> = Vec::new();
    for ((route, pattern), reach) in parsed.iter().zip(reach(&patterns)) {
        let Some(provider) = route.provider else { continue };
        if matches!(reach, Reach::Shadowed { .. } | Reach::Empty) {
            continue;
        }
        let Some(wildcard) = pattern.wildcard() else {
            let name = routing.provider(provider).map_or("", |provider| provider.name.value);
            let instead = routing.default_route.and_then(|route| routing.provider(route.provider));
            let instead = instead.map(|provider| provider.name.value);
            let what = Lost::Pattern { provider: name, instead };
            losses.push(Loss { span: route.text.span, what });
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

fn default_route<'a>(
    routing: &'a Routing<'a>,
    wildcards: &mut Vec<Wildcard<'a>>,
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
) -> Vec<WildcardTarget<'a>> {
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

/// Hops of the longest walk and one to spare. A walk goes through a name's steps and on through
/// those of the last one; a name that comes again ends it.
fn max_fallbacks(routing: &Routing<'_>) -> usize {
    let steps = |group: GroupId| {
        let row = routing.group(group)?;
        Some(routing.steps_of_group(row))
    };
    // Every chain counts once in a walk, so the walk from each name is at most the sum over the
    // names that its last steps lead to. Walks are followed once and remembered.
    let mut walks: Vec<Option<usize>> = vec![None; routing.groups.len()];
    let mut longest = 0;
    for row in 0..u32::try_from(routing.groups.len()).unwrap_or(u32::MAX) {
        let mut way: Vec<(usize, usize)> = Vec::new();
        let mut at = Some(GroupId(row));
        let mut behind = 0;
        while let Some(group) = at {
            match walks.get(group.0 as usize).copied() {
                Some(Some(known)) => {
                    behind = known;
                    break;
                }
                Some(None) => {}
                None => break,
            }
            let own = steps(group).unwrap_or(&[]);
            way.push((group.0 as usize, own.len()));
            // Marks the way as walked, so that a circle ends here.
            if let Some(walk) = walks.get_mut(group.0 as usize) {
                *walk = Some(own.len());
            }
            at = own.last().map(|step| step.target);
        }
        for (group, own) in way.into_iter().rev() {
            behind += own;
            longest = longest.max(behind);
            if let Some(walk) = walks.get_mut(group) {
                *walk = Some(behind);
            }
        }
    }
    let default = routing.default_chain.as_ref().map_or(0, |chain| routing.steps_of(chain).len());
    (longest + default + 1).max(DEFAULT_MAX_FALLBACKS)
}

fn conditions<'a>(documents: &'a Documents<'a>, losses: &mut Vec<Loss<'a>>) {
    let mappings = &documents.mappings;
    let mut lose = |span: Span, of: String| {
        losses.push(Loss { span, what: Lost::Condition { of } });
    };
    for (owner, capability) in mappings.capabilities.value().into_iter().flat_map(|all| all.given())
    {
        if let Some((first, _)) = capability.thresholds().next() {
            lose(first.span, format!("the thresholds of capability `{}`", owner.value));
        }
    }
    for group in mappings.load_balancing.value().into_iter().flat_map(|all| &all.groups) {
        let members = group.value.value().and_then(|group| group.providers.value());
        for member in members.into_iter().flatten().filter_map(Field::value) {
            if let Some(condition) = member.condition.given() {
                lose(condition.span, format!("load balancing of `{}`", group.name.value));
            }
        }
    }
    for (owner, chain) in mappings.fallback_chains.value().into_iter().flat_map(|all| all.given()) {
        for entry in chain.chain.value().into_iter().flatten().filter_map(Field::value) {
            if let NameOr::Full(old) = entry
                && let Some(condition) = old.condition.given()
                && condition.value != "always"
            {
                lose(condition.span, format!("the fallback chain of `{}`", owner.value));
            }
        }
    }
    let Some(rules) = mappings.routing_rules.value() else { return };
    for entry in rules.request_metadata_routing.value().into_iter().flat_map(|all| all.iter()) {
        lose(entry.name.span, format!("`request_metadata_routing` for `{}`", entry.name.value));
    }
    for route in rules.model_size_routing.value().into_iter().flatten().filter_map(Field::given) {
        lose(route.span, "`model_size_routing`".to_owned());
    }
}

/// Context lengths behind `ollama_chat/`: LiteLLM has no facts of its own about these models, and
/// its check then passes every request.
fn contexts<'a>(routing: &'a Routing<'a>, losses: &mut Vec<Loss<'a>>) {
    let ollama = |kind: Option<ProviderType<'_>>| kind.is_some_and(|k| k.prefix == "ollama_chat/");
    let providers = routing.providers.iter().filter(|row| row.usable && ollama(row.kind));
    let mut lengths = providers.flat_map(|row| routing.models_of(row)).filter_map(|model| {
        let length = model.details.and_then(|details| details.context_length.given());
        length.map(|length| (model.name, length.span))
    });
    if let Some((first, span)) = lengths.next() {
        let models = 1 + lengths.count();
        let what = Lost::ContextLimit { models, first: routing.names.text(first) };
        losses.push(Loss { span, what });
    }
}

fn chain_options<'a>(documents: &'a Documents<'a>, losses: &mut Vec<Loss<'a>>) {
    let chains = documents.mappings.fallback_chains.value();
    for (owner, chain) in chains.into_iter().flat_map(|all| all.given()) {
        if let Some(delay) = chain.retry_delay_ms.given() {
            let why = "LiteLLM waits 0.5 s and doubles it, for every name alike";
            let what = Lost::Option { key: "retry_delay_ms", owner: owner.value, why };
            losses.push(Loss { span: delay.span, what });
        }
    }
    let section = documents.mappings.load_balancing.value();
    for entry in section.into_iter().flat_map(|all| &all.groups) {
        let parameters = entry.value.value().and_then(|group| group.parameters.span());
        if let Some(span) = parameters {
            let why = "LiteLLM's strategies have parameters of their own";
            let what = Lost::Option { key: "parameters", owner: entry.name.value, why };
            losses.push(Loss { span, what });
        }
    }
    if let Some(name) = section.and_then(|all| all.strategies) {
        let why = "a name's strategy is read where its providers are";
        let what = Lost::Option { key: "strategies", owner: "load_balancing", why };
        losses.push(Loss { span: name.span, what });
    }
    let providers = documents.providers.providers.value();
    let mut seen: HashSet<&str, RandomState> = HashSet::default();
    for (owner, provider) in providers.into_iter().flat_map(|all| all.given()) {
        let models = provider.models.value().into_iter().flatten().filter_map(Field::value);
        for details in models.filter_map(document::Model::details) {
            if let Some(options) = details.options.given()
                && seen.insert(owner.value)
            {
                let why = "LiteLLM has no place for a server's own options";
                let what = Lost::Option { key: "options", owner: owner.value, why };
                losses.push(Loss { span: options.span, what });
            }
        }
    }
}
