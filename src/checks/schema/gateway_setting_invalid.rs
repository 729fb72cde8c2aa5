//! Settings of the gateway have values that it can work with.

use crate::diagnostic::suggest;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::keys::{Section, words};
use crate::source::{Scalar, Spanned};

use super::{Values, gateway_settings};

/// The record.
pub static RULE: Rule = Rule {
    name: "gateway-setting-invalid",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a setting under `gateway` has a value that the gateway cannot work with",
    page: include_str!("gateway_setting_invalid.md"),
};

/// Reports words that the pinned release does not know, and caches that are none. Values of a
/// wrong type are another rule's.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    for (section, entry) in gateway_settings::all(values) {
        let Some(given) = entry.value.given() else { continue };
        match (section, entry.name.value) {
            (Section::Router, "routing_strategy") => {
                let strategy = given.value.as_str().into_iter();
                unknown(strategy, "routing_strategy", given, "it does not start", out);
            }
            (Section::Router, "optional_pre_call_checks") => {
                let checks = given.value.as_array().into_iter().flatten();
                let checks = checks.filter_map(Scalar::as_str);
                unknown(checks, "optional_pre_call_checks", given, "it checks nothing", out);
            }
            (Section::Router, key @ ("retry_policy" | "allowed_fails_policy")) => {
                let kinds = given.value.as_object().into_iter().flatten();
                let kinds = kinds.map(|(kind, _)| kind.as_str());
                unknown(kinds, key, given, "it is ignored", out);
            }
            (Section::Litellm, "cache") => cache(values, given, out),
            (Section::Litellm, "cache_params") => cache_params(values, given, out),
            (Section::Router | Section::Litellm | Section::General, _) => {}
        }
    }
}

/// Reports the words among `written` that `setting` does not know.
fn unknown<'w>(
    written: impl Iterator<Item = &'w str>,
    setting: &str,
    given: Spanned<&Scalar>,
    so: &str,
    out: &mut Reporter<'_>,
) {
    for word in written.filter(|word| !words(setting).any(|known| known == *word)) {
        let finding = out.report(
            format!("LiteLLM knows no `{word}` in `{setting}`, so {so}"),
            given.span,
            "an unknown word",
        );
        let known: Vec<String> = words(setting).map(|word| format!("`{word}`")).collect();
        match suggest::nearest(word, words(setting)) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help(format!("write one of {}", known.join(", "))),
        };
    }
}

/// `cache: true` needs parameters that say which cache.
fn cache(values: &Values<'_>, given: Spanned<&Scalar>, out: &mut Reporter<'_>) {
    if *given.value == Scalar::Bool(true) && setting(values, "cache_params").is_none() {
        out.report(
            "the cache has no `cache_params`, so LiteLLM looks for a Redis and does not start \
             without one",
            given.span,
            "which cache?",
        )
        .help("add `cache_params: {type: local}`, or another type");
    }
}

fn cache_params(values: &Values<'_>, given: Spanned<&Scalar>, out: &mut Reporter<'_>) {
    let Some(params) = given.value.as_object() else { return };
    if setting(values, "cache").is_none_or(|cache| *cache != Scalar::Bool(true)) {
        out.report(
            "`cache_params` stand without `cache: true`, so nothing is cached",
            given.span,
            "without effect",
        )
        .help("add `cache: true`, or remove them");
        return;
    }
    match params.get("type") {
        Some(Scalar::String(kind)) if kind.starts_with("os.environ/") => {}
        Some(Scalar::String(kind)) => {
            unknown(
                std::iter::once(kind.as_str()),
                "cache_params",
                given,
                "it does not start",
                out,
            );
        }
        Some(_) | None => {
            out.report(
                "`cache_params` have no `type`, so the cache is one in memory, whatever else they \
                 say",
                given.span,
                "no `type`",
            )
            .help("add `type: redis`, or `type: local` when that is meant");
        }
    }
}

