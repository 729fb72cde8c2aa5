//! Fallbacks to names that there are not.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::{Context, chains};

/// The record.
pub static RULE: Rule = Rule {
    name: "chain-target-unknown",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a fallback to a name that nobody answers to",
    page: include_str!("chain_target_unknown.md"),
};

/// Reports every step that cannot answer.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    if !chains::names_are_known(context) {
        return;
    }
    let all = &context.chains;
    let steps = all.iter().filter(|chain| !chain.is_for_all()).flat_map(|chain| chain.steps());
    let steps = steps.chain(chains::defaults(context));
    let known = &context.known;
    let unknown = steps.filter(|(name, _)| !known.answers(name));
    for (searches, (name, place)) in unknown.enumerate() {
        let finding = out.report(
            format!("nobody answers to `{name}`: LiteLLM tries it in vain and goes on"),
            place.span(),
            "no such name",
        );
        finding.help(match known.near(name, searches) {
            Some(near) if near.eq_ignore_ascii_case(name) => {
                format!("write `{near}`: upper and lower case count")
            }
            Some(near) => format!("did you mean `{near}`?"),
            None => "add a deployment with this `model_name`, or remove the step".to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn unknown_names_are_told_with_the_near_one() {
        insta::assert_snapshot!(linted("chain-target-unknown", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings:
  fallbacks: [{chat: [Code, codee, other]}]
  default_fallbacks: [nobody]
"), @"
        warning[chain-target-unknown]: nobody answers to `Code`: LiteLLM tries it in vain and goes on
          --> config.yaml:7:23 `Code` no such name
          help: write `code`: upper and lower case count
        warning[chain-target-unknown]: nobody answers to `codee`: LiteLLM tries it in vain and goes on
          --> config.yaml:7:29 `codee` no such name
          help: did you mean `code`?
        warning[chain-target-unknown]: nobody answers to `other`: LiteLLM tries it in vain and goes on
          --> config.yaml:7:36 `other` no such name
          help: add a deployment with this `model_name`, or remove the step
        warning[chain-target-unknown]: nobody answers to `nobody`: LiteLLM tries it in vain and goes on
          --> config.yaml:8:23 `nobody` no such name
          help: add a deployment with this `model_name`, or remove the step
        ");
    }

    #[test]
    fn aliases_patterns_ids_and_models_answer() {
        insta::assert_snapshot!(linted("chain-target-unknown", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/gpt-4o, api_key: none}, model_info: {id: one}}
  - {model_name: 'groq/*', litellm_params: {model: 'groq/*', api_key: none}}
router_settings:
  model_group_alias: {best: chat}
  fallbacks: [{chat: [best, groq/x, openai/gpt-4o, one, {model: best}]}]
"), @"");
    }

    #[test]
    fn names_in_a_database_are_not_known() {
        insta::assert_snapshot!(linted("chain-target-unknown", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings: {fallbacks: [{chat: [other]}]}
general_settings: {store_model_in_db: true}
"), @"");
    }
}
