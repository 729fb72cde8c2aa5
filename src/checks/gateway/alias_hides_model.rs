//! Aliases that take the name of a model.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::Value;

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "alias-hides-model",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "an alias with the name of a model, which cannot be asked any more",
    page: include_str!("alias_hides_model.md"),
};

/// Reports every alias that is a name of the `model_list` too.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let aliases = context.setting("router_settings", "model_group_alias");
    for (alias, target) in aliases.into_iter().flat_map(Value::entries) {
        let name = alias.written();
        let hidden = context.deployments().find(|one| one.name == name);
        let Some(hidden) = hidden.filter(|_| target.text().is_some_and(|it| it != name)) else {
            continue;
        };
        let place = hidden.entry.get("model_name").map_or(hidden.entry.span(), Value::span);
        out.report(
            format!("the alias `{name}` hides the model of that name: the alias wins"),
            alias.span(),
            "wins",
        )
        .also(place, "cannot be asked for")
        .help("give the alias or the model another name");
    }
}
