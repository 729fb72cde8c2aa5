//! What is local stays local, where the project wants it so.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::{Locality, Verdict};
use crate::routing::{Group, GroupId, GroupKind, Provider, ProviderId, Routing, Step};
use crate::source::Span;

/// The record.
pub static RULE: Rule = Rule {
    name: "fallback-leaves-local",
    stage: Stage::Fallbacks,
    severity: Severity::Error,
    summary: "a local name falls back to the cloud, which a policy of the project forbids",
    page: include_str!("fallback_leaves_local.md"),
};

/// Where the requests of a name go.
#[derive(Clone, Copy)]
struct Whereabouts {
    /// To local providers alone.
    local: bool,
    /// To this provider of a cloud, or to others too.
    cloud: Option<ProviderId>,
}

/// What a check of one project needs.
struct Forbidden<'r, 'a> {
    routing: &'r Routing<'a>,
    /// By group.
    whereabouts: Vec<Whereabouts>,
    /// Where the policy is written.
    policy: Span,
}

/// Reports every way from a local name to the cloud, when `policies: {local-to-cloud: forbid}`
/// stands in `gwcfg.yaml`: chains, the default chain, fallbacks of patterns and of the default
/// provider, and capabilities whose later models are in the cloud.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    let policies = context.documents.project.policies.value();
    let Some(written) = policies.and_then(|policies| policies.local_to_cloud.given()) else {
        return;
    };
    match written.value {
        Verdict::Allow => return,
        Verdict::Forbid => {}
    }
    let whereabouts = routing.groups.iter().map(|group| whereabouts(routing, group)).collect();
    let forbidden = Forbidden { routing, whereabouts, policy: written.span };
    chains(&forbidden, out);
    default_chain(&forbidden, out);
    wildcards(&forbidden, out);
    capabilities(&forbidden, out);
}

fn whereabouts(routing: &Routing<'_>, group: &Group) -> Whereabouts {
    let deployments = routing.deployments_of(group).iter();
    let mut providers = deployments.map(|deployment| deployment.provider);
    let cloud = providers.find(|id| !is_local(routing, *id));
    Whereabouts { local: cloud.is_none(), cloud }
}

fn is_local(routing: &Routing<'_>, provider: ProviderId) -> bool {
    routing.provider(provider).is_none_or(|row| row.locality == Locality::Local)
}

impl<'a> Forbidden<'_, 'a> {
    fn is_local(&self, group: GroupId) -> bool {
        self.whereabouts.get(group.0 as usize).is_some_and(|row| row.local)
    }

    /// The provider of a cloud that a step leads to.
    fn cloud(&self, step: &Step) -> Option<&Provider<'a>> {
        let cloud = self.whereabouts.get(step.target.0 as usize)?.cloud?;
        self.routing.provider(cloud)
    }

    fn report(&self, local: &str, (to, cloud): (Span, &Provider<'_>), out: &mut Reporter<'_>) {
        out.report(
            format!(
                "{local}, and its requests go to `{}` in the cloud when it fails, which \
                 `local-to-cloud` forbids",
                cloud.name.value
            ),
            to,
            "requests leave the network here",
        )
        .also(self.policy, "the policy")
        .also(cloud.name.span, "this provider is in the cloud")
        .help("remove this step, or name one of a local provider");
    }
}

fn chains(forbidden: &Forbidden<'_, '_>, out: &mut Reporter<'_>) {
    let routing = forbidden.routing;
    for chain in &routing.chains {
        let group = routing.meaning_of(chain.owner.value).group;
        if !group.is_some_and(|group| forbidden.is_local(group)) {
            continue;
        }
        for step in routing.own_steps(chain) {
            if let Some(cloud) = forbidden.cloud(step) {
                let local = format!("`{}` is local", chain.owner.value);
                forbidden.report(&local, (step.span, cloud), out);
            }
        }
    }
}

