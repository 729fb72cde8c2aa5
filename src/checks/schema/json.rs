//! What a schema is asked about, as JSON, and the way back from a JSON path to the tree.

use serde_json::{Map, Number, Value};

use crate::source::scalar::{Resolved, float_yaml11, int_yaml11, resolve_yaml11};
use crate::source::{Kind, NodeId, Span, Style, Tag, Tree};

/// Deeper than any document that a schema describes. Aliases inside aliases can reach further
/// than the parser's own limit.
const MAX_DEPTH: usize = 128;

/// Values that an excerpt has at most: an anchor with a mistake in it may be meant by any number
/// of aliases.
const MAX_PARTS: usize = 8000;

/// Places that the typed reader refused, in order.
#[derive(Debug, Clone)]
pub struct Refused {
    places: Vec<Span>,
    /// The aliases that lead to one of them: what they stand for may stand outside of what holds
    /// them.
    aliases: Vec<Span>,
    /// Of a document of several files, where no place tells what lies in it: how many of its nodes
    /// before each are refused.
    before: Vec<u32>,
}

impl Refused {
    /// The first `most` of these places.
    #[must_use]
    pub fn first(most: usize, mut places: Vec<Span>, tree: &Tree<'_>) -> Self {
        places.sort_unstable();
        places.dedup();
        places.truncate(most);
        let mut refused = Refused { places, aliases: Vec::new(), before: Vec::new() };
        if tree.is_layered() {
            refused.count(tree);
            return refused;
        }
        let aliases = tree.has_aliases().then(|| tree.ids()).into_iter().flatten();
        for alias in aliases.filter(|id| tree.kind(*id) == Kind::Alias) {
            // What it stands for is behind us, with its own aliases.
            if refused.touches(tree, tree.resolve(alias)) {
                refused.aliases.push(tree.span(alias));
            }
        }
        refused
    }

    /// The places.
    #[must_use]
    pub fn places(&self) -> &[Span] {
        &self.places
    }

    /// True when one of them is this node, or stands inside it, or an alias in it leads there.
    #[must_use]
    pub fn touches(&self, tree: &Tree<'_>, id: NodeId) -> bool {
        if tree.is_layered() {
            return self.is_counted(tree.rows(id));
        }
        let span = tree.span(id);
        is_any_in(span, &self.places) || is_any_in(span, &self.aliases)
    }

    fn is_counted(&self, rows: std::ops::Range<usize>) -> bool {
        let before = |row: usize| self.before.get(row).copied().unwrap_or(0);
        before(rows.end) > before(rows.start)
    }

    /// What an alias stands for is behind it: one pass is enough.
    fn count(&mut self, tree: &Tree<'_>) {
        let mut count = 0;
        self.before = Vec::with_capacity(tree.len() + 1);
        self.before.push(0);
        for id in tree.ids() {
            let meant = tree.resolve(id);
            let here = self.places.binary_search(&tree.span(id)).is_ok();
            let there = meant != id && self.is_counted(tree.rows(meant));
            count += u32::from(here || there);
            self.before.push(count);
        }
    }
}

/// True when one of `places`, which are in order, is `span` or stands inside it.
fn is_any_in(span: Span, places: &[Span]) -> bool {
    let (start, end) = (Span::start, Span::end);
    let from = places.partition_point(|place| start(*place) < start(span));
    // What begins here and ends later holds this place: there are no more of those than levels.
    let here = places.get(from..).unwrap_or(&[]).iter();
    here.take_while(|place| start(**place) <= end(span)).any(|place| end(*place) <= end(span))
}

/// The part of a document that was refused, as JSON: of a million entries the one that is wrong.
#[derive(Debug)]
pub struct Excerpt {
    /// What a schema says of this, it says of the whole document.
    pub value: Value,
    /// The same again as places of the tree; `None` for an empty document.
    root: Option<Part>,
    /// Not everything that was refused had room.
    pub is_cut: bool,
}

/// A value of an excerpt in the tree.
#[derive(Debug)]
struct Part {
    found: Found,
    children: Vec<Part>,
}

impl Excerpt {
    /// Of the document as PyYAML reads it: everything that leads to a refused place. A key that
    /// is `required` somewhere is there as well, with null, which every key may have. An empty
    /// document is an empty mapping.
    #[must_use]
    pub fn of(tree: &Tree<'_>, refused: &Refused, required: &[&str]) -> Self {
        let mut cutter = Cutter { tree, refused, required, parts: 0, is_cut: false };
        let root = tree.root().map(|node| cutter.part(Found { node, key: None }, 0));
        let (value, root) = root.unzip();
        let value = value.filter(|value| !value.is_null());
        let value = value.unwrap_or_else(|| Value::Object(Map::new()));
        Excerpt { value, root, is_cut: cutter.is_cut }
    }

