//! Fallback chains as a graph: who falls back to whom, and where that goes round.
//!
//! The default chain is no part of it: it stands behind every name without a chain, its own
//! members too, so it would make a cycle of every project.

use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef as _;

use super::{GroupId, Routing, Step};

/// Starting points from which the shortest cycle of one component is searched. Components of the
/// size that people write are searched from every member; in larger ones the cycle that is shown
/// may not be the very shortest, so that the search stays linear.
const CYCLE_SEARCHES: usize = 64;

/// One edge: a name and the step of its chain that is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Whose chain.
    pub from: GroupId,
    /// The step.
    pub step: Step,
}

/// Names that all reach each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// The names, in the order of their declaration.
    pub members: Vec<GroupId>,
    /// A shortest way round, beginning with the member that was declared first on it.
    pub cycle: Vec<Edge>,
}

/// The steps of a group that count as edges.
fn edges<'r>(routing: &'r Routing<'_>, group: GroupId) -> &'r [Step] {
    let Some(row) = routing.group(group) else { return &[] };
    let Some(chain) = row.chain.and_then(|id| routing.chain(id)) else { return &[] };
    routing.own_steps(chain)
}

/// Every strongly connected component of more than one name, in the order of declaration.
#[must_use]
pub fn components(routing: &Routing<'_>) -> Vec<Component> {
    let groups = u32::try_from(routing.groups.len()).unwrap_or(u32::MAX);
    let behind = on_or_behind_a_cycle(routing, groups);
    if behind.is_empty() {
        return Vec::new();
    }
    let mut graph: DiGraph<(), (), u32> = DiGraph::with_capacity(routing.groups.len(), 0);
    for _ in 0..groups {
        graph.add_node(());
    }
    for group in behind {
        for step in edges(routing, group) {
            graph.add_edge(NodeIndex::from(group.0), NodeIndex::from(step.target.0), ());
        }
    }
    let mut found: Vec<Component> = kosaraju_scc(&graph)
        .into_iter()
        .filter(|component| component.len() > 1)
        .map(|component| {
            let mut members: Vec<GroupId> = component.iter().map(|node| group_of(*node)).collect();
            members.sort_unstable();
            let cycle = shortest_cycle(routing, &graph, &members);
            Component { members, cycle }
        })
        .collect();
    found.sort_unstable_by(|one, other| one.members.cmp(&other.members));
    found
}

/// The names that are left when those that nobody falls back to are taken away, again and again:
/// none in a project without a cycle, which then needs no graph.
fn on_or_behind_a_cycle(routing: &Routing<'_>, groups: u32) -> Vec<GroupId> {
    let mut asked_by: Vec<u32> = vec![0; routing.groups.len()];
    for group in 0..groups {
        for step in edges(routing, GroupId(group)) {
            if let Some(count) = asked_by.get_mut(step.target.0 as usize) {
                *count += 1;
            }
        }
    }

    let all = (0..groups).map(GroupId).zip(&asked_by);
    let mut free: Vec<GroupId> =
        all.filter(|(_, count)| **count == 0).map(|(group, _)| group).collect();
    while let Some(group) = free.pop() {
        for step in edges(routing, group) {
            if let Some(count) = asked_by.get_mut(step.target.0 as usize) {
                *count -= 1;
                if *count == 0 {
                    free.push(step.target);
                }
            }
        }
    }
    let left = (0..groups).map(GroupId).zip(&asked_by);
    left.filter(|(_, count)| **count > 0).map(|(group, _)| group).collect()
}

fn group_of(node: NodeIndex<u32>) -> GroupId {
    GroupId(u32::try_from(node.index()).unwrap_or(u32::MAX))
}

fn shortest_cycle(
    routing: &Routing<'_>,
    graph: &DiGraph<(), (), u32>,
    members: &[GroupId],
) -> Vec<Edge> {
    let inside: HashSet<GroupId, RandomState> = members.iter().copied().collect();
    let mut best: Option<Vec<GroupId>> = None;
    for start in members.iter().take(CYCLE_SEARCHES) {
        if let Some(way) = way_back(graph, &inside, *start)
            && best.as_ref().is_none_or(|best| way.len() < best.len())
        {
            best = Some(way);
        }
    }
    let way = best.unwrap_or_default();
    let next = way.iter().skip(1).chain(way.first());
    way.iter().zip(next).filter_map(|(from, to)| edge(routing, *from, *to)).collect()
}

fn edge(routing: &Routing<'_>, from: GroupId, to: GroupId) -> Option<Edge> {
    let step = edges(routing, from).iter().find(|step| step.target == to)?;
    Some(Edge { from, step: *step })
}

/// The names on a shortest way from `start` back to it.
fn way_back(
    graph: &DiGraph<(), (), u32>,
    inside: &HashSet<GroupId, RandomState>,
    start: GroupId,
) -> Option<Vec<GroupId>> {
    let mut came_from: HashMap<GroupId, GroupId, RandomState> = HashMap::default();
    let mut queue = VecDeque::from([start]);
    while let Some(here) = queue.pop_front() {
        // petgraph gives edges newest first; the order of the file is what people expect.
        let mut targets: Vec<GroupId> = graph
            .edges(NodeIndex::from(here.0))
            .map(|edge| group_of(edge.target()))
            .filter(|target| inside.contains(target))
            .collect();
        targets.reverse();
        for target in targets {
            if target == start {
                let mut way = vec![here];
                let mut at = here;
                while let Some(before) = came_from.get(&at) {
                    way.push(*before);
                    at = *before;
                }
                way.reverse();
                return Some(way);
            }
            if let hashbrown::hash_map::Entry::Vacant(place) = came_from.entry(target) {
                place.insert(here);
                queue.push_back(target);
            }
        }
    }
    None
}