/// The default chain stands behind every name without an entry of its own; the first local one of
/// them is the example.
fn default_chain(forbidden: &Forbidden<'_, '_>, out: &mut Reporter<'_>) {
    let routing = forbidden.routing;
    let Some(chain) = &routing.default_chain else { return };
    let local = (0_u32..).map(GroupId).zip(&routing.groups).find(|(id, group)| {
        let own = group.chain.and_then(|id| routing.chain(id));
        group.kind != GroupKind::Private
            && own.is_none_or(|chain| !chain.written)
            && forbidden.is_local(*id)
    });
    let Some((_, group)) = local else { return };
    let name = routing.names.text(group.name);
    for step in routing.steps_of(chain) {
        if let Some(cloud) = forbidden.cloud(step) {
            let local = format!("`{name}`, behind which the default chain stands, is local");
            forbidden.report(&local, (step.span, cloud), out);
        }
    }
}

fn wildcards(forbidden: &Forbidden<'_, '_>, out: &mut Reporter<'_>) {
    let routing = forbidden.routing;
    for route in &routing.patterns {
        let (Some(provider), Some(step)) = (route.provider, &route.fallback) else { continue };
        if let Some(cloud) = forbidden.cloud(step).filter(|_| is_local(routing, provider)) {
            let local = format!("the provider of pattern `{}` is local", route.text.value);
            forbidden.report(&local, (step.span, cloud), out);
        }
    }
    let Some(route) = &routing.default_route else { return };
    let (Some(provider), Some(step)) = (routing.provider(route.provider), &route.fallback) else {
        return;
    };
    if let Some(cloud) = forbidden.cloud(step).filter(|_| is_local(routing, route.provider)) {
        let local = format!("the default provider `{}` is local", provider.name.value);
        forbidden.report(&local, (step.span, cloud), out);
    }
}

