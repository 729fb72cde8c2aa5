//! Strategies: the router has one, and names that ask for another get it by a routing group.
//!
//! A routing group whose name is that of one of its members adds no public name, and the strategy
//! holds for each member under its own name and under aliases of it (seen on 1.106.2, which logs
//! one warning for each such group). A group named `default` stops the start.

use crate::routing::{DEFAULT, Documents, Group, GroupKind, Routing};
use crate::source::{Field, Name, Span};

use super::{Loss, Lost, Setting};

/// Names that share a strategy which is not the router's own.
#[derive(Debug, Clone, PartialEq)]
pub struct RoutingGroup<'a> {
    /// One of the members, which hides it.
    pub name: &'a str,
    /// LiteLLM's strategy.
    pub strategy: &'static str,
    /// Public names, and the words that ask for the strategy.
    pub members: Vec<(Name<'a>, Name<'a>)>,
}

const SHUFFLE: &str = "simple-shuffle";
const AT_RANDOM: &str = "requests are shared at random by weight";
const IN_ORDER: &str = "the models are tried in the order in which they are written";
const BY_PROJECT: &str = "the project's own `router_settings` decide";

/// Words that ask for an order, which is what a list of models is compiled to.
const ORDERED: [&str; 3] = ["direct", "priority", "ordered"];
/// Words that people write for each of LiteLLM's strategies.
const SHARED: [&str; 8] = [
    "weighted_round_robin",
    "round_robin",
    "least_busy",
    "least_loaded",
    "latency_based",
    "fastest_response",
    "usage_based",
    "cost_based",
];

/// LiteLLM's strategy for a word of `strategy` or `routing_strategy`, when it has the like.
#[must_use]
pub fn strategy_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "weighted_round_robin"
        | "weighted"
        | "round_robin"
        | "load_balance"
        | "simple_shuffle"
        | "simple-shuffle" => SHUFFLE,
        "least_busy" | "least_loaded" | "least_connections" | "least-busy" => "least-busy",
        "latency_based" | "lowest_latency" | "fastest_response" | "latency-based-routing" => {
            "latency-based-routing"
        }
        "usage_based" | "lowest_usage" | "usage-based-routing" | "usage-based-routing-v2" => {
            "usage-based-routing-v2"
        }
        "cost_based" | "lowest_cost" | "cost-based-routing" => "cost-based-routing",
        _ => return None,
    })
}

/// The routing groups of a project. What they cannot carry stands in `losses`.
pub(super) fn routing_groups<'a>(
    documents: &'a Documents<'a>,
    routing: &Routing<'a>,
    router: &[Setting<'a>],
    losses: &mut Vec<Loss<'a>>,
) -> Vec<RoutingGroup<'a>> {
    let set = |key: &str| router.iter().find(|setting| setting.key == key);
    let global = set("routing_strategy");
    let mut lowering = Lowering {
        routing,
        global: global.and_then(|setting| setting.value.as_str()).unwrap_or(SHUFFLE),
        by_project: set("routing_groups").is_some(),
        groups: Vec::new(),
        unweighted: None,
        losses,
    };
    let mappings = &documents.mappings;
    for entry in mappings.load_balancing.value().into_iter().flat_map(|all| &all.groups) {
        if let Some(group) = entry.value.value() {
            lowering.balanced(entry.name, group.strategy.copied());
        }
    }
    for (name, capability) in mappings.capabilities.value().into_iter().flat_map(|all| all.given())
    {
        let listed = |field: &Field<Vec<_>>| field.value().is_some_and(|all| !all.is_empty());
        let ordered = listed(&capability.preferred_models) || listed(&capability.models);
        lowering.capability(name, capability.routing_strategy.copied(), ordered);
    }
    let Lowering { mut groups, unweighted, global: strategy, .. } = lowering;
    if let (Some((count, first)), Some(span)) = (unweighted, global.and_then(|set| set.origin)) {
        let what = Lost::Weights { count, first, strategy: strategy.to_owned() };
        losses.push(Loss { span, what });
    }
    groups.retain_mut(|group| has_name(group, losses));
    groups
}

