//! The published schemas and the typed reader are two descriptions of one language: a document is
//! accepted by both or by none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic fails the test"
)]

use gwcfg::checks::schema::required::{
    mappings_lack_keys, project_lacks_keys, providers_lack_keys,
};
use gwcfg::document::{Document, Mappings, Ports, Project, Providers};
use gwcfg::source::{SourceFile, Sources, parse, read};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Documents for each schema.
const DOCUMENTS: usize = 12_000;

/// Values that may stand where another is wanted.
fn strange(random: &mut Random) -> Value {
    let values = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(-1),
        json!(7),
        json!(65535),
        json!(65536),
        json!(0.25),
        json!(1.5),
        json!(-0.5),
        json!(4_294_967_295_u64),
        json!(4_294_967_296_u64),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("active"),
        json!("12"),
        json!("true"),
        json!("error"),
        json!([]),
        json!([null]),
        json!(["x"]),
        json!([1]),
        json!([[]]),
        json!([{}]),
        json!({}),
        json!({"x": 1}),
        json!({"name": "x"}),
        json!({"name": 1}),
        json!({"provider": "x"}),
        json!({"x": null}),
        json!({"x": {}}),
        json!({"chain": ["x"]}),
        json!({"port": 80}),
    ];
    values[random.below(values.len())].clone()
}

/// A xorshift generator: the same documents at every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }
}

/// Walks a schema and makes values of it, right ones for the most part.
struct Maker<'s> {
    root: &'s Value,
    random: Random,
    /// One value in this many is a strange one.
    strange_in: usize,
}

impl Maker<'_> {
    fn make(&mut self, schema: &Value, depth: usize) -> Value {
        if self.random.one_in(self.strange_in) {
            return strange(&mut self.random);
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let pointer = reference.trim_start_matches('#');
            let meant = self.root.pointer(pointer).unwrap_or_else(|| panic!("no `{reference}`"));
            return self.make(&meant.clone(), depth);
        }
        for choice in ["anyOf", "oneOf"] {
            if let Some(branches) = schema[choice].as_array() {
                let branch = &branches[self.random.below(branches.len())];
                return self.make(branch, depth);
            }
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(values) = schema["enum"].as_array() {
            return values[self.random.below(values.len())].clone();
        }
        let kind = match &schema["type"] {
            Value::String(kind) => kind.clone(),
            Value::Array(kinds) => {
                kinds[self.random.below(kinds.len())].as_str().unwrap().to_owned()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                return strange(&mut self.random);
            }
        };
        self.of_kind(&kind, schema, depth)
    }

    fn of_kind(&mut self, kind: &str, schema: &Value, depth: usize) -> Value {
        match kind {
            "object" => self.object(schema, depth),
            "array" if depth > 8 => json!([]),
            "array" => {
                let count = self.random.below(3);
                (0..count).map(|_| self.make(&schema["items"], depth + 1)).collect()
            }
            "string" => json!(["x", "^a.*", "http://127.0.0.1:1", "y z"][self.random.below(4)]),
            "integer" => json!([1, 2, 80, 65535][self.random.below(4)]),
            "number" => [json!(1), json!(0.5), json!(2.25)][self.random.below(3)].clone(),
            "boolean" => json!(self.random.one_in(2)),
            "null" => Value::Null,
            other => panic!("no values of the type `{other}` are made"),
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut made = Map::new();
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            let wanted = required.contains(&key.as_str());
            // A required key is forgotten now and then.
            let given = if wanted { !self.random.one_in(12) } else { self.random.one_in(4) };
            if given && (depth <= 8 || wanted) {
                made.insert(key.clone(), self.make(value, depth + 1));
            }
        }
        let free = &schema["additionalProperties"];
        if free.is_object() && depth <= 8 {
            for name in ["n1", "n2", "n3"].iter().take(self.random.below(3)) {
                made.insert((*name).to_owned(), self.make(free, depth + 1));
            }
        }
        if self.random.one_in(10) {
            made.insert("a-key-of-the-team".to_owned(), strange(&mut self.random));
        }
        Value::Object(made)
    }
}

