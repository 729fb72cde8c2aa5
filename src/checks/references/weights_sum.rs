//! Weights that are fractions make a whole.

use crate::checks::Context;
use crate::checks::words::MAX_LISTED;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::weights::{groups, members, number, percent};

/// The record.
pub static RULE: Rule = Rule {
    name: "weights-sum",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "the weights of a balanced group are fractions that do not sum to 1",
    page: include_str!("weights_sum.md"),
};

/// How far from 1 a sum may be: decimal fractions are not exact in binary.
const TOLERANCE: f64 = 1e-6;

/// Reports balanced groups whose every member has a weight, not all of them whole numbers, and
/// whose weights do not sum to 1. Whole numbers are a ratio, like 3 and 1.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for group in groups(&context.documents.mappings) {
        let Some(members) = members(group) else { continue };
        let (mut sum, mut whole, mut all) = (0.0, true, true);
        for member in &members {
            match member.weight {
                Some((weight, _)) => {
                    sum += weight;
                    whole &= weight.fract() == 0.0;
                }
                None => all = false,
            }
        }
        if whole || !all || (sum - 1.0_f64).abs() <= TOLERANCE {
            continue;
        }
        let name = group.name;
        let mut finding = out.report(
            format!(
                "the weights of `{}` sum to {}, not to 1: each is taken as its part of the sum, so \
                 no member gets the share that is written",
                name.value,
                number(sum)
            ),
            name.span,
            format!("these weights sum to {}", number(sum)),
        );
        for (weight, span) in members.iter().filter_map(|member| member.weight).take(MAX_LISTED) {
            finding = finding.also(span, percent(weight, sum));
        }
        finding
            .help("make the fractions sum to 1, or write whole numbers for a ratio, like 3 and 1");
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
        only("weights-sum", &format!("{PROVIDERS}--- model-mappings.yaml{mappings}"))
    }

    #[test]
    fn fractions_of_no_whole() {
        insta::assert_snapshot!(with("
load_balancing:
  chat:
    providers:
      - {provider: ollama, weight: 0.6}
      - {provider: vllm, weight: 0.3}
"), @"
        warning[weights-sum]: the weights of `chat` sum to 0.9, not to 1: each is taken as its part of the sum, so no member gets the share that is written
          --> model-mappings.yaml:2:3 `chat` these weights sum to 0.9
          ::: model-mappings.yaml:4:36 `0.6` 67% of the requests
          ::: model-mappings.yaml:5:34 `0.3` 33% of the requests
          help: make the fractions sum to 1, or write whole numbers for a ratio, like 3 and 1
        ");
    }

    #[test]
    fn sums_of_one_ratios_and_groups_without_weights_are_silent() {
        insta::assert_snapshot!(with("
load_balancing:
  tenths: {providers: [{provider: ollama, weight: 0.1}, {provider: vllm, weight: 0.2},
    {provider: llama, weight: 0.7}]}
  ratio: {providers: [{provider: ollama, weight: 3}, {provider: vllm, weight: 1.0}]}
  percent: {providers: [{provider: ollama, weight: 70}, {provider: vllm, weight: 30}]}
  equal: {providers: [{provider: ollama}, {provider: vllm}]}
  partial: {providers: [{provider: ollama, weight: 0.5}, {provider: vllm}]}
"), @"");
    }

    #[test]
    fn a_section_that_is_off_is_silent() {
        insta::assert_snapshot!(with("
load_balancing:
  enabled: false
  chat: {providers: [{provider: ollama, weight: 0.6}, {provider: vllm, weight: 0.3}]}
"), @"");
    }
}
