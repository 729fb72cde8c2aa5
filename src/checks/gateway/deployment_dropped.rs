//! Values with which LiteLLM drops a deployment.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::kinds;
use crate::gateway::litellm::value::{Python, Value};

use super::{Context, Deployment, place};

/// The record.
pub static RULE: Rule = Rule {
    name: "deployment-dropped",
    stage: Stage::Behaviour,
    severity: Severity::Error,
    summary: "a value of the wrong kind, with which LiteLLM drops the deployment",
    page: include_str!("deployment_dropped.md"),
};

/// Reports every value that the release refuses. It says so in one line of its log, starts, and
/// refuses the requests.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    for deployment in context.deployments() {
        for param in &deployment.keys {
            let types = kinds::of_param(param.name, param.value, param.types);
            judge(deployment, param.key, param.value, types, out);
        }
        let info = deployment.info;
        for (key, value) in info.into_iter().flat_map(Value::entries) {
            judge(deployment, key, value, kinds::of_info(key.written(), value), out);
        }
    }
}

fn judge(
    deployment: &Deployment<'_, '_>,
    key: Value<'_, '_>,
    value: Value<'_, '_>,
    types: Option<&str>,
    out: &mut Reporter<'_>,
) {
    let Some(types) = types.filter(|types| !kinds::fits(types, key.written(), value)) else {
        return;
    };
    let (key_name, name) = (key.written(), deployment.name);
    let is = match types {
        "free|paid" => format!("`{}`", value.written()),
        _ => value.kind().words().to_owned(),
    };
    let wanted = wanted(types);
    out.report(
        format!(
            "LiteLLM drops this deployment of `{name}`: `{key_name}` is {is} instead of {wanted}"
        ),
        place(key, value),
        "refused",
    )
    .help(help(types, value));
}

fn help(types: &str, value: Value<'_, '_>) -> String {
    let scalar = !matches!(value.kind(), Python::List | Python::Map);
    if types == "text" && scalar {
        return format!("put it in quotes: `\"{}\"`", value.written());
    }
    if value.kind() == Python::Map && value.entries().count() == 1 && types == "text" {
        return "put it in quotes: braces begin a mapping".to_owned();
    }
    format!("write {}", wanted(types))
}

fn wanted(types: &str) -> &'static str {
    match types {
        "int" => "a whole number",
        "number" | "number|text" => "a number",
        "bool" => "`true` or `false`",
        "list" => "a list",
        "map" => "a mapping",
        "text|map" => "text or a mapping",
        "free|paid" => "`free` or `paid`",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn values_of_the_wrong_kind_are_told() {
        insta::assert_snapshot!(linted("deployment-dropped", &[], "
model_list:
  - model_name: chat
    litellm_params: {model: azure/x, api_version: 2024-06-01, rpm: 10/min, tags: free}
    model_info: {tier: primary}
  - {model_name: code, litellm_params: {model: openai/x, api_base: {URL}, max_budget: lots}}
"), @r#"
        error[deployment-dropped]: LiteLLM drops this deployment of `chat`: `api_version` is a date instead of text
          --> config.yaml:3:51 `2024-06-01` refused
          help: put it in quotes: `"2024-06-01"`
        error[deployment-dropped]: LiteLLM drops this deployment of `chat`: `rpm` is text instead of a whole number
          --> config.yaml:3:68 `10/min` refused
          help: write a whole number
        error[deployment-dropped]: LiteLLM drops this deployment of `chat`: `tags` is text instead of a list
          --> config.yaml:3:82 `free` refused
          help: write a list
        error[deployment-dropped]: LiteLLM drops this deployment of `chat`: `tier` is `primary` instead of `free` or `paid`
          --> config.yaml:4:24 `primary` refused
          help: write `free` or `paid`
        error[deployment-dropped]: LiteLLM drops this deployment of `code`: `api_base` is a mapping instead of text
          --> config.yaml:5:58 `api_base` refused
          help: put it in quotes: braces begin a mapping
        error[deployment-dropped]: LiteLLM drops this deployment of `code`: `max_budget` is text instead of a number
          --> config.yaml:5:87 `lots` refused
          help: write a number
        "#);
    }

    #[test]
    fn what_pydantic_takes_is_silent() {
        insta::assert_snapshot!(linted("deployment-dropped", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, rpm: '10', tpm: 2.0, max_budget: '15', budget_duration: monthly, timeout: 30s, api_key: null, organization: [a, b], x: [1]}}
"), @"");
    }
}
