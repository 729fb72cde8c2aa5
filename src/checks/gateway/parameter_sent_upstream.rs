//! Keys that are meant for LiteLLM, and go to the provider.

use crate::diagnostic::{Reporter, Rule, Severity, Stage, suggest};
use crate::gateway::litellm::keys;

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "parameter-sent-upstream",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a key in `litellm_params` that LiteLLM does not read, but sends to the provider",
    page: include_str!("parameter_sent_upstream.md"),
};

/// Words that describe a model; LiteLLM reads them in `model_info`, or not at all.
const DESCRIBE: [&str; 14] = [
    "max_input_tokens",
    "max_output_tokens",
    "mode",
    "description",
    "provider",
    "context_window",
    "context_length",
    "access_groups",
    "health_check_model",
    "tier",
    "note",
    "notes",
    "name",
    "hidden",
];

/// Words that are meant for the router, and what it reads instead.
const ROUTE: [(&str, &str); 7] = [
    ("rpm_limit", "rpm"),
    ("tpm_limit", "tpm"),
    ("priority", "order"),
    ("allowed_fails", "`allowed_fails` in `router_settings`"),
    ("context_window_fallbacks", "`context_window_fallbacks` in `router_settings`"),
    ("daily_limit", "`max_budget` and `budget_duration`"),
    ("cost_per_1k", "input_cost_per_token"),
];

/// Reports every key that is surely not meant for a provider: what providers understand is theirs.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    for deployment in context.deployments() {
        for param in deployment.keys.iter().filter(|param| param.types.is_none()) {
            let (key, name) = (param.key, param.name);
            let Some(help) = meant(name) else { continue };
            out.report(
                format!(
                    "LiteLLM does not read `{name}` in `litellm_params`, but sends it to the \
                         provider with every request"
                ),
                key.span(),
                "sent to the provider",
            )
            .help(help);
        }
    }
}

/// What to do about a key that is not meant for a provider; `None` for one that may be.
fn meant(name: &str) -> Option<String> {
    if DESCRIBE.contains(&name) || name.starts_with("supports_") {
        return Some("move it into `model_info`".to_owned());
    }
    if let Some((_, instead)) = ROUTE.iter().find(|(word, _)| *word == name) {
        return Some(match instead.starts_with('`') {
            true => format!("use {instead}"),
            false => format!("use `{instead}`"),
        });
    }
    // A slip of the hand in one of LiteLLM's own names. Providers have short names that are near to
    // each other, such as `top_k` and `top_p`.
    let kept = keys::params().filter(|known| known.len() > 5 && keys::knows("kept", known));
    let near = suggest::slip(name, kept)?;
    Some(format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn descriptions_limits_and_slips_are_told() {
        insta::assert_snapshot!(linted("parameter-sent-upstream", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, max_input_tokens: 5, supports_vision: true, rpm_limit: 3, additional_drop_param: [a]}}
"), @"
        warning[parameter-sent-upstream]: LiteLLM does not read `max_input_tokens` in `litellm_params`, but sends it to the provider with every request
          --> config.yaml:2:58 `max_input_tokens` sent to the provider
          help: move it into `model_info`
        warning[parameter-sent-upstream]: LiteLLM does not read `supports_vision` in `litellm_params`, but sends it to the provider with every request
          --> config.yaml:2:79 `supports_vision` sent to the provider
          help: move it into `model_info`
        warning[parameter-sent-upstream]: LiteLLM does not read `rpm_limit` in `litellm_params`, but sends it to the provider with every request
          --> config.yaml:2:102 `rpm_limit` sent to the provider
          help: use `rpm`
        ");
    }

    #[test]
    fn parameters_of_providers_are_silent() {
        insta::assert_snapshot!(linted("parameter-sent-upstream", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: ollama_chat/x, num_ctx: 8192, keep_alive: 5m, top_k: 40, think: true, extra_body: {a: 1}}}
"), @"");
    }
}
