//! Everything that refers to public names: chains, patterns, the default route, conditions.

use std::ops::Range;

use crate::document::{self, Chains, OldChainEntry};
use crate::source::{Entry, Field, Name, NameOr, Spanned};

use super::build::Builder;
use super::pattern::{Pattern, reach};
use super::seen::Seen;
use super::target::row_number;
use super::{
    Chain, ChainId, ChainRemark, ChainRemarkKind, DefaultRoute, GroupId, PatternRoute, Place, Step,
    Why, with_text,
};

/// The name that stands for every name without a chain.
pub const DEFAULT: &str = "default";

impl<'a> Builder<'a> {
    /// The chains of `fallback_chains`, the default one first.
    pub(super) fn chains(&mut self, chains: &Chains<'a>) {
        let entries = chains.value();
        // Step numbers of the chain in hand, by group, so that a repeated step is seen at once.
        let mut seen = Seen::default();
        if let Some(Entry { name, value }) =
            entries.and_then(|all| all.iter().find(|entry| entry.name.value == DEFAULT))
            && let Some(written) = value.value()
        {
            let start = self.next_step();
            self.written_steps(*name, None, written, &mut seen);
            let steps = start..self.next_step();
            self.routing.default_chain = Some(written_chain(*name, written, steps));
            self.remarks(*name, written);
        }
        for entry in entries.into_iter().flat_map(|entries| entries.iter()) {
            if entry.name.value == DEFAULT {
                continue;
            }
            let Some(written) = entry.value.value() else { continue };
            let meaning = self.routing.meaning_of(entry.name.value);
            let start = self.next_step();
            self.written_steps(entry.name, meaning.group, written, &mut seen);
            let steps = start..self.next_step();
            self.remarks(entry.name, written);
            let Some(group) = meaning.group else {
                self.ownerless(entry.name);
                continue;
            };
            let id = ChainId(row_number(self.routing.chains.len()));
            self.routing.chains.push(written_chain(entry.name, written, steps));
            if let Some(row) = self.routing.groups.get_mut(group.0 as usize) {
                row.chain = Some(id);
            }
        }
    }

    fn remarks(&mut self, owner: Name<'a>, written: &document::Chain<'a>) {
        let remarks = &mut self.routing.chain_remarks;
        if let Some(span) = written.retry_delay() {
            remarks.push(ChainRemark { owner, kind: ChainRemarkKind::RetryDelay, span });
        }
        for entry in written.chain.value().into_iter().flatten() {
            if let NameOr::Full(old) = &entry.value
                && let Some(condition) = old.condition.copied()
                && condition.value != "always"
            {
                let (kind, span) = (ChainRemarkKind::Condition, condition.span);
                remarks.push(ChainRemark { owner, kind, span });
            }
        }
    }

    fn next_step(&self) -> u32 {
        row_number(self.routing.steps.len())
    }

    fn ownerless(&mut self, name: Name<'a>) {
        let meaning = self.routing.meaning_of(name.value);
        let why = match (meaning.left_out, meaning.model, meaning.provider) {
            (true, _, _) => Why::LeftOut,
            (_, Some(model), _) => self.unserved(model),
            (_, _, Some(provider)) => Why::ProviderNotModel(provider),
            _ => self.unknown_model(),
        };
        self.defect(name, Place::ChainOwner, None, why);
    }

    fn written_steps(
        &mut self,
        owner: Name<'a>,
        group: Option<GroupId>,
        written: &document::Chain<'a>,
        seen: &mut Seen,
    ) {
        seen.next_list();
        for entry in written.chain.value().into_iter().flatten() {
            match &entry.value {
                NameOr::Name(name) => {
                    let name = Spanned { value: *name, span: entry.span };
                    self.step(name, None, owner, group, seen);
                }
                NameOr::Full(old) => self.old_steps(old, owner, group, seen),
            }
        }
    }

    fn old_steps(
        &mut self,
        old: &OldChainEntry<'a>,
        owner: Name<'a>,
        group: Option<GroupId>,
        seen: &mut Seen,
    ) {
        for field in [&old.primary, &old.secondary, &old.tertiary] {
            if let Some(name) = field.copied() {
                self.step(name, old.preferred_model.copied(), owner, group, seen);
            }
        }
    }

    fn step(
        &mut self,
        name: Name<'a>,
        preferred: Option<Name<'a>>,
        owner: Name<'a>,
        group: Option<GroupId>,
        seen: &mut Seen,
    ) {
        let why = match self.target(name, owner.value, preferred) {
            Ok(target) if Some(target) == group => Why::Itself,
            Ok(target) => match seen.first(target, name.span) {
                Some(first) => Why::Repeated(first),
                None => {
                    self.routing.steps.push(Step { target, span: name.span });
                    return;
                }
            },
            Err(why) => why,
        };
        self.defect(name, Place::ChainEntry, Some(owner), why);
    }

