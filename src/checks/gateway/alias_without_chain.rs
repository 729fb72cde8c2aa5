//! Aliases to which the fallbacks of their model do not apply.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::{Python, Value};
use crate::gateway::litellm::walk::{Failure, attempts};

use super::{Context, MAX_WALKS, is_walkable};

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
    if !is_walkable(context) {
        return;
    }
    let tables = context.tables;
    let aliases = context.setting("router_settings", "model_group_alias");
    for (alias, value) in aliases.into_iter().flat_map(Value::entries).take(MAX_WALKS) {
        let target = if value.kind() == Python::Map { value.get("model") } else { Some(value) };
        let Some(target) = target.and_then(Value::text) else { continue };
        let name = alias.written();
        // A name of gwcfg's own is a step of a list, without fallbacks on purpose.
        if tables.is_private(name) {
            continue;
        }
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

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn an_alias_that_gives_up_is_told() {
        insta::assert_snapshot!(linted("alias-without-chain", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings: {model_group_alias: {best: chat}, fallbacks: [{chat: [code]}]}
"), @"
        warning[alias-without-chain]: the fallbacks of `chat` are not tried for the alias `best`: LiteLLM looks for a list under the alias
          --> config.yaml:6:39 `best` without fallbacks
          help: add an entry for `best` to `fallbacks`
        ");
    }

    #[test]
    fn an_alias_that_gwcfg_makes_as_a_step_is_silent() {
        insta::assert_snapshot!(linted("alias-without-chain", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings:
  model_group_alias: {'gwcfg:hop:chat': {model: chat, hidden: true}}
  fallbacks: [{chat: [code]}, {code: ['gwcfg:hop:chat']}]
"), @"");
    }

    #[test]
    fn a_list_or_a_default_of_its_own_is_silent() {
        insta::assert_snapshot!(linted("alias-without-chain", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings:
  model_group_alias: {best: chat, other: chat}
  fallbacks: [{chat: [code]}, {best: [code]}, {other: []}]
"), @"");
    }
}
