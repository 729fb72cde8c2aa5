//! A chain names each target once.

use crate::checks::Context;
use crate::checks::words::place_phrase;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "fallback-duplicate",
    stage: Stage::Fallbacks,
    severity: Severity::Warning,
    summary: "a fallback chain leads to the same target twice",
    page: include_str!("fallback_duplicate.md"),
};

/// Reports steps whose target stands earlier in the same chain, by whatever name.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for defect in &context.routing.defects {
        let Why::Repeated(first) = defect.why else { continue };
        if !defect.place.is_fallback() {
            continue;
        }
        let name = defect.name;
        out.report(
            format!(
                "{} tries `{}` twice; a target that failed is not tried again, so it is left out",
                place_phrase(defect),
                name.value
            ),
            name.span,
            "this has failed already when it is reached",
        )
        .also(first, "the same target, tried first")
        .help("remove it, or name another target");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_provider_and_its_only_model() {
        insta::assert_snapshot!(only("fallback-duplicate", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [qwen3, spare]}
"), @"
        warning[fallback-duplicate]: the fallback chain of `phi4` tries `spare` twice; a target that failed is not tried again, so it is left out
          --> model-mappings.yaml:4:25 `spare` this has failed already when it is reached
          ::: model-mappings.yaml:4:18 `qwen3` the same target, tried first
          help: remove it, or name another target
        ");
    }

    #[test]
    fn different_targets_are_silent() {
        insta::assert_snapshot!(only("fallback-duplicate", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [qwen3, gemma3]}
"), @"");
    }
}
