//! Every breach of a document's published schema, found by the `jsonschema` crate over the tree.
//! Runs only over a document that the typed reader refused.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Breach};
use jsonschema::paths::{Location, LocationSegment};
use serde_json::Value;

use crate::diagnostic::suggest;
use crate::document::Document;
use crate::source::scalar::Resolved;
use crate::source::{Kind, NodeId, Problems, Span, Tree};

use super::json::{self, Excerpt, Refused, Step};

/// Breaches that are looked at; a file with more has been told enough.
const MAX_BREACHES: usize = 1000;

/// One breach.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation<'a> {
    /// Where. The innermost key before it for [`ViolationKind::Required`].
    pub span: Span,
    /// The node, when the place is one.
    pub node: Option<NodeId>,
    /// The innermost key that leads to the value.
    pub key: Option<&'a str>,
    /// The place is a key, not a value.
    pub is_key: bool,
    /// The value is an item of the list under that key.
    pub in_list: bool,
    /// What.
    pub kind: ViolationKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum ViolationKind {
    /// Another type is wanted; the words name what is wanted and what is there.
    Type {
        /// Like `a number`, `a list`.
        wanted: String,
        /// Like `text`.
        found: &'static str,
    },
    /// A key that must be there is not.
    Required {
        /// The key.
        key: String,
        /// A key of the same mapping that nothing reads and that is nearly this one.
        misspelt: Option<NodeId>,
    },
    /// None of the words that are allowed.
    Enum {
        /// The words, in the order of the schema.
        allowed: Vec<String>,
    },
    /// A number beyond its limits.
    Range {
        /// Like `above 0`, `at most 65535`.
        wanted: String,
    },
}

/// A breach at a JSON path.
#[derive(Debug, PartialEq)]
struct Raw {
    path: Vec<Step>,
    what: What,
}

#[derive(Debug, PartialEq)]
enum What {
    Type(Vec<&'static str>),
    Required(String),
    Enum(Vec<String>),
    Range(String),
}

/// Every breach of the schema of `document`, in document order. The typed reader refused what is
/// among `problems`, and the mappings that are `lacking` a key; the schema says why.
#[must_use]
pub fn find<'a>(
    tree: &Tree<'a>,
    document: Document,
    problems: &Problems<'a>,
    lacking: &[Span],
) -> Vec<Violation<'a>> {
    let places = [problems.mismatches.as_slice(), lacking].concat();
    let refused = Refused::first(MAX_BREACHES, places, tree);
    let schema = document.schema();
    let excerpt = Excerpt::of(tree, &refused, &required_keys(schema.as_value()));
    let misspellings = Misspellings::of_file(problems);
    let mut found = Vec::new();
    if let Ok(validator) = jsonschema::validator_for(schema.as_value()) {
        for error in validator.iter_errors(&excerpt.value).take(MAX_BREACHES) {
            let raws = translate(&error);
            found.extend(raws.into_iter().map(|raw| place(tree, &excerpt, &misspellings, raw)));
        }
    }
    // Of what had no room the schema was not asked, so nothing follows from its silence.
    if !excerpt.is_cut || found.is_empty() {
        add_silent(tree, problems, &refused, &mut found);
    }
    found.sort_by_key(|violation| violation.span);
    found.dedup();
    found
}

/// Adds what the typed reader refused and the schema accepts.
fn add_silent<'a>(
    tree: &Tree<'a>,
    problems: &Problems<'a>,
    refused: &Refused,
    found: &mut Vec<Violation<'a>>,
) {
    for (span, place) in refused.places().iter().zip(places(tree, refused)) {
        let covers = |violation: &Violation<'_>| {
            let here = violation.span.file() == span.file();
            here && violation.span.start() < span.end() && span.start() < violation.span.end()
        };
        let is_mismatch = problems.mismatches.binary_search(span).is_ok();
        if is_mismatch && !found.iter().any(covers) {
            found.push(silent(tree, *span, place));
        }
    }
}

/// Keys that nothing reads, with the known keys that they are nearly.
struct Misspellings<'p>(HashMap<&'p str, Vec<&'static str>, RandomState>);

impl<'p> Misspellings<'p> {
    fn of_file(problems: &'p Problems<'_>) -> Self {
        let mut near: HashMap<_, Vec<_>, _> = HashMap::default();
        for unknown in &problems.unknown_keys {
            let meant = suggest::nearest(unknown.key, unknown.known.iter().copied());
            near.entry(unknown.key).or_default().extend(meant);
        }
        Misspellings(near)
    }

    /// The key of a mapping that was meant to be `wanted`.
    fn of(&self, tree: &Tree<'_>, map: NodeId, wanted: &str) -> Option<NodeId> {
        let mut keys = tree.pairs(tree.resolve(map)).map(|(key, _)| key);
        keys.find(|key| {
            let meant = self.0.get(tree.value(tree.resolve(*key)));
            meant.is_some_and(|meant| meant.contains(&wanted))
        })
    }
}

