//! The gateway needs a master key that the project does not set.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "master-key-needed",
    stage: Stage::Lowering,
    severity: Severity::Info,
    summary: "the gateway needs a master key that the project does not set",
    page: include_str!("master_key_needed.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        if loss.what != Lost::MasterKey {
            continue;
        }
        out.report(
            "the gateway starts only with `LITELLM_MASTER_KEY` set in its environment",
            loss.span,
            "nothing here sets the master key",
        )
        .help(
            "set the variable, or `gateway: {general_settings: {master_key: \
                 os.environ/LITELLM_MASTER_KEY}}` in `gwcfg.yaml`",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_at_its_place() {
        insta::assert_snapshot!(only("master-key-needed", r#"
--- model-mappings.yaml
exact_matches: {phi4: {provider: ollama}}
"#), @"
        info[master-key-needed]: the gateway starts only with `LITELLM_MASTER_KEY` set in its environment
          --> providers.yaml:2:3 `ollama` nothing here sets the master key
          help: set the variable, or `gateway: {general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}}` in `gwcfg.yaml`
        ");
    }

    #[test]
    fn what_the_gateway_can_do_is_silent() {
        insta::assert_snapshot!(only("master-key-needed", r#"
--- gwcfg.yaml
gateway: {general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}}
"#), @"");
    }
}