/// The models of a capability are tried in order: a cloud behind local models is a fallback.
fn capabilities(forbidden: &Forbidden<'_, '_>, out: &mut Reporter<'_>) {
    let routing = forbidden.routing;
    for group in routing.groups.iter().filter(|group| group.kind == GroupKind::Capability) {
        let deployments = routing.deployments_of(group);
        let first = deployments.first().map_or(1, |deployment| deployment.order);
        let mut begin = deployments.iter().filter(|deployment| deployment.order == first);
        if !begin.all(|deployment| is_local(routing, deployment.provider)) {
            continue;
        }
        let mut told: Option<Span> = None;
        for deployment in deployments.iter().filter(|deployment| deployment.order != first) {
            // One model may have several deployments.
            if told == Some(deployment.span) || is_local(routing, deployment.provider) {
                continue;
            }
            told = Some(deployment.span);
            if let Some(cloud) = routing.provider(deployment.provider) {
                let name = routing.names.text(group.name);
                let local = format!("the first model of capability `{name}` is local");
                forbidden.report(&local, (deployment.span, cloud), out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    const PROVIDERS: &str = "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, qwen3]}
  lan: {type: vllm, base_url: 'https://gpu.example.com', status: active, locality: local,
    models: [gemma3]}
  openai: {type: openai, base_url: 'https://api.openai.com/v1', status: active, models: [gpt-4o]}
--- gwcfg.yaml
policies: {local-to-cloud: forbid}
";

    fn with(mappings: &str) -> String {
        let text = format!("{PROVIDERS}--- model-mappings.yaml{mappings}");
        only("fallback-leaves-local", &text)
    }

    #[test]
    fn chains_and_fallbacks() {
        insta::assert_snapshot!(with("
exact_matches:
  chat: {provider: ollama, backend_model: phi4, fallback: openai}
fallback_chains:
  phi4: {chain: [qwen3, gpt-4o]}
"), @"
        error[fallback-leaves-local]: `chat` is local, and its requests go to `openai` in the cloud when it fails, which `local-to-cloud` forbids
          --> model-mappings.yaml:2:59 `openai` requests leave the network here
          ::: gwcfg.yaml:1:28 `forbid` the policy
          ::: providers.yaml:5:3 `openai` this provider is in the cloud
          help: remove this step, or name one of a local provider
        error[fallback-leaves-local]: `phi4` is local, and its requests go to `openai` in the cloud when it fails, which `local-to-cloud` forbids
          --> model-mappings.yaml:4:25 `gpt-4o` requests leave the network here
          ::: gwcfg.yaml:1:28 `forbid` the policy
          ::: providers.yaml:5:3 `openai` this provider is in the cloud
          help: remove this step, or name one of a local provider
        ");
    }

    #[test]
    fn the_default_chain() {
        insta::assert_snapshot!(with("
fallback_chains:
  phi4: {chain: [qwen3]}
  default: {chain: [gemma3, gpt-4o]}
"), @"
        error[fallback-leaves-local]: `qwen3`, behind which the default chain stands, is local, and its requests go to `openai` in the cloud when it fails, which `local-to-cloud` forbids
          --> model-mappings.yaml:3:29 `gpt-4o` requests leave the network here
          ::: gwcfg.yaml:1:28 `forbid` the policy
          ::: providers.yaml:5:3 `openai` this provider is in the cloud
          help: remove this step, or name one of a local provider
        ");
    }

    #[test]
    fn patterns_the_default_provider_and_capabilities() {
        insta::assert_snapshot!(with("
patterns:
  - {pattern: 'meta-llama/.*', provider: ollama, fallback: gpt-4o}
capabilities:
  chat: {preferred_models: [phi4, gpt-4o]}
routing_rules: {default_provider: ollama, default_fallback: openai}
"), @"
        error[fallback-leaves-local]: the provider of pattern `meta-llama/.*` is local, and its requests go to `openai` in the cloud when it fails, which `local-to-cloud` forbids
          --> model-mappings.yaml:2:60 `gpt-4o` requests leave the network here
          ::: gwcfg.yaml:1:28 `forbid` the policy
          ::: providers.yaml:5:3 `openai` this provider is in the cloud
          help: remove this step, or name one of a local provider
        error[fallback-leaves-local]: the first model of capability `chat` is local, and its requests go to `openai` in the cloud when it fails, which `local-to-cloud` forbids
          --> model-mappings.yaml:4:35 `gpt-4o` requests leave the network here
          ::: gwcfg.yaml:1:28 `forbid` the policy
          ::: providers.yaml:5:3 `openai` this provider is in the cloud
          help: remove this step, or name one of a local provider
        error[fallback-leaves-local]: the default provider `ollama` is local, and its requests go to `openai` in the cloud when it fails, which `local-to-cloud` forbids
          --> model-mappings.yaml:5:61 `openai` requests leave the network here
          ::: gwcfg.yaml:1:28 `forbid` the policy
          ::: providers.yaml:5:3 `openai` this provider is in the cloud
          help: remove this step, or name one of a local provider
        ");
    }

    #[test]
    fn ways_that_stay_or_begin_in_the_cloud_are_silent() {
        insta::assert_snapshot!(with("
capabilities:
  chat: {preferred_models: [gpt-4o, phi4, gpt-4o]}
load_balancing:
  mixed: {providers: [{provider: ollama, preferred_model: phi4}, {provider: openai}]}
fallback_chains:
  phi4: {chain: [qwen3, gemma3]}
  gpt-4o: {chain: [phi4]}
  mixed: {chain: [gpt-4o]}
"), @"");
    }

    #[test]
    fn without_the_policy_everything_is_silent() {
        let open = "
--- model-mappings.yaml
fallback_chains:
  phi4: {chain: [gpt-4o]}
";
        for word in ["policies: {local-to-cloud: allow}", ""] {
            let providers = PROVIDERS.replace("policies: {local-to-cloud: forbid}", word);
            assert_eq!(only("fallback-leaves-local", &format!("{providers}{open}")), "");
        }
        assert_ne!(only("fallback-leaves-local", &format!("{PROVIDERS}{open}")), "");
    }
}
