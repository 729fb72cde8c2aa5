//! No comment allows what the project makes mandatory.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::Comments;

/// The record.
pub static RULE: Rule = Rule {
    name: "allow-of-mandatory",
    stage: Stage::Lexical,
    severity: Severity::Warning,
    summary: "a comment allows a rule that the project makes mandatory",
    page: include_str!("allow_of_mandatory.md"),
};

/// Reports each name, whether its rule finds something there or not.
pub fn check(comments: &Comments<'_>, out: &mut Reporter<'_>) {
    for (_, named) in comments.named() {
        let Some(rule) = comments.rule(&named.name) else { continue };
        if !comments.levels.is_mandatory(rule) {
            continue;
        }
        let message =
            format!("`{}` is mandatory in this project, so no comment can allow it", rule.name);
        let finding = out.report(message, named.span, "allows nothing");
        let finding = match comments.mandatory.iter().find(|name| name.value == rule.name) {
            Some(place) => finding.also(place.span, "mandatory here"),
            None => finding,
        };
        finding.help("mend what the rule finds, and remove it from the comment");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{only, with_report};

    const PROJECT: &str = "
--- gwcfg.yaml
mandatory: [provider-unknown]
--- model-mappings.yaml
exact_matches:
  # gwcfg: allow[provider-unknown] it comes next week
  phi4: {provider: nobody}
";

    #[test]
    fn the_comment_is_shown_with_the_place_that_says_so() {
        insta::assert_snapshot!(only("allow-of-mandatory", PROJECT), @"
        warning[allow-of-mandatory]: `provider-unknown` is mandatory in this project, so no comment can allow it
          --> model-mappings.yaml:2:18 `provider-unknown` allows nothing
          ::: gwcfg.yaml:1:13 `provider-unknown` mandatory here
          help: mend what the rule finds, and remove it from the comment
        ");
    }

    #[test]
    fn what_the_rule_finds_stays_found() {
        insta::assert_snapshot!(only("provider-unknown", PROJECT), @"
        error[provider-unknown]: exact match `phi4` names unknown provider `nobody`
          --> model-mappings.yaml:3:20 `nobody` no provider of this name in `providers.yaml`
          help: declare `nobody` in `providers.yaml`, or name another
        ");
        with_report(PROJECT, |_, report| assert!(report.suppressed().is_empty()));
    }

    #[test]
    fn other_rules_may_be_allowed() {
        let project = PROJECT.replace("mandatory: [provider-unknown]", "mandatory: [weights-sum]");
        insta::assert_snapshot!(only("allow-of-mandatory", &project), @"");
    }
}
