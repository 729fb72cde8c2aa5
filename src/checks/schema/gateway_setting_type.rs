//! Settings of the gateway have the types that it reads.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::keys;
use crate::source::Scalar;

use super::{Values, gateway_settings};

/// The record.
pub static RULE: Rule = Rule {
    name: "gateway-setting-type",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a setting under `gateway` has another type than the gateway reads",
    page: include_str!("gateway_setting_type.md"),
};

/// Reports values of another type than the pinned release's own annotation says.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    for (section, entry) in gateway_settings::all(values) {
        let name = entry.name.value;
        let (Some(types), Some(given)) = (keys::types(section, name), entry.value.given()) else {
            continue;
        };
        if keys::managed_by(section, name).is_some() || keys::fits(types, given.value) {
            continue;
        }
        let wanted: Vec<&str> = types.split('|').map(word).collect();
        let wanted = wanted.join(" or ");
        out.report(
            format!(
                "`{name}` wants {wanted}, not {}, and LiteLLM does not look before it fails over \
                 it",
                found(given.value)
            ),
            given.span,
            format!("this is {}", found(given.value)),
        )
        .help(format!("write {wanted}"));
    }
}

fn word(kind: &str) -> &'static str {
    match kind {
        "bool" => "true or false",
        "int" => "a whole number",
        "number" => "a number",
        "text" => "text",
        "list" => "a list",
        "map" => "a mapping",
        _ => "something else",
    }
}

fn found(value: &Scalar) -> &'static str {
    match value {
        Scalar::Null => "nothing",
        Scalar::Bool(_) => "true or false",
        Scalar::Number(number) if number.is_f64() => "a number",
        Scalar::Number(_) => "a whole number",
        Scalar::String(_) => "text",
        Scalar::Array(_) => "a list",
        Scalar::Object(_) => "a mapping",
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn values_of_another_type_are_named() {
        insta::assert_snapshot!(only("gateway-setting-type", "
--- gwcfg.yaml
gateway:
  router_settings: {num_retries: '3', timeout: 30s, cooldown_time: 1.5}
  litellm_settings: {cache: {type: redis}, callbacks: prometheus, drop_params: 1}
  general_settings: {master_key: [x]}
"), @r"
        error[gateway-setting-type]: `num_retries` wants a whole number, not text, and LiteLLM does not look before it fails over it
          --> gwcfg.yaml:2:34 `\'3\'` this is text
          help: write a whole number
        error[gateway-setting-type]: `timeout` wants a number, not text, and LiteLLM does not look before it fails over it
          --> gwcfg.yaml:2:48 `30s` this is text
          help: write a number
        error[gateway-setting-type]: `cache` wants true or false, not a mapping, and LiteLLM does not look before it fails over it
          --> gwcfg.yaml:3:29 `{type: redis}` this is a mapping
          help: write true or false
        error[gateway-setting-type]: `callbacks` wants a list, not text, and LiteLLM does not look before it fails over it
          --> gwcfg.yaml:3:55 `prometheus` this is text
          help: write a list
        error[gateway-setting-type]: `drop_params` wants true or false, not a whole number, and LiteLLM does not look before it fails over it
          --> gwcfg.yaml:3:80 `1` this is a whole number
          help: write true or false
        error[gateway-setting-type]: `master_key` wants text, not a list, and LiteLLM does not look before it fails over it
          --> gwcfg.yaml:4:34 `[x]` this is a list
          help: write text
        ");
    }

    #[test]
    fn values_that_fit_and_references_are_silent() {
        insta::assert_snapshot!(only("gateway-setting-type", "
--- gwcfg.yaml
gateway:
  router_settings: {num_retries: 3, timeout: 30, cooldown_time: 5, redis_port: os.environ/PORT}
  litellm_settings: {cache: true, cache_params: {type: local}, callbacks: [otel], max_budget: }
  general_settings: {master_key: os.environ/KEY, health_check_interval: 300}
"), @"");
    }
}