/// Names a group after a member. LiteLLM keeps `default` for itself.
fn has_name<'a>(group: &mut RoutingGroup<'a>, losses: &mut Vec<Loss<'a>>) -> bool {
    if let Some((name, _)) = group.members.iter().find(|(name, _)| name.value != DEFAULT) {
        group.name = name.value;
        return true;
    }
    for (owner, word) in &group.members {
        let (owner, strategy) = (*owner, word.value);
        let what = Lost::Strategy { strategy, owner, instead: AT_RANDOM, words: &SHARED };
        losses.push(Loss { span: word.span, what });
    }
    false
}

struct Lowering<'l, 'a> {
    routing: &'l Routing<'a>,
    global: &'l str,
    by_project: bool,
    groups: Vec<RoutingGroup<'a>>,
    /// Names whose weights the router's own strategy does not look at, and the first of them.
    unweighted: Option<(usize, Name<'a>)>,
    losses: &'l mut Vec<Loss<'a>>,
}

impl<'a> Lowering<'_, 'a> {
    fn group(&self, name: Name<'a>, kind: GroupKind) -> Option<&Group> {
        let group = self.routing.meaning_of(name.value).group;
        group.and_then(|id| self.routing.group(id)).filter(|group| group.kind == kind)
    }

    fn balanced(&mut self, owner: Name<'a>, word: Option<Name<'a>>) {
        let Some(group) = self.group(owner, GroupKind::Balanced) else { return };
        let members = self.routing.deployments_of(group);
        let first = members.first().map_or(0.0, |member| member.weight);
        let weighted = members.iter().any(|member| (member.weight - first).abs() > f64::EPSILON);
        self.shared(owner, word, members.len(), weighted);
    }

    fn capability(&mut self, owner: Name<'a>, word: Option<Name<'a>>, ordered: bool) {
        let Some(group) = self.group(owner, GroupKind::Capability) else { return };
        let members = self.routing.deployments_of(group).len();
        if !ordered {
            self.shared(owner, word, members, false);
        } else if let Some(word) = word
            && !ORDERED.contains(&word.value)
            && (members > 1 || strategy_of(word.value).is_none())
        {
            let (strategy, instead) = (word.value, IN_ORDER);
            let what = Lost::Strategy { strategy, owner, instead, words: &ORDERED };
            self.losses.push(Loss { span: word.span, what });
        }
    }

    /// A name whose requests are shared.
    fn shared(&mut self, owner: Name<'a>, word: Option<Name<'a>>, members: usize, weighted: bool) {
        let Some(word) = word else {
            if weighted && self.global != SHUFFLE {
                self.unweighted.get_or_insert((0, owner)).0 += 1;
            }
            return;
        };
        let Some(strategy) = strategy_of(word.value) else {
            let instead = if self.global == SHUFFLE { AT_RANDOM } else { BY_PROJECT };
            self.lose(owner, word.value, word.span, instead);
            return;
        };
        if members < 2 {
            // Nothing to choose among.
            return;
        }
        if strategy != self.global {
            if self.by_project {
                self.lose(owner, word.value, word.span, BY_PROJECT);
                return;
            }
            let member = (owner, word);
            match self.groups.iter_mut().find(|group| group.strategy == strategy) {
                Some(group) => group.members.push(member),
                None => {
                    let members = vec![member];
                    self.groups.push(RoutingGroup { name: owner.value, strategy, members });
                }
            }
        }
        if weighted && strategy != SHUFFLE {
            let what = Lost::Weights { count: 1, first: owner, strategy: strategy.to_owned() };
            self.losses.push(Loss { span: word.span, what });
        }
    }

    fn lose(&mut self, owner: Name<'a>, strategy: &'a str, span: Span, instead: &'static str) {
        let what = Lost::Strategy { strategy, owner, instead, words: &SHARED };
        self.losses.push(Loss { span, what });
    }
}
