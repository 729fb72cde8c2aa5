//! A provider's health is looked for at an address.

use crate::checks::Context;
use crate::checks::words::address_mistake;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::address::{Address, AddressError};
use crate::source::Entries;
use crate::source::secrets::has_shape;

/// The record.
pub static RULE: Rule = Rule {
    name: "health-check-address-invalid",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "a health check of an active provider asks no address",
    page: include_str!("health_check_address_invalid.md"),
};

/// Reports endpoints of active providers that are no URLs, and `health_endpoint`s that are no
/// paths. The text itself is not repeated in the message, since it may hold a password.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for provider in context.routing.providers.iter().filter(|provider| provider.active) {
        let Some(path) = provider.written.health_endpoint.given() else { continue };
        let Some((what, help)) = path_mistake(path.value) else { continue };
        out.report(
            format!("`health_endpoint` of provider `{}` {what}", provider.name.value),
            path.span,
            "no path behind `base_url`",
        )
        .help(help);
    }
    let health = context.documents.providers.health_checks.value();
    let health = health.filter(|health| health.enabled.value() != Some(&false));
    let endpoints = health.and_then(|health| health.endpoints.value());
    for entry in endpoints.into_iter().flat_map(Entries::iter) {
        let Some(endpoint) = entry.value.given() else { continue };
        let provider = context.routing.provider_named(entry.name.value);
        if !provider.is_some_and(|provider| provider.active) {
            continue;
        }
        let Err(error) = Address::parse(endpoint.value) else { continue };
        // A password has a finding of its own.
        if error == AddressError::UserInfo && has_shape(endpoint.value) {
            continue;
        }
        let (what, help) = address_mistake(error);
        out.report(
            format!(
                "the health check of provider `{}` {what}, so it asks nobody",
                entry.name.value
            ),
            endpoint.span,
            "no usable URL",
        )
        .help(help);
    }
}

/// What is wrong with a path that is joined to an address, and what to do.
fn path_mistake(path: &str) -> Option<(&'static str, &'static str)> {
    let path = path.trim();
    if !path.starts_with('/') {
        return Some(if path.contains("://") {
            (
                "is a whole address, and `base_url` is written before it",
                "write the path alone, like `/health`",
            )
        } else {
            (
                "does not begin with `/`, so it runs into the address before it",
                "write it like `/health`",
            )
        });
    }
    Address::parse(&format!("http://localhost{path}")).is_err().then_some((
        "has a character that no URL has, so it asks nobody",
        "remove the character, or write it as `%XX`",
    ))
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn each_mistake_is_named() {
        insta::assert_snapshot!(only("health-check-address-invalid", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, health_endpoint: api/tags}
  b: {type: vllm, base_url: 'http://127.0.0.1:2', status: active,
    health_endpoint: 'http://127.0.0.1:2/health'}
  c: {type: vllm, base_url: 'http://127.0.0.1:3', status: active, health_endpoint: /a b}
health_checks:
  endpoints: {a: /api/tags, b: '127.0.0.1:2/health', c: 'http://127.0.0.1:70000/health'}
"), @r"
        warning[health-check-address-invalid]: `health_endpoint` of provider `a` does not begin with `/`, so it runs into the address before it
          --> providers.yaml:2:86 `api/tags` no path behind `base_url`
          help: write it like `/health`
        warning[health-check-address-invalid]: `health_endpoint` of provider `b` is a whole address, and `base_url` is written before it
          --> providers.yaml:4:22 `\'http://127.0.0.1:2/health\'` no path behind `base_url`
          help: write the path alone, like `/health`
        warning[health-check-address-invalid]: `health_endpoint` of provider `c` has a character that no URL has, so it asks nobody
          --> providers.yaml:5:84 `/a b` no path behind `base_url`
          help: remove the character, or write it as `%XX`
        warning[health-check-address-invalid]: the health check of provider `a` does not begin with `http://` or `https://`, so it asks nobody
          --> providers.yaml:7:18 `/api/tags` no usable URL
          help: write the whole address, like `http://127.0.0.1:11434`
        warning[health-check-address-invalid]: the health check of provider `b` does not begin with `http://` or `https://`, so it asks nobody
          --> providers.yaml:7:32 `\'127.0.0.1:2/health\'` no usable URL
          help: write the whole address, like `http://127.0.0.1:11434`
        warning[health-check-address-invalid]: the health check of provider `c` has a port that is no number from 1 to 65535, so it asks nobody
          --> providers.yaml:7:57 `\'http://127.0.0.1:70000/health\'` no usable URL
          help: write a port that exists
        ");
    }

    #[test]
    fn addresses_and_inactive_providers_are_silent() {
        insta::assert_snapshot!(only("health-check-address-invalid", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, health_endpoint: /api/tags?a=b}
  b: {type: vllm, base_url: 'http://127.0.0.1:2', status: template, health_endpoint: soon}
health_checks:
  endpoints: {a: 'http://127.0.0.1:1/api/tags', b: soon}
"), @"");
        insta::assert_snapshot!(only("health-check-address-invalid", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active}
health_checks: {enabled: false, endpoints: {a: soon}}
"), @"");
    }
}