    /// A name's own `fallback`: one more step behind its chain, or behind the default chain when
    /// it has none.
    pub(super) fn fallbacks(&mut self, exact: &[(Name<'a>, Name<'a>)]) {
        let exact = exact.iter().map(|(owner, name)| (*owner, *name, Place::ExactFallback));
        let capabilities = self.documents.mappings.capabilities.value();
        let capable = capabilities.into_iter().flat_map(|all| all.given());
        let capable = capable.filter_map(|(owner, entry)| {
            entry.fallback.copied().map(|name| (owner, name, Place::CapabilityFallback))
        });
        for (owner, name, place) in exact.chain(capable) {
            let group = self.routing.meaning_of(owner.value).group;
            match self.target(name, owner.value, None) {
                Err(why) => self.defect(name, place, Some(owner), why),
                Ok(target) if Some(target) == group => {
                    self.defect(name, place, Some(owner), Why::Itself);
                }
                Ok(target) => {
                    if let Some(group) = group {
                        self.append(group, owner, Step { target, span: name.span });
                    }
                }
            }
        }
    }

    /// Puts a step behind a group's chain. The chain moves to the end of the steps when others
    /// were added behind it; a chain grows once, so this stays linear.
    fn append(&mut self, group: GroupId, owner: Name<'a>, step: Step) {
        let Some(row) = self.routing.group(group) else { return };
        let own = row.chain;
        let chain =
            own.and_then(|id| self.routing.chain(id)).or(self.routing.default_chain.as_ref());
        let mut steps =
            chain.map(|chain| self.routing.steps_of(chain).to_vec()).unwrap_or_default();
        steps.retain(|step| step.target != group);
        if steps.iter().any(|known| known.target == step.target) {
            // The chain goes there already.
            return;
        }
        steps.push(step);
        let start = self.next_step();
        self.routing.steps.extend(steps);
        let range = start..self.next_step();
        match own.and_then(|id| self.routing.chains.get_mut(id.0 as usize)) {
            Some(chain) => chain.steps = range,
            None => {
                let id = ChainId(row_number(self.routing.chains.len()));
                let chain =
                    Chain { owner, written: false, empty: None, attempts: None, steps: range };
                self.routing.chains.push(chain);
                if let Some(row) = self.routing.groups.get_mut(group.0 as usize) {
                    row.chain = Some(id);
                }
            }
        }
    }

    pub(super) fn patterns(&mut self) {
        let documents = self.documents;
        for ((written, text), pattern) in with_text(&documents.mappings).zip(&documents.patterns) {
            let provider =
                self.provider_field(&written.provider, Place::PatternProvider, Some(text));
            let fallback =
                self.fallback_step(&written.fallback, Place::PatternFallback, Some(text));
            let pattern = pattern.as_ref().ok();
            self.routing.patterns.push(PatternRoute { written, text, pattern, provider, fallback });
        }
        let routes = self.routing.patterns.iter();
        let valid: Vec<&Pattern> = routes.filter_map(|route| route.pattern).collect();
        self.routing.reach = reach(&valid);
    }

    fn fallback_step(
        &mut self,
        field: &Field<&'a str>,
        place: Place,
        owner: Option<Name<'a>>,
    ) -> Option<Step> {
        let name = field.copied()?;
        match self.target(name, "", None) {
            Ok(target) => Some(Step { target, span: name.span }),
            Err(why) => {
                self.defect(name, place, owner, why);
                None
            }
        }
    }

    pub(super) fn default_route(&mut self) {
        let Some(rules) = self.documents.mappings.routing_rules.value() else { return };
        let provider = self.provider_field(&rules.default_provider, Place::DefaultProvider, None);
        let fallback = self.fallback_step(&rules.default_fallback, Place::DefaultFallback, None);
        if let (Some(provider), Some(named)) = (provider, rules.default_provider.given()) {
            self.routing.default_route =
                Some(DefaultRoute { provider, span: named.span, fallback });
        }
    }

    /// Conditions are not compiled, but the providers in them are names like any other.
    pub(super) fn conditions(&mut self) {
        let Some(rules) = self.documents.mappings.routing_rules.value() else { return };
        let by_request = rules.request_metadata_routing.value();
        let by_request = by_request.into_iter().flat_map(|all| all.given());
        for (owner, condition) in by_request {
            for field in [&condition.provider, &condition.fallback] {
                self.provider_field(field, Place::ConditionProvider, Some(owner));
            }
        }
        let by_size = rules.model_size_routing.value().into_iter().flatten();
        for route in by_size.filter_map(Field::value) {
            for field in [&route.provider, &route.fallback] {
                self.provider_field(field, Place::ConditionProvider, None);
            }
        }
    }
}

fn written_chain<'a>(
    owner: Name<'a>,
    written: &document::Chain<'a>,
    steps: Range<u32>,
) -> Chain<'a> {
    let list = written.chain.given();
    let empty = list.filter(|list| list.value.is_empty()).map(|list| list.span);
    Chain { owner, written: true, empty, attempts: written.retry_attempts().copied(), steps }
}
