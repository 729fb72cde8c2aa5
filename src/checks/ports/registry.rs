//! What the rules of this stage read from `ports.yaml`.

use crate::document::{Port, Ports, Service};
use crate::routing::address::canonical_host;
use crate::source::{Entry, Name, Spanned};

/// Services whose port could be read, in the order of the file.
pub(super) fn services<'p, 'a>(
    ports: &'p Ports<'a>,
) -> impl Iterator<Item = (Name<'a>, &'p Service<'a>, Spanned<Port>)> {
    ports.services.iter().filter_map(with_port)
}

/// Reserved entries whose port could be read, in the order of the file.
pub(super) fn reserved<'p, 'a>(
    ports: &'p Ports<'a>,
) -> impl Iterator<Item = (Name<'a>, &'p Service<'a>, Spanned<Port>)> {
    let entries = ports.reserved.value().into_iter().flat_map(|entries| entries.iter());
    entries.filter_map(with_port)
}

fn with_port<'p, 'a>(
    entry: &'p Entry<'a, Service<'a>>,
) -> Option<(Name<'a>, &'p Service<'a>, Spanned<Port>)> {
    let service = entry.value.value()?;
    Some((entry.name, service, service.port.copied()?))
}

/// A name as it is compared: in names of services `-` and `_` are equal, and so are upper and lower
/// case.
pub(super) fn plain(name: &str) -> String {
    name.replace('-', "_").to_lowercase()
}

/// True for the names and addresses of the machine itself. The registry is about one machine, so
/// a port on another one is none of its business.
pub(super) fn is_this_machine(host: &str) -> bool {
    canonical_host(host) == "localhost"
}

/// True when a service has one of these names, which are in lower case.
pub(super) fn named(name: &str, known: &[&str]) -> bool {
    let name = plain(name);
    known.contains(&name.as_str())
}

/// Names under which people register the gateway.
const GATEWAY: [&str; 6] =
    ["litellm", "litellm_gateway", "litellm_proxy", "llm_gateway", "gateway", "gwcfg"];

/// Services that are the gateway, by their names.
pub(super) fn gateways<'a>(ports: &Ports<'a>) -> impl Iterator<Item = (Name<'a>, Spanned<Port>)> {
    let gateways = services(ports).filter(|(name, _, _)| named(name.value, &GATEWAY));
    gateways.map(|(name, _, port)| (name, port))
}
