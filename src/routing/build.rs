//! Documents to routing: providers and their models, then the public names in the order of their
//! precedence (balanced, exact, model, capability), then everything that refers to them.

use std::num::NonZeroU32;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::document::{self, ExactMatches, MappingEntries, Status, model_name};
use crate::source::{Entries, Entry, Field, List, Name};

use super::address::Address;
use super::case;
use super::provider_type::{ProviderType, declared_types};
use super::seen::Seen;
use super::target::row_number;
use super::{
    Deployment, Documents, GroupId, GroupKind, LimitsId, Meaning, Model, ModelId, NameId, Names,
    Place, Provider, ProviderId, Routing, Why, minimums,
};

/// Resolves every name of the documents. Never fails: what does not resolve is left out and
/// stands in [`Routing::defects`].
#[must_use]
pub fn build<'a>(documents: &'a Documents<'a>, entries: MappingEntries<'a>) -> Routing<'a> {
    let mut builder = Builder {
        documents,
        routing: with_room(documents, &entries),
        private: HashMap::default(),
        types: declared_types(&documents.project),
        all_models_read: documents.incomplete.is_empty() && model_lists_were_read(documents),
    };
    builder.providers();
    builder.balanced();
    let MappingEntries { exact_matches, fallback_chains } = entries;
    let fallbacks = builder.exact(&exact_matches);
    // Each goes as soon as it is read: what comes next takes as much.
    drop(exact_matches);
    builder.models();
    builder.capabilities();
    builder.chains(&fallback_chains);
    drop(fallback_chains);
    builder.fallbacks(&fallbacks);
    drop(fallbacks);
    builder.patterns();
    builder.default_route();
    builder.conditions();
    let mut routing = builder.routing;
    case::settle(&mut routing);
    routing
}

/// Tables with room for what the documents declare: a table that grows is copied, and leaves holes.
fn with_room<'a>(documents: &Documents<'_>, written: &MappingEntries<'_>) -> Routing<'a> {
    fn entries<T>(section: &Field<Entries<'_, T>>) -> usize {
        section.value().map_or(0, Entries::len)
    }
    let providers = &documents.providers.providers;
    let listed = providers.value().into_iter().flat_map(|all| all.given());
    let models: usize = listed.map(|(_, one)| one.models.value().map_or(0, Vec::len)).sum();
    let mappings = &documents.mappings;
    let exact = entries(&written.exact_matches);
    let capabilities = entries(&mappings.capabilities);
    let chains = written.fallback_chains.value();
    let written = chains.into_iter().flat_map(|all| all.given());
    let steps: usize = written.map(|(_, one)| one.chain.value().map_or(0, List::len)).sum();
    let providers = entries(providers);
    let groups = models + exact + capabilities;
    Routing {
        names: Names::with_capacity(providers + groups - models.min(exact) * 3 / 4),
        meanings: Vec::with_capacity(providers + groups),
        providers: Vec::with_capacity(providers),
        models: Vec::with_capacity(models),
        groups: Vec::with_capacity(groups),
        deployments: Vec::with_capacity(2 * groups),
        chains: Vec::with_capacity(chains.map_or(0, Entries::len)),
        steps: Vec::with_capacity(steps),
        ..Routing::default()
    }
}

pub(super) struct Builder<'a> {
    pub(super) documents: &'a Documents<'a>,
    pub(super) routing: Routing<'a>,
    /// Groups that are no public names.
    pub(super) private: HashMap<(ProviderId, NameId), GroupId, RandomState>,
    types: Vec<ProviderType<'a>>,
    /// False when a list of models could not be read: nobody knows then that a model is unknown.
    pub(super) all_models_read: bool,
}

fn model_lists_were_read(documents: &Documents<'_>) -> bool {
    let providers = documents.providers.providers.value().into_iter().flat_map(Entries::given);
    providers.into_iter().all(|(_, provider)| !provider.models.is_broken())
}

impl<'a> Builder<'a> {
    /// One row of meanings for each name.
    pub(super) fn grow(&mut self) {
        let names = self.routing.names.len();
        self.routing.meanings.resize(names, Meaning::default());
    }

    fn intern(&mut self, text: &'a str) -> NameId {
        let id = self.routing.names.intern(text);
        self.grow();
        id
    }

    /// Changes what a name means.
    pub(super) fn mean(&mut self, id: NameId, change: impl FnOnce(&mut Meaning)) {
        if let Some(meaning) = self.routing.meanings.get_mut(id.index()) {
            change(meaning);
        }
    }

