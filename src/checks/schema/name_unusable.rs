//! Public names are names to the gateway, too.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::{Status, model_name};
use crate::source::{Entries, Name};

use super::Values;

/// The record.
pub static RULE: Rule = Rule {
    name: "name-unusable",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a public name that the gateway takes for something else than a name",
    page: include_str!("name_unusable.md"),
};

/// Reports public names, those of active providers' models among them, that nobody can ask for.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    let mappings = &values.documents.mappings;
    let exact = mappings.exact_matches.value().into_iter().flat_map(Entries::given);
    exact.for_each(|(name, _)| one(name, out));
    let balanced = mappings.load_balancing.value().into_iter().flat_map(|all| &all.groups);
    balanced.for_each(|group| one(group.name, out));
    let capabilities = mappings.capabilities.value().into_iter().flat_map(Entries::given);
    capabilities.for_each(|(name, _)| one(name, out));
    let providers = values.documents.providers.providers.value();
    for (_, provider) in providers.into_iter().flat_map(Entries::given) {
        if provider.status.value() == Some(&Status::Active) {
            let models = provider.models.value().into_iter().flatten();
            models.filter_map(model_name).for_each(|name| one(name, out));
        }
    }
}

fn one(name: Name<'_>, out: &mut Reporter<'_>) {
    let (message, label, help) = if name.value.trim().is_empty() {
        let help = "write the name that clients ask for, or remove the entry";
        ("a name is empty, so nobody can ask for it".to_owned(), "no name", help)
    } else if name.value.starts_with("os.environ/") {
        let text = format!("`{}` is no name: LiteLLM puts a variable's value there", name.value);
        (text, "read when the gateway starts", "write the name itself")
    } else if name.value.contains('*') {
        let text = format!(
            "`{}` is no name: LiteLLM takes `*` for any text, so it gets the requests for other \
             names too",
            name.value
        );
        (text, "a wildcard to the gateway", "declare a pattern under `patterns`, or write a name")
    } else {
        return;
    };
    out.report(message, name.span, label).help(help);
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn what_is_no_name_is_told_wherever_names_are_declared() {
        insta::assert_snapshot!(only("name-unusable", "
--- providers.yaml
providers:
  a: {type: vllm, base_url: 'http://127.0.0.1:1', status: active, models: ['', {name: 'q*'}]}
  b: {type: vllm, base_url: 'http://127.0.0.1:2', status: disabled, models: ['*']}
--- model-mappings.yaml
exact_matches:
  'gpt-*': {provider: a, backend_model: x}
capabilities:
  os.environ/NAME: {preferred_models: [x]}
load_balancing:
  '*': {providers: [{provider: a, preferred_model: x}]}
"), @r"
        error[name-unusable]: `gpt-*` is no name: LiteLLM takes `*` for any text, so it gets the requests for other names too
          --> model-mappings.yaml:2:3 `\'gpt-*\'` a wildcard to the gateway
          help: declare a pattern under `patterns`, or write a name
        error[name-unusable]: `os.environ/NAME` is no name: LiteLLM puts a variable's value there
          --> model-mappings.yaml:4:3 `os.environ/NAME` read when the gateway starts
          help: write the name itself
        error[name-unusable]: `*` is no name: LiteLLM takes `*` for any text, so it gets the requests for other names too
          --> model-mappings.yaml:6:3 `\'*\'` a wildcard to the gateway
          help: declare a pattern under `patterns`, or write a name
        error[name-unusable]: a name is empty, so nobody can ask for it
          --> providers.yaml:2:76 `\'\'` no name
          help: write the name that clients ask for, or remove the entry
        error[name-unusable]: `q*` is no name: LiteLLM takes `*` for any text, so it gets the requests for other names too
          --> providers.yaml:2:87 `\'q*\'` a wildcard to the gateway
          help: declare a pattern under `patterns`, or write a name
        ");
    }

    #[test]
    fn a_name_is_silent() {
        insta::assert_snapshot!(only("name-unusable", "
--- model-mappings.yaml
exact_matches:
  org/phi4:latest@1: {provider: ollama, backend_model: phi4}
patterns: [{pattern: '^gpt-.*', provider: ollama}]
"), @"");
    }
}
