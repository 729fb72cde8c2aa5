//! The other sections: their shapes, and what each item cannot do without.

use crate::checks::gateway::{Context, guardrail_skipped};
use crate::diagnostic::Reporter;
use crate::gateway::litellm::releases::Change;
use crate::gateway::litellm::value::{Python, Value};

use super::{fails, place};

/// Sections that must be mappings, or nothing.
const MAPPINGS: [&str; 4] =
    ["litellm_settings", "general_settings", "environment_variables", "default_vertex_config"];

/// Sections that must be lists, or nothing, and the keys that each item must have.
const LISTS: [(&str, &[&str]); 7] = [
    ("guardrails", &["guardrail_name", "litellm_params"]),
    ("credential_list", &["credential_name"]),
    ("prompts", &["prompt_id"]),
    ("search_tools", &[]),
    ("vector_store_registry", &[]),
    ("files_settings", &[]),
    ("finetune_settings", &[]),
];

/// The shapes of all sections.
pub(in crate::checks::gateway) fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let Some(root) = context.root.filter(|root| root.kind() == Python::Map) else { return };
    for name in MAPPINGS {
        let wrong = root
            .entry(name)
            .filter(|(_, section)| section.kind() != Python::Map && !section.is_falsy());
        if let Some((key, section)) = wrong {
            let why = format!("`{name}` is {}, not a mapping", section.kind().words());
            fails(out, place(key, section), why, "write `KEY: VALUE` lines in it");
        }
    }
    for (name, keys) in LISTS {
        if let Some((key, section)) = root.entry(name).filter(|(_, section)| !section.is_falsy()) {
            list(name, keys, key, section, out);
        }
    }
    if !context.has(Change::GuardrailSkipped) {
        guardrail_skipped::each(context, &mut |guardrail| {
            let why =
                format!("it cannot make the guardrail `{}`: {}", guardrail.name, guardrail.why);
            fails(out, guardrail.at, why, &guardrail.help);
        });
    }
    if let Some((key, include)) = root.entry("include") {
        let texts = include.items().all(|item| item.text().is_some());
        if include.kind() != Python::List || !texts {
            let why = "`include` is no list of files";
            fails(out, place(key, include), why, "write a list: `[other.yaml]`");
        }
    }
    if let Some((key, settings)) = root.entry("assistant_settings").filter(|(_, s)| !s.is_falsy())
        && settings.get("litellm_params").is_none_or(|params| params.kind() != Python::Map)
    {
        let why = "`assistant_settings` has no `litellm_params`";
        fails(out, key.span(), why, "add them, or remove the section");
    }
}

fn list(
    name: &str,
    keys: &[&str],
    key: Value<'_, '_>,
    section: Value<'_, '_>,
    out: &mut Reporter<'_>,
) {
    if section.kind() != Python::List {
        let why = format!("`{name}` is {}, not a list", section.kind().words());
        fails(out, place(key, section), why, "write a list of mappings");
        return;
    }
    for item in section.items() {
        if item.kind() != Python::Map {
            let why = format!("an item of `{name}` is {}, not a mapping", item.kind().words());
            fails(out, item.span(), why, "write a list of mappings");
        } else if let Some(lacks) = keys.iter().find(|key| item.get(key).is_none()) {
            let why = format!("an item of `{name}` has no `{lacks}`");
            fails(out, item.span(), why, "add it, or remove the item");
        } else if let Some((key, params)) = item.entry("litellm_params")
            && name == "guardrails"
            && matches!(params.kind(), Python::List | Python::Text)
        {
            let kind = params.kind().words();
            let why = format!("`litellm_params` in `{name}` are {kind}, not a mapping");
            fails(out, place(key, params), why, "write `KEY: VALUE` lines in it");
        }
    }
}
