//! A second list of fallbacks for one name.

use std::collections::BTreeMap;

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::Value;

use super::{Context, chains};

/// The record.
pub static RULE: Rule = Rule {
    name: "chain-repeated",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a list of fallbacks that is not used, because another one comes first",
    page: include_str!("chain_repeated.md"),
};

/// Reports every list behind the first of a name, and settings that another section replaces.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let mut first: BTreeMap<(&str, &str), Value<'_, '_>> = BTreeMap::new();
    for chain in chains::all(context) {
        let Some(name) = chain.source.text() else { continue };
        let seen = *first.entry((chain.setting, name)).or_insert(chain.source);
        if seen.span() != chain.source.span() {
            out.report(
                format!("`{name}` has two entries in `{}`: this one is not used", chain.setting),
                chain.source.span(),
                "not used",
            )
            .also(seen.span(), "the first one counts")
            .help("join the two lists");
        }
    }
    for setting in chains::SETTINGS.into_iter().chain(["default_fallbacks"]) {
        let router = context.setting("router_settings", setting).filter(|it| !it.is_falsy());
        let litellm = context.section("litellm_settings").and_then(|all| all.entry(setting));
        if let (Some(router), Some((key, value))) = (router, litellm)
            && !value.is_falsy()
        {
            out.report(
                format!(
                    "`{setting}` of `litellm_settings` are not used: those of `router_settings` \
                     take their place"
                ),
                key.span(),
                "not used",
            )
            .also(router.span(), "these count")
            .help("keep them in one of the two sections");
        }
    }
}
