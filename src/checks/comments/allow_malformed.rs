//! A comment that speaks to gwcfg says something that it understands.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::Comments;

/// The record.
pub static RULE: Rule = Rule {
    name: "allow-malformed",
    stage: Stage::Lexical,
    severity: Severity::Warning,
    summary: "a comment for gwcfg cannot be read, so it allows nothing",
    page: include_str!("allow_malformed.md"),
};

/// Reports the part that is wrong.
pub fn check(comments: &Comments<'_>, out: &mut Reporter<'_>) {
    for malformed in &comments.allows.malformed {
        let message = format!("{}, so it allows nothing", malformed.wrong);
        out.report(message, malformed.span, "cannot be read").help(malformed.help.clone());
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn each_is_shown_at_the_part_that_is_wrong() {
        insta::assert_snapshot!(only("allow-malformed", "
--- model-mappings.yaml
# gwcfg: alow[weights-sum] x
exact_matches: # gwcfg: allow weights-sum
  # gwcfg: allow[weights-sum] until=tomorrow
  phi4: {provider: ollama} # gwcfg:
"), @"
        warning[allow-malformed]: `alow` is nothing that a comment can say to gwcfg, so it allows nothing
          --> model-mappings.yaml:1:10 `alow` cannot be read
          help: did you mean `allow`?
        warning[allow-malformed]: the comment does not say in brackets what it allows, so it allows nothing
          --> model-mappings.yaml:2:25 `allow` cannot be read
          help: write `# gwcfg: allow[rule-name] reason`
        warning[allow-malformed]: `until=tomorrow` names no day, so it allows nothing
          --> model-mappings.yaml:3:31 `until=tomorrow` cannot be read
          help: write it like `until=2027-01-31`: the last day on which it allows
        warning[allow-malformed]: the comment says nothing to gwcfg, so it allows nothing
          --> model-mappings.yaml:4:28 `# gwcfg:` cannot be read
          help: write `# gwcfg: allow[rule-name] reason`
        ");
    }

    #[test]
    fn what_can_be_read_and_what_is_no_comment_is_silent() {
        insta::assert_snapshot!(only("allow-malformed", "
--- model-mappings.yaml
# gwcfg: allow[weights-sum] until=2999-12-31 spent elsewhere
# gwcfg is a compiler
exact_matches:
  phi4: {provider: ollama, description: '# gwcfg: alow'}
"), @"");
    }
}
