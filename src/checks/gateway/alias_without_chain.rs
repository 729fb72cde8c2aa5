//! Aliases to which the fallbacks of their model do not apply.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::{Python, Value};
use crate::gateway::litellm::walk::{Failure, attempts};

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "alias-without-chain",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "an alias to which the fallbacks of its model do not apply",
    page: include_str!("alias_without_chain.md"),
};

/// Reports every alias that gives up where its model goes on.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let tables = context.tables;
    let aliases = context.setting("router_settings", "model_group_alias");
    for (alias, value) in aliases.into_iter().flat_map(Value::entries) {
        let target = if value.kind() == Python::Map { value.get("model") } else { Some(value) };
        let Some(target) = target.and_then(Value::text) else { continue };
        let name = alias.written();
        if tables.own_chain(target).is_none_or(<[_]>::is_empty) || tables.own_chain(name).is_some()
        {
            continue;
        }
        let of = |name: &str| attempts(tables, name, Failure::Server).len();
        if of(name) < of(target) {
            out.report(
                format!(
                    "the fallbacks of `{target}` are not tried for the alias `{name}`: LiteLLM \
                     looks for a list under the alias"
                ),
                alias.span(),
                "without fallbacks",
            )
            .help(format!("add an entry for `{name}` to `fallbacks`"));
        }
    }
}
