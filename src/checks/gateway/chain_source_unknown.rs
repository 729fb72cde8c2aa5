//! Fallbacks of names that there are not.

use std::collections::BTreeMap;

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::{Context, Deployment, chains};

/// The record.
pub static RULE: Rule = Rule {
    name: "chain-source-unknown",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "fallbacks for a name that no request can ask for",
    page: include_str!("chain_source_unknown.md"),
};

/// Reports every chain that can never begin.
pub fn check<'a>(context: &Context<'_, 'a>, out: &mut Reporter<'_>) {
    if !chains::names_are_known(context) {
        return;
    }
    let known = &context.known;
    let all = context.chains.iter().filter(|chain| !chain.is_for_all());
    let unknown = all.filter(|chain| {
        chain.source.text().is_some_and(|name| name != "*" && !known.is_asked(name))
    });
    let by_model = |one: &Deployment<'_, 'a>| (one.text("model"), one.name);
    let models: BTreeMap<&str, &str> = context.deployments().iter().map(by_model).collect();
    for (searches, chain) in unknown.enumerate() {
        let name = chain.source.written();
        let of_model = models.get(name);
        if let Some(of) = of_model {
            out.report(
                format!(
                    "`{name}` is the model of a deployment, not its name: a request for `{of}` \
                     does not use this list"
                ),
                chain.source.span(),
                "a model, not a name",
            )
            .help(format!("write `{of}`"));
            continue;
        }
        let finding = out.report(
            format!("this list is never used: no request can ask for `{name}`"),
            chain.source.span(),
            "no such name",
        );
        finding.help(match known.near(name, searches) {
            _ if name == "default" => {
                "write `default_fallbacks: […]`, or the key `\"*\"`: `default` is a name like any \
                 other"
                    .to_owned()
            }
            _ if name.contains('*') => {
                "list the names: a pattern as a key is compared letter by letter".to_owned()
            }
            Some(near) if near.eq_ignore_ascii_case(name) => {
                format!("write `{near}`: upper and lower case count")
            }
            Some(near) => format!("did you mean `{near}`?"),
            None => "remove it, or add a deployment with this `model_name`".to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn lists_that_are_never_used_are_told() {
        insta::assert_snapshot!(linted("chain-source-unknown", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings:
  fallbacks: [{Chat: [code]}, {default: [code]}, {'co*': [chat]}, {ollama_chat/phi4: [chat]}]
"), @r#"
        warning[chain-source-unknown]: this list is never used: no request can ask for `Chat`
          --> config.yaml:7:16 `Chat` no such name
          help: write `chat`: upper and lower case count
        warning[chain-source-unknown]: this list is never used: no request can ask for `default`
          --> config.yaml:7:32 `default` no such name
          help: write `default_fallbacks: […]`, or the key `"*"`: `default` is a name like any other
        warning[chain-source-unknown]: this list is never used: no request can ask for `co*`
          --> config.yaml:7:51 `\'co*\'` no such name
          help: list the names: a pattern as a key is compared letter by letter
        warning[chain-source-unknown]: `ollama_chat/phi4` is the model of a deployment, not its name: a request for `code` does not use this list
          --> config.yaml:7:68 `ollama_chat/phi4` a model, not a name
          help: write `code`
        "#);
    }

    #[test]
    fn names_without_their_provider_are_found() {
        insta::assert_snapshot!(linted("chain-source-unknown", &[], "
model_list:
  - {model_name: openai/gpt-4o, litellm_params: {model: openai/gpt-4o, api_key: none}}
  - {model_name: 'groq/*', litellm_params: {model: 'groq/*', api_key: none}}
router_settings:
  fallbacks: [{gpt-4o: [groq/a]}, {groq/b: [groq/a]}, {'*': [groq/a]}, {model: groq/a}]
"), @"");
    }
}
