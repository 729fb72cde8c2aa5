//! Names are written with the letters of their declaration.

use crate::checks::Context;
use crate::checks::words::place_phrase;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::quoting::anywhere;
use crate::routing::{Place, Why};

/// The record.
pub static RULE: Rule = Rule {
    name: "name-case-differs",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "a name differs from a declared one in upper and lower case alone",
    page: include_str!("name_case_differs.md"),
};

/// Reports names that nothing has, where a declared one has the same letters in another case. Of
/// other unknown names the rules on unknown providers, models and fallbacks tell.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for defect in &context.routing.defects {
        let Why::CaseDiffers(declared, place) = defect.why else { continue };
        let name = defect.name;
        let declared = context.routing.names.text(declared);
        let message = if defect.place == Place::ChainOwner {
            format!(
                "the fallback chain of `{}` is never used: the name is declared as `{declared}`",
                name.value
            )
        } else {
            format!(
                "{} names `{}`, which is declared as `{declared}`: names are compared letter by \
                 letter, so it leads nowhere",
                place_phrase(defect),
                name.value
            )
        };
        let finding = out
            .report(message, name.span, "upper and lower case are different letters")
            .also(place, "declared here");
        // Without `backend_model` the name is the public one, which may well be meant so.
        if defect.owner.is_some_and(|owner| owner.span == name.span) {
            finding.help(format!("add `backend_model: {declared}`, or rename the exact match"));
        } else {
            finding.help(format!("write `{declared}`")).unsafe_fix(
                format!("change it to `{declared}`"),
                name.span,
                anywhere(declared),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{only, with_report};

    const PROJECT: &str = "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, Qwen3]
    default_model: PHI4
--- model-mappings.yaml
exact_matches:
  Phi4: {provider: ollama}
  chat: {provider: Ollama, backend_model: phi4}
  code: {provider: ollama, backend_model: qwen3}
capabilities:
  think: {preferred_models: [PHI4]}
fallback_chains:
  QWEN3: {chain: [phi4]}
  phi4: {chain: [qwen3]}
";

    #[test]
    fn wherever_a_name_stands() {
        insta::assert_snapshot!(only("name-case-differs", PROJECT), @"
        error[name-case-differs]: exact match `Phi4` names `Phi4`, which is declared as `phi4`: names are compared letter by letter, so it leads nowhere
          --> model-mappings.yaml:2:3 `Phi4` upper and lower case are different letters
          ::: providers.yaml:6:14 `phi4` declared here
          help: add `backend_model: phi4`, or rename the exact match
        error[name-case-differs]: exact match `chat` names `Ollama`, which is declared as `ollama`: names are compared letter by letter, so it leads nowhere
          --> model-mappings.yaml:3:20 `Ollama` upper and lower case are different letters
          ::: providers.yaml:2:3 `ollama` declared here
          help: write `ollama`
          unsafe fix: change it to `ollama`
        error[name-case-differs]: exact match `code` names `qwen3`, which is declared as `Qwen3`: names are compared letter by letter, so it leads nowhere
          --> model-mappings.yaml:4:43 `qwen3` upper and lower case are different letters
          ::: providers.yaml:6:20 `Qwen3` declared here
          help: write `Qwen3`
          unsafe fix: change it to `Qwen3`
        error[name-case-differs]: capability `think` names `PHI4`, which is declared as `phi4`: names are compared letter by letter, so it leads nowhere
          --> model-mappings.yaml:6:30 `PHI4` upper and lower case are different letters
          ::: providers.yaml:6:14 `phi4` declared here
          help: write `phi4`
          unsafe fix: change it to `phi4`
        error[name-case-differs]: the fallback chain of `QWEN3` is never used: the name is declared as `Qwen3`
          --> model-mappings.yaml:8:3 `QWEN3` upper and lower case are different letters
          ::: providers.yaml:6:20 `Qwen3` declared here
          help: write `Qwen3`
          unsafe fix: change it to `Qwen3`
        error[name-case-differs]: the fallback chain of `phi4` names `qwen3`, which is declared as `Qwen3`: names are compared letter by letter, so it leads nowhere
          --> model-mappings.yaml:9:18 `qwen3` upper and lower case are different letters
          ::: providers.yaml:6:20 `Qwen3` declared here
          help: write `Qwen3`
          unsafe fix: change it to `Qwen3`
        error[name-case-differs]: the default model of provider `ollama` names `PHI4`, which is declared as `phi4`: names are compared letter by letter, so it leads nowhere
          --> providers.yaml:7:20 `PHI4` upper and lower case are different letters
          ::: providers.yaml:6:14 `phi4` declared here
          help: write `phi4`
          unsafe fix: change it to `phi4`
        ");
    }

    #[test]
    fn each_name_is_told_of_once() {
        let rules = with_report(PROJECT, |_, report| {
            let rules = report.findings().iter().map(|finding| finding.rule.name);
            rules.filter(|rule| *rule != "master-key-needed").collect::<Vec<_>>()
        });
        assert_eq!(rules, ["name-case-differs"; 7]);
    }

    #[test]
    fn two_names_that_are_both_declared_are_silent() {
        insta::assert_snapshot!(only("name-case-differs", "
--- model-mappings.yaml
exact_matches:
  Phi4: {provider: ollama, backend_model: phi4}
fallback_chains:
  Phi4: {chain: [phi4]}
"), @"");
    }

    #[test]
    fn other_unknown_names_are_told_of_elsewhere() {
        let text = "
--- model-mappings.yaml
exact_matches:
  chat: {provider: Olama, backend_model: phi4}
";
        assert_eq!(only("name-case-differs", text), "");
        assert_ne!(only("provider-unknown", text), "");
    }
}
