//! A capability has a model.

use std::collections::BTreeSet;

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Capability;
use crate::routing::{Provider, Why};
use crate::source::{Entries, Field};

/// The record.
pub static RULE: Rule = Rule {
    name: "capability-empty",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "a capability has no model that could serve it",
    page: include_str!("capability_empty.md"),
};

/// Reports capabilities without models: nothing is listed, and the providers list none, or none
/// that is known to meet the minimums.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let defects = context.routing.defects.iter().filter(|defect| defect.why == Why::Empty);
    let empty: BTreeSet<_> = defects.map(|defect| defect.name.span).collect();
    if empty.is_empty() {
        return;
    }
    let capabilities = context.documents.mappings.capabilities.value();
    for (name, capability) in capabilities.into_iter().flat_map(Entries::given) {
        if !empty.contains(&name.span) {
            continue;
        }
        let (label, help) = words(capability);
        let mut finding = out.report(
            format!("capability `{}` has no model, so the name is left out", name.value),
            name.span,
            label,
        );
        for provider in providers(capability).filter_map(|name| provider(context, name)) {
            if context.routing.models_of(provider).is_empty() {
                finding = finding.also(provider.name.span, "this provider lists no models");
            }
        }
        finding.help(help);
    }
}

/// What is wrong with a capability that names no model, and what to do.
fn words(capability: &Capability<'_>) -> (&'static str, &'static str) {
    let least = !capability.min_context.is_absent() || !capability.min_model_size.is_absent();
    if providers(capability).next().is_none() {
        return (
            "no model is listed, and no provider is named",
            "list `preferred_models`, or name a `provider`",
        );
    }
    if !least {
        return (
            "no model is listed here, and none at its providers",
            "list `preferred_models`, or the models of its providers",
        );
    }
    (
        "no model is listed, and none of its providers' models is known to meet its minimums",
        "list `preferred_models`, lower `min_context` or `min_model_size`, or write \
         `context_length` and `size` at the models of its providers",
    )
}

fn providers<'c>(capability: &'c Capability<'_>) -> impl Iterator<Item = &'c str> {
    let several = capability.providers.value().into_iter().flatten();
    std::iter::once(&capability.provider).chain(several).filter_map(Field::value).copied()
}

fn provider<'c>(context: &Context<'c>, name: &str) -> Option<&'c Provider<'c>> {
    context.routing.provider(context.routing.meaning_of(name).provider?)
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn no_model_meets_the_minimum() {
        insta::assert_snapshot!(only("capability-empty", "
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
capabilities:
  long: {provider: ollama, min_context: 100000}
"), @"
        error[capability-empty]: capability `long` has no model, so the name is left out
          --> model-mappings.yaml:4:3 `long` no model is listed, and none of its providers' models is known to meet its minimums
          help: list `preferred_models`, lower `min_context` or `min_model_size`, or write `context_length` and `size` at the models of its providers
        ");
    }

    #[test]
    fn what_is_said_is_what_is_written() {
        insta::assert_snapshot!(only("capability-empty", "
--- providers.yaml
providers:
  bare: {type: llama_cpp, base_url: 'http://127.0.0.1:8080', status: active}
--- model-mappings.yaml
capabilities:
  nothing: {description: later}
  quick: {provider: bare}
  long: {providers: [bare], min_context: 8192}
"), @"
        error[capability-empty]: capability `nothing` has no model, so the name is left out
          --> model-mappings.yaml:2:3 `nothing` no model is listed, and no provider is named
          help: list `preferred_models`, or name a `provider`
        error[capability-empty]: capability `quick` has no model, so the name is left out
          --> model-mappings.yaml:3:3 `quick` no model is listed here, and none at its providers
          ::: providers.yaml:2:3 `bare` this provider lists no models
          help: list `preferred_models`, or the models of its providers
        error[capability-empty]: capability `long` has no model, so the name is left out
          --> model-mappings.yaml:4:3 `long` no model is listed, and none of its providers' models is known to meet its minimums
          ::: providers.yaml:2:3 `bare` this provider lists no models
          help: list `preferred_models`, lower `min_context` or `min_model_size`, or write `context_length` and `size` at the models of its providers
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
