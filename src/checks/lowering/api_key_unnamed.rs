//! A provider that needs a key, and no variable that holds it.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "api-key-unnamed",
    stage: Stage::Lowering,
    severity: Severity::Error,
    summary: "a provider that needs a key, and no variable that holds it",
    page: include_str!("api_key_unnamed.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        let Lost::KeyUnnamed { provider } = &loss.what else { continue };
        out.report(
            format!(
                "`{provider}` needs a key, and nothing says which variable holds it: its \
                     requests would be refused"
            ),
            loss.span,
            "a key is needed",
        )
        .help("name the variable with `env_var`");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_at_its_place() {
        insta::assert_snapshot!(only("api-key-unnamed", r#"
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: "https://models.example.org", status: active, requires_api_key: true, models: [phi4]}
"#), @"
        error[api-key-unnamed]: `ollama` needs a key, and nothing says which variable holds it: its requests would be refused
          --> providers.yaml:2:100 `true` a key is needed
          help: name the variable with `env_var`
        ");
    }

    #[test]
    fn what_the_gateway_can_do_is_silent() {
        insta::assert_snapshot!(only("api-key-unnamed", r#"
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: "https://models.example.org", status: active, requires_api_key: true, env_var: OLLAMA_API_KEY, models: [phi4]}
"#), @"");
    }
}
