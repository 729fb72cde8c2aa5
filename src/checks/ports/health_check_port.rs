//! A service's health is looked for on its own port.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::registry::{is_this_machine, services};

/// The record.
pub static RULE: Rule = Rule {
    name: "health-check-port",
    stage: Stage::Ports,
    severity: Severity::Warning,
    summary: "a service's health check asks another port than the service's",
    page: include_str!("health_check_port.md"),
};

/// Reports health checks that name ports of this machine, the service's own not among them.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let Some(ports) = &context.documents.ports else { return };
    for (name, service, port) in services(ports) {
        let Some(command) = service.health_check.given() else { continue };
        let own = port.value.0;
        let Some(other) = other_port(command.value, own) else { continue };
        out.report(
            format!(
                "the health check of `{}` asks port {other}, and the service is on {own}",
                name.value
            ),
            command.span,
            format!("this tells of port {other}"),
        )
        .also(port.span, "the service's port")
        .help(format!("ask port {own} in the command, or correct the port"));
    }
}

/// The first port that a command names, when its own is not among them.
fn other_port(command: &str, own: u16) -> Option<u16> {
    let mut first = None;
    let mut before = "";
    for word in command.split([' ', '\t', '\n', '"', '\'', '=']).filter(|word| !word.is_empty()) {
        if let Some(port) = port_of(before, word) {
            if port == own {
                return None;
            }
            first = first.or(Some(port));
        }
        before = word;
    }
    first
}

/// The port that a word names: in an address of this machine, behind `-p` or `--port`, or behind a
/// host that is a word of its own (`nc -z localhost 6379`).
fn port_of(before: &str, word: &str) -> Option<u16> {
    // Of a command's words few can be one.
    if !word.ends_with(|end: char| end.is_ascii_digit()) && !word.contains(':') {
        return None;
    }
    if matches!(before, "-p" | "--port" | "-P") || is_this_machine(before) {
        return word.parse().ok();
    }
    let address = word.split_once("://").map_or(word, |(_, rest)| rest);
    let authority = address.split(['/', '?', '#']).next()?;
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let (host, port) = place.rsplit_once(':')?;
    if is_this_machine(host) { port.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::other_port;
    use crate::testing::only;

    #[test]
    fn a_check_that_was_copied() {
        insta::assert_snapshot!(only("health-check-port", "
--- ports.yaml
vllm:
  port: 8002
  health_check: curl -f http://localhost:8001/v1/models
redis: {port: 6379, health_check: 'redis-cli -p 6380 ping'}
"), @r"
        warning[health-check-port]: the health check of `vllm` asks port 8001, and the service is on 8002
          --> ports.yaml:3:17 `curl -f http://localhost:8001/v1/models` this tells of port 8001
          ::: ports.yaml:2:9 `8002` the service's port
          help: ask port 8002 in the command, or correct the port
        warning[health-check-port]: the health check of `redis` asks port 6380, and the service is on 6379
          --> ports.yaml:4:35 `\'redis-cli -p 6380 ping\'` this tells of port 6380
          ::: ports.yaml:4:15 `6379` the service's port
          help: ask port 6379 in the command, or correct the port
        ");
    }

    #[test]
    fn checks_of_the_own_port_are_silent() {
        insta::assert_snapshot!(only("health-check-port", "
--- ports.yaml
vllm:
  port: 8002
  health_check: curl -f http://localhost:8002/v1/models
redis: {port: 6379, health_check: 'redis-cli -p 6379 ping'}
plain: {port: 80, health_check: 'systemctl is-active plain'}
"), @"");
    }

    #[test]
    fn ports_are_found_in_commands() {
        assert_eq!(other_port("nc -z localhost 6379", 1), Some(6379));
        assert_eq!(other_port("pg_isready --port=5432", 1), Some(5432));
        assert_eq!(other_port("curl -f \"http://[::1]:8000/health\"", 1), Some(8000));
        assert_eq!(other_port("http://127.0.0.1:8000/health", 1), Some(8000));
        // Other machines, implied ports and numbers that are no ports.
        assert_eq!(other_port("curl http://gpu-box:8000", 1), None);
        assert_eq!(other_port("curl http://localhost/health", 1), None);
        assert_eq!(other_port("timeout 5 curl --retry 3 localhost", 1), None);
        // One of several is the service's own.
        assert_eq!(other_port("curl localhost:80 && curl localhost:8000", 8000), None);
    }
}
