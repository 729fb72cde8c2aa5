//! What the config says of variables of the environment.

use crate::gateway::litellm::value::{Python, Value};

/// A text of the config, with the key that it stands under.
#[derive(Clone, Copy)]
pub(super) struct Leaf<'c, 'a> {
    /// The key; `None` at the top.
    pub(super) key: Option<Value<'c, 'a>>,
    /// The text.
    pub(super) value: Value<'c, 'a>,
    /// The text is an item of a list.
    pub(super) in_list: bool,
    /// The section of the top level.
    pub(super) section: &'a str,
}

impl<'a> Leaf<'_, 'a> {
    /// The key's text; empty at the top.
    pub(super) fn key(&self) -> &'a str {
        self.key.map_or("", Value::written)
    }
}

/// Deepest nesting that is looked into; the parser refuses deeper files.
const MAX_DEPTH: usize = crate::source::MAX_DEPTH;

/// Every text of the config that may speak of a variable, in order.
pub(super) fn leaves<'c, 'a>(root: Option<Value<'c, 'a>>) -> Vec<Leaf<'c, 'a>> {
    let mut found = Vec::new();
    for (key, value) in root.into_iter().flat_map(Value::entries) {
        let leaf = Leaf { key: Some(key), value, in_list: false, section: key.written() };
        collect(leaf, MAX_DEPTH, &mut found);
    }
    found
}

fn collect<'c, 'a>(leaf: Leaf<'c, 'a>, depth: usize, found: &mut Vec<Leaf<'c, 'a>>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let text = leaf.value.written();
    if !text.is_empty() {
        if speaks(text) && leaf.value.kind() == Python::Text {
            found.push(leaf);
        }
        return;
    }
    match leaf.value.kind() {
        Python::Map => {
            for (key, value) in leaf.value.entries() {
                collect(Leaf { key: Some(key), value, in_list: false, ..leaf }, depth, found);
            }
        }
        Python::List => {
            for value in leaf.value.items() {
                collect(Leaf { value, in_list: true, ..leaf }, depth, found);
            }
        }
        Python::Text
        | Python::Null
        | Python::Bool(_)
        | Python::Int
        | Python::Float
        | Python::Date => {}
    }
}

/// False for a text in which no form of a variable is, right or wrong: `os.environ/NAME`,
/// `env/NAME`, `$NAME`.
fn speaks(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'$' | b'v' | b'V'))
        && (text.contains('$') || text.contains("env") || text.contains("ENV"))
}