/// Every key that a schema requires anywhere.
fn required_keys(schema: &Value) -> Vec<&str> {
    let mut keys = Vec::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        match schema {
            Value::Object(map) => {
                let required = map.get("required").and_then(Value::as_array);
                keys.extend(required.into_iter().flatten().filter_map(Value::as_str));
                open.extend(map.values());
            }
            Value::Array(items) => open.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    keys
}

fn place<'a>(
    tree: &Tree<'a>,
    excerpt: &Excerpt,
    misspellings: &Misspellings<'_>,
    raw: Raw,
) -> Violation<'a> {
    let at = excerpt.find(tree, &raw.path);
    let key = at.and_then(|at| at.key);
    let name = key.map(|key| tree.value(tree.resolve(key)));
    let node = at.map(|at| at.node);
    let start = Span::file_start(tree.file());
    let span = node.map_or(start, |node| tree.span(node));
    let kind = match raw.what {
        What::Type(wanted) => ViolationKind::Type {
            wanted: wanted.join(" or "),
            found: node.map_or("nothing", |node| found_word(tree, node)),
        },
        What::Required(key) => {
            let misspelt = node.and_then(|node| misspellings.of(tree, node, &key));
            ViolationKind::Required { key, misspelt }
        }
        What::Enum(allowed) => ViolationKind::Enum { allowed },
        What::Range(wanted) => ViolationKind::Range { wanted },
    };
    let span = match kind {
        // In a list of mappings the key is the list's: the item itself says more.
        ViolationKind::Required { .. } if matches!(raw.path.last(), Some(Step::Key(_))) => {
            key.map_or(span, |key| tree.span(key))
        }
        ViolationKind::Required { .. } => span.until(first_line_end(tree, node, span)),
        ViolationKind::Type { .. } | ViolationKind::Enum { .. } | ViolationKind::Range { .. } => {
            span
        }
    };
    let in_list = matches!(raw.path.last(), Some(Step::Item(_)));
    Violation { span, node, key: name, is_key: false, in_list, kind }
}

/// Where the first pair of a mapping ends: enough of an item to recognize it.
fn first_line_end(tree: &Tree<'_>, node: Option<NodeId>, span: Span) -> u32 {
    let first = node.and_then(|node| tree.pairs(tree.resolve(node)).next());
    let first = first.filter(|(key, _)| tree.span(*key).file() == span.file());
    match first {
        Some((key, value)) if tree.kind(value) == Kind::Scalar => {
            tree.span(value).end().max(tree.span(key).end()).min(span.end())
        }
        Some((key, _)) => tree.span(key).end().min(span.end()),
        None => span.end(),
    }
}

/// What stands at a node, in words.
#[must_use]
pub fn found_word(tree: &Tree<'_>, id: NodeId) -> &'static str {
    let id = tree.resolve(id);
    match tree.kind(id) {
        Kind::List => "a list",
        Kind::Map => "a mapping",
        Kind::Alias | Kind::LostAlias => "nothing",
        Kind::Scalar => match json::resolved(tree, id) {
            Resolved::Null => "nothing",
            Resolved::Bool(_) => "true or false",
            Resolved::Int => "a whole number",
            Resolved::Float => match tree.value(id).trim_start_matches('+') {
                ".nan" | ".NaN" | ".NAN" => "`.nan`",
                ".inf" | ".Inf" | ".INF" => "`.inf`",
                "-.inf" | "-.Inf" | "-.INF" => "`-.inf`",
                _ => "a number",
            },
            Resolved::Timestamp => "a date",
            Resolved::Merge => "a merge sign",
            Resolved::Value | Resolved::Text => "text",
        },
    }
}

/// The node at each of the `refused` places, and whether it is a key; in one walk that leaves out
/// what nothing was refused of. An empty value stands where the next node begins: a key wins.
fn places(tree: &Tree<'_>, refused: &Refused) -> Vec<Option<(NodeId, bool)>> {
    let mut found = vec![None; refused.places().len()];
    let mut open: Vec<_> = tree.root().map(|root| (root, false)).into_iter().collect();
    while let Some((id, is_key)) = open.pop() {
        if let Ok(row) = refused.places().binary_search(&tree.span(id))
            && let Some(place) = found.get_mut(row)
            && (is_key || place.is_none())
        {
            *place = Some((id, is_key));
        }
        let pairs = tree.pairs(id).flat_map(|(key, value)| [(key, true), (value, false)]);
        let below = tree.items(id).map(|item| (item, false)).chain(pairs);
        let begun = open.len();
        open.extend(below.filter(|(id, _)| refused.touches(tree, *id)));
        if let Some(below) = open.get_mut(begun..) {
            below.reverse();
        }
    }
    found
}

/// What only the typed reader refuses: keys that are no text, dates, numbers that do not fit.
fn silent<'a>(tree: &Tree<'a>, span: Span, place: Option<(NodeId, bool)>) -> Violation<'a> {
    let node = place.map(|(node, _)| node);
    let is_key = place.is_some_and(|(_, is_key)| is_key);
    let resolved = node.map(|node| tree.resolve(node)).map(|node| match tree.kind(node) {
        Kind::Scalar => json::resolved(tree, node),
        Kind::List | Kind::Map | Kind::Alias | Kind::LostAlias => Resolved::Text,
    });
    let kind = match resolved {
        Some(Resolved::Int) if !is_key => {
            ViolationKind::Range { wanted: "a smaller number".to_owned() }
        }
        Some(Resolved::Float) if !is_key => ViolationKind::Type {
            wanted: "a whole number without a point".to_owned(),
            found: "a number",
        },
        Some(
            Resolved::Null
            | Resolved::Bool(_)
            | Resolved::Int
            | Resolved::Float
            | Resolved::Timestamp
            | Resolved::Merge
            | Resolved::Value
            | Resolved::Text,
        )
        | None => ViolationKind::Type {
            wanted: if is_key || resolved != Some(Resolved::Text) {
                "text".to_owned()
            } else {
                "something else".to_owned()
            },
            found: node.map_or("something else", |node| found_word(tree, node)),
        },
    };
    Violation { span, node, key: None, is_key, in_list: false, kind }
}

