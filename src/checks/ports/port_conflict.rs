//! Each service has a port of its own.

use std::collections::BTreeMap;

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::{Port, Service};
use crate::source::{Name, Spanned};

use super::registry::{reserved, services};

/// The record.
pub static RULE: Rule = Rule {
    name: "port-conflict",
    stage: Stage::Ports,
    severity: Severity::Error,
    summary: "two services are registered on one port",
    page: include_str!("port_conflict.md"),
};

/// Reports every service whose port an earlier one has, and every reservation of a port that an
/// earlier one keeps. A service on a reserved port is `port-reserved`.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let Some(ports) = &context.documents.ports else { return };
    one_each("are both on", services(ports), out);
    one_each("both reserve", reserved(ports), out);
}

fn one_each<'p, 'a: 'p>(
    are_both: &str,
    entries: impl Iterator<Item = (Name<'a>, &'p Service<'a>, Spanned<Port>)>,
    out: &mut Reporter<'_>,
) {
    let mut taken: BTreeMap<u16, Name<'_>> = BTreeMap::new();
    for (name, _, port) in entries {
        let number = port.value.0;
        let Some(first) = taken.get(&number) else {
            taken.insert(number, name);
            continue;
        };
        out.report(
            format!(
                "`{}` and `{}` {are_both} port {number}, where only one of them can listen",
                first.value, name.value
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
    fn services_and_reservations_collide() {
        insta::assert_snapshot!(only("port-conflict", "
--- ports.yaml
ollama: {port: 11434}
vllm: {port: 11434}
reserved:
  web: {port: 8000}
  tests: {port: 8000}
"), @"
        error[port-conflict]: `ollama` and `vllm` are both on port 11434, where only one of them can listen
          --> ports.yaml:2:14 `11434` `ollama` has this port already
          ::: ports.yaml:1:1 `ollama` it is registered here
          help: give one of them another port
        error[port-conflict]: `web` and `tests` both reserve port 8000, where only one of them can listen
          --> ports.yaml:5:17 `8000` `web` has this port already
          ::: ports.yaml:4:3 `web` it is registered here
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