    /// The node at a JSON path.
    #[must_use]
    pub fn find(&self, tree: &Tree<'_>, path: &[Step]) -> Option<Found> {
        let mut part = self.root.as_ref()?;
        for step in path {
            part = match step {
                Step::Item(number) => part.children.get(*number)?,
                Step::Key(name) => {
                    let named =
                        |part: &&Part| part.found.key.is_some_and(|key| text(tree, key) == name);
                    part.children.iter().find(named)?
                }
            };
        }
        Some(part.found)
    }
}

struct Cutter<'t, 'a> {
    tree: &'t Tree<'a>,
    refused: &'t Refused,
    required: &'t [&'t str],
    parts: usize,
    is_cut: bool,
}

impl Cutter<'_, '_> {
    fn part(&mut self, found: Found, depth: usize) -> (Value, Part) {
        self.parts += 1;
        let tree = self.tree;
        let id = tree.resolve(found.node);
        let mut children = Vec::new();
        let value = match tree.kind(id) {
            Kind::Scalar => scalar(tree, id),
            Kind::List => {
                let mut list = Vec::new();
                for node in tree.items(id) {
                    if self.leads(node, depth) {
                        let (value, part) = self.part(Found { node, ..found }, depth + 1);
                        list.push(value);
                        children.push(part);
                    }
                }
                Value::Array(list)
            }
            Kind::Map => Value::Object(self.map(id, depth, &mut children)),
            Kind::Alias | Kind::LostAlias => Value::Null,
        };
        (value, Part { found, children })
    }

    fn map(&mut self, id: NodeId, depth: usize, children: &mut Vec<Part>) -> Map<String, Value> {
        let tree = self.tree;
        let mut map = Map::new();
        if merges_unknown(tree, id) {
            // Whatever is required may stand there.
            map.extend(self.required.iter().map(|key| ((*key).to_owned(), Value::Null)));
        }
        for (key, node) in tree.merged_pairs(id).filter(|(key, _)| !tree.is_repeated(*key)) {
            if self.leads(node, depth) {
                let (value, part) = self.part(Found { node, key: Some(key) }, depth + 1);
                // Null and absent mean the same: a required key without a value is missing.
                if !value.is_null() {
                    map.insert(text(tree, key).to_owned(), value);
                    children.push(part);
                }
            } else if self.required.contains(&text(tree, key)) && !is_null(tree, node) {
                map.insert(text(tree, key).to_owned(), Value::Null);
            }
        }
        map
    }

    /// True when something refused is at this node or below it, and there is room for it.
    fn leads(&mut self, node: NodeId, depth: usize) -> bool {
        if !self.refused.touches(self.tree, node) {
            return false;
        }
        let room = self.parts < MAX_PARTS && depth < MAX_DEPTH;
        self.is_cut |= !room;
        room
    }
}

fn is_null(tree: &Tree<'_>, node: NodeId) -> bool {
    let node = tree.resolve(node);
    match tree.kind(node) {
        Kind::Scalar => resolved(tree, node) == Resolved::Null,
        // What an unknown alias was to stand for is there; it has a finding of its own.
        Kind::Alias | Kind::LostAlias | Kind::List | Kind::Map => false,
    }
}

