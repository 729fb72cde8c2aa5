//! The cache is asked where it is registered.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::{GatewaySettings, Ports};
use crate::source::{Entries, Entry, Field, Scalar, Span};

use super::registry::{is_this_machine, named, services};

/// The record.
pub static RULE: Rule = Rule {
    name: "cache-port-differs",
    stage: Stage::Ports,
    severity: Severity::Warning,
    summary: "the gateway's Redis has another port than its entry in `ports.yaml`",
    page: include_str!("cache_port_differs.md"),
};

/// Names under which people register a Redis.
const CACHE: [&str; 6] = ["redis", "redis_server", "redis_cache", "redis_stack", "valkey", "cache"];

/// A Redis that the gateway's settings name, on this machine.
struct Configured {
    /// The setting.
    key: &'static str,
    /// Its port.
    port: u16,
    /// Where it is written.
    span: Span,
}

/// Compares every Redis of the gateway's settings with the services of such a name.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let documents = context.documents;
    let Some(ports) = &documents.ports else { return };
    let Some(gateway) = documents.project.gateway.value() else { return };
    for configured in configured(gateway) {
        report(ports, &configured, out);
    }
}

fn report(ports: &Ports<'_>, configured: &Configured, out: &mut Reporter<'_>) {
    let caches = || services(ports).filter(|(name, _, _)| named(name.value, &CACHE));
    if caches().any(|(_, _, port)| port.value.0 == configured.port) {
        return;
    }
    let Some((name, _, registered)) = caches().next() else { return };
    out.report(
        format!(
            "`{}` asks the cache at port {}, and `ports.yaml` registers `{}` on {}",
            configured.key, configured.port, name.value, registered.value.0
        ),
        configured.span,
        format!("the gateway asks port {}", configured.port),
    )
    .also(registered.span, "the cache is registered on this port")
    .help("correct the one that is wrong");
}

fn configured(gateway: &GatewaySettings<'_>) -> Vec<Configured> {
    let mut found = Vec::new();
    if let Some(entry) = entry(&gateway.litellm_settings, "cache_params")
        && let Some(params) = entry.value.value().and_then(Scalar::as_object)
    {
        let span = entry.name.span;
        let port = place(params.get("host"), params.get("port"));
        found.extend(port.map(|port| Configured { key: "cache_params", port, span }));
        let port = params.get("url").and_then(port_of_url);
        found.extend(port.map(|port| Configured { key: "cache_params", port, span }));
    }
    let router = &gateway.router_settings;
    let value = |key| entry(router, key).and_then(|entry| entry.value.value());
    if let Some(entry) = entry(router, "redis_port")
        && let Some(port) = place(value("redis_host"), entry.value.value())
    {
        let span = entry.value.span().unwrap_or(entry.name.span);
        found.push(Configured { key: "redis_port", port, span });
    }
    if let Some(entry) = entry(router, "redis_url")
        && let Some(port) = entry.value.value().and_then(port_of_url)
    {
        // The address may hold a password, so its key is shown instead.
        found.push(Configured { key: "redis_url", port, span: entry.name.span });
    }
    found
}

fn entry<'e, 'a>(
    section: &'e Field<Entries<'a, Scalar>>,
    key: &str,
) -> Option<&'e Entry<'a, Scalar>> {
    section.value()?.iter().find(|entry| entry.name.value == key)
}

/// The port of a host and a port, when the host is this machine.
fn place(host: Option<&Scalar>, port: Option<&Scalar>) -> Option<u16> {
    host?.as_str().filter(|host| is_this_machine(host))?;
    let port = port?;
    let number = port.as_u64().or_else(|| port.as_str()?.parse().ok())?;
    u16::try_from(number).ok()
}

/// The port of `redis://HOST:PORT`, when the host is this machine.
fn port_of_url(url: &Scalar) -> Option<u16> {
    let (scheme, rest) = url.as_str()?.split_once("://")?;
    if !matches!(scheme, "redis" | "rediss" | "valkey") {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    match place.rsplit_once(':') {
        // A colon inside the brackets of an IPv6 address is none before a port.
        Some((host, port)) if !port.contains(']') => {
            port.parse().ok().filter(|_| is_this_machine(host))
        }
        Some(_) | None => is_this_machine(place).then_some(DEFAULT_PORT),
    }
}

/// Redis listens here when nobody says otherwise.
const DEFAULT_PORT: u16 = 6379;

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn each_setting_is_compared() {
        insta::assert_snapshot!(only("cache-port-differs", "
--- gwcfg.yaml
gateway:
  litellm_settings:
    cache: true
    cache_params: {type: redis, host: localhost, port: 6380}
  router_settings: {redis_host: 127.0.0.1, redis_port: 6381}
--- ports.yaml
redis: {port: 6379}
"), @"
        warning[cache-port-differs]: `cache_params` asks the cache at port 6380, and `ports.yaml` registers `redis` on 6379
          --> gwcfg.yaml:4:5 `cache_params` the gateway asks port 6380
          ::: ports.yaml:1:15 `6379` the cache is registered on this port
          help: correct the one that is wrong
        warning[cache-port-differs]: `redis_port` asks the cache at port 6381, and `ports.yaml` registers `redis` on 6379
          --> gwcfg.yaml:5:56 `6381` the gateway asks port 6381
          ::: ports.yaml:1:15 `6379` the cache is registered on this port
          help: correct the one that is wrong
        ");
        insta::assert_snapshot!(only("cache-port-differs", "
--- gwcfg.yaml
gateway:
  litellm_settings:
    cache_params: {type: redis, url: 'redis://localhost'}
  router_settings: {redis_url: 'redis://:word@[::1]:6382/0'}
--- ports.yaml
redis-server: {port: 6380}
"), @"
        warning[cache-port-differs]: `cache_params` asks the cache at port 6379, and `ports.yaml` registers `redis-server` on 6380
          --> gwcfg.yaml:3:5 `cache_params` the gateway asks port 6379
          ::: ports.yaml:1:22 `6380` the cache is registered on this port
          help: correct the one that is wrong
        warning[cache-port-differs]: `redis_url` asks the cache at port 6382, and `ports.yaml` registers `redis-server` on 6380
          --> gwcfg.yaml:4:21 `redis_url` the gateway asks port 6382
          ::: ports.yaml:1:22 `6380` the cache is registered on this port
          help: correct the one that is wrong
        ");
    }

    #[test]
    fn the_same_port_and_other_hosts_are_silent() {
        insta::assert_snapshot!(only("cache-port-differs", "
--- gwcfg.yaml
gateway:
  litellm_settings:
    cache_params: {type: redis, host: os.environ/REDIS_HOST, port: 6380}
  router_settings: {redis_host: localhost, redis_port: '6379', redis_url: 'redis://cache.lan:1'}
--- ports.yaml
redis: {port: 6379}
redis_exporter: {port: 9121}
"), @"");
    }
}
