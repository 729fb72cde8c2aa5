//! Sizes that are compared can be read.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::{Capability, Model};
use crate::routing::Size;
use crate::source::{Entries, Field, Spanned, Text};

use super::Values;

/// The record.
pub static RULE: Rule = Rule {
    name: "size-invalid",
    stage: Stage::Schema,
    severity: Severity::Warning,
    summary: "a model's size, or the least size, is no number of parameters",
    page: include_str!("size_invalid.md"),
};

/// Reports minimums that cannot be read; and models' sizes, when some capability has a minimum
/// (else sizes are for people).
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    let capabilities = values.documents.mappings.capabilities.value();
    let mut least: Option<Spanned<Text<'_>>> = None;
    for (name, capability) in capabilities.into_iter().flat_map(Entries::given) {
        let Some(size) = capability.min_model_size.copied() else { continue };
        if Size::parse(size.value.0).is_some() {
            if chooses_by_size(capability) {
                least = least.or(Some(size));
            }
            continue;
        }
        out.report(
            format!(
                "the least size of capability `{}` is no size, so models of every size are taken",
                name.value
            ),
            size.span,
            "no number of parameters",
        )
        .help(HELP);
    }
    let Some(least) = least else { return };
    let providers = values.documents.providers.providers.value();
    for (provider, written) in providers.into_iter().flat_map(Entries::given) {
        let models = written.models.value().into_iter().flatten().filter_map(Field::value);
        for details in models.filter_map(Model::details) {
            let Some(size) = details.size.given() else { continue };
            if Size::parse(size.value.0).is_some() {
                continue;
            }
            out.report(
                format!(
                    "the size of model `{}` at provider `{}` is no size, so no capability with a \
                     least size takes the model",
                    details.name.value().copied().unwrap_or_default(),
                    provider.value
                ),
                size.span,
                "no number of parameters",
            )
            .also(least.span, "it is compared with this")
            .help(HELP);
        }
    }
}

const HELP: &str = "write a number with `B` (thousand millions), `M` or `T`, like `7B` or `0.5B`";

/// True when the minimum decides which models serve the capability.
fn chooses_by_size(capability: &Capability<'_>) -> bool {
    let lists = |field: &Field<Vec<Field<&str>>>| field.value().is_some_and(|all| !all.is_empty());
    !lists(&capability.preferred_models) && !lists(&capability.models)
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn sizes_that_cannot_be_compared_are_named() {
        insta::assert_snapshot!(only("size-invalid", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active,
    models: [{name: x, size: large}, {name: y, size: 8B}, {name: z, size: 4.7GB}]}
--- model-mappings.yaml
capabilities:
  big: {provider: a, min_model_size: 13B}
  huge: {provider: a, min_model_size: '>= 70B'}
"), @r"
        warning[size-invalid]: the least size of capability `huge` is no size, so models of every size are taken
          --> model-mappings.yaml:3:39 `\'>= 70B\'` no number of parameters
          help: write a number with `B` (thousand millions), `M` or `T`, like `7B` or `0.5B`
        warning[size-invalid]: the size of model `x` at provider `a` is no size, so no capability with a least size takes the model
          --> providers.yaml:3:30 `large` no number of parameters
          ::: model-mappings.yaml:2:38 `13B` it is compared with this
          help: write a number with `B` (thousand millions), `M` or `T`, like `7B` or `0.5B`
        warning[size-invalid]: the size of model `z` at provider `a` is no size, so no capability with a least size takes the model
          --> providers.yaml:3:75 `4.7GB` no number of parameters
          ::: model-mappings.yaml:2:38 `13B` it is compared with this
          help: write a number with `B` (thousand millions), `M` or `T`, like `7B` or `0.5B`
        ");
    }

    #[test]
    fn sizes_for_people_are_silent() {
        insta::assert_snapshot!(only("size-invalid", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active,
    models: [{name: x, size: large}, {name: y, size: 8}, {name: z, size: 0.5 B}]}
--- model-mappings.yaml
capabilities:
  big: {models: [x], min_model_size: 13B}
"), @"");
    }
}
