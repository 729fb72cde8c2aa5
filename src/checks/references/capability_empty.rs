//! A capability has a model.

use std::borrow::Cow;

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Capability;
use crate::routing::{Routing, Why};
use crate::source::{Field, Span};

/// The record.
pub static RULE: Rule = Rule {
    name: "capability-empty",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "a capability has no model that could serve it",
    page: include_str!("capability_empty.md"),
};

/// Reports capabilities without models, with the cause: no provider is named either, its providers
/// list no models, or none of their models is known to meet the minimums.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let empty = context.routing.defects.iter().filter(|defect| defect.why == Why::Empty);
    let mut empty: Vec<Span> = empty.map(|defect| defect.name.span).collect();
    if empty.is_empty() {
        return;
    }
    empty.sort_unstable();
    let capabilities = context.documents.mappings.capabilities.value();
    for (name, capability) in capabilities.into_iter().flat_map(|all| all.given()) {
        if empty.binary_search(&name.span).is_err() {
            continue;
        }
        let (label, help) = cause(context.routing, capability);
        out.report(
            format!("capability `{}` has no model, so the name is left out", name.value),
            name.span,
            label,
        )
        .help(help);
    }
}

/// Why nobody serves it, and what to do.
fn cause(routing: &Routing<'_>, capability: &Capability<'_>) -> (&'static str, Cow<'static, str>) {
    let named = capability.providers.value().into_iter().flatten().filter_map(Field::value);
    let named: Vec<&str> = capability.provider.value().into_iter().chain(named).copied().collect();
    let [first, ..] = *named.as_slice() else {
        let help = "list `preferred_models`, or name a `provider` whose models are meant";
        return ("neither models nor a provider are named", help.into());
    };
    let providers = named.iter().filter_map(|name| routing.provider_named(name));
    if providers.into_iter().all(|provider| routing.models_of(provider).is_empty()) {
        let help = format!("list `models` at `{first}`, or `preferred_models` here");
        return ("its providers list no models", help.into());
    }
    let least = (!capability.min_context.is_absent(), !capability.min_model_size.is_absent());
    let help = match least {
        (true, true) => {
            "lower `min_context` or `min_model_size`, write `context_length` and `size` at the \
             models of its providers, or list `preferred_models`"
        }
        (true, false) => {
            "lower `min_context`, write `context_length` at the models of its providers, or list \
             `preferred_models`"
        }
        (false, true) => {
            "lower `min_model_size`, write `size` at the models of its providers, or list \
             `preferred_models`"
        }
        (false, false) => {
            return ("none of its providers' models is compiled", "list `preferred_models`".into());
        }
    };
    ("none of its providers' models is known to meet its minimums", help.into())
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn each_cause_has_its_advice() {
        insta::assert_snapshot!(only("capability-empty", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  bare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
capabilities:
  long: {provider: ollama, min_context: 100000}
  large: {providers: [bare, ollama], min_model_size: 70B}
  both: {provider: ollama, min_context: 100000, min_model_size: 70B}
  none: {provider: bare, min_context: 100000}
  nobody: {min_context: 100000, description: x}
"), @"
        error[capability-empty]: capability `long` has no model, so the name is left out
          --> model-mappings.yaml:4:3 `long` none of its providers' models is known to meet its minimums
          help: lower `min_context`, write `context_length` at the models of its providers, or list `preferred_models`
        error[capability-empty]: capability `large` has no model, so the name is left out
          --> model-mappings.yaml:5:3 `large` none of its providers' models is known to meet its minimums
          help: lower `min_model_size`, write `size` at the models of its providers, or list `preferred_models`
        error[capability-empty]: capability `both` has no model, so the name is left out
          --> model-mappings.yaml:6:3 `both` none of its providers' models is known to meet its minimums
          help: lower `min_context` or `min_model_size`, write `context_length` and `size` at the models of its providers, or list `preferred_models`
        error[capability-empty]: capability `none` has no model, so the name is left out
          --> model-mappings.yaml:7:3 `none` its providers list no models
          help: list `models` at `bare`, or `preferred_models` here
        error[capability-empty]: capability `nobody` has no model, so the name is left out
          --> model-mappings.yaml:8:3 `nobody` neither models nor a provider are named
          help: list `preferred_models`, or name a `provider` whose models are meant
        ");
    }

    #[test]
    fn a_listed_model_is_silent() {
        insta::assert_snapshot!(only("capability-empty", "
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
capabilities:
  long: {preferred_models: [phi4]}
"), @"");
    }
}
