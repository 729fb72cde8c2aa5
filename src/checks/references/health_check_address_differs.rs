//! A provider's health is looked for where it is asked.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::address::{Address, canonical_host};

/// The record.
pub static RULE: Rule = Rule {
    name: "health-check-address-differs",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "an endpoint of `health_checks` has another host or port than its provider",
    page: include_str!("health_check_address_differs.md"),
};

/// Reports endpoints of active providers whose host or port is not that of `base_url`. Addresses
/// that are no URLs are not compared.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let health = context.documents.providers.health_checks.value();
    let health = health.filter(|health| health.enabled.value() != Some(&false));
    let endpoints = health.and_then(|health| health.endpoints.value());
    for entry in endpoints.into_iter().flat_map(|all| all.iter()) {
        let Some(endpoint) = entry.value.given() else { continue };
        let Some(provider) = context.routing.provider_named(entry.name.value) else { continue };
        let Some(url) = provider.written.base_url.given().filter(|_| provider.active) else {
            continue;
        };
        let (Ok(asked), Ok(address)) = (Address::parse(endpoint.value), Address::parse(url.value))
        else {
            continue;
        };
        if asked.same_place(&address) {
            continue;
        }
        let same_host = canonical_host(asked.host) == canonical_host(address.host);
        let (here, there) = if same_host {
            (format!("port {}", asked.port), format!("port {}", address.port))
        } else {
            let place = |address: &Address<'_>| format!("`{}:{}`", address.host, address.port);
            (place(&asked), place(&address))
        };
        out.report(
            format!(
                "the health of provider `{}` is looked for at {here}, and its requests go to \
                 {there}",
                provider.name.value
            ),
            endpoint.span,
            format!("this tells of {here}"),
        )
        .also(url.span, "the provider's address")
        .help("correct the one that is wrong");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn another_port_and_another_host() {
        insta::assert_snapshot!(only("health-check-address-differs", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  vllm: {type: vllm, base_url: 'http://gpu-box:8000/v1', status: active, models: [qwen3]}
health_checks:
  endpoints:
    ollama: http://localhost:11435/api/tags
    vllm: http://localhost:8000/health
"), @r"
        warning[health-check-address-differs]: the health of provider `ollama` is looked for at port 11435, and its requests go to port 11434
          --> providers.yaml:6:13 `http://localhost:11435/api/tags` this tells of port 11435
          ::: providers.yaml:2:36 `\'http://127.0.0.1:11434\'` the provider's address
          help: correct the one that is wrong
        warning[health-check-address-differs]: the health of provider `vllm` is looked for at `localhost:8000`, and its requests go to `gpu-box:8000`
          --> providers.yaml:7:11 `http://localhost:8000/health` this tells of `localhost:8000`
          ::: providers.yaml:3:32 `\'http://gpu-box:8000/v1\'` the provider's address
          help: correct the one that is wrong
        ");
    }

    #[test]
    fn the_same_place_and_inactive_providers_are_silent() {
        insta::assert_snapshot!(only("health-check-address-differs", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  cloud: {type: openai, base_url: 'https://api.openai.com/v1', status: active, models: [gpt-4o]}
  old: {type: vllm, base_url: 'http://localhost:CUSTOM_PORT', status: template}
  off: {type: vllm, base_url: 'http://localhost:8000', status: disabled, models: [qwen3]}
health_checks:
  endpoints:
    ollama: http://localhost:11434/api/tags
    cloud: https://api.openai.com:443/v1/models
    old: http://localhost:8000/health
    off: http://localhost:8001/health
"), @"");
    }
}
