//! What stands where in the sources: the keys on the way to a scalar, and what its name names.

use crate::document::Document;
use crate::source::{Kind, NodeId, Span, Tree};

/// A step from the top of a file downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// Into the value of a key.
    Key(&'a str),
    /// Into an item of a list.
    Item,
}

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names<'a> {
    /// A provider.
    Provider,
    /// A model of the provider.
    ModelOf(&'a str),
    /// A model of any provider, or a public name that stands for one.
    Model,
    /// A public name.
    Public,
    /// A provider or a public name: what may be tried after a failure.
    Target,
    /// What a provider speaks.
    ProviderType,
    /// A rule.
    Rule,
}

/// A name in the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Role<'a> {
    pub(super) names: Names<'a>,
    /// The place that makes the name, and not one that refers to it.
    pub(super) declares: bool,
}

/// A scalar, key or value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'p, 'a> {
    /// Its text.
    pub(super) value: &'a str,
    pub(super) span: Span,
    pub(super) is_key: bool,
    /// The way to it; a key is its own last step.
    pub(super) path: &'p [Step<'a>],
    /// The innermost mapping that it stands in.
    pub(super) map: Option<NodeId>,
}

/// Shows every scalar of a file, in its order. (No deeper than the parser lets a file be.)
pub(super) fn walk<'a>(tree: &Tree<'a>, visit: &mut dyn FnMut(Place<'_, 'a>)) {
    if let Some(root) = tree.root() {
        inside(tree, root, None, &mut Vec::new(), visit);
    }
}

fn inside<'a>(
    tree: &Tree<'a>,
    node: NodeId,
    map: Option<NodeId>,
    path: &mut Vec<Step<'a>>,
    visit: &mut dyn FnMut(Place<'_, 'a>),
) {
    match tree.kind(node) {
        Kind::Map => {
            for (key, value) in tree.pairs(node) {
                path.push(Step::Key(tree.value(key)));
                visit(place(tree, key, true, path, Some(node)));
                inside(tree, value, Some(node), path, visit);
                path.pop();
            }
        }
        Kind::List => {
            for item in tree.items(node) {
                path.push(Step::Item);
                inside(tree, item, map, path, visit);
                path.pop();
            }
        }
        Kind::Scalar | Kind::Alias | Kind::LostAlias => {
            visit(place(tree, node, false, path, map));
        }
    }
}

fn place<'p, 'a>(
    tree: &Tree<'a>,
    node: NodeId,
    is_key: bool,
    path: &'p [Step<'a>],
    map: Option<NodeId>,
) -> Place<'p, 'a> {
    Place { value: tree.value(tree.resolve(node)), span: tree.span(node), is_key, path, map }
}

