//! Ports keep to the project's own ranges.

use std::ops::RangeInclusive;

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Ports;

use super::ranges::parse;
use super::registry::services;

/// The record.
pub static RULE: Rule = Rule {
    name: "port-outside-ranges",
    stage: Stage::Ports,
    severity: Severity::Info,
    summary: "a service's port is outside every range, and most other services keep to them",
    page: include_str!("port_outside_ranges.md"),
};

/// Reports services outside every range where more services are within one than outside: ranges
/// that most services ignore are no rule of the project.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let Some(ports) = &context.documents.ports else { return };
    let Some(ranges) = ranges(ports) else { return };
    let within = |port: u16| ranges.iter().any(|range| range.contains(&port));
    let (mut inside, mut outside) = (0_usize, Vec::new());
    for (name, _, port) in services(ports) {
        if within(port.value.0) {
            inside += 1;
        } else {
            outside.push((name, port));
        }
    }
    if inside <= outside.len() {
        return;
    }
    let first = ports.ranges.value().and_then(|entries| entries.iter().next());
    for (name, port) in outside {
        let finding = out.report(
            format!(
                "port {} of `{}` is in none of the ranges, which {inside} other services keep to",
                port.value.0, name.value
            ),
            port.span,
            "outside every range",
        );
        let finding = match first {
            Some(entry) => finding.also(entry.name.span, "the ranges begin here"),
            None => finding,
        };
        finding.help("give the service a port of a range, or write a range for its port");
    }
}

/// All ranges, when there are some and every one can be read. What one that cannot be read was
/// meant to allow is unknown.
fn ranges(ports: &Ports<'_>) -> Option<Vec<RangeInclusive<u16>>> {
    let mut all = Vec::new();
    for entry in ports.ranges.value()? {
        all.extend(parse(entry.value.given()?.value.0).ok()?);
    }
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn one_of_three_is_outside() {
        insta::assert_snapshot!(only("port-outside-ranges", "
--- ports.yaml
llama_cpp: {port: 8080}
vllm: {port: 8001}
grafana: {port: 3000}
ranges: {models: '8000-8999'}
"), @"
        info[port-outside-ranges]: port 3000 of `grafana` is in none of the ranges, which 2 other services keep to
          --> ports.yaml:3:17 `3000` outside every range
          ::: ports.yaml:4:10 `models` the ranges begin here
          help: give the service a port of a range, or write a range for its port
        ");
    }

    #[test]
    fn ranges_that_most_services_ignore_are_silent() {
        insta::assert_snapshot!(only("port-outside-ranges", "
--- ports.yaml
vllm: {port: 8001}
grafana: {port: 3000}
ranges: {models: '8000-8999'}
"), @"");
    }

    #[test]
    fn beside_a_range_that_cannot_be_read_nothing_is_said() {
        insta::assert_snapshot!(only("port-outside-ranges", "
--- ports.yaml
llama_cpp: {port: 8080}
vllm: {port: 8001}
grafana: {port: 3000}
ranges: {models: '8000-8999', monitoring: 'three thousand'}
"), @"");
    }
}
