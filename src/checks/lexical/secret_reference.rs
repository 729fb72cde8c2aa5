//! What to write instead of a literal secret: a variable, where the source language has a place
//! for one.

use crate::document::Document;
use crate::routing::provider_type::ProviderType;
use crate::source::secrets::{Secret, is_variable_name};
use crate::source::{Kind, NodeId, Span, Tree};

use super::File;

/// An edit.
pub(super) struct Instead {
    /// What goes.
    pub(super) span: Span,
    /// What comes.
    pub(super) text: String,
    /// The variable that has to hold the secret then.
    pub(super) variable: String,
}

/// Keys of a provider that are meant for its key, and that nothing reads.
const KEY_WORDS: [&str; 6] = ["api_key", "apikey", "key", "token", "api_token", "secret_key"];

/// The edit that takes a secret from a variable, where one is near enough to what was meant. A
/// comment, a part of a URL and an item of a list have none.
pub(super) fn instead(file: &File<'_>, secret: &Secret<'_>) -> Option<Instead> {
    let (path, value) = find(file.tree, secret.span)?;
    let tree = file.tree;
    let keys: Vec<&str> = path.iter().map(|key| tree.value(tree.resolve(*key))).collect();
    match (file.document, keys.as_slice()) {
        (Some(Document::Project) | None, ["gateway", _, .., key]) => {
            reference(tree, value, variable_of(&[key]))
        }
        (Some(Document::Providers) | None, ["providers", provider, below @ ..]) => {
            let map = path.get(1).and_then(|key| value_of(tree, *key))?;
            match below {
                ["env_var" | "api_key_env"] => {
                    let variable = key_variable(tree, map, provider);
                    Some(Instead { span: tree.span(value), text: variable.clone(), variable })
                }
                ["headers", header] => reference(tree, value, variable_of(&[provider, header])),
                [key] if KEY_WORDS.contains(&key.to_ascii_lowercase().as_str()) => {
                    named(file, tree, (map, provider), (*path.last()?, value))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The keys that lead to the scalar at a place, and the scalar.
fn find(tree: &Tree<'_>, place: Span) -> Option<(Vec<NodeId>, NodeId)> {
    let mut path = Vec::new();
    let mut at = tree.root()?;
    // One step down at a time: as deep as the parser lets a file be.
    loop {
        let holds = |id: NodeId| {
            let span = tree.span(id);
            span.start() <= place.start() && place.end() <= span.end()
        };
        match tree.kind(at) {
            Kind::Map => {
                let (key, value) = tree.pairs(at).find(|(_, value)| holds(*value))?;
                path.push(key);
                at = value;
            }
            Kind::Scalar => return (tree.span(at) == place).then_some((path, at)),
            Kind::List | Kind::Alias | Kind::LostAlias => return None,
        }
    }
}

/// The value of a key, which stands behind it.
fn value_of(tree: &Tree<'_>, key: NodeId) -> Option<NodeId> {
    let map = tree.ids().nth(tree.rows(key).end)?;
    (tree.kind(map) == Kind::Map).then_some(map)
}

/// `os.environ/NAME` as the whole value.
fn reference(tree: &Tree<'_>, value: NodeId, variable: String) -> Option<Instead> {
    let span = tree.span(value);
    Some(Instead { span, text: format!("os.environ/{variable}"), variable })
}

/// `env_var: NAME` in the place of a key that nothing reads.
fn named(
    file: &File<'_>,
    tree: &Tree<'_>,
    (map, provider): (NodeId, &str),
    (key, value): (NodeId, NodeId),
) -> Option<Instead> {
    let is_named = |(key, _): (NodeId, NodeId)| {
        ["env_var", "api_key_env"].contains(&tree.value(tree.resolve(key)))
    };
    let span = tree.span(key).until(tree.span(value).end());
    // A comment or an anchor between the two would be lost.
    let one_line = !file.sources.slice(span).contains('\n');
    if tree.pairs(map).any(is_named) || !one_line {
        return None;
    }
    let variable = key_variable(tree, map, provider);
    Some(Instead { span, text: format!("env_var: {variable}"), variable })
}

/// The variable of a provider's key: what its type says, else by its name.
fn key_variable(tree: &Tree<'_>, map: NodeId, provider: &str) -> String {
    let mut pairs = tree.pairs(map);
    let kind = pairs.find(|(key, _)| tree.value(tree.resolve(*key)) == "type");
    let kind = kind.map(|(_, value)| tree.value(tree.resolve(value)));
    let known = kind.and_then(|kind| ProviderType::find(kind, &[]));
    match known.and_then(|known| known.key_env) {
        Some(variable) => variable.to_owned(),
        None => variable_of(&[provider, "api_key"]),
    }
}

/// A variable's name from words: `my-cloud`, `X-Key` become `MY_CLOUD_X_KEY`.
fn variable_of(words: &[&str]) -> String {
    if words == ["master_key"] {
        return "LITELLM_MASTER_KEY".to_owned();
    }
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    let name: String = words.join("_").chars().map(letter).collect();
    let name = name.to_ascii_uppercase();
    if is_variable_name(&name) { name } else { format!("GATEWAY_{name}") }
}
