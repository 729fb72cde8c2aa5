//! A capability's models meet its minimums.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::{Capability, ModelDetails};
use crate::routing::{GroupKind, Routing, Size};
use crate::source::{Field, Name, Span};

/// The record.
pub static RULE: Rule = Rule {
    name: "capability-minimum-not-met",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "a model that a capability prefers is below the capability's minimum",
    page: include_str!("capability_minimum_not_met.md"),
};

/// Reports listed models whose context or size is known and below the minimum. What is not
/// written of a model is not judged.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let capabilities = context.documents.mappings.capabilities.value();
    for (owner, capability) in capabilities.into_iter().flat_map(|all| all.given()) {
        if capability.min_context.is_absent() && capability.min_model_size.is_absent() {
            continue;
        }
        let listed = [&capability.preferred_models, &capability.models];
        let listed = listed.into_iter().filter_map(Field::value).flatten();
        for name in listed.filter_map(Field::copied) {
            context_below(context.routing, owner, capability, name, out);
            size_below(context.routing, owner, capability, name, out);
        }
    }
}

fn context_below(
    routing: &Routing<'_>,
    owner: Name<'_>,
    capability: &Capability<'_>,
    name: Name<'_>,
    out: &mut Reporter<'_>,
) {
    let Some(least) = capability.min_context.given() else { return };
    let below = models(routing, name.value).find_map(|details| {
        let context = details.context_length.given()?;
        (context.value < least.value).then_some(context)
    });
    let Some(context) = below else { return };
    out.report(
        format!(
            "capability `{}` wants a context of at least {} tokens, and `{}` has {}: longer \
             requests fail there",
            owner.value, least.value, name.value, context.value
        ),
        name.span,
        format!("{} tokens at most", context.value),
    )
    .also(least.span, "the minimum")
    .also(context.span, "the context of the model")
    .help("remove the model, name one with a larger context, or lower `min_context`");
}

fn size_below(
    routing: &Routing<'_>,
    owner: Name<'_>,
    capability: &Capability<'_>,
    name: Name<'_>,
    out: &mut Reporter<'_>,
) {
    let Some(least) = capability.min_model_size.given() else { return };
    let Some(wanted) = Size::parse(least.value.0) else { return };
    let below: Option<(&str, Span)> = models(routing, name.value).find_map(|details| {
        let size = details.size.given()?;
        (Size::parse(size.value.0)? < wanted).then_some((size.value.0, size.span))
    });
    let Some((size, span)) = below else { return };
    out.report(
        format!(
            "capability `{}` wants models of at least {}, and `{}` has {size}: its answers are \
             weaker than the name promises",
            owner.value, least.value.0, name.value
        ),
        name.span,
        "smaller than the capability promises",
    )
    .also(least.span, "the minimum")
    .also(span, "the size of the model")
    .help("remove the model, name a larger one, or lower `min_model_size`");
}

/// What is written of the models that a listed name is served by.
fn models<'r, 'a>(
    routing: &'r Routing<'a>,
    name: &str,
) -> impl Iterator<Item = &'a ModelDetails<'a>> + use<'r, 'a> {
    let group = routing.meaning_of(name).group.and_then(|id| routing.group(id));
    let group = group.filter(|group| group.kind != GroupKind::Capability);
    let deployments = group.map_or(&[][..], |group| routing.deployments_of(group));
    let declared = deployments.iter().filter_map(|deployment| deployment.declared);
    declared.filter_map(|id| routing.model(id)?.details)
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    const PROVIDERS: &str = "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models:
      - {name: small, size: 7B, context_length: 4096}
      - {name: large, size: 70B, context_length: 131072}
      - unknown
";

    fn with(mappings: &str) -> String {
        let text = format!("{PROVIDERS}--- model-mappings.yaml{mappings}");
        only("capability-minimum-not-met", &text)
    }

    #[test]
    fn a_small_model_under_two_minimums() {
        insta::assert_snapshot!(with("
exact_matches:
  alias: {provider: ollama, backend_model: small}
capabilities:
  long: {min_context: 8192, min_model_size: 13B, preferred_models: [large, alias]}
"), @"
        warning[capability-minimum-not-met]: capability `long` wants a context of at least 8192 tokens, and `alias` has 4096: longer requests fail there
          --> model-mappings.yaml:4:76 `alias` 4096 tokens at most
          ::: model-mappings.yaml:4:23 `8192` the minimum
          ::: providers.yaml:7:49 `4096` the context of the model
          help: remove the model, name one with a larger context, or lower `min_context`
        warning[capability-minimum-not-met]: capability `long` wants models of at least 13B, and `alias` has 7B: its answers are weaker than the name promises
          --> model-mappings.yaml:4:76 `alias` smaller than the capability promises
          ::: model-mappings.yaml:4:45 `13B` the minimum
          ::: providers.yaml:7:29 `7B` the size of the model
          help: remove the model, name a larger one, or lower `min_model_size`
        ");
    }

    #[test]
    fn larger_and_unknown_models_are_silent() {
        insta::assert_snapshot!(with("
capabilities:
  long: {min_context: 8192, min_model_size: 13B, preferred_models: [large, unknown]}
  any: {preferred_models: [small]}
"), @"");
    }
}
