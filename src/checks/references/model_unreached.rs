//! Every model can be asked for.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::{Model, Routing};

/// The record.
pub static RULE: Rule = Rule {
    name: "model-unreached",
    stage: Stage::References,
    severity: Severity::Info,
    summary: "no public name reaches a model of an active provider",
    page: include_str!("model_unreached.md"),
};

/// Reports models of compiled providers that are behind no public name and in no chain. A model's
/// own name is a public one, so that is where something else has taken the name.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    let mut reached = vec![false; routing.models.len()];
    for model in routing.deployments.iter().filter_map(|deployment| deployment.declared) {
        if let Some(row) = reached.get_mut(model.0 as usize) {
            *row = true;
        }
    }
    for (model, reached) in routing.models.iter().zip(reached) {
        if !reached {
            report(routing, model, out);
        }
    }
}

fn report(routing: &Routing<'_>, model: &Model<'_>, out: &mut Reporter<'_>) {
    let Some(owner) = routing.provider(model.provider).filter(|owner| owner.usable) else { return };
    // A name that is left out has a finding of its own.
    let Some(group) = routing.meaning(model.name).group.and_then(|id| routing.group(id)) else {
        return;
    };
    let name = routing.names.text(model.name);
    let servers = routing.deployments_of(group);
    let server = servers.first().and_then(|first| routing.provider(first.provider));
    let Some(server) = server else { return };
    let others = if servers.len() > 1 { " and others" } else { "" };
    let finding = out.report(
        format!(
            "no public name reaches `{name}` of `{}`: requests for `{name}` go to `{}`{others}",
            owner.name.value, server.name.value
        ),
        model.span,
        "nobody can ask for this model",
    );
    finding.also(group.span, "this decides who serves the name").help(
        "give it a name under `exact_matches` with `backend_model`, or remove it from the models",
    );
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    const PROVIDERS: &str = "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, qwen3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [phi4, gemma3]}
  third: {type: ollama, base_url: 'http://127.0.0.1:11436', status: active, models: [phi4]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11437', status: disabled, models: [phi4]}
";

    fn with(mappings: &str) -> String {
        only("model-unreached", &format!("{PROVIDERS}--- model-mappings.yaml{mappings}"))
    }

    #[test]
    fn another_provider_has_the_name() {
        insta::assert_snapshot!(with("
exact_matches:
  phi4: {provider: ollama}
  phi4-spare: {provider: spare, backend_model: phi4}
"), @"
        info[model-unreached]: no public name reaches `phi4` of `third`: requests for `phi4` go to `ollama`
          --> providers.yaml:4:86 `phi4` nobody can ask for this model
          ::: model-mappings.yaml:2:3 `phi4` this decides who serves the name
          help: give it a name under `exact_matches` with `backend_model`, or remove it from the models
        ");
    }

    #[test]
    fn a_balanced_group_has_the_name() {
        insta::assert_snapshot!(with("
load_balancing:
  phi4: {providers: [{provider: ollama}, {provider: spare}]}
"), @"
        info[model-unreached]: no public name reaches `phi4` of `third`: requests for `phi4` go to `ollama` and others
          --> providers.yaml:4:86 `phi4` nobody can ask for this model
          ::: model-mappings.yaml:2:3 `phi4` this decides who serves the name
          help: give it a name under `exact_matches` with `backend_model`, or remove it from the models
        ");
    }

    #[test]
    fn names_that_are_left_out_and_steps_of_chains_are_silent() {
        // Three providers have the name and nothing decides: `public-name-ambiguous`.
        insta::assert_snapshot!(with("
exact_matches:
  chat: {provider: ollama, backend_model: qwen3}
"), @"");
        insta::assert_snapshot!(with("
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [spare, third]}
"), @"");
    }
}
