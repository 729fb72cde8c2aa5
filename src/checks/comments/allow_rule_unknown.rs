//! What a comment allows is a rule.

use crate::diagnostic::suggest::{nearest, question};
use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::Comments;

/// The record.
pub static RULE: Rule = Rule {
    name: "allow-rule-unknown",
    stage: Stage::Lexical,
    severity: Severity::Warning,
    summary: "a comment allows a rule that there is not",
    page: include_str!("allow_rule_unknown.md"),
};

/// Reports each name.
pub fn check(comments: &Comments<'_>, out: &mut Reporter<'_>) {
    for (_, named) in comments.named() {
        let name = &named.name;
        if comments.rule(name).is_some() {
            continue;
        }
        let near = nearest(name, comments.rules.iter().map(|rule| rule.name));
        let asked = question(near);
        let message = format!("there is no rule `{name}`, so nothing is allowed by it{asked}");
        let finding = out.report(message, named.span, "no rule has this name");
        match near {
            Some(near) => {
                finding.unsafe_fix(format!("change it to `{near}`"), named.span, near);
            }
            None => {
                finding.help("`gwcfg explain` lists the rules");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, only};

    const PROJECT: &str = "
--- model-mappings.yaml
exact_matches:
  # gwcfg: allow[provider-unknow, provider-unknown] it comes next week
  phi4: {provider: olama}
  # gwcfg: allow[E501] copied
";

    #[test]
    fn each_name_is_shown_with_the_near_one() {
        insta::assert_snapshot!(only("allow-rule-unknown", PROJECT), @"
        warning[allow-rule-unknown]: there is no rule `provider-unknow`, so nothing is allowed by it: did you mean `provider-unknown`?
          --> model-mappings.yaml:2:18 `provider-unknow` no rule has this name
          unsafe fix: change it to `provider-unknown`
        warning[allow-rule-unknown]: there is no rule `E501`, so nothing is allowed by it
          --> model-mappings.yaml:4:18 `E501` no rule has this name
          help: `gwcfg explain` lists the rules
        ");
    }

    #[test]
    fn the_near_name_takes_its_place() {
        insta::assert_snapshot!(fixed("allow-rule-unknown", "model-mappings.yaml", PROJECT), @"
        exact_matches:
          # gwcfg: allow[provider-unknown, provider-unknown] it comes next week
          phi4: {provider: olama}
          # gwcfg: allow[E501] copied
        ");
    }

    #[test]
    fn a_rule_is_silent_even_one_that_finds_nothing() {
        insta::assert_snapshot!(only("allow-rule-unknown", "
--- model-mappings.yaml
exact_matches:
  # gwcfg: allow[provider-unknown] it comes next week
  phi4: {provider: ollama}
"), @"");
    }
}
