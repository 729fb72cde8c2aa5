//! Steps after a failure that are lost to a finding of their own.

use std::collections::BTreeMap;

use crate::routing::{ProviderId, Routing};

/// The names whose chain or fallback has lost a step that will be there once its own finding is
/// dealt with, each with the provider that the step was to lead to, when that is known. What would
/// be said of the steps that are left is not known to be true then.
pub struct LostSteps<'a>(BTreeMap<&'a str, Vec<Option<ProviderId>>>);

impl<'a> LostSteps<'a> {
    /// Of a project.
    #[must_use]
    pub fn of(routing: &Routing<'a>) -> Self {
        let mut lost = LostSteps(BTreeMap::new());
        for defect in routing.defects.iter().filter(|defect| defect.loses_step()) {
            let Some(owner) = defect.owner else { continue };
            lost.0.entry(owner.value).or_default().push(defect.why.provider());
        }
        lost
    }

    /// True when a step of this name is lost.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// True when a lost step of this name may have led to another provider than this one.
    #[must_use]
    pub fn may_leave(&self, name: &str, provider: ProviderId) -> bool {
        self.0.get(name).into_iter().flatten().any(|lost| *lost != Some(provider))
    }
}
