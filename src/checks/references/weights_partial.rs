//! Either every member of a balanced group has a weight, or none.

use crate::checks::Context;
use crate::checks::words::MAX_LISTED;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::weights::{Member, groups, members, number, percent};

/// The record.
pub static RULE: Rule = Rule {
    name: "weights-partial",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "some members of a balanced group have a weight and some have none",
    page: include_str!("weights_partial.md"),
};

/// The weight of a member without one.
const DEFAULT: f64 = 1.0;

/// Reports balanced groups with members that have a weight and members that have none.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for group in groups(&context.documents.mappings) {
        let Some(members) = members(group) else { continue };
        let lacking = || members.iter().filter(|member| member.weight.is_none());
        let Some(first) = lacking().next() else { continue };
        let Some(least) = members.iter().find_map(|member| member.weight) else { continue };
        let weight = |member: &Member<'_>| member.weight.map_or(DEFAULT, |(weight, _)| weight);
        let sum: f64 = members.iter().map(weight).sum();
        let mut finding = out.report(
            format!(
                "`{}` has no weight in the group `{}`, where others have one: it counts as 1, \
                 beside {}",
                first.provider.value,
                group.name.value,
                number(least.0)
            ),
            first.provider.span,
            format!("no weight: {}", percent(DEFAULT, sum)),
        );
        for other in lacking().skip(1).take(MAX_LISTED) {
            finding = finding.also(other.provider.span, "no weight either");
        }
        let share = percent(least.0, sum);
        finding.also(least.1, share).help("give every member of the group a weight, or none");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    const PROVIDERS: &str = "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  vllm: {type: vllm, base_url: 'http://127.0.0.1:8000', status: active, models: [qwen3]}
  llama: {type: llama_cpp, base_url: 'http://127.0.0.1:8080', status: active, models: [gemma3]}
";

    fn with(mappings: &str) -> String {
        only("weights-partial", &format!("{PROVIDERS}--- model-mappings.yaml{mappings}"))
    }

    #[test]
    fn two_of_three_have_none() {
        insta::assert_snapshot!(with("
load_balancing:
  chat:
    providers:
      - {provider: ollama, weight: 0.5}
      - {provider: vllm}
      - {name: llama}
"), @"
        warning[weights-partial]: `vllm` has no weight in the group `chat`, where others have one: it counts as 1, beside 0.5
          --> model-mappings.yaml:5:20 `vllm` no weight: 40% of the requests
          ::: model-mappings.yaml:6:16 `llama` no weight either
          ::: model-mappings.yaml:4:36 `0.5` 20% of the requests
          help: give every member of the group a weight, or none
        ");
    }

    #[test]
    fn all_or_none_is_silent() {
        insta::assert_snapshot!(with("
load_balancing:
  all: {providers: [{provider: ollama, weight: 0.5}, {provider: vllm, weight: 0.5}]}
  none: {providers: [{provider: ollama}, {provider: vllm}]}
"), @"");
    }
}