fn path(location: &Location) -> Vec<Step> {
    let step = |segment: LocationSegment<'_>| match segment {
        LocationSegment::Property(name) => Step::Key(name.into_owned()),
        LocationSegment::Index(number) => Step::Item(number),
    };
    location.iter().map(step).collect()
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the enum is not ours, and not exhaustive")]
fn translate(error: &ValidationError<'_>) -> Vec<Raw> {
    let path = path(error.instance_path());
    let what = match error.kind() {
        Breach::AnyOf { context } | Breach::OneOfNotValid { context } => {
            return best_branch(&path, context);
        }
        Breach::Type { kind } => What::Type(type_words(kind)),
        Breach::Required { property } => What::Required(word(property)),
        Breach::Constant { expected_value } => What::Enum(vec![word(expected_value)]),
        Breach::Enum { options } => {
            let options = options.as_array().into_iter().flatten();
            What::Enum(options.filter(|option| !option.is_null()).map(word).collect())
        }
        Breach::Minimum { limit } => What::Range(format!("at least {limit}")),
        Breach::ExclusiveMinimum { limit } => What::Range(format!("above {limit}")),
        Breach::Maximum { limit } => What::Range(format!("at most {limit}")),
        Breach::ExclusiveMaximum { limit } => What::Range(format!("below {limit}")),
        // Keys that no one knows are found by the reader, in documents that it accepts too; the
        // schemas of the documents use no other keyword.
        _ => return Vec::new(),
    };
    vec![Raw { path, what }]
}

/// Of the branches of an `anyOf` or a `oneOf` the one that was meant: one whose type fits, and of
/// these the one with the fewest breaches. Words of several branches are one list of words.
fn best_branch(path: &[Step], context: &[Vec<ValidationError<'static>>]) -> Vec<Raw> {
    let mut fitting: Vec<Vec<Raw>> = Vec::new();
    let mut allowed = Vec::new();
    let mut wanted = Vec::new();
    for branch in context {
        let raws: Vec<Raw> = branch.iter().flat_map(translate).collect();
        let mut fits = true;
        for raw in raws.iter().filter(|raw| raw.path == path) {
            match &raw.what {
                What::Enum(words) => allowed.extend(words.iter().cloned()),
                What::Type(words) => {
                    fits = false;
                    wanted.extend(words.iter().copied());
                }
                What::Required(_) | What::Range(_) => {}
            }
        }
        if fits && !raws.is_empty() {
            fitting.push(raws);
        }
    }
    let words_alone = |raws: &Vec<Raw>| raws.iter().all(|raw| matches!(raw.what, What::Enum(_)));
    if !allowed.is_empty() && fitting.iter().all(words_alone) {
        return vec![Raw { path: path.to_vec(), what: What::Enum(allowed) }];
    }
    if let Some(best) = fitting.into_iter().min_by_key(Vec::len) {
        return best;
    }
    wanted.dedup();
    vec![Raw { path: path.to_vec(), what: What::Type(wanted) }]
}

fn type_words(kind: &TypeKind) -> Vec<&'static str> {
    let word = |name: &str| match name {
        "string" => Some("text"),
        "integer" => Some("a whole number"),
        "number" => Some("a number"),
        "boolean" => Some("true or false"),
        "array" => Some("a list"),
        "object" => Some("a mapping"),
        // Null is as good as absent, so it is no wish of anybody.
        _ => None,
    };
    match kind {
        TypeKind::Single(one) => word(&one.to_string()).into_iter().collect(),
        TypeKind::Multiple(set) => set.iter().filter_map(|one| word(&one.to_string())).collect(),
    }
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
