//! A key that LiteLLM does not read anywhere.

use crate::diagnostic::{Reporter, Rule, Severity, Stage, suggest};
use crate::gateway::litellm::keys::{self, Section, knows, words};
use crate::gateway::litellm::value::Value;

use super::{Context, sections};

/// The record.
pub static RULE: Rule = Rule {
    name: "config-key-unknown",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a key that LiteLLM 1.106.2 does not know, and ignores",
    page: include_str!("config_key_unknown.md"),
};

/// Reports every key that is read nowhere.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    for unread in sections::unread(context).into_iter().filter(|unread| unread.home.is_none()) {
        let name = unread.key.written();
        let message = match unread.section {
            "" => format!("LiteLLM 1.106.2 knows no section `{name}`, and ignores it"),
            "model_list" => format!("LiteLLM ignores `{name}` beside `litellm_params`"),
            section => {
                format!("LiteLLM 1.106.2 knows no `{name}` in `{section}`, and ignores it")
            }
        };
        out.report(message, unread.key.span(), "ignored").help(help(unread.section, name));
    }
    for key in ["retry_policy", "allowed_fails_policy"] {
        let policy = context.setting("router_settings", key);
        for (kind, _) in policy.into_iter().flat_map(Value::entries) {
            let name = kind.written();
            if knows(key, name) {
                continue;
            }
            let known: Vec<String> = words(key).map(|word| format!("`{word}`")).collect();
            out.report(
                format!("LiteLLM 1.106.2 knows no `{name}` in `{key}`, and ignores it"),
                kind.span(),
                "ignored",
            )
            .help(match suggest::nearest(name, words(key)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write some of {}", known.join(", ")),
            });
        }
    }
}

fn help(section: &str, name: &str) -> String {
    if let Some(outside) = keys::outside(name) {
        return outside.to_owned();
    }
    let near = match Section::ALL.into_iter().find(|known| known.as_str() == section) {
        Some(section) => suggest::slip(name, keys::names(section)),
        None if section.is_empty() => suggest::nearest(name, sections::names()),
        None => suggest::nearest(name, ["model_name", "litellm_params", "model_info"]),
    };
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "remove it, or see the manual of LiteLLM for what there is".to_owned(),
    }
}
