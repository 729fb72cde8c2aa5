//! A config's text to what it serves.

use crate::source::{Entries, Field, List, NameOr, Text, Tree};

use super::super::config::{Config, Entry, Item, Settings, named};
use super::{Alias, Deployment, Route, Served, Step};

/// What the config serves whose text the tree is. (Its repeated keys are to be marked, and its
/// aliases must fit.)
#[must_use]
pub fn read<'a>(tree: &Tree<'a>) -> Served<'a> {
    let config = Config::read(tree);
    let mut served = Served::default();
    for entry in config.model_list.value().into_iter().flatten() {
        let Some((name, deployment)) = deployment(&entry.value) else { continue };
        served.routes.entry(name).or_default().deployments.push(deployment);
    }
    if let Some(router) = config.router_settings.value() {
        aliases(router, &mut served);
        strategies(router, &mut served);
    }
    // `Router.__init__` of LiteLLM 1.106.2: the router's own, or else those of `litellm_settings`.
    let mut lists = config.settings().filter_map(|settings| settings.fallbacks.value());
    for item in lists.find(|list| !list.is_empty()).into_iter().flatten() {
        // One key is looked at, the first.
        let Some((name, steps)) = item.value.given().next() else { continue };
        let steps = chain(&served, steps);
        if name.value == "*" {
            served.default_chain = steps;
            continue;
        }
        // Of two lists for one name the first is found.
        served.routes.entry(name.value).or_default().chain.get_or_insert(steps);
    }
    let mut lists = config.settings().filter_map(|settings| settings.default_fallbacks.value());
    if let Some(steps) = lists.find(|list| !list.is_empty()) {
        served.default_chain = chain(&served, steps);
    }
    served
}

/// Without a model LiteLLM knows nobody to ask.
fn deployment<'a>(entry: &Entry<'a>) -> Option<(&'a str, Deployment<'a>)> {
    let name = entry.model_name.value()?.0;
    let params = entry.litellm_params.value()?;
    let text = |field: &Field<Text<'a>>| field.value().map_or("", |text| text.0);
    let number = |field: &Field<f64>| field.value().copied();
    Some((
        name,
        Deployment {
            model: params.model.value()?.0,
            api_base: text(&params.api_base),
            shares: [number(&params.weight), number(&params.rpm), number(&params.tpm)],
            order: number(&params.order),
        },
    ))
}

fn aliases<'a>(router: &Settings<'a>, served: &mut Served<'a>) {
    let given = router.model_group_alias.value().into_iter().flat_map(Entries::given);
    for (name, item) in given {
        let Some(target) = named(item) else { continue };
        let hidden = match item {
            NameOr::Name(_) => false,
            NameOr::Full(item) => item.hidden.value() == Some(&true),
        };
        served.routes.entry(name.value).or_default().alias = Some(Alias { target, hidden });
    }
}

fn strategies<'a>(router: &Settings<'a>, served: &mut Served<'a>) {
    let word = |field: &Field<Text<'a>>| field.value().map_or("", |text| text.0);
    let known = |word: &'a str| if word == "simple-shuffle" { "" } else { word };
    let all = known(word(&router.routing_strategy));
    for route in served.routes.values_mut().filter(|route| route.deployments.len() > 1) {
        route.strategy = all;
    }
    for group in router.routing_groups.value().into_iter().flatten() {
        let own = known(word(&group.value.routing_strategy));
        let mut whole = Route { strategy: own, ..Route::default() };
        for name in group.value.models.value().into_iter().flatten() {
            let Some(route) = served.routes.get_mut(name.value.0) else { continue };
            whole.deployments.extend(route.deployments.iter().cloned());
            if route.deployments.len() > 1 {
                route.strategy = own;
            }
        }
        // The group can be asked for by its own name too, unless that means something already.
        if let Some(name) = group.value.group_name.value().filter(|_| whole.is_served()) {
            served.routes.entry(name.0).or_insert(whole);
        }
    }
}

/// The steps as a person knows them: behind a hidden alias stands the name that it hides.
fn chain<'a>(served: &Served<'a>, steps: &List<NameOr<'a, Item<'a>>>) -> Vec<Step<'a>> {
    let names = steps.iter().filter_map(|step| named(&step.value));
    names
        .map(|name| {
            let alias = served.routes.get(name).and_then(|route| route.alias);
            let name = alias.filter(|alias| alias.hidden).map_or(name, |alias| alias.target);
            let route = served.routes.get(name).filter(|_| name.starts_with(super::OWN));
            match route.and_then(|route: &Route<'a>| route.deployments.first()) {
                Some(deployment) => Step::Private(deployment.clone()),
                None => Step::Name(name),
            }
        })
        .collect()
}
