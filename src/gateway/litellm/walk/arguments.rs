//! What LiteLLM keeps in the keyword arguments of a request, and hands from hop to hop.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::source::Span;

use super::super::releases::{Change, Changes};
use super::HashSet;
use super::gateway::Row;

/// The keyword arguments of a hop.
#[derive(Debug, Clone)]
pub(super) struct Arguments {
    pub(super) name: String,
    /// `_target_order`.
    pub(super) order: Option<f64>,
    /// `_excluded_deployment_ids`.
    pub(super) excluded: BTreeSet<Row>,
    /// `fallback_depth`.
    pub(super) depth: i64,
    /// `attempted_targets`: made at a hop whose request has none, so the two walks of one failure,
    /// to the next member and to the chain, know nothing of each other at the first hop.
    pub(super) attempted: Option<Rc<RefCell<HashSet<Target>>>>,
    /// The step that led here.
    pub(super) cause: Option<Span>,
    /// Shared by reference between a hop and what is below it.
    pub(super) metadata: Rc<RefCell<Metadata>>,
}

/// The part of `metadata` that routing reads.
#[derive(Debug, Clone)]
pub(super) struct Metadata {
    /// `model_group`.
    pub(super) group: String,
    /// `original_model_group`.
    pub(super) original: String,
    /// `_failover_excluded_ids`.
    pub(super) excluded: BTreeSet<Row>,
}

/// One entry of a list of fallbacks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Target {
    Name(String),
    /// The same name at another order; the bits of the number.
    Order(String, u64),
    /// The same name without some of its members.
    Without(String, BTreeSet<Row>),
}

impl Arguments {
    /// Those of a request for a name.
    pub(super) fn of(name: &str) -> Self {
        let metadata = Metadata {
            group: name.to_owned(),
            original: name.to_owned(),
            excluded: BTreeSet::new(),
        };
        Arguments {
            name: name.to_owned(),
            order: None,
            excluded: BTreeSet::new(),
            depth: 0,
            attempted: None,
            cause: None,
            metadata: Rc::new(RefCell::new(metadata)),
        }
    }

    /// The names under which a list is looked up: the routed group, the one that was asked for,
    /// and the one of the first request.
    pub(super) fn lookup_groups(&self, changes: Changes) -> Vec<String> {
        if !changes.has(Change::FirstListGoesOn) {
            return vec![self.name.clone()];
        }
        let metadata = self.metadata.borrow();
        let mut groups: Vec<String> = Vec::new();
        for group in [&metadata.group, &self.name, &metadata.original] {
            if !groups.contains(group) {
                groups.push(group.clone());
            }
        }
        groups
    }
}
