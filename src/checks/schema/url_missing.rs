//! Active providers have an address.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Status;
use crate::routing::ProviderType;
use crate::routing::provider_type::declared_types;
use crate::source::Entries;

use super::Values;

/// The record.
pub static RULE: Rule = Rule {
    name: "url-missing",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "an active provider has no address, and its type has no built-in one",
    page: include_str!("url_missing.md"),
};

/// Reports active providers that cannot be found.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    // What could not be read may have had the address.
    if !values.documents.incomplete.is_empty() {
        return;
    }
    let types = declared_types(&values.documents.project);
    let providers = values.documents.providers.providers.value();
    for (name, provider) in providers.into_iter().flat_map(Entries::given) {
        let active = provider.status.value() == Some(&Status::Active);
        let Some(word) = provider.kind.given().filter(|_| active) else { continue };
        let Some(kind) = ProviderType::find(word.value, &types) else { continue };
        let needed = kind.serves_models && kind.needs_base && kind.default_base.is_none();
        if !needed || !provider.base_url.is_absent() {
            continue;
        }
        out.report(
            format!("provider `{}` has no `base_url`, so it cannot be called", name.value),
            name.span,
            "no address",
        )
        .also(word.span, "a type without an address of its own")
        .help("add `base_url`, like `http://127.0.0.1:11434`, or set another `status`");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_provider_without_an_address_is_named() {
        insta::assert_snapshot!(only("url-missing", "
--- providers.yaml
providers:
  a: {type: ollama, status: active, models: [phi4]}
  b: {type: mine, status: active, base_url: , models: [x]}
--- gwcfg.yaml
provider_types: {mine: {extends: openai}}
"), @"
        error[url-missing]: provider `b` has no `base_url`, so it cannot be called
          --> providers.yaml:3:3 `b` no address
          ::: providers.yaml:3:13 `mine` a type without an address of its own
          help: add `base_url`, like `http://127.0.0.1:11434`, or set another `status`
        ");
    }

    #[test]
    fn built_in_addresses_regions_and_inactive_providers_are_silent() {
        insta::assert_snapshot!(only("url-missing", "
--- providers.yaml
providers:
  a: {type: ollama, status: template, models: [phi4]}
  b: {type: openai, status: active, models: [gpt-5]}
  c: {type: bedrock, region: eu-west-1, status: active, models: [x]}
  d: {type: web_ui, status: active}
  e: {type: vllm, status: active, base_url: [x]}
"), @"");
    }
}