    fn providers(&mut self) {
        let entries = self.documents.providers.providers.value();
        for entry in entries.into_iter().flat_map(|entries| entries.iter()) {
            let id = self.intern(entry.name.value);
            let Some(written) = entry.value.value() else {
                self.mean(id, |meaning| meaning.left_out = true);
                continue;
            };
            let row = ProviderId(row_number(self.routing.providers.len()));
            let first = row_number(self.routing.models.len());
            self.declare_models(row, written);
            let last = row_number(self.routing.models.len());
            let provider = self.provider_row(entry.name, id, written, first..last);
            self.routing.providers.push(provider);
            self.mean(id, |meaning| meaning.provider = Some(row));
        }
        self.default_models();
    }

    fn provider_row(
        &self,
        name: Name<'a>,
        id: NameId,
        written: &'a document::Provider<'a>,
        models: std::ops::Range<u32>,
    ) -> Provider<'a> {
        let kind = written.kind.value().and_then(|kind| ProviderType::find(kind, &self.types));
        let url = match (written.base_url.value(), &kind) {
            (Some(url), _) => Some(*url),
            (None, Some(kind)) if written.base_url.is_absent() => kind.default_base,
            (None, _) => None,
        };
        let address = url.and_then(|url| Address::parse(url).ok());
        // A type that has its own ways to its host (a region, a project) needs no address.
        let reachable = address.is_some()
            || kind.as_ref().is_some_and(|kind| !kind.needs_base) && written.base_url.is_absent();
        let active = written.status.value() == Some(&Status::Active);
        let serves = kind.as_ref().is_some_and(|kind| kind.serves_models);
        let locality = written.locality.value().copied().unwrap_or_else(|| {
            address.map_or(document::Locality::Cloud, |address| address.locality())
        });
        let usable = active && serves && reachable;
        Provider { name, id, written, kind, usable, active, models, locality }
    }

    fn declare_models(&mut self, provider: ProviderId, written: &'a document::Provider<'a>) {
        for item in written.models.value().into_iter().flatten() {
            let Some(name) = model_name(item) else { continue };
            let id = self.intern(name.value);
            let row = ModelId(row_number(self.routing.models.len()));
            if let Some(first) = self.routing.model_with_id(provider, id) {
                let first = self.routing.model(first).map_or(name.span, |model| model.span);
                self.defect(name, Place::PublicName, None, Why::Repeated(first));
                continue;
            }
            if self.routing.meaning(id).model.is_some() {
                self.routing.other_models.insert((provider, id), row);
            }
            let details = item.value().and_then(document::Model::details);
            let model = Model { provider, name: id, span: name.span, details };
            self.routing.models.push(model);
            self.mean(id, |meaning| {
                meaning.model.get_or_insert(row);
            });
        }
    }

    fn default_models(&mut self) {
        for row in 0..self.routing.providers.len() {
            let Some(provider) = self.routing.providers.get(row) else { continue };
            let Some(default) = provider.written.default_model.copied() else { continue };
            let (owner, lists) = (provider.name, provider.written.models.value().is_some());
            let id = ProviderId(row_number(row));
            if lists && self.routing.model_at(id, default.value).is_none() {
                self.defect(default, Place::DefaultModel, Some(owner), Why::NotAtProvider(id));
            }
        }
    }

    fn balanced(&mut self) {
        let Some(section) = self.documents.mappings.load_balancing.value() else { return };
        if section.enabled.value() == Some(&false) {
            return;
        }
        for Entry { name, value } in &section.groups {
            let id = self.intern(name.value);
            let members = match value.value() {
                Some(group) => self.members(*name, group),
                None => Vec::new(),
            };
            let lists_nobody = |group: &document::Balancing<'_>| {
                group.providers.value().is_some_and(Vec::is_empty)
            };
            if value.value().is_some_and(lists_nobody) {
                self.defect(*name, Place::PublicName, None, Why::Empty);
            }
            let no_weight = !members.is_empty() && members.iter().all(|m| m.weight <= 0.0);
            if no_weight {
                self.defect(*name, Place::PublicName, None, Why::NoWeight);
            }
            if members.is_empty() || no_weight {
                self.mean(id, |meaning| meaning.left_out = true);
            } else {
                self.push_group(id, GroupKind::Balanced, name.span, members);
            }
        }
    }

    fn members(&mut self, owner: Name<'a>, group: &'a document::Balancing<'a>) -> Vec<Deployment> {
        let mut members = Vec::new();
        for member in group.providers.value().into_iter().flatten().filter_map(Field::value) {
            let field = if member.provider.is_absent() { &member.name } else { &member.provider };
            let Some(provider) = self.provider_field(field, Place::BalancingProvider, Some(owner))
            else {
                continue;
            };
            let Some(named) = field.copied() else { continue };
            let deployment = match member.preferred_model.copied() {
                Some(model) => self
                    .deployment(provider, model)
                    .map_err(|why| (model, Place::BalancingModel, why)),
                None => self
                    .routing
                    .model_meant(provider, owner.value)
                    .and_then(|model| self.declared_deployment(model).ok_or(Why::LeftOut))
                    .map_err(|why| (named, Place::BalancingProvider, why)),
            };
            match deployment {
                Ok(deployment) => members.push(Deployment {
                    weight: member.weight.value().map_or(1.0, |weight| weight.0),
                    span: named.span,
                    ..deployment
                }),
                Err((name, place, why)) => self.defect(name, place, Some(owner), why),
            }
        }
        members
    }

    /// Gives the names that have a `fallback`, and what it names.
    fn exact(&mut self, exact: &ExactMatches<'a>) -> Vec<(Name<'a>, Name<'a>)> {
        let mut fallbacks = Vec::new();
        for entry in exact.value().into_iter().flat_map(|entries| entries.iter()) {
            let owner = entry.name;
            let id = self.intern(owner.value);
            let fallback = entry.value.value().and_then(|exact| exact.fallback().copied());
            fallbacks.extend(fallback.map(|fallback| (owner, fallback)));
            let deployment = entry.value.value().and_then(|exact| self.exact_one(owner, exact));
            if self.routing.meaning(id).group.is_some() {
                // A balanced group of this name decides; the entry was only checked.
                continue;
            }
            match deployment {
                Some(deployment) => {
                    self.push_group(id, GroupKind::Exact, owner.span, [deployment]);
                }
                None => {
                    self.mean(id, |meaning| meaning.left_out = true);
                    self.routing.exact_left_out.push(owner);
                }
            }
        }
        fallbacks
    }

    fn exact_one(
        &mut self,
        owner: Name<'a>,
        exact: &document::ExactMatch<'a>,
    ) -> Option<Deployment> {
        let provider = self.provider_field(&exact.provider, Place::ExactProvider, Some(owner))?;
        if exact.backend_model().is_broken() {
            return None;
        }
        let backend = exact.backend_model().copied().unwrap_or(owner);
        match self.deployment(provider, backend) {
            Ok(deployment) => {
                let limits = exact.rate_limit().and_then(|limits| {
                    self.routing.limits.push(*limits);
                    NonZeroU32::new(row_number(self.routing.limits.len())).map(LimitsId)
                });
                Some(Deployment { span: owner.span, limits, ..deployment })
            }
            Err(why) => {
                self.defect(backend, Place::BackendModel, Some(owner), why);
                None
            }
        }
    }

    /// Models of usable providers under their own names, where nothing above has taken the name.
    fn models(&mut self) {
        let mut declared: Vec<u32> = vec![0; self.routing.names.len()];
        for provider in self.routing.providers.iter().filter(|provider| provider.usable) {
            for model in self.routing.models_of(provider) {
                if let Some(count) = declared.get_mut(model.name.index()) {
                    *count += 1;
                }
            }
        }
        for row in 0..row_number(self.routing.models.len()) {
            let Some(model) = self.routing.model(ModelId(row)).copied() else { continue };
            let usable = self.routing.provider(model.provider).is_some_and(|row| row.usable);
            let meaning = self.routing.meaning(model.name);
            if !usable || meaning.group.is_some() || meaning.left_out {
                continue;
            }
            if declared.get(model.name.index()).is_some_and(|count| *count > 1) {
                let name = Name { value: self.routing.names.text(model.name), span: model.span };
                let why = Why::SeveralProviders(ModelId(row));
                self.defect(name, Place::PublicName, None, why);
                self.mean(model.name, |meaning| meaning.left_out = true);
            } else if let Some(deployment) = self.declared_deployment(ModelId(row)) {
                self.push_group(model.name, GroupKind::Model, model.span, [deployment]);
            }
        }
    }

    fn capabilities(&mut self) {
        let entries = self.documents.mappings.capabilities.value();
        let mut seen = Seen::default();
        for entry in entries.into_iter().flat_map(|entries| entries.iter()) {
            let owner = entry.name;
            let id = self.intern(owner.value);
            let Some(capability) = entry.value.value() else {
                self.mean(id, |meaning| meaning.left_out = true);
                continue;
            };
            let deployments = self.capability_deployments(owner, capability, &mut seen);
            self.thresholds(owner, capability);
            if let Some(first) = self.routing.meaning(id).group {
                let span = self.routing.group(first).map_or(owner.span, |group| group.span);
                self.defect(owner, Place::PublicName, None, Why::Shadowed(span));
            } else if deployments.is_empty() {
                self.mean(id, |meaning| meaning.left_out = true);
            } else {
                self.push_group(id, GroupKind::Capability, owner.span, deployments);
            }
        }
    }

    fn capability_deployments(
        &mut self,
        owner: Name<'a>,
        capability: &'a document::Capability<'a>,
        seen: &mut Seen,
    ) -> Vec<Deployment> {
        let models = [&capability.preferred_models, &capability.models];
        seen.next_list();
        let mut deployments = Vec::new();
        let mut listed = false;
        for model in models.into_iter().filter_map(Field::value).flatten() {
            listed = true;
            let Some(name) = model.copied() else { continue };
            let order = deployments.last().map_or(1, |last: &Deployment| last.order + 1);
            let preferred = self.preferred(name).and_then(|group| {
                seen.first(group, name.span).map_or(Ok(group), |first| Err(Why::Repeated(first)))
            });
            match preferred {
                Ok(group) => {
                    let group = self.routing.group(group).cloned();
                    let members = group.map(|group| self.routing.deployments_of(&group).to_vec());
                    deployments.extend(members.into_iter().flatten().map(|member| Deployment {
                        order,
                        span: name.span,
                        ..member
                    }));
                }
                Err(why) => self.defect(name, Place::CapabilityModel, Some(owner), why),
            }
        }
        let mut named: Vec<&Field<&str>> = Vec::new();
        named.extend(Some(&capability.provider));
        named.extend(capability.providers.value().into_iter().flatten());
        let mut blocked = named.iter().any(|field| field.is_broken());
        for field in named {
            let Some(place) = field.given().map(|name| name.span) else { continue };
            match self.provider_field(field, Place::CapabilityProvider, Some(owner)) {
                Some(provider) if !listed => {
                    blocked |= self.models_unread(provider);
                    self.add_models_of(provider, capability, place, &mut deployments);
                }
                Some(_) => {}
                None => blocked = true,
            }
        }
        let broken = capability.preferred_models.is_broken() || capability.models.is_broken();
        if deployments.is_empty() && !listed && !blocked && !broken {
            self.defect(owner, Place::PublicName, None, Why::Empty);
        }
        deployments
    }

    fn add_models_of(
        &self,
        provider: ProviderId,
        capability: &document::Capability<'_>,
        span: crate::source::Span,
        deployments: &mut Vec<Deployment>,
    ) {
        let Some(row) = self.routing.provider(provider) else { return };
        for (index, model) in row.models.clone().zip(self.routing.models_of(row)) {
            if minimums(capability, model)
                && let Some(deployment) = self.declared_deployment(ModelId(index))
            {
                deployments.push(Deployment { span, ..deployment });
            }
        }
    }

    /// The group of a model that a capability prefers.
    fn preferred(&self, name: Name<'a>) -> Result<GroupId, Why> {
        let meaning = self.routing.meaning_of(name.value);
        let group = meaning.group.and_then(|id| self.routing.group(id).map(|group| (id, group)));
        match (group, meaning) {
            (Some((id, group)), _) if group.kind != GroupKind::Capability => Ok(id),
            (_, Meaning { left_out: true, .. }) => Err(Why::LeftOut),
            (_, Meaning { provider: Some(provider), .. }) => Err(Why::ProviderNotModel(provider)),
            (_, Meaning { model: Some(model), .. }) => Err(self.unserved(model)),
            _ => Err(self.unknown_model()),
        }
    }

    fn thresholds(&mut self, owner: Name<'a>, capability: &'a document::Capability<'a>) {
        for (_, value) in capability.thresholds() {
            let Some(name) = value.copied() else { continue };
            if let Err(why) = self.preferred(name) {
                self.defect(name, Place::CapabilityThreshold, Some(owner), why);
            }
        }
    }
}
