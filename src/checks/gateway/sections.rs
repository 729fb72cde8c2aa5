//! The keys that LiteLLM 1.106.2 reads where, for the rules about keys.

use crate::gateway::litellm::keys::{self, Section};
use crate::gateway::litellm::value::{Python, Value};

use super::{Context, Deployment};

/// The sections that the loader reads besides those of [`Section`].
const SECTIONS: [&str; 21] = [
    "model_list",
    "environment_variables",
    "include",
    "callback_settings",
    "credential_list",
    "guardrails",
    "prompts",
    "policies",
    "policy_attachments",
    "mcp_servers",
    "mcp_tools",
    "agents",
    "agent_list",
    "search_tools",
    "sandbox_tools",
    "vector_store_registry",
    "assistant_settings",
    "files_settings",
    "finetune_settings",
    "default_vertex_config",
    "worker_registry",
];

/// A key that nobody reads where it stands.
#[derive(Clone, Copy)]
pub(super) struct Unread<'c, 'a> {
    /// The key.
    pub(super) key: Value<'c, 'a>,
    /// Where it stands, such as `router_settings`; empty at the top.
    pub(super) section: &'static str,
    /// Where it is read instead.
    pub(super) home: Option<&'static str>,
}

/// Every section that is read, in order.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    Section::ALL.into_iter().map(Section::as_str).chain(SECTIONS)
}

/// Every key that nobody reads where it stands.
pub(super) fn unread<'c, 'a>(context: &Context<'c, 'a>) -> Vec<Unread<'c, 'a>> {
    let mut found = Vec::new();
    let Some(root) = context.root else { return found };
    for (key, value) in root.entries() {
        let name = key.written();
        let known = names().any(|section| section == name);
        // A section that begins with `x-` or holds an anchor is for the writer's own use.
        if !known && !name.starts_with("x-") && !has_anchor(context, key, value) {
            found.push(Unread { key, section: "", home: home(name) });
        }
    }
    for section in Section::ALL {
        let settings = context.section(section.as_str());
        for (key, value) in settings.into_iter().flat_map(Value::entries) {
            found.extend(in_section(section, key, value));
        }
    }
    for deployment in context.deployments() {
        beside_params(deployment, &mut found);
    }
    found
}

/// The section that reads a key.
fn home(name: &str) -> Option<&'static str> {
    // Variables of the library that hold other things than people mean by these words.
    const NOT_MEANT: [&str; 3] = ["logging", "log_level", "token"];
    let home = keys::home(name).filter(|_| !NOT_MEANT.contains(&name))?;
    // Both know it; the library tells the router.
    Some(if name == "set_verbose" { Section::Litellm } else { home }.as_str())
}

fn in_section<'c, 'a>(
    section: Section,
    key: Value<'c, 'a>,
    value: Value<'c, 'a>,
) -> Option<Unread<'c, 'a>> {
    let name = key.written();
    // With these the gateway does not even start.
    let stops = section == Section::Router
        && ["health_check_interval", "health_check_concurrency"].contains(&name);
    if stops || keys::types(section, name).is_some() || value.kind() == Python::Null {
        return None;
    }
    let home = match cache_key(name) {
        Some(_) => Some("cache_params"),
        None if keys::outside(name).is_some() => None,
        None => home(name),
    };
    let home = home.or_else(|| SECTIONS.into_iter().find(|known| *known == name));
    Some(Unread { key, section: section.as_str(), home })
}

/// The parameter of `cache_params` that is meant by a key of another place.
pub(super) fn cache_key(name: &str) -> Option<&'static str> {
    const MEANT: [(&str, &str); 6] = [
        ("cache_type", "type"),
        ("cache_host", "host"),
        ("cache_port", "port"),
        ("cache_password", "password"),
        ("cache_ttl", "ttl"),
        ("cache_namespace", "namespace"),
    ];
    MEANT.iter().find(|(word, _)| *word == name).map(|(_, meant)| *meant)
}

fn beside_params<'c, 'a>(deployment: &Deployment<'c, 'a>, found: &mut Vec<Unread<'c, 'a>>) {
    // `rpm` and `tpm` are taken from here too.
    const READ: [&str; 6] = ["model_name", "litellm_params", "model_info", "rpm", "tpm", "blocked"];
    for (key, _) in deployment.entry.entries() {
        let name = key.written();
        if READ.contains(&name) {
            continue;
        }
        let home = if keys::param(name).is_some() {
            Some("litellm_params")
        } else {
            keys::info(name).map(|_| "model_info")
        };
        found.push(Unread { key, section: "model_list", home });
    }
}

/// Whether an anchor stands before the value, `key: &anchor`.
fn has_anchor(context: &Context<'_, '_>, key: Value<'_, '_>, value: Value<'_, '_>) -> bool {
    let text = context.sources.text(context.file);
    let between = text.get(key.span().end() as usize..value.span().start() as usize);
    between.is_some_and(|between| between.contains('&'))
}

/// True for a section of the top level that is no home of settings.
pub(super) fn is_top(home: &str) -> bool {
    SECTIONS.contains(&home)
}
