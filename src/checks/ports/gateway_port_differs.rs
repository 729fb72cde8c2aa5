//! The gateway is asked where it is registered.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Locality;
use crate::routing::address::Address;

use super::registry::gateways;

/// The record.
pub static RULE: Rule = Rule {
    name: "gateway-port-differs",
    stage: Stage::Ports,
    severity: Severity::Warning,
    summary: "the gateway is asked at another port than its entry in `ports.yaml` has",
    page: include_str!("gateway_port_differs.md"),
};

/// Compares the address that a deployment is probed at with the gateway's service.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let documents = context.documents;
    let Some(ports) = &documents.ports else { return };
    let probe = documents.project.deploy.value().and_then(|deploy| deploy.probe.value());
    let Some(url) = probe.and_then(|probe| probe.url.given()) else { return };
    let Ok(address) = Address::parse(url.value) else { return };
    // A public address is that of a proxy before the gateway.
    if address.locality() != Locality::Local {
        return;
    }
    if gateways(ports).any(|(_, port)| port.value.0 == address.port) {
        return;
    }
    let Some((name, port)) = gateways(ports).next() else { return };
    out.report(
        format!(
            "the gateway is asked at port {}, and `ports.yaml` registers `{}` on {}",
            address.port, name.value, port.value.0
        ),
        url.span,
        "a new config is probed at this port",
    )
    .also(port.span, "the gateway is registered on this port")
    .help("correct the one that is wrong");
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn the_probe_asks_another_port() {
        insta::assert_snapshot!(only("gateway-port-differs", "
--- gwcfg.yaml
deploy: {probe: {url: 'http://127.0.0.1:4001'}}
--- ports.yaml
litellm_gateway: {port: 4000}
ollama: {port: 11434}
"), @r"
        warning[gateway-port-differs]: the gateway is asked at port 4001, and `ports.yaml` registers `litellm_gateway` on 4000
          --> gwcfg.yaml:1:23 `\'http://127.0.0.1:4001\'` a new config is probed at this port
          ::: ports.yaml:1:25 `4000` the gateway is registered on this port
          help: correct the one that is wrong
        ");
    }

    #[test]
    fn the_same_port_and_a_public_address_are_silent() {
        insta::assert_snapshot!(only("gateway-port-differs", "
--- gwcfg.yaml
deploy: {probe: {url: 'http://localhost:4000'}}
--- ports.yaml
litellm-gateway: {port: 4000}
"), @"");
        insta::assert_snapshot!(only("gateway-port-differs", "
--- gwcfg.yaml
deploy: {probe: {url: 'https://llm.example.com'}}
--- ports.yaml
litellm: {port: 4000}
"), @"");
    }
}
