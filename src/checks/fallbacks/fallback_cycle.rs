//! Chains do not lead back to where they began.

use crate::checks::Context;
use crate::checks::words::MAX_LISTED;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Routing;
use crate::routing::graph::{Edge, components};

/// The record.
pub static RULE: Rule = Rule {
    name: "fallback-cycle",
    stage: Stage::Fallbacks,
    severity: Severity::Warning,
    summary: "fallback chains lead round in a circle",
    page: include_str!("fallback_cycle.md"),
};

/// Reports every set of names that all reach each other, once, with a shortest way round. The
/// default chain is no part of it.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    for component in components(routing) {
        let [first, rest @ ..] = component.cycle.as_slice() else { continue };
        let others = component.members.len().saturating_sub(component.cycle.len());
        let more = match others {
            0 => String::new(),
            1 => " (and one more name is in it)".to_owned(),
            _ => format!(" (and {others} more names are in it)"),
        };
        // A step that leaves the circle is tried too, so the names are not without protection.
        let leaves = component.members.iter().any(|member| {
            let steps =
                routing.group(*member).map_or(&[] as &[_], |row| routing.steps_of_group(row));
            steps.iter().any(|step| component.members.binary_search(&step.target).is_err())
        });
        let what = if leaves {
            "fallbacks lead back to a name that has failed"
        } else {
            "these names only protect each other"
        };
        let mut finding = out.report(
            format!("{what}: {}{more}", way(routing, first, rest)),
            first.step.span,
            label(routing, first),
        );
        for edge in rest {
            finding = finding.also(edge.step.span, label(routing, edge));
        }
        finding.help("let one of them fall back to a name outside of the circle only");
    }
}

/// `a → b → a`; the middle of a long way is left out.
fn way(routing: &Routing<'_>, first: &Edge, rest: &[Edge]) -> String {
    let name = |edge: &Edge| routing.group_name(edge.from);
    let mut text = name(first).to_owned();
    for edge in rest.iter().take(MAX_LISTED) {
        text.push_str(" → ");
        text.push_str(name(edge));
    }
    if rest.len() > MAX_LISTED {
        text.push_str(" → …");
    }
    text.push_str(" → ");
    text.push_str(name(first));
    format!("`{text}`")
}

fn label(routing: &Routing<'_>, edge: &Edge) -> String {
    let target = routing.group_name(edge.step.target);
    format!("`{}` falls back to `{target}`", routing.group_name(edge.from))
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn three_names_in_a_circle() {
        insta::assert_snapshot!(only("fallback-cycle", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [qwen3]}
  qwen3: {chain: [gemma3]}
  gemma3: {chain: [phi4]}
"), @"
        warning[fallback-cycle]: these names only protect each other: `phi4 → qwen3 → gemma3 → phi4`
          --> model-mappings.yaml:4:18 `qwen3` `phi4` falls back to `qwen3`
          ::: model-mappings.yaml:5:19 `gemma3` `qwen3` falls back to `gemma3`
          ::: model-mappings.yaml:6:20 `phi4` `gemma3` falls back to `phi4`
          help: let one of them fall back to a name outside of the circle only
        ");
    }

    #[test]
    fn a_step_that_leaves_the_circle() {
        insta::assert_snapshot!(only("fallback-cycle", "
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
  chat: {provider: ollama, backend_model: phi4}
  other: {provider: ollama, backend_model: phi4}
fallback_chains:
  phi4: {chain: [chat, other]}
  chat: {chain: [phi4]}
"), @"
        warning[fallback-cycle]: fallbacks lead back to a name that has failed: `phi4 → chat → phi4`
          --> model-mappings.yaml:6:18 `chat` `phi4` falls back to `chat`
          ::: model-mappings.yaml:7:18 `phi4` `chat` falls back to `phi4`
          help: let one of them fall back to a name outside of the circle only
        ");
    }

    #[test]
    fn a_line_is_silent() {
        insta::assert_snapshot!(only("fallback-cycle", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4, gemma3]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [qwen3]}
  old: {type: ollama, base_url: 'http://127.0.0.1:11436', status: disabled, models: [llama2]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
fallback_chains:
  phi4: {chain: [qwen3]}
  qwen3: {chain: [gemma3]}
"), @"");
    }

    #[test]
    fn the_default_chain_makes_no_circle() {
        insta::assert_snapshot!(only("fallback-cycle", "
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
  chat: {provider: ollama, backend_model: phi4}
fallback_chains:
  default: {chain: [phi4, chat]}
"), @"");
    }
}