/// The value of a setting of the library.
fn setting<'v>(values: &'v Values<'_>, name: &str) -> Option<&'v Scalar> {
    let gateway = values.documents.project.gateway.value()?;
    let mut settings = gateway.litellm_settings.value()?.given();
    settings.find(|(key, _)| key.value == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn unknown_words_are_named() {
        insta::assert_snapshot!(only("gateway-setting-invalid", "
--- gwcfg.yaml
gateway:
  router_settings:
    routing_strategy: round-robin
    optional_pre_call_checks: [prompt_cache, enforce_model_rate_limits]
    retry_policy: {TimeoutRetries: 2, DefaultRetries: 1}
    allowed_fails_policy: {x: 1}
  litellm_settings: {cache: true, cache_params: {type: Redis}}
"), @"
        error[gateway-setting-invalid]: LiteLLM knows no `round-robin` in `routing_strategy`, so it does not start
          --> gwcfg.yaml:3:23 `round-robin` an unknown word
          help: write one of `cost-based-routing`, `lar1`, `latency-based-routing`, `least-busy`, `simple-shuffle`, `usage-based-routing`, `usage-based-routing-v2`
        error[gateway-setting-invalid]: LiteLLM knows no `prompt_cache` in `optional_pre_call_checks`, so it checks nothing
          --> gwcfg.yaml:4:31 `[prompt_cache, enforce_model_rate_limits]` an unknown word
          help: did you mean `prompt_caching`?
        error[gateway-setting-invalid]: LiteLLM knows no `TimeoutRetries` in `retry_policy`, so it is ignored
          --> gwcfg.yaml:5:19 `{TimeoutRetries: 2, DefaultRetries: 1}` an unknown word
          help: write one of `AuthenticationErrorRetries`, `BadRequestErrorRetries`, `ContentPolicyViolationErrorRetries`, `DefaultRetries`, `InternalServerErrorRetries`, `NotFoundErrorRetries`, `RateLimitErrorRetries`, `ServiceUnavailableErrorRetries`, `TimeoutErrorRetries`
        error[gateway-setting-invalid]: LiteLLM knows no `x` in `allowed_fails_policy`, so it is ignored
          --> gwcfg.yaml:6:27 `{x: 1}` an unknown word
          help: write one of `AuthenticationErrorAllowedFails`, `BadGatewayErrorAllowedFails`, `BadRequestErrorAllowedFails`, `ContentPolicyViolationErrorAllowedFails`, `InternalServerErrorAllowedFails`, `NotFoundErrorAllowedFails`, `RateLimitErrorAllowedFails`, `ServiceUnavailableErrorAllowedFails`, `TimeoutErrorAllowedFails`
        error[gateway-setting-invalid]: LiteLLM knows no `Redis` in `cache_params`, so it does not start
          --> gwcfg.yaml:7:49 `{type: Redis}` an unknown word
          help: did you mean `redis`?
        ");
    }

    #[test]
    fn caches_that_are_none_are_named() {
        let only = |cache: &str| {
            let text = format!("--- gwcfg.yaml\ngateway: {{litellm_settings: {{{cache}}}}}\n");
            only("gateway-setting-invalid", &text)
        };
        let all = [
            only("cache: true"),
            only("cache: true, cache_params: {host: h}"),
            only("cache_params: {type: redis}"),
            only("cache: false, cache_params: {type: redis}"),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        error[gateway-setting-invalid]: the cache has no `cache_params`, so LiteLLM looks for a Redis and does not start without one
          --> gwcfg.yaml:1:37 `true` which cache?
          help: add `cache_params: {type: local}`, or another type
        error[gateway-setting-invalid]: `cache_params` have no `type`, so the cache is one in memory, whatever else they say
          --> gwcfg.yaml:1:57 `{host: h}` no `type`
          help: add `type: redis`, or `type: local` when that is meant
        error[gateway-setting-invalid]: `cache_params` stand without `cache: true`, so nothing is cached
          --> gwcfg.yaml:1:44 `{type: redis}` without effect
          help: add `cache: true`, or remove them
        error[gateway-setting-invalid]: `cache_params` stand without `cache: true`, so nothing is cached
          --> gwcfg.yaml:1:58 `{type: redis}` without effect
          help: add `cache: true`, or remove them
        ");
    }

    #[test]
    fn values_that_work_are_silent() {
        insta::assert_snapshot!(only("gateway-setting-invalid", "
--- gwcfg.yaml
gateway:
  router_settings:
    routing_strategy: latency-based-routing
    optional_pre_call_checks: [enforce_model_rate_limits]
    retry_policy: {DefaultRetries: 1}
  litellm_settings: {cache: true, cache_params: {type: redis, host: h, port: 6379}}
"), @"");
    }
}
