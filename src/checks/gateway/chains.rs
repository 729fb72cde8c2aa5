//! The fallback settings as they are written, for the rules about chains.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use crate::diagnostic::suggest;
use crate::gateway::litellm::value::{Python, Value};
use crate::gateway::litellm::walk::Gateway;

use super::Context;
use super::deployments::{Deployment, Deployments};

/// The settings that hold chains.
pub(super) const SETTINGS: [&str; 3] = ["fallbacks", CONTEXT_WINDOW, "content_policy_fallbacks"];

/// The one that LiteLLM does not look at when it starts.
pub(super) const CONTEXT_WINDOW: &str = "context_window_fallbacks";

/// One chain: the name that fails, and the list of what is tried.
#[derive(Clone, Copy)]
pub(super) struct Chain<'c, 'a> {
    /// The setting.
    pub(super) setting: &'static str,
    /// The name.
    pub(super) source: Value<'c, 'a>,
    /// What is tried, of any shape.
    pub(super) targets: Value<'c, 'a>,
}

impl<'c, 'a> Chain<'c, 'a> {
    /// The names of what is tried, with their places.
    pub(super) fn steps(&self) -> impl Iterator<Item = (&'a str, Value<'c, 'a>)> + use<'c, 'a> {
        let targets = self.targets;
        // One setting takes a name alone as well.
        let alone = (self.setting == CONTEXT_WINDOW && targets.text().is_some()).then_some(targets);
        targets.items().chain(alone).filter_map(|target| {
            let named = if target.kind() == Python::Map { target.get("model")? } else { target };
            Some((named.text()?, named))
        })
    }

    /// `{model: NAME}` applies to every name: a form of LiteLLM's own, and no chain of `model`.
    pub(super) fn is_for_all(&self) -> bool {
        self.source.text() == Some("model") && self.targets.text().is_some()
    }
}

/// Every chain that the router looks at: the first key of each item. An item with several keys
/// stops the start, but in one setting.
pub(super) fn read<'c, 'a>(context: &Context<'c, 'a>) -> Vec<Chain<'c, 'a>> {
    let mut found = Vec::new();
    for setting in SETTINGS {
        let items = context.router_setting(setting).into_iter().flat_map(Value::items);
        for item in items {
            let mut keys = item.entries();
            let first = keys.next().filter(|_| keys.next().is_none() || setting == CONTEXT_WINDOW);
            found.extend(first.map(|(source, targets)| Chain { setting, source, targets }));
        }
    }
    found
}

/// The names that are tried for a name without a chain, with their places.
pub(super) fn defaults<'c, 'a>(context: &Context<'c, 'a>) -> Vec<(&'a str, Value<'c, 'a>)> {
    let list = context.router_setting("default_fallbacks");
    let items = list.into_iter().flat_map(Value::items);
    items.filter_map(|item| Some((item.text()?, item))).collect()
}

/// Whether all names are in the file: no models in a database or in another file.
pub(super) fn names_are_known(context: &Context<'_, '_>) -> bool {
    let in_database = context
        .setting("general_settings", "store_model_in_db")
        .is_some_and(|stored| stored.kind() == Python::Bool(true));
    let elsewhere = context.root.is_some_and(|root| root.get("include").is_some());
    let of_variables = context
        .deployments()
        .iter()
        .any(|one| one.written_name.is_some_and(|name| name.variable().is_some()));
    !in_database && !elsewhere && !of_variables && !context.deployments().is_empty()
}

/// Everything that a name may find, gathered once.
pub(super) struct Known<'c, 'a> {
    tables: &'c Gateway<'a>,
    /// Names, aliases and routing groups, in order.
    pub(super) names: Vec<&'a str>,
    /// Models and ids of the deployments.
    others: HashSet<&'a str, RandomState>,
    /// Names without the provider before them.
    rests: HashSet<&'a str, RandomState>,
}

/// Searches for a near name in one run: each compares with all of them.
const MAX_SEARCHES: usize = 100;

impl<'c, 'a> Known<'c, 'a> {
    pub(super) fn new(tables: &'c Gateway<'a>, deployments: &Deployments<'c, 'a>) -> Self {
        let id = |one: &Deployment<'_, 'a>| one.info?.get("id").map(Value::written);
        let (mut others, mut rests) = (HashSet::default(), HashSet::default());
        for deployment in &deployments.rows {
            others.insert(deployment.text("model"));
            others.extend(id(deployment));
            rests.extend(deployment.name.split_once('/').map(|(_, rest)| rest));
        }
        Known { tables, names: tables.public_names(), others, rests }
    }

    /// Whether a chain that goes to the name finds somebody.
    pub(super) fn answers(&self, name: &str) -> bool {
        name.starts_with("os.environ/")
            || self.is_name(name)
            || self.others.contains(name)
            || self.tables.answers_to(name)
    }

    /// Whether a list under the name is ever looked for. A name with a provider before it finds the
    /// list of the name alone.
    pub(super) fn is_asked(&self, name: &str) -> bool {
        let by_name = self.is_name(name) || !self.others.contains(name) && self.answers(name);
        !name.contains('*') && by_name || self.rests.contains(name) || self.rests.contains("*")
    }

    fn is_name(&self, name: &str) -> bool {
        self.names.binary_search(&name).is_ok()
    }

    /// The name that was meant, for the first `searches` of a run.
    pub(super) fn near(&self, name: &str, searches: usize) -> Option<&'a str> {
        let open = searches < MAX_SEARCHES;
        open.then(|| suggest::nearest(name, self.names.iter().copied())).flatten()
    }
}
