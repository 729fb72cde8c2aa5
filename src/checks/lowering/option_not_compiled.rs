//! An option that the gateway has no place for.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "option-not-compiled",
    stage: Stage::Lowering,
    severity: Severity::Warning,
    summary: "an option that the gateway has no place for",
    page: include_str!("option_not_compiled.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        if let Lost::Option { key, owner, why } = &loss.what {
            let text = format!("`{key}` of `{owner}` has no effect: {why}");
            out.report(text, loss.span, "not compiled")
                .help("remove it, or set it where it is read");
        }
        if let Lost::ModelOption { option, models, first } = &loss.what {
            let whose = match models {
                1 => format!("`{first}`"),
                _ => format!("`{first}` and {} more", models - 1),
            };
            let text = format!(
                "option `{option}` of {whose} is not sent: the server is not known to read it"
            );
            out.report(text, loss.span, "not sent to the server")
                .help("set it in the server's own configuration, or correct its spelling");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_at_its_place() {
        insta::assert_snapshot!(only("option-not-compiled", r#"
--- model-mappings.yaml
fallback_chains:
  phi4: {chain: [], retry_delay_ms: 500}
"#), @"
        warning[option-not-compiled]: `retry_delay_ms` of `phi4` has no effect: LiteLLM waits 0.5 s and doubles it, for every name alike
          --> model-mappings.yaml:2:37 `500` not compiled
          help: remove it, or set it where it is read
        ");
    }

    #[test]
    fn each_option_of_models_is_told_of_once() {
        insta::assert_snapshot!(only("option-not-compiled", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models:
      - {name: phi4, options: {num_ctx: 8192, num_gpu_layers: -1, weight: 3}}
      - {name: qwen3, options: {num_gpu_layers: -1}}
"#), @"
        warning[option-not-compiled]: option `num_gpu_layers` of `phi4` and 1 more is not sent: the server is not known to read it
          --> providers.yaml:7:47 `num_gpu_layers` not sent to the server
          help: set it in the server's own configuration, or correct its spelling
        warning[option-not-compiled]: option `weight` of `phi4` is not sent: the server is not known to read it
          --> providers.yaml:7:67 `weight` not sent to the server
          help: set it in the server's own configuration, or correct its spelling
        ");
    }

    #[test]
    fn prices_of_unlisted_models_and_unmet_minimums_are_told_of() {
        insta::assert_snapshot!(only("option-not-compiled", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, {name: qwen3, context_length: 40960}]
    cost_per_1k_tokens: {phi: 0.1, phi4: 0.1}
--- model-mappings.yaml
capabilities:
  long: {preferred_models: [qwen3, phi4], min_context: 32768}
  longer: {preferred_models: [qwen3], min_context: 32768}
load_balancing:
  strategies: {least_loaded: [long]}
  chat:
    providers: [{provider: ollama, preferred_model: phi4}]
    parameters: {window: 5}
"#), @"
        warning[option-not-compiled]: `min_context` of `long` has no effect: its models are named, and not all of them are known to meet it
          --> model-mappings.yaml:2:56 `32768` not compiled
          help: remove it, or set it where it is read
        warning[option-not-compiled]: `strategies` of `load_balancing` has no effect: a name's strategy is read where its providers are
          --> model-mappings.yaml:5:3 `strategies` not compiled
          help: remove it, or set it where it is read
        warning[option-not-compiled]: `parameters` of `chat` has no effect: LiteLLM's strategies have parameters of their own
          --> model-mappings.yaml:8:17 `{window: 5}` not compiled
          help: remove it, or set it where it is read
        warning[option-not-compiled]: `cost_per_1k_tokens` of `ollama` has no effect: it names a model that the provider does not list
          --> providers.yaml:7:26 `phi` not compiled
          help: remove it, or set it where it is read
        ");
    }

    #[test]
    fn what_the_gateway_can_do_is_silent() {
        insta::assert_snapshot!(only("option-not-compiled", r#"
--- model-mappings.yaml
fallback_chains:
  phi4: {chain: []}
"#), @"");
    }
}
