//! The published schemas, asked for one place of a file: what a key is for, which keys may stand
//! there, which values.

use std::cell::OnceCell;

use serde_json::Value;

use crate::document::Document;

use super::place::Step;

/// References and alternatives inside each other that are followed.
const MAX_DEPTH: usize = 16;

/// A word that may stand somewhere, and what it is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) description: Option<String>,
}

/// The schema of one file.
#[derive(Debug)]
pub(super) struct Schema {
    root: Value,
}

/// The schemas that were asked for so far. They stay the same as long as the server runs.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    project: OnceCell<Schema>,
    providers: OnceCell<Schema>,
    mappings: OnceCell<Schema>,
    ports: OnceCell<Schema>,
}

impl Schemas {
    pub(super) fn of(&self, document: Document) -> &Schema {
        let made = match document {
            Document::Project => &self.project,
            Document::Providers => &self.providers,
            Document::Mappings => &self.mappings,
            Document::Ports => &self.ports,
        };
        made.get_or_init(|| Schema::of(document))
    }
}

impl Schema {
    fn of(document: Document) -> Self {
        Schema { root: document.schema().to_value() }
    }

    /// What stands at a path is for.
    pub(super) fn description(&self, path: &[Step<'_>]) -> Option<String> {
        let found = self.at(path);
        // The key's own words come before those of the type of its value.
        let own = found.iter().filter_map(|schema| described(schema)).next();
        own.or_else(|| self.alternatives(&found).iter().find_map(|schema| described(schema)))
    }

    /// The keys of the mapping at a path that have names of their own.
    pub(super) fn keys(&self, path: &[Step<'_>]) -> Vec<Word> {
        let found = self.alternatives(&self.at(path));
        let properties = found.iter().filter_map(|schema| schema.get("properties")?.as_object());
        let word = |(key, schema): (&String, &Value)| Word {
            text: key.clone(),
            description: described(schema)
                .or_else(|| self.alternatives(&[schema]).iter().find_map(|one| described(one))),
        };
        properties.flatten().map(word).collect()
    }

    /// The values of which one may stand at a path.
    pub(super) fn values(&self, path: &[Step<'_>]) -> Vec<Word> {
        let mut words = Vec::new();
        for schema in self.alternatives(&self.at(path)) {
            let constant = schema.get("const").into_iter();
            let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
            for text in constant.chain(listed).filter_map(Value::as_str) {
                words.push(Word { text: text.to_owned(), description: described(schema) });
            }
            if is(schema, "boolean") {
                let word = |text: &str| Word { text: text.to_owned(), description: None };
                words.extend(["true", "false"].map(word));
            }
        }
        words
    }

    /// The schemas at a path, as they stand there.
    fn at(&self, path: &[Step<'_>]) -> Vec<&Value> {
        let mut here = vec![&self.root];
        for step in path {
            let next = self.alternatives(&here).into_iter().filter_map(|schema| match step {
                Step::Item => schema.get("items"),
                Step::Key(key) => {
                    let own = schema.get("properties").and_then(|keys| keys.get(key));
                    own.or_else(|| schema.get("additionalProperties"))
                }
            });
            here = next.collect();
        }
        here
    }

    /// Schemas with their references followed and their alternatives one by one.
    fn alternatives<'s>(&'s self, schemas: &[&'s Value]) -> Vec<&'s Value> {
        let mut found = Vec::new();
        for schema in schemas {
            self.add(schema, 0, &mut found);
        }
        found
    }

    fn add<'s>(&'s self, schema: &'s Value, depth: usize, found: &mut Vec<&'s Value>) {
        if depth > MAX_DEPTH {
            return;
        }
        found.push(schema);
        let target = schema.get("$ref").and_then(Value::as_str);
        let target = target.and_then(|target| self.root.pointer(target.strip_prefix('#')?));
        let several = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|word| schema.get(word));
        let several = several.filter_map(Value::as_array).flatten();
        for inner in target.into_iter().chain(several) {
            self.add(inner, depth + 1, found);
        }
    }
}

fn described(schema: &Value) -> Option<String> {
    schema.get("description").and_then(Value::as_str).map(str::to_owned)
}

/// True when values of this type may stand there.
fn is(schema: &Value, wanted: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(word)) => word == wanted,
        Some(Value::Array(words)) => words.iter().any(|word| word == wanted),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &[Word]) -> Vec<&str> {
        words.iter().map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn keys_and_values_are_those_of_the_published_schema() {
        use Step::{Item, Key};
        let providers = Schema::of(Document::Providers);
        let status = [Key("providers"), Key("any"), Key("status")];
        assert_eq!(providers.description(&status).as_deref(), Some("Whether it is compiled."));
        let values = providers.values(&status);
        let expected =
            ["active", "disabled", "inactive", "pending_integration", "template", "deprecated"];
        assert_eq!(texts(&values), expected);
        assert_eq!(values[0].description.as_deref(), Some("Compiled."));
        let model = [Key("providers"), Key("any"), Key("models"), Item];
        assert!(texts(&providers.keys(&model)).contains(&"context_length"));

        let mappings = Schema::of(Document::Mappings);
        let member = [Key("load_balancing"), Key("any"), Key("providers"), Item];
        assert!(texts(&mappings.keys(&member)).contains(&"weight"));
        let chain = [Key("fallback_chains"), Key("any"), Key("chain")];
        let expected = Some("Public names or providers.");
        assert_eq!(mappings.description(&chain).as_deref(), expected);
        assert_eq!(mappings.description(&[Key("nowhere"), Item]), None);
    }
}
