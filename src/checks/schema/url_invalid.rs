//! Addresses of active providers are http URLs.

use crate::checks::words::address_mistake;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Status;
use crate::routing::address::{Address, AddressError};

use crate::source::Span;
use crate::source::secrets::has_shape;

use super::Values;

/// The record.
pub static RULE: Rule = Rule {
    name: "url-invalid",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "an active provider's address is no usable URL",
    page: include_str!("url_invalid.md"),
};

/// Reports what is wrong with each `base_url`. The address itself is not repeated in the message,
/// since it may hold a password.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    let providers = values.documents.providers.providers.value();
    for (name, provider) in providers.into_iter().flat_map(crate::source::Entries::given) {
        if provider.status.value() != Some(&Status::Active) {
            continue;
        }
        let Some(url) = provider.base_url.given() else { continue };
        let error = match Address::parse(url.value) {
            Err(error) => error,
            Ok(address) => {
                // Azure's own clients put the version there. A key there has a finding of its own.
                let azure = provider.kind.value().is_some_and(|kind| kind.starts_with("azure"));
                if address.path.contains(['?', '#']) && !azure && !has_shape(url.value) {
                    report_query(name.value, url.span, out);
                }
                continue;
            }
        };
        // A password has a finding of its own.
        if error == AddressError::UserInfo && has_shape(url.value) {
            continue;
        }
        let (what, help) = address_mistake(error);
        out.report(
            format!("the address of provider `{}` {what}, so it cannot be called", name.value),
            url.span,
            "no usable URL",
        )
        .help(help);
    }
}

fn report_query(provider: &str, span: Span, out: &mut Reporter<'_>) {
    out.report(
        format!(
            "the address of provider `{provider}` has a `?` or a `#`, and the gateway writes the \
             path of its requests behind it"
        ),
        span,
        "no address to add a path to",
    )
    .help("remove what begins with the `?` or the `#`");
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn what_follows_the_path_is_told() {
        insta::assert_snapshot!(only("url-invalid", "
--- providers.yaml
providers:
  a: {type: vllm, base_url: 'http://127.0.0.1:1/v1?team=a', status: active}
  b: {type: azure_openai, base_url: 'http://127.0.0.1:2?api-version=v1', status: active}
"), @r"
        error[url-invalid]: the address of provider `a` has a `?` or a `#`, and the gateway writes the path of its requests behind it
          --> providers.yaml:2:29 `\'http://127.0.0.1:1/v1?team=a\'` no address to add a path to
          help: remove what begins with the `?` or the `#`
        ");
    }

    #[test]
    fn each_mistake_is_named() {
        insta::assert_snapshot!(only("url-invalid", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: '127.0.0.1:1', status: active}
  b: {type: ollama, base_url: 'http://:1', status: active}
  c: {type: ollama, base_url: 'http://h:99999', status: active}
  d: {type: ollama, base_url: 'http://user@h', status: active}
  e: {type: ollama, base_url: 'http://h/a b', status: active}
"), @r"
        error[url-invalid]: the address of provider `a` does not begin with `http://` or `https://`, so it cannot be called
          --> providers.yaml:2:31 `\'127.0.0.1:1\'` no usable URL
          help: write the whole address, like `http://127.0.0.1:11434`
        error[url-invalid]: the address of provider `b` has no host, so it cannot be called
          --> providers.yaml:3:31 `\'http://:1\'` no usable URL
          help: write a host behind `://`
        error[url-invalid]: the address of provider `c` has a port that is no number from 1 to 65535, so it cannot be called
          --> providers.yaml:4:31 `\'http://h:99999\'` no usable URL
          help: write a port that exists
        error[url-invalid]: the address of provider `d` holds a user name or a password, so it cannot be called
          --> providers.yaml:5:31 `\'http://user@h\'` no usable URL
          help: remove it, and name the variable that holds the key in `env_var`
        error[url-invalid]: the address of provider `e` has a character that no URL has, so it cannot be called
          --> providers.yaml:6:31 `\'http://h/a b\'` no usable URL
          help: remove the character, or write it as `%XX`
        ");
    }

    #[test]
    fn usable_addresses_and_disabled_providers_are_silent() {
        insta::assert_snapshot!(only("url-invalid", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
  b: {type: ollama, base_url: soon, status: template}
  c: {type: ollama, base_url: 'http://localhost:CUSTOM_PORT', status: pending_integration}
  d: {type: ollama, base_url: 'http://user:word@h', status: active}
"), @"");
    }
}
