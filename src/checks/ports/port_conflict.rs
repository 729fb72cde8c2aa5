//! Each service has a port of its own.

use std::collections::BTreeMap;

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::source::Name;

/// The record.
pub static RULE: Rule = Rule {
    name: "port-conflict",
    stage: Stage::Ports,
    severity: Severity::Error,
    summary: "two services are registered on one port",
    page: include_str!("port_conflict.md"),
};

/// Reports every service whose port an earlier one has, reserved ones included.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let Some(ports) = &context.documents.ports else { return };
    let reserved = ports.reserved.value().into_iter().flat_map(|entries| entries.iter());
    let mut taken: BTreeMap<u16, Name<'_>> = BTreeMap::new();
    for entry in ports.services.iter().chain(reserved) {
        let Some(port) = entry.value.value().and_then(|service| service.port.given()) else {
            continue;
        };
        let number = port.value.0;
        let Some(first) = taken.get(&number) else {
            taken.insert(number, entry.name);
            continue;
        };
        out.report(
            format!(
                "`{}` and `{}` are both on port {number}, where only one of them can listen",
                first.value, entry.name.value
            ),
            port.span,
            format!("`{}` has this port already", first.value),
        )
        .also(first.span, "it is registered here")
        .help("give one of them another port");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_reserved_port_is_taken() {
        insta::assert_snapshot!(only("port-conflict", "
--- ports.yaml
ollama: {port: 11434}
vllm: {port: 8000}
reserved:
  web: {port: 8000}
"), @"
        error[port-conflict]: `vllm` and `web` are both on port 8000, where only one of them can listen
          --> ports.yaml:4:15 `8000` `vllm` has this port already
          ::: ports.yaml:2:1 `vllm` it is registered here
          help: give one of them another port
        ");
    }

    #[test]
    fn different_ports_are_silent() {
        insta::assert_snapshot!(only("port-conflict", "
--- ports.yaml
ollama: {port: 11434}
vllm: {port: 8000}
reserved:
  web: {port: 8001}
"), @"");
    }
}
