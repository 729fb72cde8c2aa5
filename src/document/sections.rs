//! The sections of the sources, and which of them an overlay may lay something over.

use schemars::Schema;
use serde_json::{Map, Value, json};

use super::Document;

/// Keys at the top of any source that only describe it, and what an editor tells of each.
const DESCRIPTIVE: [(&str, &str); 4] = [
    ("description", "For people."),
    ("notes", "For people."),
    ("version", "For people."),
    ("$schema", "For an editor: where this schema is."),
];

/// What begins like this is kept for anchors, as in Compose files.
const OWN: &str = "x-";

/// Where the top-level key of an overlay belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// It is laid over this document.
    Section(Document),
    /// It says something to people, or holds anchors.
    Nowhere,
    /// It is a setting of `gwcfg.yaml` that decides where things are, or who reads them: the same
    /// in every environment, or said under `environments`.
    ProjectOnly,
}

impl Document {
    /// The top-level keys that an overlay may have, as far as they belong to this document.
    #[must_use]
    pub fn overlaid(self) -> &'static [&'static str] {
        match self {
            Document::Project => {
                &["gateway", "deploy", "rules", "policies", "provider_types", "keep"]
            }
            Document::Providers => &["providers", "health_checks", "metadata"],
            Document::Mappings => &[
                "exact_matches",
                "patterns",
                "capabilities",
                "load_balancing",
                "fallback_chains",
                "routing_rules",
                "special_cases",
            ],
            Document::Ports => &["services", "reserved", "ranges"],
        }
    }
}

/// Every section that an overlay may have.
pub fn overlaid_sections() -> impl Iterator<Item = &'static str> + Clone {
    let order = [Document::Providers, Document::Mappings, Document::Ports, Document::Project];
    order.into_iter().flat_map(|document| document.overlaid().iter().copied())
}

/// Where a top-level key of an overlay belongs; `None` when nobody knows it.
#[must_use]
pub fn home(key: &str) -> Option<Home> {
    let has = |document: &Document| document.overlaid().contains(&key);
    if let Some(document) = Document::ALL.into_iter().find(has) {
        return Some(Home::Section(document));
    }
    if DESCRIPTIVE.iter().any(|(name, _)| *name == key) || key.starts_with(OWN) {
        return Some(Home::Nowhere);
    }
    let decides = [
        "required-version",
        "config-dir",
        "target",
        "output",
        "state-dir",
        "environments",
        "mandatory",
    ];
    decides.contains(&key).then_some(Home::ProjectOnly)
}

/// The published JSON Schema (2020-12) of an overlay: the sections of all documents, in which
/// nothing is required, because the rest stands below.
#[must_use]
pub fn overlay_schema() -> Schema {
    let (mut properties, mut definitions) = (Map::new(), Map::new());
    for document in [Document::Providers, Document::Mappings, Document::Ports, Document::Project] {
        let mut schema = document.schema().to_value();
        let known = schema.get("properties").and_then(Value::as_object);
        let section = |name: &&str| Some(((*name).to_owned(), known?.get(*name)?.clone()));
        properties.extend(document.overlaid().iter().filter_map(section));
        if let Some(Value::Object(below)) = schema.get_mut("$defs").map(Value::take) {
            definitions.extend(below);
        }
    }
    let descriptive = |(name, words): (&str, _)| (name.to_owned(), json!({"description": words}));
    properties.extend(DESCRIPTIVE.map(descriptive));
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "overlay",
        "description": "What an environment of gwcfg.yaml lays over the sources. Mappings are \
                        merged by key, lists and scalars are replaced, null removes.",
        "type": "object",
        "properties": properties,
        "patternProperties": {"^x-": {"description": "The team's own, for anchors."}},
        "additionalProperties": false,
        "$defs": definitions,
    });
    require_nothing(&mut schema);
    Schema::try_from(schema).unwrap_or_default()
}

/// Takes the lists of required keys out. (A property may have that name: its value is no list.)
fn require_nothing(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.get("required").is_some_and(Value::is_array) {
                map.remove("required");
            }
            map.values_mut().for_each(require_nothing);
        }
        Value::Array(items) => items.iter_mut().for_each(require_nothing),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_every_schema_has_a_home() {
        for document in Document::ALL {
            let schema = document.schema();
            let properties = schema.get("properties").and_then(|value| value.as_object());
            for key in properties.unwrap().keys() {
                let found = home(key);
                // `metadata` of the mappings is for people, and of the providers is counted.
                let expected = match found {
                    Some(Home::Section(Document::Providers)) if key == "metadata" => continue,
                    Some(Home::Section(home)) => home,
                    Some(Home::Nowhere | Home::ProjectOnly) => continue,
                    None => panic!("`{key}` of {document:?} has no home"),
                };
                assert_eq!(expected, document, "{key}");
            }
            for section in document.overlaid() {
                assert!(properties.unwrap().contains_key(*section), "{section}");
            }
        }
    }
    fn breaches(overlay: &Value) -> Vec<String> {
        let schema = overlay_schema();
        let validator = jsonschema::validator_for(schema.as_value()).unwrap();
        validator.iter_errors(overlay).map(|error| error.instance_path().to_string()).collect()
    }

    #[test]
    fn an_overlay_may_be_partial_and_remove() {
        let right = json!({
            "x-anchors": {"a": 1},
            "providers": {"a": {"timeout": 5}, "b": null, "c": {"models": null}},
            "exact_matches": {"a": {"backend_model": "b"}},
            "patterns": null,
            "services": {"a": {"port": 8000}},
            "gateway": {"router_settings": {"timeout": 5}},
            "deploy": {"probe": {"timeout": "5s"}},
            "rules": {"a": "error", "b": null},
        });
        assert_eq!(breaches(&right), Vec::<String>::new());
        let wrong =
            json!({"providers": {"a": {"timeout": "soon"}}, "services": {"a": {"port": 0}}});
        assert_eq!(breaches(&wrong), ["/providers/a", "/services/a"]);
        assert_eq!(breaches(&json!({"output": "a.yaml"})).len(), 1);
    }

    #[test]
    fn definitions_of_the_documents_do_not_collide() {
        let mut seen: Map<String, Value> = Map::new();
        for document in Document::ALL {
            let schema = document.schema().to_value();
            for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
                if let Some(other) = seen.insert(name.clone(), definition.clone()) {
                    assert_eq!(&other, definition, "{name}");
                }
            }
        }
    }
}
