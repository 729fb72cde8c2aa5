//! Variables that the file itself sets too late.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "environment-not-yet-set",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a variable that the same file sets after it is looked up",
    page: include_str!("environment_not_yet_set.md"),
};

/// Reports every reference to a variable that `environment_variables` of the same file sets, unless
/// it is set outside too: references are looked up first, and find nothing.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let Some(defined) = context.section("environment_variables") else { return };
    // One that is set to itself says only that it is wanted.
    let set = defined.entries().filter(|(key, value)| key.text() != value.variable());
    let names: Vec<&str> = set.filter_map(|(key, _)| key.text()).collect();
    if names.is_empty() {
        return;
    }
    for leaf in context.leaves.iter().filter(|leaf| !leaf.in_list) {
        let Some(name) = leaf.value.variable() else { continue };
        let Some((key, _)) = names.contains(&name).then(|| defined.entry(name)).flatten() else {
            continue;
        };
        if !context.is_set(name) {
            let message = format!(
                "`{name}` is null here: LiteLLM looks references up before it sets the variables \
                 of the file"
            );
            out.report(message, leaf.value.span(), "looked up first")
                .also(key.span(), "set afterwards")
                .help("set the variable where the gateway runs, or write the value here");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn a_reference_into_the_file_is_told() {
        insta::assert_snapshot!(linted("environment-not-yet-set", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, api_key: os.environ/KEY_OF_X}}
environment_variables: {KEY_OF_X: os.environ/OTHER, OPENAI_API_BASE: 'http://127.0.0.1:1'}
"), @"
        warning[environment-not-yet-set]: `KEY_OF_X` is null here: LiteLLM looks references up before it sets the variables of the file
          --> config.yaml:2:67 `os.environ/KEY_OF_X` looked up first
          ::: config.yaml:3:25 `KEY_OF_X` set afterwards
          help: set the variable where the gateway runs, or write the value here
        ");
    }

    #[test]
    fn one_that_is_set_to_itself_is_silent() {
        insta::assert_snapshot!(linted("environment-not-yet-set", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, api_key: os.environ/KEY_OF_X}}
environment_variables: {KEY_OF_X: os.environ/KEY_OF_X}
"), @"");
    }

    #[test]
    fn one_that_is_set_outside_is_silent() {
        insta::assert_snapshot!(linted("environment-not-yet-set", &["KEY_OF_X"], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, api_key: os.environ/KEY_OF_X}}
environment_variables: {KEY_OF_X: none}
"), @"");
    }
}
