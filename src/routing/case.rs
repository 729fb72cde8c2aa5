//! Names that do not resolve and differ from a declared one in upper and lower case alone.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::source::Span;

use super::{Defect, NameId, Place, Routing, Why};

/// Looks again at the names that nothing has: where a declared one is the same but for its case,
/// that is why. Costs nothing in a project without such names.
pub(super) fn settle(routing: &mut Routing<'_>) {
    let mut lower: Option<HashMap<String, Vec<NameId>, RandomState>> = None;
    let mut defects = std::mem::take(&mut routing.defects);
    for defect in &mut defects {
        if !may_differ_in_case(defect) {
            continue;
        }
        let lower = lower.get_or_insert_with(|| by_lower_case(routing));
        let same = lower.get(&defect.name.value.to_lowercase());
        let declared = same.into_iter().flatten().find_map(|id| {
            let other = routing.names.text(*id) != defect.name.value;
            declaration(routing, defect, *id).filter(|_| other).map(|span| (*id, span))
        });
        if let Some((name, span)) = declared {
            defect.why = Why::CaseDiffers(name, span);
        }
    }
    routing.defects = defects;
}

/// In a fallback, what a provider does not list is not the name of the defect.
fn may_differ_in_case(defect: &Defect<'_>) -> bool {
    match defect.why {
        Why::Unknown => true,
        Why::NotAtProvider(_) => !defect.place.is_fallback(),
        Why::InactiveProvider(_)
        | Why::InactiveModel(_)
        | Why::ProviderNotModel(_)
        | Why::Undecided(_)
        | Why::SeveralProviders(_)
        | Why::ServesNoModels(_)
        | Why::Empty
        | Why::NoWeight
        | Why::Shadowed(_)
        | Why::Itself
        | Why::Repeated(_)
        | Why::CaseDiffers(..)
        | Why::LeftOut => false,
    }
}

fn by_lower_case(routing: &Routing<'_>) -> HashMap<String, Vec<NameId>, RandomState> {
    let mut lower: HashMap<String, Vec<NameId>, RandomState> = HashMap::default();
    for (id, text) in routing.names.iter() {
        lower.entry(text.to_lowercase()).or_default().push(id);
    }
    lower
}

/// Where a name is declared as what is wanted at the place of a defect.
fn declaration(routing: &Routing<'_>, defect: &Defect<'_>, id: NameId) -> Option<Span> {
    let meaning = routing.meaning(id);
    let provider = || meaning.provider.and_then(|id| routing.provider(id)).map(|row| row.name.span);
    let group = || meaning.group.and_then(|id| routing.group(id)).map(|row| row.span);
    let model = || meaning.model.and_then(|id| routing.model(id)).map(|row| row.span);
    if let Why::NotAtProvider(owner) = defect.why {
        let model = routing.model_at(owner, routing.names.text(id))?;
        return routing.model(model).map(|model| model.span);
    }
    if defect.place.wants_provider() {
        return provider();
    }
    let target = defect.place.is_fallback() && defect.place != Place::ChainOwner;
    group().or_else(model).or_else(|| if target { provider() } else { None })
}
