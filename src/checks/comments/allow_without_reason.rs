//! An error is allowed for a reason.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::Comments;

/// The record.
pub static RULE: Rule = Rule {
    name: "allow-without-reason",
    stage: Stage::Lexical,
    severity: Severity::Warning,
    summary: "a comment allows an error and gives no reason, so it does not count",
    page: include_str!("allow_without_reason.md"),
};

/// Reports each comment whose lack of a reason leaves an error standing.
pub fn check(comments: &Comments<'_>, out: &mut Reporter<'_>) {
    for (allow, named) in comments.named() {
        let Some(error) = named.wants_reason else { continue };
        let name = &named.name;
        let message = format!(
            "the comment gives no reason to allow an error of `{name}`, so it is not allowed"
        );
        out.report(message, allow.comment.span, "no reason")
            .also(error, "the error")
            .help(format!("say why behind the bracket: `# gwcfg: allow[{name}] reason`"));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{only, only_lowered};

    const PROJECT: &str = "
--- model-mappings.yaml
exact_matches:
  # gwcfg: allow[provider-unknown]
  phi4: {provider: nobody}
";

    #[test]
    fn the_comment_and_the_error_are_shown() {
        insta::assert_snapshot!(only("allow-without-reason", PROJECT), @"
        warning[allow-without-reason]: the comment gives no reason to allow an error of `provider-unknown`, so it is not allowed
          --> model-mappings.yaml:2:3 `# gwcfg: allow[provider-unknown]` no reason
          ::: model-mappings.yaml:3:20 `nobody` the error
          help: say why behind the bracket: `# gwcfg: allow[provider-unknown] reason`
        ");
        insta::assert_snapshot!(only("provider-unknown", PROJECT), @"
        error[provider-unknown]: exact match `phi4` names unknown provider `nobody`
          --> model-mappings.yaml:3:20 `nobody` no provider of this name in `providers.yaml`
          help: declare `nobody` in `providers.yaml`, or name another
        ");
    }

    #[test]
    fn a_reason_is_enough() {
        let project = PROJECT.replace("unknown]", "unknown] it comes next week");
        insta::assert_snapshot!(only("allow-without-reason", &project), @"");
        insta::assert_snapshot!(only("provider-unknown", &project), @"");
    }

    #[test]
    fn a_warning_needs_none() {
        let lowered = ["provider-unknown"];
        insta::assert_snapshot!(only_lowered("allow-without-reason", &lowered, PROJECT), @"");
        insta::assert_snapshot!(only_lowered("provider-unknown", &lowered, PROJECT), @"");
    }
}
