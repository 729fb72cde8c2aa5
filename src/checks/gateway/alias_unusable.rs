//! Aliases that no request gets through.

use std::collections::BTreeSet;

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::{Python, Value};

use super::{Context, chains, place};

/// The record.
pub static RULE: Rule = Rule {
    name: "alias-unusable",
    stage: Stage::Behaviour,
    severity: Severity::Error,
    summary: "an alias with which every request is refused",
    page: include_str!("alias_unusable.md"),
};

/// Reports every alias that leads nowhere.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let Some(aliases) = context.setting("router_settings", "model_group_alias") else { return };
    let names: BTreeSet<&str> = aliases.entries().map(|(alias, _)| alias.written()).collect();
    let known = chains::names_are_known(context).then_some(&context.known);
    for (searches, (alias, value)) in aliases.entries().enumerate() {
        let name = alias.written();
        let target = if value.kind() == Python::Map { value.get("model") } else { Some(value) };
        let Some(target) = target.filter(|target| target.variable().is_none()) else { continue };
        let Some(text) = target.text() else {
            let mut items = value.items().filter_map(Value::text);
            let help = match (items.next(), items.next()) {
                (Some(first), Some(second)) => format!(
                    "write `{name}: {first}`, and `fallbacks: [{{{name}: [{second}]}}]` for what \
                     comes next"
                ),
                (Some(first), None) => format!("write `{name}: {first}`"),
                (None, _) => "write the name of a model".to_owned(),
            };
            let kind = target.kind().words();
            let message =
                format!("every request for `{name}` is refused: its alias is {kind}, not a name");
            out.report(message, place(alias, value), "not a name").help(help);
            continue;
        };
        if names.contains(text) {
            let message = format!(
                "every request for `{name}` is refused: `{text}` is an alias too, and LiteLLM \
                 follows one only"
            );
            out.report(message, target.span(), "an alias of an alias")
                .help("name the model itself");
        } else if let Some(known) = known.filter(|known| !known.answers(text)) {
            let message =
                format!("every request for `{name}` is refused: nobody answers to `{text}`");
            let near = known.near(text, searches).filter(|near| *near != name);
            out.report(message, target.span(), "no such name").help(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name a `model_name` of the `model_list`".to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn lists_aliases_of_aliases_and_unknown_names_are_told() {
        insta::assert_snapshot!(linted("alias-unusable", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings:
  model_group_alias: {a: [chat, code], b: [chat], c: null, d: e, e: chat, f: chatt}
"), @"
        error[alias-unusable]: every request for `a` is refused: its alias is a list, not a name
          --> config.yaml:7:23 `a` not a name
          help: write `a: chat`, and `fallbacks: [{a: [code]}]` for what comes next
        error[alias-unusable]: every request for `b` is refused: its alias is a list, not a name
          --> config.yaml:7:40 `b` not a name
          help: write `b: chat`
        error[alias-unusable]: every request for `c` is refused: its alias is null, not a name
          --> config.yaml:7:51 `c` not a name
          help: write the name of a model
        error[alias-unusable]: every request for `d` is refused: `e` is an alias too, and LiteLLM follows one only
          --> config.yaml:7:63 `e` an alias of an alias
          help: name the model itself
        error[alias-unusable]: every request for `f` is refused: nobody answers to `chatt`
          --> config.yaml:7:78 `chatt` no such name
          help: did you mean `chat`?
        ");
    }

    #[test]
    fn names_are_silent() {
        insta::assert_snapshot!(linted("alias-unusable", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: ollama_chat/qwen3, api_base: 'http://127.0.0.1:11434'}
  - model_name: code
    litellm_params: {model: ollama_chat/phi4, api_base: 'http://127.0.0.1:11434'}
router_settings:
  model_group_alias: {a: chat, b: {model: code, hidden: true}, c: os.environ/NAME}
"), @"");
    }
}
