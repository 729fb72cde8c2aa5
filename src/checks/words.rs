//! Phrases and suggestions that several rules share.

use crate::diagnostic::{Finding, suggest};
use crate::routing::address::AddressError;
use crate::routing::{Defect, Group, Model, Place, ProviderId, Routing};
use crate::source::Span;

/// Searches for a near name in one run. Each compares with every declared name; behind the
/// limit a user has bigger problems than the spelling.
const MAX_SEARCHES: usize = 100;

/// Where the name of a defect stands, as the beginning of a message.
#[must_use]
pub fn place_phrase(defect: &Defect<'_>) -> String {
    let of = defect.owner.map(|owner| format!(" `{}`", owner.value)).unwrap_or_default();
    match defect.place {
        Place::ExactProvider => format!("exact match{of}"),
        Place::BackendModel => format!("exact match{of}"),
        Place::ExactFallback => format!("the fallback of exact match{of}"),
        Place::PatternProvider => format!("pattern{of}"),
        Place::PatternFallback => format!("the fallback of pattern{of}"),
        Place::CapabilityModel => format!("capability{of}"),
        Place::CapabilityProvider => format!("capability{of}"),
        Place::CapabilityFallback => format!("the fallback of capability{of}"),
        Place::CapabilityThreshold => format!("a threshold of capability{of}"),
        Place::BalancingProvider | Place::BalancingModel => format!("load balancing of{of}"),
        Place::ChainEntry => format!("the fallback chain of{of}"),
        Place::ChainOwner => "a fallback chain".to_owned(),
        Place::DefaultProvider => "`default_provider`".to_owned(),
        Place::DefaultFallback => "`default_fallback`".to_owned(),
        Place::ConditionProvider => format!("routing rule{of}"),
        Place::DefaultModel => format!("the default model of provider{of}"),
        Place::PublicName => "a public name".to_owned(),
    }
}

/// What is wrong with an address, as the end of a sentence, and what to do.
#[must_use]
pub fn address_mistake(error: AddressError) -> (&'static str, &'static str) {
    match error {
        AddressError::Scheme => (
            "does not begin with `http://` or `https://`",
            "write the whole address, like `http://127.0.0.1:11434`",
        ),
        AddressError::NoHost => ("has no host", "write a host behind `://`"),
        AddressError::Port => {
            ("has a port that is no number from 1 to 65535", "write a port that exists")
        }
        AddressError::UserInfo => (
            "holds a user name or a password",
            "remove it, and name the variable that holds the key in `env_var`",
        ),
        AddressError::Invalid => {
            ("has a character that no URL has", "remove the character, or write it as `%XX`")
        }
    }
}

/// How many names a list in a message shows.
pub const MAX_LISTED: usize = 5;

/// Names in backticks, the first [`MAX_LISTED`] and the number of the others.
#[must_use]
pub fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut others = 0_usize;
    for name in names {
        if shown.len() < MAX_LISTED {
            shown.push(format!("`{name}`"));
        } else {
            others += 1;
        }
    }
    let text = shown.join(", ");
    if others == 0 { text } else { format!("{text} and {others} more") }
}

/// The names of models, for [`listed`].
pub fn model_names<'r>(
    routing: &'r Routing<'_>,
    models: &'r [Model<'_>],
) -> impl Iterator<Item = &'r str> {
    models.iter().map(|model| routing.names.text(model.name))
}

/// Adds the place where a provider's status is written: the reason why it is not compiled.
#[must_use]
pub fn with_status<'f>(finding: Finding<'f>, routing: &Routing<'_>, id: ProviderId) -> Finding<'f> {
    let provider = routing.provider(id);
    match provider.and_then(|row| row.written.status.span().map(|span| (row, span))) {
        Some((row, span)) => {
            finding.also(span, format!("the status of provider `{}`", row.name.value))
        }
        None => finding,
    }
}

/// Finds declared names near to misspelt ones. The names are gathered for the first misspelling:
/// a clean project has none.
pub struct Suggestions<'r, 'a> {
    routing: &'r Routing<'a>,
    among: fn(&Routing<'a>) -> Vec<Declared<'a>>,
    names: Option<Vec<Declared<'a>>>,
    searches: usize,
}

/// A name and its declaration.
type Declared<'a> = (&'a str, Span);

fn provider_names<'a>(routing: &Routing<'a>) -> Vec<Declared<'a>> {
    routing.providers.iter().map(|row| (row.name.value, row.name.span)).collect()
}

fn public_names<'a>(routing: &Routing<'a>) -> Vec<Declared<'a>> {
    let name = |group: &Group| (routing.names.text(group.name), group.span);
    routing.public_groups().map(name).collect()
}

fn targets<'a>(routing: &Routing<'a>) -> Vec<Declared<'a>> {
    let mut names = public_names(routing);
    names.extend(provider_names(routing));
    names
}

impl<'r, 'a> Suggestions<'r, 'a> {
    /// Among the providers.
    #[must_use]
    pub fn providers(routing: &'r Routing<'a>) -> Self {
        Suggestions { routing, among: provider_names, names: None, searches: 0 }
    }

    /// Among the public names.
    #[must_use]
    pub fn public_names(routing: &'r Routing<'a>) -> Self {
        Suggestions { routing, among: public_names, names: None, searches: 0 }
    }

    /// Among everything that a chain may name.
    #[must_use]
    pub fn targets(routing: &'r Routing<'a>) -> Self {
        Suggestions { routing, among: targets, names: None, searches: 0 }
    }

    /// The nearest model of one provider and its declaration; counts as a search like others.
    pub fn nearest_model(&mut self, provider: ProviderId, name: &str) -> Option<Declared<'a>> {
        let routing = self.routing;
        let models = routing.models_of(routing.provider(provider)?);
        let names = models.iter().map(|model| (routing.names.text(model.name), model.span));
        self.is_open().then(|| near(name, &names.collect::<Vec<_>>())).flatten()
    }

    /// The nearest declared name and its declaration.
    pub fn nearest(&mut self, name: &str) -> Option<Declared<'a>> {
        if !self.is_open() {
            return None;
        }
        let Suggestions { routing, among, names, .. } = self;
        near(name, names.get_or_insert_with(|| among(routing)))
    }

    fn is_open(&mut self) -> bool {
        self.searches += 1;
        self.searches <= MAX_SEARCHES
    }
}

fn near<'a>(name: &str, names: &[Declared<'a>]) -> Option<Declared<'a>> {
    let near = suggest::nearest(name, names.iter().map(|(name, _)| *name))?;
    names.iter().find(|(name, _)| *name == near).copied()
}
