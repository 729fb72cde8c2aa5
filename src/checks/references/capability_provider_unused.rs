//! A provider that a capability names serves one of its models.

use std::collections::BTreeSet;

use crate::checks::Context;
use crate::checks::words::listed;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Capability;
use crate::routing::{Deployment, GroupKind, ProviderId, Routing};
use crate::source::{Field, Name};

/// The record.
pub static RULE: Rule = Rule {
    name: "capability-provider-unused",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "a capability names a provider that serves none of the models it lists",
    page: include_str!("capability_provider_unused.md"),
};

/// Reports providers beside a list of models, all of them known, of which they serve none.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    let capabilities = context.documents.mappings.capabilities.value();
    for (owner, capability) in capabilities.into_iter().flat_map(|all| all.given()) {
        if capability.provider.is_absent() && capability.providers.is_absent() {
            continue;
        }
        let Some(models) = models(routing, capability) else { continue };
        let servers: BTreeSet<ProviderId> =
            models.iter().flat_map(|(_, by)| by.iter()).map(|it| it.provider).collect();
        let several = capability.providers.value().into_iter().flatten();
        for named in [&capability.provider].into_iter().chain(several).filter_map(Field::copied) {
            let Some(provider) = routing.meaning_of(named.value).provider else { continue };
            if routing.provider(provider).is_some_and(|row| row.usable)
                && !servers.contains(&provider)
            {
                let first = models.first().map(|(first, _)| *first);
                report(routing, owner, named, (&servers, first), out);
            }
        }
    }
}

fn report(
    routing: &Routing<'_>,
    owner: Name<'_>,
    named: Name<'_>,
    (servers, first): (&BTreeSet<ProviderId>, Option<Name<'_>>),
    out: &mut Reporter<'_>,
) {
    let names = servers.iter().filter_map(|id| routing.provider(*id)).map(|row| row.name.value);
    let finding = out.report(
        format!(
            "capability `{}` names provider `{}`, which serves none of its models, so it has no \
             part in it",
            owner.value, named.value
        ),
        named.span,
        format!("the models are served by {}", listed(names)),
    );
    let finding = match first {
        Some(first) => finding.also(first.span, "the models begin here"),
        None => finding,
    };
    finding.help("remove the provider, or list a model of it");
}

/// The listed models with who serves them; `None` without a list, or when one of the models is
/// not known: it may be the provider's.
fn models<'r, 'a>(
    routing: &'r Routing<'a>,
    capability: &Capability<'a>,
) -> Option<Vec<(Name<'a>, &'r [Deployment])>> {
    if capability.preferred_models.is_broken() || capability.models.is_broken() {
        return None;
    }
    let lists = [&capability.preferred_models, &capability.models];
    let written = lists.into_iter().filter_map(Field::value).flatten();
    let models: Option<Vec<_>> = written
        .map(|model| {
            let name = model.copied()?;
            let group = routing.group(routing.meaning_of(name.value).group?)?;
            let known = group.kind != GroupKind::Capability;
            known.then(|| (name, routing.deployments_of(group)))
        })
        .collect();
    models.filter(|models| !models.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    const PROVIDERS: &str = "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  vllm: {type: vllm, base_url: 'http://127.0.0.1:8000', status: active, models: [qwen3]}
  old: {type: vllm, base_url: 'http://127.0.0.1:8001', status: disabled, models: [gemma3]}
";

    fn with(mappings: &str) -> String {
        let text = format!("{PROVIDERS}--- model-mappings.yaml{mappings}");
        only("capability-provider-unused", &text)
    }

    #[test]
    fn a_provider_of_other_models() {
        insta::assert_snapshot!(with("
capabilities:
  code: {preferred_models: [phi4], provider: vllm}
  chat: {models: [qwen3], providers: [vllm, ollama]}
"), @"
        warning[capability-provider-unused]: capability `code` names provider `vllm`, which serves none of its models, so it has no part in it
          --> model-mappings.yaml:2:46 `vllm` the models are served by `ollama`
          ::: model-mappings.yaml:2:29 `phi4` the models begin here
          help: remove the provider, or list a model of it
        warning[capability-provider-unused]: capability `chat` names provider `ollama`, which serves none of its models, so it has no part in it
          --> model-mappings.yaml:3:45 `ollama` the models are served by `vllm`
          ::: model-mappings.yaml:3:19 `qwen3` the models begin here
          help: remove the provider, or list a model of it
        ");
    }

    #[test]
    fn servers_of_models_and_lists_of_providers_alone_are_silent() {
        insta::assert_snapshot!(with("
capabilities:
  code: {preferred_models: [phi4], provider: ollama}
  fast: {provider: vllm}
"), @"");
    }

    #[test]
    fn what_other_rules_tell_of_is_silent() {
        insta::assert_snapshot!(with("
capabilities:
  code: {preferred_models: [phi4, nowhere], provider: vllm}
  chat: {preferred_models: [phi4], providers: [old, elsewhere]}
"), @"");
    }
}
