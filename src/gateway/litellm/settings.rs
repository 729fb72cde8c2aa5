//! The settings that are no routing: the project's own under `gateway`, and what the sources say
//! of failing providers.

use crate::document::SpecialCase;
use crate::routing::{Documents, Routing};
use crate::source::{Entries, Field, Scalar, Span, secrets};

use super::keys::{self, Section};
use super::{Loss, Lost};

/// One key of a section.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting<'a> {
    /// LiteLLM's key.
    pub key: &'a str,
    /// Its value.
    pub value: Scalar,
    /// Where it comes from.
    pub origin: Option<Span>,
}

/// The three sections.
pub(super) struct Settings<'a> {
    pub(super) router: Vec<Setting<'a>>,
    pub(super) litellm: Vec<Setting<'a>>,
    pub(super) general: Vec<Setting<'a>>,
}

/// Kinds of failure after which LiteLLM leaves a deployment alone. With a policy set, a kind that
/// it does not name falls back to three failures, so all of them are named.
const COUNTED_FAILURES: [&str; 6] = [
    "InternalServerErrorAllowedFails",
    "ServiceUnavailableErrorAllowedFails",
    "BadGatewayErrorAllowedFails",
    "TimeoutErrorAllowedFails",
    "AuthenticationErrorAllowedFails",
    "NotFoundErrorAllowedFails",
];

const RATE_LIMITED: &str = "RateLimitErrorAllowedFails";

pub(super) fn settings<'a>(
    documents: &'a Documents<'a>,
    routing: &Routing<'a>,
    (mut general, shares): (Vec<Setting<'a>>, bool),
    losses: &mut Vec<Loss<'a>>,
) -> Settings<'a> {
    let own = |key, value: Scalar| Setting { key, value, origin: None };
    let mut router = vec![
        own("routing_strategy", "simple-shuffle".into()),
        // A name that has somewhere else to go goes there at once; the others get their retries
        // with their deployments.
        own("num_retries", 0.into()),
    ];
    if shares {
        // Every member is tried before the chain of its name, which is for a group that fails.
        router.push(own("enable_weighted_failover", true.into()));
    }
    cooldown(documents, &mut router, losses);
    let limited = routing.deployments.iter().any(|deployment| {
        let provider = routing.provider(deployment.provider);
        deployment.limits.is_some()
            || provider.and_then(|row| row.written.rate_limits.value()).is_some_and(|limits| {
                limits.requests_per_minute.value().is_some()
                    || limits.tokens_per_minute.value().is_some()
            })
    });
    if limited {
        // Without this check `rpm` and `tpm` limit nothing under simple-shuffle.
        let checks = vec![Scalar::from("enforce_model_rate_limits")];
        router.push(own("optional_pre_call_checks", checks.into()));
    }
    let contexts = routing
        .models
        .iter()
        .any(|model| model.details.is_some_and(|details| details.context_length.value().is_some()));
    if contexts {
        router.push(own("enable_pre_call_checks", true.into()));
    }
    let mut litellm = Vec::new();
    if let Some(gateway) = documents.project.gateway.value() {
        merge(&mut router, Section::Router, &gateway.router_settings);
        merge(&mut litellm, Section::Litellm, &gateway.litellm_settings);
        merge(&mut general, Section::General, &gateway.general_settings);
    }
    bound_redis(&mut litellm);
    if !general.iter().any(|setting| setting.key == "master_key")
        && let Some(first) = routing.providers.first()
    {
        losses.push(Loss { span: first.name.span, what: Lost::MasterKey });
    }
    Settings { router, litellm, general }
}

/// Seconds that the cache may take to answer. Without a limit a Redis that takes connections and
/// never answers keeps the proxy from getting ready (more than 120 s on 1.106.2; 24 s with this).
const CACHE_SECONDS: f64 = 0.5;

/// Gives a cache in Redis its limit, unless a person has set one.
fn bound_redis(settings: &mut [Setting<'_>]) {
    let params = settings.iter_mut().find(|setting| setting.key == "cache_params");
    let Some(Scalar::Object(params)) = params.map(|params| &mut params.value) else { return };
    let is_redis = params.get("type").and_then(Scalar::as_str) == Some("redis");
    if is_redis && !params.contains_key("socket_timeout") {
        params.insert("socket_timeout".to_owned(), CACHE_SECONDS.into());
    }
}

/// A value without the literal secrets in it, which have a finding of their own and never reach an
/// output; `None` when nothing is left.
fn without_secrets(key: &str, value: &Scalar) -> Option<Scalar> {
    match value {
        Scalar::String(text) => (!secrets::is_literal(key, text)).then(|| value.clone()),
        Scalar::Number(number) => {
            (!secrets::is_literal(key, &number.to_string())).then(|| value.clone())
        }
        Scalar::Array(items) => {
            Some(items.iter().filter_map(|item| without_secrets(key, item)).collect())
        }
        Scalar::Object(entries) => {
            let kept = entries.iter().filter(|(key, _)| !secrets::has_shape(key));
            let kept = kept
                .filter_map(|(key, value)| Some((key.clone(), without_secrets(key, value)?)))
                .collect();
            Some(Scalar::Object(kept))
        }
        Scalar::Null | Scalar::Bool(_) => Some(value.clone()),
    }
}

/// What a person set wins over what gwcfg would set, in its place. Of two lists of checks both
/// count: the limits of the sources would limit nothing else.
fn merge<'a>(
    settings: &mut Vec<Setting<'a>>,
    section: Section,
    written: &'a Field<Entries<'a, Scalar>>,
) {
    for entry in written.value().into_iter().flat_map(|all| all.iter()) {
        let Some(given) = entry.value.given() else { continue };
        let key = entry.name.value;
        if !keys::is_written(section, key) {
            continue;
        }
        let Some(value) = without_secrets(key, given.value) else { continue };
        let setting = Setting { key, value, origin: Some(given.span) };
        match settings.iter_mut().find(|known| known.key == setting.key) {
            Some(known) => {
                let own = std::mem::replace(known, setting);
                if let (Scalar::Array(items), Scalar::Array(own)) = (&mut known.value, own.value) {
                    items.extend(
                        own.into_iter().filter(|item| !items.contains(item)).collect::<Vec<_>>(),
                    );
                }
            }
            None => settings.push(setting),
        }
    }
}

