//! A tree as JSON, for the schema, and the way back from a JSON path to the tree.

use serde_json::{Map, Number, Value};

use crate::source::scalar::{Resolved, float_yaml11, int_yaml11, resolve_yaml11};
use crate::source::{Kind, NodeId, Style, Tag, Tree};

/// Deeper than any document that a schema describes. Aliases inside aliases can reach further
/// than the parser's own limit.
const MAX_DEPTH: usize = 128;

/// The whole document as PyYAML reads it. An empty one is an empty mapping.
#[must_use]
pub fn document(tree: &Tree<'_>) -> Value {
    let value = tree.root().map_or(Value::Null, |root| value(tree, root, 0));
    if value.is_null() { Value::Object(Map::new()) } else { value }
}

fn value(tree: &Tree<'_>, id: NodeId, depth: usize) -> Value {
    let id = tree.resolve(id);
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    match tree.kind(id) {
        Kind::Scalar => scalar(tree, id),
        Kind::List => tree.items(id).map(|item| value(tree, item, depth + 1)).collect(),
        Kind::Map => {
            let mut map = Map::new();
            for (key, child) in pairs(tree, id) {
                let child = value(tree, child, depth + 1);
                // Null and absent mean the same: a required key without a value is missing.
                if !child.is_null() {
                    map.entry(text(tree, key)).or_insert(child);
                }
            }
            Value::Object(map)
        }
        Kind::Alias | Kind::LostAlias => Value::Null,
    }
}

fn text<'a>(tree: &Tree<'a>, key: NodeId) -> &'a str {
    tree.value(tree.resolve(key))
}

/// What a scalar is for PyYAML.
#[must_use]
pub fn resolved(tree: &Tree<'_>, id: NodeId) -> Resolved {
    let plain = tree.style(id) == Style::Plain && tree.tag(id) != Tag::Text;
    if plain { resolve_yaml11(tree.value(id)) } else { Resolved::Text }
}

/// True for a scalar that would be right if it were quoted.
#[must_use]
pub fn is_readable(tree: &Tree<'_>, id: NodeId) -> bool {
    match resolved(tree, id) {
        Resolved::Bool(_) | Resolved::Int | Resolved::Float | Resolved::Timestamp => true,
        Resolved::Null | Resolved::Merge | Resolved::Value | Resolved::Text => false,
    }
}

fn scalar(tree: &Tree<'_>, id: NodeId) -> Value {
    let text = tree.value(id);
    match resolved(tree, id) {
        Resolved::Null => Value::Null,
        Resolved::Bool(value) => Value::Bool(value),
        Resolved::Int => int_yaml11(text).and_then(Number::from_i128).map_or_else(
            || float_yaml11(text).map_or_else(|| Value::from(text), Value::from),
            Value::Number,
        ),
        // An infinity is no JSON number; as text it is refused wherever a number is wanted.
        Resolved::Float => float_yaml11(text)
            .and_then(Number::from_f64)
            .map_or_else(|| Value::from(text), Value::Number),
        Resolved::Timestamp | Resolved::Merge | Resolved::Value | Resolved::Text => {
            Value::from(text)
        }
    }
}

/// Keys and values of a mapping that count: its own ones, then what `<<` brings in.
fn pairs(tree: &Tree<'_>, map: NodeId) -> Vec<(NodeId, NodeId)> {
    let mut found = Vec::new();
    let mut merged = Vec::new();
    for (key, value) in tree.pairs(map) {
        let name = tree.resolve(key);
        if tree.kind(name) == Kind::Scalar && resolved(tree, name) == Resolved::Merge {
            merged.push(tree.resolve(value));
        } else if !tree.is_repeated(key) {
            found.push((key, value));
        }
    }
    for source in merged {
        match tree.kind(source) {
            Kind::Map => found.extend(pairs(tree, source)),
            Kind::List => {
                for item in tree.items(source).map(|item| tree.resolve(item)) {
                    found.extend(pairs(tree, item));
                }
            }
            Kind::Scalar | Kind::Alias | Kind::LostAlias => {}
        }
    }
    found
}

/// One step of a JSON path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A key.
    Key(String),
    /// An item's number.
    Item(usize),
}

/// A place in the tree.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// The value as it was written, an alias included.
    pub node: NodeId,
    /// The innermost key that leads to it.
    pub key: Option<NodeId>,
}

/// The node at a JSON path.
#[must_use]
pub fn find(tree: &Tree<'_>, path: &[Step]) -> Option<Found> {
    let mut found = Found { node: tree.root()?, key: None };
    for step in path {
        let id = tree.resolve(found.node);
        match step {
            Step::Item(number) => found.node = tree.items(id).nth(*number)?,
            Step::Key(name) => {
                let pairs = pairs(tree, id);
                let (key, value) = pairs.into_iter().find(|(key, _)| text(tree, *key) == name)?;
                found = Found { node: value, key: Some(key) };
            }
        }
    }
    Some(found)
}
