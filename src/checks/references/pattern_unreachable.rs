//! Every pattern is the first to match some name.

use crate::checks::Context;
use crate::checks::words::MAX_LISTED;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::PatternRoute;
use crate::routing::pattern::Reach;

/// The record.
pub static RULE: Rule = Rule {
    name: "pattern-unreachable",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "a pattern can never be the first to match",
    page: include_str!("pattern_unreachable.md"),
};

/// Reports patterns whose every name is matched by earlier ones, and patterns that match no name.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    // What is no valid expression is a finding of its own.
    let routes = context.routing.patterns.iter().filter(|route| route.pattern.is_some());
    let routes: Vec<&PatternRoute<'_>> = routes.collect();
    for (route, reached) in routes.iter().zip(&context.routing.reach) {
        match reached {
            Reach::Reachable { .. } | Reach::Undecided => {}
            Reach::Shadowed { by } => {
                let mut finding = out.report(
                    format!(
                        "pattern `{}` is never used: earlier patterns match all its names",
                        route.text.value
                    ),
                    route.text.span,
                    "the first pattern that matches wins, and that is never this one",
                );
                let earlier = by.iter().filter_map(|index| routes.get(*index));
                for earlier in earlier.take(MAX_LISTED) {
                    finding = finding.also(earlier.text.span, "this one comes first");
                }
                finding.help("move it before them, or remove it");
            }
            Reach::Empty => {
                out.report(
                    format!("pattern `{}` matches no name at all", route.text.value),
                    route.text.span,
                    "no name can meet this expression",
                )
                .help("correct the expression, or remove the pattern");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_general_pattern_comes_first() {
        insta::assert_snapshot!(only("pattern-unreachable", "
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
patterns:
  - {pattern: '^gpt-', provider: ollama}
  - {pattern: '^gpt-4', provider: ollama}
"), @r"
        warning[pattern-unreachable]: pattern `^gpt-4` is never used: earlier patterns match all its names
          --> model-mappings.yaml:5:15 `\'^gpt-4\'` the first pattern that matches wins, and that is never this one
          ::: model-mappings.yaml:4:15 `\'^gpt-\'` this one comes first
          help: move it before them, or remove it
        ");
    }

    #[test]
    fn the_special_pattern_first_is_silent() {
        insta::assert_snapshot!(only("pattern-unreachable", "
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
patterns:
  - {pattern: '^gpt-4', provider: ollama}
  - {pattern: '^gpt-', provider: ollama}
"), @"");
    }
}
