//! A file that is included and not there.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::Value;

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "include-missing",
    stage: Stage::Behaviour,
    severity: Severity::Error,
    summary: "a file of `include` that is not there",
    page: include_str!("include_missing.md"),
};

/// Reports every file that is not beside the config: the gateway looks for it there, and does not
/// start without it.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let config = context.sources.path(context.file);
    let included = context.root.and_then(|root| root.get("include"));
    for file in included.into_iter().flat_map(Value::items) {
        let Some(name) = file.text().filter(|name| !(context.world.is_file)(config, name)) else {
            continue;
        };
        let help = if file.variable().is_some() || name.contains("://") {
            "write a path, seen from the folder of this file: LiteLLM takes nothing else"
        } else {
            "write a path, seen from the folder of this file, or remove it"
        };
        let message = format!("LiteLLM does not start: there is no file `{name}` to include");
        out.report(message, file.span(), "not there").help(help);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn what_is_not_there_is_told() {
        insta::assert_snapshot!(linted("include-missing", &["there.yaml"], "
include: [there.yaml, missing.yaml, os.environ/MORE]
"), @"
        error[include-missing]: LiteLLM does not start: there is no file `missing.yaml` to include
          --> config.yaml:1:23 `missing.yaml` not there
          help: write a path, seen from the folder of this file, or remove it
        error[include-missing]: LiteLLM does not start: there is no file `os.environ/MORE` to include
          --> config.yaml:1:37 `os.environ/MORE` not there
          help: write a path, seen from the folder of this file: LiteLLM takes nothing else
        ");
    }

    #[test]
    fn what_is_there_is_silent() {
        insta::assert_snapshot!(linted("include-missing", &["there.yaml", "more/there.yaml"], "
include: [there.yaml, more/there.yaml]
"), @"");
    }
}
