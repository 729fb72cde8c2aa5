//! Each active provider on this network has an address of its own.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Locality;
use crate::routing::Provider;
use crate::routing::address::{Address, canonical_host};

/// The record.
pub static RULE: Rule = Rule {
    name: "provider-address-shared",
    stage: Stage::Ports,
    severity: Severity::Error,
    summary: "two active providers have one host and port",
    page: include_str!("provider_address_shared.md"),
};

/// Reports active providers on the local network whose host and port an earlier one has. Services
/// of a cloud are left alone: two keys for one of them are two providers.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let mut taken: BTreeMap<(Cow<'_, str>, u16), &Provider<'_>> = BTreeMap::new();
    for provider in context.routing.providers.iter().filter(|provider| provider.active) {
        let Some(url) = provider.written.base_url.given() else { continue };
        let Ok(address) = Address::parse(url.value) else { continue };
        if address.locality() != Locality::Local {
            continue;
        }
        let place = (canonical_host(address.host), address.port);
        let Some(first) = taken.get(&place) else {
            taken.insert(place, provider);
            continue;
        };
        let (one, other) = (first.name.value, provider.name.value);
        let finding = out.report(
            format!(
                "active providers `{one}` and `{other}` are both at port {} of one host, so one \
                 of them gets the requests of both",
                address.port
            ),
            url.span,
            format!("`{one}` is at this host and port"),
        );
        let finding = match first.written.base_url.span() {
            Some(span) => finding.also(span, "here"),
            None => finding,
        };
        finding.help("correct one of the addresses, or declare both as one provider");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn localhost_is_one_host() {
        insta::assert_snapshot!(only("provider-address-shared", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  vllm: {type: vllm, base_url: 'http://localhost:11434/v1', status: active, models: [qwen3]}
"), @r"
        error[provider-address-shared]: active providers `ollama` and `vllm` are both at port 11434 of one host, so one of them gets the requests of both
          --> providers.yaml:3:32 `\'http://localhost:11434/v1\'` `ollama` is at this host and port
          ::: providers.yaml:2:36 `\'http://127.0.0.1:11434\'` here
          help: correct one of the addresses, or declare both as one provider
        ");
    }

    #[test]
    fn different_ports_are_silent() {
        insta::assert_snapshot!(only("provider-address-shared", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  vllm: {type: vllm, base_url: 'http://localhost:8000/v1', status: active, models: [qwen3]}
"), @"");
    }
}
