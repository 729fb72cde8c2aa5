//! Names to providers, models and groups.

use crate::source::{Field, Name};

use super::build::Builder;
use super::{
    Defect, Deployment, Group, GroupId, GroupKind, ModelId, NameId, Place, ProviderId, Why,
};

impl<'a> Builder<'a> {
    /// Records a name that does not resolve.
    pub(super) fn defect(
        &mut self,
        name: Name<'a>,
        place: Place,
        owner: Option<Name<'a>>,
        why: Why,
    ) {
        self.routing.defects.push(Defect { name, place, owner, why });
    }

    /// The usable provider of a name.
    pub(super) fn provider(&self, name: &str) -> Result<ProviderId, Why> {
        let Some(id) = self.routing.meaning_of(name).provider else {
            // Where a file could not be read to its end nobody knows what it would have declared.
            let known = self.documents.incomplete.is_empty();
            return Err(if known { Why::Unknown } else { Why::LeftOut });
        };
        let Some(provider) = self.routing.provider(id) else { return Err(Why::LeftOut) };
        if !provider.active {
            // A status that could not be read is a finding of its own.
            let known = provider.written.status.value().is_some();
            return Err(if known { Why::InactiveProvider(id) } else { Why::LeftOut });
        }
        match &provider.kind {
            Some(kind) if !kind.serves_models => Err(Why::ServesNoModels(id)),
            _ if provider.usable => Ok(id),
            _ => Err(Why::LeftOut),
        }
    }

    /// Nothing has the name of a model. Where a list of models could not be read nobody knows that.
    pub(super) fn unknown_model(&self) -> Why {
        if self.all_models_read { Why::Unknown } else { Why::LeftOut }
    }

    /// True when something stands for the provider's models that could not be read: the finding
    /// about that is the only one to be made.
    pub(super) fn models_unread(&self, provider: ProviderId) -> bool {
        self.routing.provider(provider).is_some_and(|row| row.written.models.is_broken())
    }

    /// The provider that a field names; a defect when there is none that can be used.
    pub(super) fn provider_field(
        &mut self,
        field: &Field<&'a str>,
        place: Place,
        owner: Option<Name<'a>>,
    ) -> Option<ProviderId> {
        let name = field.copied()?;
        match self.provider(name.value) {
            Ok(id) => Some(id),
            Err(why) => {
                self.defect(name, place, owner, why);
                None
            }
        }
    }

    /// The deployment of a provider's model, when the provider declares the model or declares none
    /// at all (a server whose models nobody listed).
    pub(super) fn deployment(
        &mut self,
        provider: ProviderId,
        model: Name<'a>,
    ) -> Result<Deployment, Why> {
        let declared = self.routing.model_at(provider, model.value);
        let lists_models =
            self.routing.provider(provider).is_some_and(|row| !row.written.models.is_absent());
        if declared.is_none() && self.models_unread(provider) {
            return Err(Why::LeftOut);
        }
        if declared.is_none() && lists_models {
            return Err(Why::NotAtProvider(provider));
        }
        let name = self.routing.names.intern(model.value);
        self.grow();
        Ok(Deployment {
            provider,
            model: name,
            declared,
            weight: 1.0,
            order: 1,
            span: model.span,
            limits: None,
        })
    }

    /// The deployment of a declared model.
    pub(super) fn declared_deployment(&self, id: ModelId) -> Option<Deployment> {
        let model = self.routing.model(id)?;
        Some(Deployment {
            provider: model.provider,
            model: model.name,
            declared: Some(id),
            weight: 1.0,
            order: 1,
            span: model.span,
            limits: None,
        })
    }

    /// What a chain's entry or a `fallback` means, for the chain of `owner`: a public name, else a
    /// provider's model.
    pub(super) fn target(
        &mut self,
        name: Name<'a>,
        owner: &str,
        preferred: Option<Name<'a>>,
    ) -> Result<GroupId, Why> {
        let meaning = self.routing.meaning_of(name.value);
        if let Some(group) = meaning.group {
            return Ok(group);
        }
        if meaning.left_out {
            return Err(Why::LeftOut);
        }
        if meaning.provider.is_some() {
            let provider = self.provider(name.value)?;
            if self.models_unread(provider) {
                return Err(Why::LeftOut);
            }
            let model = match preferred {
                Some(model) => self
                    .routing
                    .model_at(provider, model.value)
                    .ok_or(Why::NotAtProvider(provider))?,
                None => self.routing.model_meant(provider, owner)?,
            };
            return self.group_of_model(provider, model, name).ok_or(Why::LeftOut);
        }
        match meaning.model {
            Some(model) => Err(self.unserved(model)),
            None => Err(self.unknown_model()),
        }
    }

    /// Why a declared model has no group: its provider is not active, or has findings of its own.
    pub(super) fn unserved(&self, model: ModelId) -> Why {
        let row = self.routing.model(model);
        let provider = row.and_then(|model| self.routing.provider(model.provider));
        match provider {
            Some(provider) if !provider.active && provider.written.status.value().is_some() => {
                Why::InactiveModel(model)
            }
            _ => Why::LeftOut,
        }
    }

    /// The group that means just this deployment: the model's own public name where that is so,
    /// else a private one.
    fn group_of_model(
        &mut self,
        provider: ProviderId,
        model: ModelId,
        named: Name<'a>,
    ) -> Option<GroupId> {
        let name = self.routing.model(model)?.name;
        let public = self.routing.meaning(name).group;
        if let Some(group) = public.and_then(|id| self.routing.group(id))
            && let [only] = self.routing.deployments_of(group)
            && only.provider == provider
            && only.model == name
        {
            return public;
        }
        if let Some(known) = self.private.get(&(provider, name)) {
            return Some(*known);
        }
        let deployment = Deployment { span: named.span, ..self.declared_deployment(model)? };
        let id = self.push_group(name, GroupKind::Private, named.span, [deployment]);
        self.private.insert((provider, name), id);
        Some(id)
    }

    /// Adds a group; the private ones are nobody's meaning.
    pub(super) fn push_group(
        &mut self,
        name: NameId,
        kind: GroupKind,
        span: crate::source::Span,
        deployments: impl IntoIterator<Item = Deployment>,
    ) -> GroupId {
        let id = GroupId(row_number(self.routing.groups.len()));
        let start = row_number(self.routing.deployments.len());
        self.routing.deployments.extend(deployments);
        let end = row_number(self.routing.deployments.len());
        self.routing.groups.push(Group { name, kind, span, deployments: start..end, chain: None });
        if kind != GroupKind::Private
            && let Some(meaning) = self.routing.meanings.get_mut(name.index())
        {
            meaning.group = Some(id);
        }
        id
    }
}

/// Rows are counted in 32 bits: a file of [`MAX_FILE_BYTES`](crate::source::MAX_FILE_BYTES)
/// cannot hold more entries.
pub(super) fn row_number(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
