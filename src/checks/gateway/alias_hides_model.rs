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
        let hidden = context.deployments.of_name(name).iter().next();
        let Some(hidden) = hidden.filter(|_| target.text().is_some_and(|it| it != name)) else {
            continue;
        };
        let place = hidden.written_name.map_or(hidden.entry.span(), Value::span);
        out.report(
            format!("the alias `{name}` hides the model of that name: the alias wins"),
            alias.span(),
            "wins",
        )
        .also(place, "cannot be asked for")
        .help("give the alias or the model another name");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn the_hidden_model_is_shown() {
        insta::assert_snapshot!(linted("alias-hides-model", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings: {model_group_alias: {code: chat}}
"), @"
        warning[alias-hides-model]: the alias `code` hides the model of that name: the alias wins
          --> config.yaml:6:39 `code` wins
          ::: config.yaml:4:17 `code` cannot be asked for
          help: give the alias or the model another name
        ");
    }

    #[test]
    fn another_name_hides_nothing() {
        insta::assert_snapshot!(linted("alias-hides-model", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings: {model_group_alias: {coder: code, chat: chat}}
"), @"");
    }
}