/// True for a mapping into which an unknown alias is merged.
fn merges_unknown(tree: &Tree<'_>, map: NodeId) -> bool {
    let is_lost = |node| tree.kind(node) == Kind::LostAlias;
    let mut merged = tree.pairs(map).filter(|(key, _)| {
        tree.kind(*key) == Kind::Scalar && resolved(tree, *key) == Resolved::Merge
    });
    merged.any(|(_, value)| {
        let value = tree.resolve(value);
        is_lost(value) || tree.items(value).any(is_lost)
    })
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::Document;
    use crate::source::{FileId, SourceFile, Sources, parse};

    fn with_tree<T>(text: &str, then: impl FnOnce(&Tree<'_>) -> T) -> T {
        let mut sources = Sources::default();
        let file = SourceFile::new("t.yaml".to_owned(), text.as_bytes().to_vec(), false);
        let file = sources.add(file);
        let mut parsed = parse(&sources, file);
        parsed.tree.mark_repeated_keys();
        then(&parsed.tree)
    }

    /// The places of a text in a file of one line.
    fn places(text: &str, wanted: &str) -> Vec<Span> {
        let starts = text.match_indices(wanted).map(|(start, _)| start);
        starts.map(|start| Span::new(FileId(0), start, start + wanted.len())).collect()
    }

    fn parts(part: &Part) -> usize {
        1 + part.children.iter().map(parts).sum::<usize>()
    }

    #[test]
    fn an_excerpt_holds_what_was_refused_and_what_is_required() {
        let text =
            "{a: {type: x, status: bad, models: [m, bad]}, b: {type: x}, c: {type: ~, n: bad}}";
        with_tree(text, |tree| {
            let refused = Refused::first(10, places(text, "bad"), tree);
            let excerpt = Excerpt::of(tree, &refused, &["type"]);
            let wanted = json!({
                "a": {"type": null, "status": "bad", "models": ["bad"]},
                "c": {"n": "bad"},
            });
            assert_eq!(excerpt.value, wanted);
            let key = |name: &str| Step::Key(name.to_owned());
            let found = excerpt.find(tree, &[key("a"), key("models"), Step::Item(0)]).unwrap();
            assert_eq!(tree.span(found.node), places(text, "bad")[1]);
            assert_eq!(text_of_key(tree, found), "models");
            assert!(excerpt.find(tree, &[key("b")]).is_none());
        });
    }

    #[test]
    fn an_alias_leads_to_what_it_stands_for() {
        let text = "{x: &x {status: bad}, y: &y {n: [*x]}, z: {<<: *y, q: 1}, w: {n: [1]}}";
        with_tree(text, |tree| {
            let refused = Refused::first(10, places(text, "bad"), tree);
            let (status, list) = (json!({"status": "bad"}), json!({"n": [{"status": "bad"}]}));
            let wanted = json!({"x": status, "y": list, "z": list});
            assert_eq!(Excerpt::of(tree, &refused, &[]).value, wanted);
        });
    }

    fn text_of_key<'a>(tree: &Tree<'a>, found: Found) -> &'a str {
        found.key.map_or("", |key| text(tree, key))
    }

    #[test]
    fn an_excerpt_does_not_grow_with_its_document() {
        let of = |entries: usize, mistakes: usize| {
            let mut text = String::from("{x: &x {status: bad, right: [1, 2, 3]}");
            for entry in 0..entries {
                let status = if entry < mistakes { "bad" } else { "good" };
                text.push_str(&format!(", n{entry}: {{type: a, status: {status}, notes: [b, c]}}"));
                text.push_str(&format!(", y{entry}: *x"));
            }
            text.push('}');
            with_tree(&text, |tree| {
                let refused = Refused::first(100, places(&text, "bad"), tree);
                let excerpt = Excerpt::of(tree, &refused, &["type"]);
                (excerpt.root.as_ref().map_or(0, parts), excerpt.is_cut)
            })
        };
        // The root, `x` and what is wrong in it; the same for every alias, and every entry.
        assert_eq!(of(50, 50), (1 + 2 + 2 * 50 + 2 * 50, false));
        assert_eq!(of(50, 3), (1 + 2 + 2 * 50 + 2 * 3, false));
        let (parts, is_cut) = of(20_000, 20_000);
        assert!(is_cut);
        assert!((MAX_PARTS..=MAX_PARTS + MAX_DEPTH).contains(&parts), "{parts}");
    }

    /// What an excerpt leaves out is null or not there, and that must be no breach of its own.
    #[test]
    fn every_value_of_every_schema_may_be_null() {
        let may_be_null = |root: &Value, schema: &Value| {
            let mut alone = json!({"allOf": [schema]});
            alone["$defs"] = root["$defs"].clone();
            jsonschema::validator_for(&alone).unwrap().is_valid(&Value::Null)
        };
        for document in Document::ALL {
            let root = document.schema().to_value();
            let mut open = vec![&root];
            let mut seen = 0;
            while let Some(schema) = open.pop() {
                let free = schema.get("additionalProperties").filter(|free| free.is_object());
                let items = schema.get("items");
                let properties = schema.get("properties").and_then(Value::as_object);
                for value in free
                    .into_iter()
                    .chain(items)
                    .chain(properties.into_iter().flat_map(Map::values))
                {
                    assert!(may_be_null(&root, value), "{}: {value}", document.stem());
                    seen += 1;
                }
                open.extend(schema.as_object().into_iter().flat_map(Map::values));
                open.extend(schema.as_array().into_iter().flatten());
            }
            assert!(seen > 10, "{}: {seen}", document.stem());
        }
    }
}
