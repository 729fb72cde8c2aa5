//! Somebody in a balanced group has a share.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "weights-all-zero",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "every weight of a balanced group is zero",
    page: include_str!("weights_all_zero.md"),
};

/// Reports balanced groups of which no member would be asked.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for defect in &context.routing.defects {
        if defect.why != Why::NoWeight {
            continue;
        }
        let name = defect.name;
        out.report(
            format!("every weight of `{}` is zero, so the name is left out", name.value),
            name.span,
            "no member of this group has a share of the requests",
        )
        .help("give a member a weight above zero, or remove all weights to share equally");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn nobody_has_a_share() {
        insta::assert_snapshot!(only("weights-all-zero", "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
load_balancing:
  chat:
    providers:
      - {provider: ollama, preferred_model: phi4, weight: 0}
      - {provider: ollama, preferred_model: qwen3, weight: 0}
"), @"
        error[weights-all-zero]: every weight of `chat` is zero, so the name is left out
          --> model-mappings.yaml:2:3 `chat` no member of this group has a share of the requests
          help: give a member a weight above zero, or remove all weights to share equally
        ");
    }

    #[test]
    fn one_share_is_enough() {
        insta::assert_snapshot!(only("weights-all-zero", "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
load_balancing:
  chat:
    providers:
      - {provider: ollama, preferred_model: phi4, weight: 1}
      - {provider: ollama, preferred_model: qwen3, weight: 0}
"), @"");
    }
}