/// What the reader says of a document.
fn reader_accepts(document: Document, text: &str) -> bool {
    let mut sources = Sources::default();
    let bytes = text.as_bytes().to_vec();
    let file = sources.add(SourceFile::new("document".to_owned(), bytes, false));
    let parsed = parse(&sources, file);
    assert_eq!(parsed.errors, [], "{text}");
    let tree = &parsed.tree;
    match document {
        Document::Project => {
            let read = read::<Project<'_>>(tree);
            // gwcfg's own file has no keys of the team: one that is not known is an error there.
            read.problems.mismatches.is_empty()
                && read.problems.unknown_keys.is_empty()
                && project_lacks_keys(file, &read.document).is_empty()
        }
        Document::Providers => {
            let read = read::<Providers<'_>>(tree);
            read.problems.mismatches.is_empty()
                && providers_lack_keys(file, &read.document).is_empty()
        }
        Document::Mappings => {
            let read = read::<Mappings<'_>>(tree);
            read.problems.mismatches.is_empty()
                && mappings_lack_keys(file, &read.document).is_empty()
        }
        Document::Ports => read::<Ports<'_>>(tree).problems.mismatches.is_empty(),
    }
}

/// Null and absent mean the same in a map.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// What the schema says of it.
fn schema_accepts(validator: &Validator, value: &Value) -> bool {
    // An empty file is an empty map.
    let empty = Value::Object(Map::new());
    let value = if value.is_null() { &empty } else { value };
    // As it is, as editors see it; and with the meaning of null, so that a required key needs more.
    validator.is_valid(value) && validator.is_valid(&without_nulls(value.clone()))
}

/// The smallest part of a document about which the two are still not of one mind.
fn smallest(document: Document, validator: &Validator, mut value: Value) -> Value {
    let differ = |value: &Value| {
        schema_accepts(validator, value) != reader_accepts(document, &value.to_string())
    };
    loop {
        let Some(less) = smaller(&value).into_iter().find(differ) else { return value };
        value = less;
    }
}

/// Every value that has one part less.
fn smaller(value: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let mut less = map.clone();
                less.shift_remove(key);
                found.push(Value::Object(less));
                for inner in smaller(inner) {
                    let mut less = map.clone();
                    less[key] = inner;
                    found.push(Value::Object(less));
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                let mut less = items.clone();
                less.remove(index);
                found.push(Value::Array(less));
                for inner in smaller(inner) {
                    let mut less = items.clone();
                    less[index] = inner;
                    found.push(Value::Array(less));
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    found
}

fn agree_on(document: Document) {
    let schema = document.schema().to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut accepted = 0;
    for number in 0..DOCUMENTS {
        let seed = 0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1).wrapping_mul(0x2545_f491_4f6c_dd1d);
        let strange_in = [12, 40, 150, 100_000][number % 4];
        let mut maker = Maker { root: &schema, random: Random(seed), strange_in };
        let value = maker.make(&schema, 0);
        let by_schema = schema_accepts(&validator, &value);
        if by_schema != reader_accepts(document, &value.to_string()) {
            let value = smallest(document, &validator, value);
            let word = if by_schema { "schema" } else { "reader" };
            panic!("only the {word} of `{}` accepts {value}", document.stem());
        }
        accepted += usize::from(by_schema);
    }
    // Both verdicts are asked for often enough.
    assert!(accepted > DOCUMENTS / 10, "only {accepted} accepted");
    assert!(accepted < DOCUMENTS * 9 / 10, "{accepted} accepted");
}

#[test]
fn of_the_project_file() {
    agree_on(Document::Project);
}

#[test]
fn of_the_providers() {
    agree_on(Document::Providers);
}

#[test]
fn of_the_mappings() {
    agree_on(Document::Mappings);
}

#[test]
fn of_the_ports() {
    agree_on(Document::Ports);
}

/// The one difference that is known: JSON Schema takes `5.0` for an integer, and serde does not.
#[test]
fn a_whole_number_with_a_point_is_known_to_differ() {
    let validator = jsonschema::validator_for(Document::Ports.schema().as_value()).unwrap();
    let value = json!({"ollama": {"port": 80.0}});
    assert!(schema_accepts(&validator, &value));
    assert!(!reader_accepts(Document::Ports, &value.to_string()));
}
