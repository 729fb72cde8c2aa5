//! Nothing falls back to itself.

use crate::checks::Context;
use crate::checks::words::place_phrase;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "fallback-self",
    stage: Stage::Fallbacks,
    severity: Severity::Warning,
    summary: "a fallback is the name whose fallback it is",
    page: include_str!("fallback_self.md"),
};

/// Reports steps that lead to the name that has just failed.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for defect in &context.routing.defects {
        if defect.why != Why::Itself {
            continue;
        }
        let name = defect.name;
        let finding = out.report(
            format!(
                "{} leads to the name itself, which has just failed then, so it is left out",
                place_phrase(defect)
            ),
            name.span,
            "this is tried before any fallback",
        );
        let finding = match defect.owner {
            Some(owner) => finding.also(owner.span, "the name whose fallback this is"),
            None => finding,
        };
        finding.help("remove it; for further attempts at the same name use `retry_attempts`");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_chain_names_its_owner() {
        insta::assert_snapshot!(only("fallback-self", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [phi4, qwen3]}
"), @"
        warning[fallback-self]: the fallback chain of `phi4` leads to the name itself, which has just failed then, so it is left out
          --> model-mappings.yaml:4:18 `phi4` this is tried before any fallback
          ::: model-mappings.yaml:4:3 `phi4` the name whose fallback this is
          help: remove it; for further attempts at the same name use `retry_attempts`
        ");
    }

    #[test]
    fn another_name_is_silent() {
        insta::assert_snapshot!(only("fallback-self", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [qwen3], retry_attempts: 2}
"), @"");
    }
}
