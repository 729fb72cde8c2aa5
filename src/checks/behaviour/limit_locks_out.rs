//! A limit of the sources that counts as a failure of the provider.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::Lowered;
use crate::routing::{Deployment, Routing};
use crate::source::Span;

use super::{allowed_fails, cooldown, only, router_setting};

/// The record.
pub static RULE: Rule = Rule {
    name: "limit-locks-out",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a limit of one minute that locks a deployment out for longer",
    page: include_str!("limit_locks_out.md"),
};

/// A limit counts requests in a minute.
const MINUTE: f64 = 60.0;

/// Reports all such limits in one finding, at what leaves deployments alone.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    let seconds = cooldown(lowered);
    let at_once = allowed_fails(lowered, "RateLimitErrorAllowedFails") == Some(0);
    let policy = router_setting(lowered, "allowed_fails_policy");
    let Some(span) = policy.and_then(|policy| policy.origin) else { return };
    if !at_once || seconds <= MINUTE {
        return;
    }
    let routing = lowered.routing;
    let limited = routing.public_groups().filter_map(|group| {
        let member = only(lowered, group)?;
        Some((routing.names.text(group.name), limit(routing, member)?))
    });
    let mut limited = limited.peekable();
    let Some(&(first, place)) = limited.peek() else { return };
    let whose = match limited.count() {
        1 => format!("`{first}`"),
        count => format!("`{first}` (and of {} more)", count - 1),
    };
    let text = format!(
        "the first request over the limit of {whose} locks it out for {seconds} s, not for the \
         rest of the minute: the gateway counts its own limit as a failure"
    );
    out.report(text, span, "what is rate limited is left alone")
        .also(place, "a limit of this project")
        .help("use 60 s or less for both special cases, or leave the limit to the provider");
}

fn limit(routing: &Routing<'_>, member: &Deployment) -> Option<Span> {
    let own = routing.limits_of(member).and_then(|own| own.rpm.span().or(own.tpm.span()));
    own.or_else(|| {
        let limits = routing.provider(member.provider)?.written.rate_limits.value()?;
        limits.requests_per_minute.span().or(limits.tokens_per_minute.span())
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn limits_are_told_together() {
        insta::assert_snapshot!(only("limit-locks-out", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
special_cases:
  rate_limited_fallback: {enabled: true, fallback_duration_seconds: 300}
exact_matches:
  phi4: {provider: ollama, rate_limit: {rpm: 10}}
fallback_chains:
  default: {chain: [qwen3]}
"#), @"
        warning[limit-locks-out]: the first request over the limit of `phi4` locks it out for 300 s, not for the rest of the minute: the gateway counts its own limit as a failure
          --> model-mappings.yaml:2:3 `rate_limited_fallback` what is rate limited is left alone
          ::: model-mappings.yaml:4:46 `10` a limit of this project
          help: use 60 s or less for both special cases, or leave the limit to the provider
        ");
    }

    #[test]
    fn a_minute_is_what_a_limit_means() {
        insta::assert_snapshot!(only("limit-locks-out", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
--- model-mappings.yaml
special_cases:
  rate_limited_fallback: {enabled: true, fallback_duration_seconds: 60}
exact_matches:
  phi4: {provider: ollama, rate_limit: {rpm: 10}}
fallback_chains:
  default: {chain: [qwen3]}
"#), @"");
    }
}
