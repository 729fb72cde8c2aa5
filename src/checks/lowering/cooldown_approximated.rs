//! One cooldown for all deployments, where two are asked for.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "cooldown-approximated",
    stage: Stage::Lowering,
    severity: Severity::Info,
    summary: "one cooldown for all deployments, where two are asked for",
    page: include_str!("cooldown_approximated.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        let Lost::Cooldown { asked, used } = &loss.what else { continue };
        out.report(
            format!("deployments are left alone for {used} s here too, not for {asked} s"),
            loss.span,
            "the gateway has one cooldown for every kind of failure",
        )
        .help("use one duration in `error_based_routing` and `rate_limited_fallback`");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_at_its_place() {
        insta::assert_snapshot!(only("cooldown-approximated", r#"
--- model-mappings.yaml
special_cases:
  rate_limited_fallback: {enabled: true, fallback_duration_seconds: 60}
  error_based_routing: {enabled: true, error_threshold: 3, cooldown_seconds: 300}
"#), @"
        info[cooldown-approximated]: deployments are left alone for 300 s here too, not for 60 s
          --> model-mappings.yaml:2:3 `rate_limited_fallback` the gateway has one cooldown for every kind of failure
          help: use one duration in `error_based_routing` and `rate_limited_fallback`
        ");
    }

    #[test]
    fn what_the_gateway_can_do_is_silent() {
        insta::assert_snapshot!(only("cooldown-approximated", r#"
--- model-mappings.yaml
special_cases:
  rate_limited_fallback: {enabled: true, fallback_duration_seconds: 60}
  error_based_routing: {enabled: true, error_threshold: 3, cooldown_seconds: 60}
"#), @"");
    }
}
