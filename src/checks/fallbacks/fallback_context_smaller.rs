//! What replaces a model takes requests as long as the model does.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::{Chain, GroupId, Routing, Step};
use crate::source::Span;

/// The record.
pub static RULE: Rule = Rule {
    name: "fallback-context-smaller",
    stage: Stage::Fallbacks,
    severity: Severity::Warning,
    summary: "a fallback takes shorter requests than the name that it replaces",
    page: include_str!("fallback_context_smaller.md"),
};

/// The longest request that a name takes.
#[derive(Clone, Copy)]
struct Longest {
    tokens: u64,
    /// Where the `context_length` is written.
    span: Span,
    /// Whether it is known of every deployment: else the name may take more.
    of_all: bool,
}

/// Reports steps whose every context is known and shorter than one of the name whose chain it is.
/// The default chain is left out: it stands behind names of all lengths.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    for chain in &routing.chains {
        let Some(group) = routing.meaning_of(chain.owner.value).group else { continue };
        let Some(wanted) = longest(routing, group) else { continue };
        for step in routing.own_steps(chain) {
            let taken = longest(routing, step.target);
            if let Some(taken) = taken.filter(|it| it.of_all && it.tokens < wanted.tokens) {
                report(routing, chain, step, (wanted, taken), out);
            }
        }
    }
}

fn report(
    routing: &Routing<'_>,
    chain: &Chain<'_>,
    step: &Step,
    (wanted, taken): (Longest, Longest),
    out: &mut Reporter<'_>,
) {
    let (owner, target) = (chain.owner.value, routing.group_name(step.target));
    out.report(
        format!(
            "`{target}` takes {} tokens and stands in for `{owner}`, which takes {}: longer \
             requests fail there too",
            taken.tokens, wanted.tokens
        ),
        step.span,
        format!("{} tokens at most", taken.tokens),
    )
    .also(taken.span, format!("the context of `{target}`"))
    .also(wanted.span, format!("the context of `{owner}`"))
    .help("name a model with a context as large");
}

/// The longest request of a group: deployments that a request does not fit are passed over, so
/// the largest context counts.
fn longest(routing: &Routing<'_>, group: GroupId) -> Option<Longest> {
    let mut longest: Option<Longest> = None;
    let mut of_all = true;
    for deployment in routing.deployments_of(routing.group(group)?) {
        let details = deployment.declared.and_then(|id| routing.model(id)?.details);
        let Some(context) = details.and_then(|details| details.context_length.copied()) else {
            of_all = false;
            continue;
        };
        if longest.is_none_or(|longest| longest.tokens < context.value) {
            longest = Some(Longest { tokens: context.value, span: context.span, of_all });
        }
    }
    longest.map(|longest| Longest { of_all, ..longest })
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
      - {name: small, context_length: 8192}
      - {name: large, context_length: 131072}
      - unknown
";

    fn with(mappings: &str) -> String {
        let text = format!("{PROVIDERS}--- model-mappings.yaml{mappings}");
        only("fallback-context-smaller", &text)
    }

    #[test]
    fn chains_and_fallbacks_to_smaller_models() {
        insta::assert_snapshot!(with("
exact_matches:
  long: {provider: ollama, backend_model: large, fallback: small}
fallback_chains:
  large: {chain: [unknown, small]}
"), @"
        warning[fallback-context-smaller]: `small` takes 8192 tokens and stands in for `long`, which takes 131072: longer requests fail there too
          --> model-mappings.yaml:2:60 `small` 8192 tokens at most
          ::: providers.yaml:7:39 `8192` the context of `small`
          ::: providers.yaml:8:39 `131072` the context of `long`
          help: name a model with a context as large
        warning[fallback-context-smaller]: `small` takes 8192 tokens and stands in for `large`, which takes 131072: longer requests fail there too
          --> model-mappings.yaml:4:28 `small` 8192 tokens at most
          ::: providers.yaml:7:39 `8192` the context of `small`
          ::: providers.yaml:8:39 `131072` the context of `large`
          help: name a model with a context as large
        ");
    }

    #[test]
    fn larger_and_unknown_models_are_silent() {
        insta::assert_snapshot!(with("
fallback_chains:
  small: {chain: [large, unknown]}
  unknown: {chain: [small]}
"), @"");
    }

    #[test]
    fn a_group_takes_what_its_largest_member_takes() {
        insta::assert_snapshot!(with("
capabilities:
  both: {preferred_models: [small, large]}
  some: {preferred_models: [small, unknown]}
fallback_chains:
  large: {chain: [both, some]}
"), @"");
    }

    #[test]
    fn the_default_chain_is_silent() {
        insta::assert_snapshot!(with("
exact_matches:
  long: {provider: ollama, backend_model: large, fallback: unknown}
fallback_chains:
  default: {chain: [small]}
"), @"");
    }
}