impl<'a> Place<'_, 'a> {
    /// What the name that stands here names; `None` for what is no name.
    pub(super) fn role(&self, document: Document, tree: &Tree<'a>) -> Option<Role<'a>> {
        match document {
            Document::Project => self.in_project(),
            Document::Providers => self.in_providers(),
            Document::Mappings => self.in_mappings(tree),
            Document::Ports => None,
        }
    }

    fn in_project(&self) -> Option<Role<'a>> {
        use Step::{Item, Key};
        match (self.is_key, self.path) {
            (true, [Key("rules"), Key(_)]) => refers(Names::Rule),
            (true, [Key("provider_types"), Key(_)]) => declares(Names::ProviderType),
            (false, [Key("provider_types"), Key(_), Key("extends")]) => refers(Names::ProviderType),
            (false, [Key("deploy"), Key("probe"), Key("canary"), Item]) => refers(Names::Public),
            _ => None,
        }
    }

    fn in_providers(&self) -> Option<Role<'a>> {
        use Step::{Item, Key};
        match (self.is_key, self.path) {
            (true, [Key("providers"), Key(_)]) => declares(Names::Provider),
            (true, [Key("health_checks"), Key("endpoints"), Key(_)]) => refers(Names::Provider),
            (false, [Key("providers"), Key(_), Key("type")]) => refers(Names::ProviderType),
            (
                false,
                [Key("providers"), Key(provider), Key("models"), Item]
                | [Key("providers"), Key(provider), Key("models"), Item, Key("name")],
            ) => declares(Names::ModelOf(provider)),
            (false, [Key("providers"), Key(provider), Key("default_model")])
            | (true, [Key("providers"), Key(provider), Key("cost_per_1k_tokens"), Key(_)]) => {
                refers(Names::ModelOf(provider))
            }
            _ => None,
        }
    }

    fn in_mappings(&self, tree: &Tree<'a>) -> Option<Role<'a>> {
        use Step::Key;
        match self.path.split_first()? {
            (Key("exact_matches"), [Key(_), rest @ ..]) => self.in_exact_match(rest, tree),
            (Key("capabilities"), [Key(_), rest @ ..]) => self.in_capability(rest),
            (Key("load_balancing"), [Key("redundant_models"), Key(_), rest @ ..]) => {
                self.in_balancing(rest, tree)
            }
            (Key("load_balancing"), [Key("enabled" | "strategies" | "redundant_models"), ..]) => {
                None
            }
            (Key("load_balancing"), [Key(_), rest @ ..]) => self.in_balancing(rest, tree),
            (Key("fallback_chains"), [Key(_), rest @ ..]) => self.in_chain(rest, tree),
            (Key("patterns" | "routing_rules"), [.., Key(last)]) if !self.is_key => match *last {
                "provider" | "default_provider" => refers(Names::Provider),
                // The providers of conditions are no targets: nobody compiles them.
                "fallback" if self.path.first() == Some(&Key("routing_rules")) => {
                    refers(Names::Provider)
                }
                "fallback" | "default_fallback" => refers(Names::Target),
                _ => None,
            },
            _ => None,
        }
    }

    fn in_exact_match(&self, rest: &[Step<'a>], tree: &Tree<'a>) -> Option<Role<'a>> {
        match (self.is_key, rest) {
            (true, []) => declares(Names::Public),
            (false, [Step::Key("provider")]) => refers(Names::Provider),
            (false, [Step::Key("backend_model")]) => self.model_beside(&["provider"], tree),
            (false, [Step::Key("fallback")]) => refers(Names::Target),
            _ => None,
        }
    }

    fn in_capability(&self, rest: &[Step<'a>]) -> Option<Role<'a>> {
        use Step::{Item, Key};
        match (self.is_key, rest) {
            (true, []) => declares(Names::Public),
            (false, [Key("preferred_models" | "models"), Item]) => refers(Names::Model),
            (false, [Key("provider")] | [Key("providers"), Item]) => refers(Names::Provider),
            (false, [Key("fallback")]) => refers(Names::Target),
            (false, [Key(section), Key(_)]) if section.ends_with("_thresholds") => {
                refers(Names::Model)
            }
            _ => None,
        }
    }

    fn in_balancing(&self, rest: &[Step<'a>], tree: &Tree<'a>) -> Option<Role<'a>> {
        use Step::{Item, Key};
        match (self.is_key, rest) {
            (true, []) => declares(Names::Public),
            (false, [Key("providers"), Item, Key("provider" | "name")]) => refers(Names::Provider),
            (false, [Key("providers"), Item, Key("preferred_model")]) => {
                self.model_beside(&["provider", "name"], tree)
            }
            _ => None,
        }
    }

    fn in_chain(&self, rest: &[Step<'a>], tree: &Tree<'a>) -> Option<Role<'a>> {
        use Step::{Item, Key};
        match (self.is_key, rest) {
            (true, []) => refers(Names::Public),
            (
                false,
                [Key("chain"), Item]
                | [Key("chain"), Item, Key("primary" | "secondary" | "tertiary")],
            ) => refers(Names::Target),
            (false, [Key("chain"), Item, Key("preferred_model")]) => {
                self.model_beside(&["primary", "secondary", "tertiary"], tree)
            }
            _ => None,
        }
    }

    /// A model of the provider that one of these keys beside it names.
    fn model_beside(&self, keys: &[&str], tree: &Tree<'a>) -> Option<Role<'a>> {
        let mut pairs = self.map.into_iter().flat_map(|map| tree.pairs(map));
        let beside = pairs.find(|(key, _)| keys.contains(&tree.value(*key)));
        let provider = beside.map(|(_, value)| tree.value(tree.resolve(value)));
        refers(provider.filter(|name| !name.is_empty()).map_or(Names::Model, Names::ModelOf))
    }
}

#[allow(clippy::unnecessary_wraps, reason = "the arms of the tables read better")]
fn refers(names: Names<'_>) -> Option<Role<'_>> {
    Some(Role { names, declares: false })
}

#[allow(clippy::unnecessary_wraps, reason = "the arms of the tables read better")]
fn declares(names: Names<'_>) -> Option<Role<'_>> {
    Some(Role { names, declares: true })
}
