//! A key that LiteLLM reads in another place than this.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::{Context, sections};

/// The record.
pub static RULE: Rule = Rule {
    name: "config-key-misplaced",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a key that LiteLLM reads in another section, and ignores here",
    page: include_str!("config_key_misplaced.md"),
};

/// Reports every key with a home elsewhere.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    for unread in sections::unread(context) {
        let Some(home) = unread.home else { continue };
        let name = unread.key.written();
        let here = match unread.section {
            "" => "at the top level".to_owned(),
            "model_list" => "beside `litellm_params`".to_owned(),
            section => format!("in `{section}`"),
        };
        let help = match sections::cache_key(name).filter(|_| home == "cache_params") {
            Some(meant) => format!("write it as `{meant}` in `cache_params` of `litellm_settings`"),
            None if sections::is_top(home) => format!("move `{name}` to the top level"),
            None => format!("move it into `{home}`"),
        };
        out.report(format!("LiteLLM ignores `{name}` {here}"), unread.key.span(), "not read here")
            .help(help);
    }
}
