//! The sections of the sources, and which of them an overlay may lay something over.

use super::Document;

/// Keys at the top of any source that only describe it.
const DESCRIPTIVE: [&str; 4] = ["description", "notes", "version", "$schema"];

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
    if DESCRIPTIVE.contains(&key) || key.starts_with(OWN) {
        return Some(Home::Nowhere);
    }
    let decides =
        ["required-version", "config-dir", "target", "output", "state-dir", "environments"];
    decides.contains(&key).then_some(Home::ProjectOnly)
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
}
