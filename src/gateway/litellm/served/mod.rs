//! What a config of LiteLLM serves, whoever wrote it: the names that a request may ask for, who
//! answers each, and what is tried when they fail. Reading is tolerant: what is not as LiteLLM
//! wants it is left out.

mod changes;
mod read;
#[cfg(test)]
mod tests;
mod wildcards;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{self, Expansion, SourceFile, Sources};

pub use changes::{Change, ChangeKind, changes};
pub use read::read;
pub use wildcards::{may_be_listed, wildcards};

/// What one config serves.
#[derive(Debug, Default, PartialEq)]
pub struct Served<'a> {
    /// By the name that a request asks for: every `model_name` (wildcards and those that gwcfg
    /// hides among them), every alias, every routing group, and every name that has a chain.
    pub routes: BTreeMap<&'a str, Route<'a>>,
    /// What is tried for names without a chain of their own.
    pub default_chain: Vec<Step<'a>>,
}

/// What one name leads to.
#[derive(Debug, Default, PartialEq)]
pub struct Route<'a> {
    /// Who answers, in the order of the file.
    pub deployments: Vec<Deployment<'a>>,
    /// The name that stands for this one; goes before its own deployments.
    pub alias: Option<Alias<'a>>,
    /// What is tried next; `None` where the default chain goes on.
    pub chain: Option<Vec<Step<'a>>>,
    /// How one of several deployments is chosen; empty for LiteLLM's own default,
    /// `simple-shuffle`.
    pub strategy: &'a str,
}

/// One entry of `model_list`.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployment<'a> {
    /// Provider prefix and model: `ollama_chat/phi4`.
    pub model: &'a str,
    /// Where it is asked; empty for the provider's own address.
    pub api_base: &'a str,
    /// Its share, in the first unit that is given: `weight`, `rpm`, `tpm`.
    pub shares: [Option<f64>; 3],
    /// Lower ones are asked first.
    pub order: Option<f64>,
}

/// A name that stands for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alias<'a> {
    /// The other one.
    pub target: &'a str,
    /// Not listed by the gateway.
    pub hidden: bool,
}

/// One step of a chain, as a person knows it.
#[derive(Debug, Clone, PartialEq)]
pub enum Step<'a> {
    /// A public name.
    Name(&'a str),
    /// A deployment that has no public name.
    Private(Deployment<'a>),
}

/// Beginning of the names that gwcfg makes for itself: hops of a chain, and deployments that have
/// no public name (`docs/design/chains.md`).
pub(super) const OWN: &str = "gwcfg:";

impl Route<'_> {
    /// True for a name that people are meant to ask for.
    fn is_public(&self, name: &str) -> bool {
        !name.starts_with(OWN) && !self.alias.is_some_and(|alias| alias.hidden)
    }

    /// True when somebody may answer: a chain alone serves nothing.
    fn is_served(&self) -> bool {
        self.alias.is_some() || !self.deployments.is_empty()
    }
}

/// The names that `GET /v1/models` of the gateway lists for this config: names of deployments,
/// those that gwcfg makes for itself among them, of routing groups, and aliases of them that are
/// not hidden; no wildcards (LiteLLM 1.106.2 lists the models that it knows for them instead).
#[must_use]
pub fn names(text: &str) -> BTreeSet<String> {
    with_served(text, |served| {
        let listed = |(name, route): &(&&str, &Route<'_>)| {
            (served.stands_for_another(route) || served.answers(name)) && !name.contains('*')
        };
        served.routes.iter().filter(listed).map(|(name, _)| (*name).to_owned()).collect()
    })
}

/// The N of `config OK (N models)`, which `litellm --validate_config` says: deployments, and
/// aliases of them that are not hidden (LiteLLM 1.106.2).
#[must_use]
pub fn models(text: &str) -> usize {
    with_served(text, |served| {
        let routes = served.routes.values();
        let deployments: usize = routes.clone().map(|route| route.deployments.len()).sum();
        deployments + routes.filter(|route| served.stands_for_another(route)).count()
    })
}

/// Reads a text for a question; nothing is served by one that cannot be read.
fn with_served<T: Default>(text: &str, ask: impl FnOnce(&Served<'_>) -> T) -> T {
    let mut sources = Sources::default();
    let bytes = text.as_bytes().to_vec();
    let file = sources.add(SourceFile::new(String::new(), bytes, false));
    let mut parsed = source::parse(&sources, file);
    if parsed.tree.expansion() != Expansion::Fits {
        return T::default();
    }
    parsed.tree.mark_repeated_keys();
    ask(&read(&parsed.tree))
}

impl Served<'_> {
    /// True when somebody answers under this name itself.
    fn answers(&self, name: &str) -> bool {
        self.routes.get(name).is_some_and(|route| !route.deployments.is_empty())
    }

    /// True for an alias that the gateway lists.
    fn stands_for_another(&self, route: &Route<'_>) -> bool {
        route.alias.is_some_and(|alias| !alias.hidden && self.answers(alias.target))
    }
}
