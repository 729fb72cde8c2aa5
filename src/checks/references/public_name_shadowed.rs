//! A capability has a public name of its own.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "public-name-shadowed",
    stage: Stage::References,
    severity: Severity::Warning,
    summary: "a capability has the name of another public name, which comes first",
    page: include_str!("public_name_shadowed.md"),
};

/// Reports capabilities that no request reaches, because their name means something else.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    for defect in &context.routing.defects {
        let Why::Shadowed(first) = defect.why else { continue };
        let name = defect.name;
        out.report(
            format!(
                "capability `{}` is never used: the name is declared elsewhere and that \
                 comes first",
                name.value
            ),
            name.span,
            "no request gets here",
        )
        .also(first, "requests for this name go here")
        .help("give the capability another name, or remove it");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn an_exact_match_comes_first() {
        insta::assert_snapshot!(only("public-name-shadowed", "
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
capabilities:
  phi4: {preferred_models: [phi4]}
"), @"
        warning[public-name-shadowed]: capability `phi4` is never used: the name is declared elsewhere and that comes first
          --> model-mappings.yaml:4:3 `phi4` no request gets here
          ::: model-mappings.yaml:2:3 `phi4` requests for this name go here
          help: give the capability another name, or remove it
        ");
    }

    #[test]
    fn another_name_is_silent() {
        insta::assert_snapshot!(only("public-name-shadowed", "
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
capabilities:
  code: {preferred_models: [phi4]}
"), @"");
    }
}
