//! A balanced group has members.

use std::collections::BTreeSet;

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::Why;

/// The record.
pub static RULE: Rule = Rule {
    name: "group-empty",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "a balanced group lists nobody who could serve it",
    page: include_str!("group_empty.md"),
};

/// Reports balanced groups whose list of providers is empty.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let defects = context.routing.defects.iter().filter(|defect| defect.why == Why::Empty);
    let empty: BTreeSet<_> = defects.map(|defect| defect.name.span).collect();
    if empty.is_empty() {
        return;
    }
    let section = context.documents.mappings.load_balancing.value();
    for group in section.into_iter().flat_map(|section| &section.groups) {
        if !empty.contains(&group.name.span) {
            continue;
        }
        let finding = out.report(
            format!(
                "load balancing of `{}` lists no provider, so the name is left out",
                group.name.value
            ),
            group.name.span,
            "nobody would answer for this name",
        );
        let list = group.value.value().and_then(|group| group.providers.span());
        let finding = match list {
            Some(list) => finding.also(list, "this list is empty"),
            None => finding,
        };
        finding.help("list the providers that serve it, or remove the entry");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn an_empty_list_is_told() {
        insta::assert_snapshot!(only("group-empty", "
--- model-mappings.yaml
load_balancing:
  chat: {providers: []}
  code: {providers: [{provider: ollama}]}
fallback_chains:
  chat: {chain: [phi4]}
"), @"
        error[group-empty]: load balancing of `chat` lists no provider, so the name is left out
          --> model-mappings.yaml:2:3 `chat` nobody would answer for this name
          ::: model-mappings.yaml:2:21 `[]` this list is empty
          help: list the providers that serve it, or remove the entry
        ");
    }

    #[test]
    fn a_list_of_the_wrong_type_has_a_finding_of_its_own() {
        insta::assert_snapshot!(only("group-empty", "
--- model-mappings.yaml
load_balancing:
  chat: {providers: ollama}
  code: {strategy: weighted}
"), @"");
    }
}
