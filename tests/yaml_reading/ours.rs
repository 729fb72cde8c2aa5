//! A document as gwcfg reads it, spelled as the judge spells it.

use gwcfg::source::scalar::{Resolved, float_yaml11, int_yaml11, resolve_yaml11};
use gwcfg::source::{
    Encoding, Expansion, Kind, NodeId, SourceFile, Sources, Style, Tag, Tree, parse,
};
use serde_json::{Value, json};

/// What gwcfg makes of a document.
#[derive(Debug)]
pub enum Ours {
    /// A value.
    Value(Value),
    /// A value, and a finding that PyYAML refuses the document or reads it otherwise.
    Told(Value),
    /// The first thing that is an error whatever the document is about.
    Refused(String),
}

pub fn load(text: &str) -> Ours {
    let mut sources = Sources::default();
    let bytes = text.as_bytes().to_vec();
    let file = sources.add(SourceFile::new("document".to_owned(), bytes, false));
    if sources.get(file).unwrap().encoding != Encoding::Utf8 {
        return Ours::Refused("encoding".to_owned());
    }
    let mut parsed = parse(&sources, file);
    if let Some(error) = parsed.errors.first() {
        return Ours::Refused(format!("{:?}: {}", error.kind, error.message));
    }
    if parsed.tree.expansion() != Expansion::Fits {
        return Ours::Refused(format!("{:?}", parsed.tree.expansion()));
    }
    if parsed.tree.ids().any(|id| parsed.tree.kind(id) == Kind::LostAlias) {
        return Ours::Refused("an alias without its anchor".to_owned());
    }
    parsed.tree.mark_repeated_keys();
    let tree = &parsed.tree;
    let value = in_order(tree.root().map_or(Value::Null, |root| value(tree, root)));
    if tree.differences(true).is_empty() { Ours::Value(value) } else { Ours::Told(value) }
}

fn value(tree: &Tree<'_>, id: NodeId) -> Value {
    let id = tree.resolve(id);
    match tree.kind(id) {
        Kind::List => tree.items(id).map(|item| value(tree, item)).collect(),
        Kind::Map => {
            let pairs = tree.merged_pairs(id).filter(|(key, _)| !tree.is_repeated(*key));
            let pairs = pairs.map(|(key, item)| json!([value(tree, key), value(tree, item)]));
            json!({"map": pairs.collect::<Vec<_>>()})
        }
        Kind::Scalar => scalar(tree, id),
        Kind::Alias | Kind::LostAlias => panic!("resolved above"),
    }
}

fn scalar(tree: &Tree<'_>, id: NodeId) -> Value {
    let text = tree.value(id);
    if tree.style(id) != Style::Plain || tree.tag(id) == Tag::Text {
        return json!(text);
    }
    match resolve_yaml11(text) {
        Resolved::Null => Value::Null,
        Resolved::Bool(truth) => json!(truth),
        Resolved::Int => match int_yaml11(text) {
            Some(int) => json!({"int": int.to_string()}),
            None => json!({"int": "too large"}),
        },
        Resolved::Float => match float_yaml11(text) {
            Some(float) if float.is_nan() => json!({"float": "nan"}),
            Some(float) => json!({"float": format!("{:016x}", float.to_bits())}),
            None => json!({"float": "too long"}),
        },
        Resolved::Timestamp => json!("a date"),
        Resolved::Merge => json!("<<"),
        Resolved::Value => json!("="),
        Resolved::Text => json!(text),
    }
}

/// The same value with the pairs of its maps in one order, and dates as such: PyYAML puts what is
/// merged in first, gwcfg last, and the order of a map means nothing.
pub fn in_order(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(in_order).collect(),
        Value::Object(mut object) => {
            if let Some(other) = object.get("other").and_then(Value::as_str)
                && other.starts_with("datetime.")
            {
                return json!("a date");
            }
            if let Some(Value::Array(pairs)) = object.remove("map") {
                let mut pairs: Vec<Value> = pairs.into_iter().map(in_order).collect();
                pairs.sort_by_cached_key(|pair| pair[0].to_string());
                return json!({"map": pairs});
            }
            Value::Object(object)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}
