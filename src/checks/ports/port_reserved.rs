//! A reserved port stays free.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::address::Address;
use crate::source::{Name, Span};

use super::registry::{is_this_machine, plain, reserved, services};

/// The record.
pub static RULE: Rule = Rule {
    name: "port-reserved",
    stage: Stage::Ports,
    severity: Severity::Warning,
    summary: "a service or an active provider uses a port that is reserved for another",
    page: include_str!("port_reserved.md"),
};

/// Reports services and active providers of this machine on a reserved port, where they are not
/// what it is reserved for.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let Some(ports) = &context.documents.ports else { return };
    let mut kept: BTreeMap<u16, Name<'_>> = BTreeMap::new();
    for (name, _, port) in reserved(ports) {
        kept.entry(port.value.0).or_insert(name);
    }
    if kept.is_empty() {
        return;
    }
    let mut registered = BTreeSet::new();
    for (name, _, port) in services(ports) {
        registered.insert(port.value.0);
        report("service", name, (port.value.0, port.span), &kept, out);
    }
    for provider in context.routing.providers.iter().filter(|provider| provider.active) {
        let Some(url) = provider.written.base_url.given() else { continue };
        let Ok(address) = Address::parse(url.value) else { continue };
        // A service on this port has been told of already.
        if is_this_machine(address.host) && !registered.contains(&address.port) {
            report("provider", provider.name, (address.port, url.span), &kept, out);
        }
    }
}

fn report(
    what: &str,
    name: Name<'_>,
    (port, span): (u16, Span),
    kept: &BTreeMap<u16, Name<'_>>,
    out: &mut Reporter<'_>,
) {
    let Some(owner) = kept.get(&port) else { return };
    if plain(owner.value) == plain(name.value) {
        return;
    }
    out.report(
        format!(
            "{what} `{}` is on port {port}, which is reserved for `{}`: the two cannot run \
             together",
            name.value, owner.value
        ),
        span,
        "this port is taken in advance",
    )
    .also(owner.span, "reserved here")
    .help("give one of them another port, or remove the reservation");
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_service_and_a_provider_on_reserved_ports() {
        insta::assert_snapshot!(only("port-reserved", "
--- ports.yaml
vllm: {port: 8004}
reserved:
  embedding: {port: 8004}
  testing: {port: 11434}
"), @r"
        warning[port-reserved]: service `vllm` is on port 8004, which is reserved for `embedding`: the two cannot run together
          --> ports.yaml:1:14 `8004` this port is taken in advance
          ::: ports.yaml:3:3 `embedding` reserved here
          help: give one of them another port, or remove the reservation
        warning[port-reserved]: provider `ollama` is on port 11434, which is reserved for `testing`: the two cannot run together
          --> providers.yaml:2:36 `\'http://127.0.0.1:11434\'` this port is taken in advance
          ::: ports.yaml:4:3 `testing` reserved here
          help: give one of them another port, or remove the reservation
        ");
    }

    #[test]
    fn a_service_is_told_of_once() {
        insta::assert_snapshot!(only("port-reserved", "
--- ports.yaml
ollama: {port: 11434}
reserved:
  testing: {port: 11434}
"), @"
        warning[port-reserved]: service `ollama` is on port 11434, which is reserved for `testing`: the two cannot run together
          --> ports.yaml:1:16 `11434` this port is taken in advance
          ::: ports.yaml:3:3 `testing` reserved here
          help: give one of them another port, or remove the reservation
        ");
        insta::assert_snapshot!(only("port-conflict", "
--- ports.yaml
ollama: {port: 11434}
reserved:
  testing: {port: 11434}
"), @"");
    }

    #[test]
    fn free_ports_other_machines_and_owners_are_silent() {
        insta::assert_snapshot!(only("port-reserved", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  far: {type: ollama, base_url: 'http://10.0.0.7:8004', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:8003', status: disabled, models: [gemma3]}
  web-ui: {type: ollama, base_url: 'http://127.0.0.1:5001', status: active, models: [mistral]}
--- ports.yaml
ollama: {port: 11434}
reserved:
  embedding: {port: 8004}
  testing: {port: 8003}
  web_ui: {port: 5001}
"), @"");
    }
}
