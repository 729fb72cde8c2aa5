//! No provider is the gateway itself.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::address::Address;
use crate::source::Span;

use super::registry::{gateways, is_this_machine};

/// The record.
pub static RULE: Rule = Rule {
    name: "provider-is-gateway",
    stage: Stage::Ports,
    severity: Severity::Error,
    summary: "an active provider is at the gateway's own port",
    page: include_str!("provider_is_gateway.md"),
};

/// Reports active providers on this machine whose port is the gateway's: the one at which a new
/// config is probed, else the one under which `ports.yaml` registers a gateway.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let own = own_ports(context);
    if own.is_empty() {
        return;
    }
    for provider in context.routing.providers.iter().filter(|provider| provider.active) {
        let Some(url) = provider.written.base_url.given() else { continue };
        let Ok(address) = Address::parse(url.value) else { continue };
        if !is_this_machine(address.host) {
            continue;
        }
        let Some((_, place)) = own.iter().find(|(port, _)| *port == address.port) else { continue };
        out.report(
            format!(
                "provider `{}` is at port {}, which is the gateway's own, so the gateway sends \
                 its requests to itself",
                provider.name.value, address.port
            ),
            url.span,
            "this is the gateway",
        )
        .also(*place, "the gateway's port")
        .help("write the address of the server that has the models, or correct the gateway's port");
    }
}

/// The gateway's ports on this machine, with their places.
fn own_ports(context: &Context<'_>) -> Vec<(u16, Span)> {
    let deploy = context.documents.project.deploy.value();
    let probe = deploy.and_then(|deploy| deploy.probe.value()?.url.given());
    let probed = probe.and_then(|url| Address::parse(url.value).ok().map(|at| (at, url.span)));
    if let Some((address, span)) = probed.filter(|(address, _)| is_this_machine(address.host)) {
        return vec![(address.port, span)];
    }
    let registered = context.documents.ports.iter().flat_map(gateways);
    registered.map(|(_, port)| (port.value.0, port.span)).collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    const PROVIDERS: &str = "--- providers.yaml
providers:
  near: {type: openai_compatible, base_url: 'http://localhost:4000/v1', status: active, models: [a]}
  off: {type: openai_compatible, base_url: 'http://localhost:4000/v1', status: disabled}
  far: {type: openai_compatible, base_url: 'http://gpu-box:4000/v1', status: active, models: [b]}
";

    #[test]
    fn the_registered_gateway_is_no_provider() {
        let text = format!("{PROVIDERS}--- ports.yaml\nlitellm-gateway: {{port: 4000}}\n");
        insta::assert_snapshot!(only("provider-is-gateway", &text), @r"
        error[provider-is-gateway]: provider `near` is at port 4000, which is the gateway's own, so the gateway sends its requests to itself
          --> providers.yaml:2:45 `\'http://localhost:4000/v1\'` this is the gateway
          ::: ports.yaml:1:25 `4000` the gateway's port
          help: write the address of the server that has the models, or correct the gateway's port
        ");
    }

    #[test]
    fn the_probed_gateway_is_no_provider() {
        let probe = "deploy: {probe: {url: 'http://127.0.0.1:4000'}}";
        let text = format!("{PROVIDERS}--- gwcfg.yaml\n{probe}\n");
        insta::assert_snapshot!(only("provider-is-gateway", &text), @r"
        error[provider-is-gateway]: provider `near` is at port 4000, which is the gateway's own, so the gateway sends its requests to itself
          --> providers.yaml:2:45 `\'http://localhost:4000/v1\'` this is the gateway
          ::: gwcfg.yaml:1:23 `\'http://127.0.0.1:4000\'` the gateway's port
          help: write the address of the server that has the models, or correct the gateway's port
        ");
    }

    #[test]
    fn another_gateway_may_be_a_provider() {
        let probe = "deploy: {probe: {url: 'http://127.0.0.1:4001'}}";
        let ports = "--- ports.yaml\nlitellm: {port: 4000}\n";
        let text = format!("{PROVIDERS}{ports}--- gwcfg.yaml\n{probe}\n");
        insta::assert_snapshot!(only("provider-is-gateway", &text), @"");
        insta::assert_snapshot!(only("provider-is-gateway", PROVIDERS), @"");
    }
}
