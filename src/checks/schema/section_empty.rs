//! Sections that are written say something.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Document;
use crate::source::scalar::Resolved;
use crate::source::{Kind, NodeId};

use super::{Shape, json};

/// The record.
pub static RULE: Rule = Rule {
    name: "section-empty",
    stage: Stage::Schema,
    severity: Severity::Info,
    summary: "a section is written and holds nothing",
    page: include_str!("section_empty.md"),
};

/// Reports sections whose value is nothing, an empty mapping or an empty list. Silent in a file
/// that is not whole: the entries of a section may stand where reading failed.
pub fn check(shape: &Shape<'_>, out: &mut Reporter<'_>) {
    // What stood in it may be what could not be parsed.
    let Some(root) = shape.tree.root().filter(|_| shape.whole) else { return };
    for (key, value) in shape.tree.pairs(root) {
        let name = shape.tree.value(shape.tree.resolve(key));
        if !sections(shape.document).contains(&name) || shape.tree.is_repeated(key) {
            continue;
        }
        let value = shape.tree.resolve(value);
        let empty = match shape.tree.kind(value) {
            Kind::Map => shape.tree.pairs(value).next().is_none(),
            Kind::List => shape.tree.items(value).next().is_none(),
            // A required section without a value is a missing one.
            Kind::Scalar => {
                name != "providers" && json::resolved(shape.tree, value) == Resolved::Null
            }
            Kind::Alias | Kind::LostAlias => false,
        };
        if empty && !was_emptied(shape, value) {
            out.report(
                format!("section `{name}` holds nothing, so it changes nothing"),
                shape.tree.span(key),
                "empty",
            )
            .help("fill it, or remove it");
        }
    }
}

/// True where an overlay took everything away that is written in the section: that was meant.
fn was_emptied(shape: &Shape<'_>, value: NodeId) -> bool {
    let written = shape.sources.slice(shape.tree.span(value));
    let inside =
        written.trim_matches(|letter: char| letter.is_whitespace() || "{}[]".contains(letter));
    shape.tree.is_layered() && shape.tree.kind(value) == Kind::Map && !inside.is_empty()
}

/// The sections of a document that mean something; others are for people. In `gwcfg.yaml` an empty
/// section says that its defaults are meant.
fn sections(document: Document) -> &'static [&'static str] {
    match document {
        Document::Project => &[],
        Document::Providers => &["providers", "health_checks"],
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

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn empty_sections_are_named() {
        insta::assert_snapshot!(only("section-empty", "
--- providers.yaml
providers: {}
--- model-mappings.yaml
exact_matches:
patterns: []
fallback_chains: {}
metadata: {}
--- ports.yaml
reserved: ~
x:
"), @"
        info[section-empty]: section `exact_matches` holds nothing, so it changes nothing
          --> model-mappings.yaml:1:1 `exact_matches` empty
          help: fill it, or remove it
        info[section-empty]: section `patterns` holds nothing, so it changes nothing
          --> model-mappings.yaml:2:1 `patterns` empty
          help: fill it, or remove it
        info[section-empty]: section `fallback_chains` holds nothing, so it changes nothing
          --> model-mappings.yaml:3:1 `fallback_chains` empty
          help: fill it, or remove it
        info[section-empty]: section `reserved` holds nothing, so it changes nothing
          --> ports.yaml:1:1 `reserved` empty
          help: fill it, or remove it
        info[section-empty]: section `providers` holds nothing, so it changes nothing
          --> providers.yaml:1:1 `providers` empty
          help: fill it, or remove it
        ");
    }

    #[test]
    fn filled_sections_and_files_without_sections_are_silent() {
        insta::assert_snapshot!(only("section-empty", "
--- model-mappings.yaml
# nothing yet
--- gwcfg.yaml
gateway: {}
--- ports.yaml
services: {ollama: {port: 11434}}
"), @"");
    }

    #[test]
    fn a_section_whose_only_entry_cannot_be_read_is_not_empty() {
        insta::assert_snapshot!(only("section-empty", "
--- model-mappings.yaml
exact_matches:
  chat: {provider: ollama, backend_model: phi4
"), @"");
    }
    #[test]
    fn a_section_that_an_overlay_empties_is_no_mistake() {
        insta::assert_snapshot!(only("section-empty", "
--- model-mappings.yaml
exact_matches: {phi4: {provider: ollama}}
capabilities: {}
--- overlay.yaml
exact_matches: {phi4: null}
patterns: []
"), @"
        info[section-empty]: section `capabilities` holds nothing, so it changes nothing
          --> model-mappings.yaml:2:1 `capabilities` empty
          help: fill it, or remove it
        info[section-empty]: section `patterns` holds nothing, so it changes nothing
          --> overlay.yaml:2:1 `patterns` empty
          help: fill it, or remove it
        ");
    }
}
