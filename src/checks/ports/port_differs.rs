//! A provider listens where its service is registered.

use std::collections::BTreeMap;

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::{Locality, Port};
use crate::routing::address::Address;
use crate::source::Spanned;

use super::registry::{plain, services};

/// The record.
pub static RULE: Rule = Rule {
    name: "port-differs",
    stage: Stage::Ports,
    severity: Severity::Warning,
    summary: "a provider's address has another port than its entry in `ports.yaml`",
    page: include_str!("port_differs.md"),
};

/// Compares providers on the local network with the services of the same name; `-` and `_` are
/// equal in names, and so are upper and lower case.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let Some(ports) = &context.documents.ports else { return };
    let registered: BTreeMap<String, Spanned<Port>> =
        services(ports).map(|(name, _, port)| (plain(name.value), port)).collect();
    for provider in context.routing.providers.iter().filter(|provider| provider.active) {
        let Some(url) = provider.written.base_url.given() else { continue };
        let Ok(address) = Address::parse(url.value) else { continue };
        let Some(port) = registered.get(&plain(provider.name.value)) else { continue };
        if address.locality() != Locality::Local || address.port == port.value.0 {
            continue;
        }
        out.report(
            format!(
                "provider `{}` is asked at port {}, and `ports.yaml` says {}",
                provider.name.value, address.port, port.value.0
            ),
            url.span,
            "requests go to this port",
        )
        .also(port.span, "the service is registered on this port")
        .help("correct the one that is wrong");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn the_registry_says_another_port() {
        insta::assert_snapshot!(only("port-differs", "
--- ports.yaml
ollama: {port: 11435}
"), @r"
        warning[port-differs]: provider `ollama` is asked at port 11434, and `ports.yaml` says 11435
          --> providers.yaml:2:36 `\'http://127.0.0.1:11434\'` requests go to this port
          ::: ports.yaml:1:16 `11435` the service is registered on this port
          help: correct the one that is wrong
        ");
    }

    #[test]
    fn the_same_port_is_silent() {
        insta::assert_snapshot!(only("port-differs", "
--- ports.yaml
ollama: {port: 11434}
"), @"");
    }
}
