//! A balanced group has each member once.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::{Deployment, GroupKind};

/// The record.
pub static RULE: Rule = Rule {
    name: "group-member-repeated",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "a balanced group has one model of one provider twice",
    page: include_str!("group_member_repeated.md"),
};

/// Reports every member of a balanced group that has the provider and the model of one before it.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    let mut members: Vec<&Deployment> = Vec::new();
    for group in routing.groups.iter().filter(|group| group.kind == GroupKind::Balanced) {
        let server = |member: &Deployment| (member.provider, member.model);
        members.clear();
        members.extend(routing.deployments_of(group));
        members.sort_by_key(|member| server(member));
        // The sort is stable, so that the first of a run is the first of the file.
        for same in members.chunk_by(|one, other| server(one) == server(other)) {
            let [first, later @ ..] = same else { continue };
            let Some(provider) = routing.provider(first.provider) else { continue };
            for member in later {
                out.report(
                    format!(
                        "load balancing of `{}` has model `{}` of provider `{}` twice, so one \
                         server gets both shares",
                        routing.names.text(group.name),
                        routing.names.text(first.model),
                        provider.name.value
                    ),
                    member.span,
                    "the same server again",
                )
                .also(first.span, "here first")
                .help("name another provider or model, or one of them with the sum of the weights");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn the_same_server_twice() {
        insta::assert_snapshot!(only("group-member-repeated", "
--- model-mappings.yaml
load_balancing:
  chat:
    providers:
      - {provider: ollama, preferred_model: phi4, weight: 0.7}
      - {provider: ollama, weight: 0.3}
"), @"
        warning[group-member-repeated]: load balancing of `chat` has model `phi4` of provider `ollama` twice, so one server gets both shares
          --> model-mappings.yaml:5:20 `ollama` the same server again
          ::: model-mappings.yaml:4:20 `ollama` here first
          help: name another provider or model, or one of them with the sum of the weights
        ");
    }

    #[test]
    fn other_models_and_other_groups_are_silent() {
        insta::assert_snapshot!(only("group-member-repeated", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, a]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [phi4]}
--- model-mappings.yaml
load_balancing:
  chat:
    providers:
      - {provider: ollama, preferred_model: phi4}
      - {provider: ollama, preferred_model: a}
      - {provider: spare}
  code: {providers: [{provider: ollama, preferred_model: phi4}, {provider: spare}]}
"), @"");
    }
}