fn cooldown<'a>(
    documents: &'a Documents<'a>,
    router: &mut Vec<Setting<'a>>,
    losses: &mut Vec<Loss<'a>>,
) {
    let mut errors: Option<(u32, f64, Span)> = None;
    let mut limits: Option<(f64, Span)> = None;
    let cases = documents.mappings.special_cases.value();
    for entry in cases.into_iter().flat_map(|all| all.iter()) {
        let Some(case) = entry.value.value() else { continue };
        if case.enabled.value() == Some(&false) {
            continue;
        }
        match entry.name.value {
            "error_based_routing" => errors = Some(error_based(case, entry.name.span)),
            "rate_limited_fallback" => {
                let seconds = case.fallback_duration_seconds.value().map_or(60.0, |n| n.0);
                limits = Some((seconds, entry.name.span));
            }
            name => {
                let what = Lost::SpecialCase { name };
                losses.push(Loss { span: entry.name.span, what });
            }
        }
    }
    let used = errors.map_or(0.0, |(_, seconds, _)| seconds);
    let used = used.max(limits.map_or(0.0, |(seconds, _)| seconds));
    let mut policy = serde_json::Map::new();
    if let Some((fails, asked, span)) = errors {
        for kind in COUNTED_FAILURES {
            policy.insert(kind.to_owned(), fails.into());
        }
        policy.insert(RATE_LIMITED.to_owned(), fails.into());
        note_difference(asked, used, span, losses);
    }
    if let Some((asked, span)) = limits {
        policy.insert(RATE_LIMITED.to_owned(), 0.into());
        note_difference(asked, used, span, losses);
    }
    let Some(origin) = errors.map(|(_, _, span)| span).or(limits.map(|(_, span)| span)) else {
        return;
    };
    let origin = Some(origin);
    router.push(Setting { key: "allowed_fails_policy", value: policy.into(), origin });
    router.push(Setting { key: "cooldown_time", value: used.into(), origin });
}

fn note_difference(asked: f64, used: f64, span: Span, losses: &mut Vec<Loss<'_>>) {
    if (asked - used).abs() > f64::EPSILON {
        losses.push(Loss { span, what: Lost::Cooldown { asked, used } });
    }
}

/// LiteLLM leaves a deployment alone at the failure *after* the allowed ones.
fn error_based(case: &SpecialCase, span: Span) -> (u32, f64, Span) {
    let threshold = case.error_threshold.value().copied().unwrap_or(3);
    let seconds = case.cooldown_seconds.value().map_or(60.0, |seconds| seconds.0);
    (threshold.saturating_sub(1), seconds, span)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parameters of a cache after `bound_redis`.
    fn bounded(params: &str) -> String {
        let value = serde_json::from_str(params).unwrap();
        let mut settings = [Setting { key: "cache_params", value, origin: None }];
        bound_redis(&mut settings);
        settings[0].value.to_string()
    }

    #[test]
    fn a_cache_in_redis_has_a_limit_and_a_person_may_set_it() {
        let redis = r#"{"type":"redis","host":"h"}"#;
        assert_eq!(bounded(redis), r#"{"type":"redis","host":"h","socket_timeout":0.5}"#);
        let own = r#"{"type":"redis","socket_timeout":3}"#;
        assert_eq!(bounded(own), own);
        assert_eq!(bounded(r#"{"type":"local"}"#), r#"{"type":"local"}"#);
    }

    #[test]
    fn secrets_are_left_out_however_deep_they_stand() {
        let kept = |key: &str, json: &str| {
            let value = serde_json::from_str(json).unwrap();
            without_secrets(key, &value).map(|kept| kept.to_string())
        };
        assert_eq!(kept("master_key", r#""hunter2""#), None);
        assert_eq!(kept("redis_password", "1234"), None);
        assert_eq!(kept("database_url", r#""postgresql://me:pw@h""#), None);
        let nested = r#"[{"a":{"api_key":"x1","b":1}},"sk-0123456789abcdef"]"#;
        assert_eq!(kept("any", nested).as_deref(), Some(r#"[{"a":{"b":1}}]"#));
        let reference = r#""os.environ/KEY""#;
        assert_eq!(kept("master_key", reference).as_deref(), Some(reference));
    }
}
