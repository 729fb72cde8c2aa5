//! Pass-through endpoints at which nobody answers.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::releases::Change;
use crate::gateway::litellm::value::Python;

use super::{Context, place};

/// The record.
pub static RULE: Rule = Rule {
    name: "pass-through-unserved",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a pass-through endpoint that is never served",
    page: include_str!("pass_through_unserved.md"),
};

/// Reports a list that is none, and every endpoint that the gateway leaves out.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let settings = context.section("general_settings");
    let Some((key, list)) = settings.and_then(|it| it.entry("pass_through_endpoints")) else {
        return;
    };
    // Earlier releases do not start with it; another rule says so.
    let no_list = matches!(list.kind(), Python::Map | Python::Text) && list.variable().is_none();
    if no_list && context.has(Change::PassThroughPassedOver) {
        let kind = list.kind().words();
        let message = format!("`pass_through_endpoints` is {kind}, not a list, so none is served");
        out.report(message, place(key, list), "no list")
            .help("write a list: `- {path: /NAME, target: URL}`");
    }
    for endpoint in list.items().filter(|endpoint| endpoint.kind() == Python::Map) {
        let Some(path) = endpoint.given("path") else { continue };
        let name = path.written();
        if path.variable().is_none() && !name.starts_with('/') {
            out.report(
                format!("nobody gets to the pass-through endpoint `{name}`: its path has no `/`"),
                path.span(),
                "never the path of a request",
            )
            .help(format!("write `/{name}`"));
        }
        if endpoint.given("target").is_none() {
            out.report(
                format!("the pass-through endpoint `{name}` has no `target`, so it is not served"),
                path.span(),
                "leads nowhere",
            )
            .help("add `target: URL`, or remove the endpoint");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn what_is_left_out_is_told() {
        insta::assert_snapshot!(linted("pass-through-unserved", &[], "
general_settings:
  pass_through_endpoints:
    - {path: /a}
    - {path: b, target: 'http://127.0.0.1:1'}
"), @"
        warning[pass-through-unserved]: the pass-through endpoint `/a` has no `target`, so it is not served
          --> config.yaml:3:14 `/a` leads nowhere
          help: add `target: URL`, or remove the endpoint
        warning[pass-through-unserved]: nobody gets to the pass-through endpoint `b`: its path has no `/`
          --> config.yaml:4:14 `b` never the path of a request
          help: write `/b`
        ");
    }

    #[test]
    fn a_mapping_is_no_list() {
        insta::assert_snapshot!(linted("pass-through-unserved", &[], "
general_settings: {pass_through_endpoints: {path: /a, target: 'http://127.0.0.1:1'}}
"), @"
        warning[pass-through-unserved]: `pass_through_endpoints` is a mapping, not a list, so none is served
          --> config.yaml:1:20 `pass_through_endpoints` no list
          help: write a list: `- {path: /NAME, target: URL}`
        ");
    }

    #[test]
    fn what_is_served_is_silent() {
        insta::assert_snapshot!(linted("pass-through-unserved", &[], "
general_settings:
  pass_through_endpoints:
    - {path: /a, target: 'http://127.0.0.1:1'}
    - {path: os.environ/PATH_OF_B, target: os.environ/TARGET_OF_B}
"), @"");
    }
}
