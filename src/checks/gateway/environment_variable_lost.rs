//! Variables that the gateway does not set as they are written.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::{Python, Value};

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "environment-variable-lost",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a variable of `environment_variables` that is not set, or not to that value",
    page: include_str!("environment_variable_lost.md"),
};

/// Names that are passed over, with a warning in the log (`_BLOCKED_ENV_KEYS` of 1.106.2).
const SKIPPED: [&str; 14] = [
    "DYLD_INSERT_LIBRARIES",
    "DYLD_LIBRARY_PATH",
    "HOME",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "LOGNAME",
    "NO_PROXY",
    "PATH",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "SHELL",
    "USER",
    "no_proxy",
];

/// Reports variables that are passed over, and null, which becomes a word.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let variables = context.section("environment_variables");
    for (key, value) in variables.into_iter().flat_map(Value::entries) {
        let name = key.written();
        if SKIPPED.contains(&name) {
            out.report(
                format!("LiteLLM does not set `{name}` from a config"),
                key.span(),
                "passed over",
            )
            .help("set it where the gateway is started");
        } else if value.kind() == Python::Null {
            out.report(
                format!("LiteLLM sets `{name}` to the word `None`"),
                key.span(),
                "null is no value of a variable",
            )
            .help("write a value, or remove it");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn what_is_passed_over_is_told() {
        insta::assert_snapshot!(linted("environment-variable-lost", &[], "
environment_variables: {NO_PROXY: localhost, LANGFUSE_HOST: null, PORT: 5}
"), @"
        warning[environment-variable-lost]: LiteLLM does not set `NO_PROXY` from a config
          --> config.yaml:1:25 `NO_PROXY` passed over
          help: set it where the gateway is started
        warning[environment-variable-lost]: LiteLLM sets `LANGFUSE_HOST` to the word `None`
          --> config.yaml:1:46 `LANGFUSE_HOST` null is no value of a variable
          help: write a value, or remove it
        ");
    }

    #[test]
    fn texts_and_numbers_are_silent() {
        insta::assert_snapshot!(linted("environment-variable-lost", &[], "
environment_variables: {LANGFUSE_HOST: 'http://127.0.0.1:3000', PORT: 5, HTTPS_PROXY: ''}
"), @"");
    }
}
