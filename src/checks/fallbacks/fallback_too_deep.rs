//! Chains are followed to their end.

use std::collections::BTreeSet;

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Project;
use crate::routing::{GroupId, Routing, Step};
use crate::source::{Name, Scalar, Spanned};

/// The record.
pub static RULE: Rule = Rule {
    name: "fallback-too-deep",
    stage: Stage::Fallbacks,
    severity: Severity::Warning,
    summary: "`max_fallbacks` is set too low for a chain to be followed to its end",
    page: include_str!("fallback_too_deep.md"),
};

/// Steps that are followed to find a walk that is cut off.
const MAX_FOLLOWED: usize = 1_000_000;

/// Looks for a walk that is cut off, when the project sets a limit of its own: without one the
/// compiled config has a limit that is large enough.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let Some((limit, written)) = own_limit(&context.documents.project) else { return };
    let routing = context.routing;
    if limit == 0 {
        let default = routing.default_chain.as_ref();
        if let Some(first) = routing.chains.first().or(default) {
            out.report(
                "`max_fallbacks` is 0, so no fallback chain is followed at all",
                written.span,
                "no hop is allowed",
            )
            .also(first.owner.span, "the first chain")
            .help("remove the setting: the compiled config has one that is large enough");
        }
        return;
    }
    let Some((from, to)) = cut_off(routing, limit) else { return };
    out.report(
        format!(
            "`max_fallbacks` is {limit}, so a request for `{}` never gets to the chain of `{}`, \
             which its own chain leads to",
            from.value, to.value
        ),
        written.span,
        format!("after {limit} hops no further chain is entered"),
    )
    .also(from.span, "the way begins here")
    .also(to.span, "this is not followed any more")
    .help("remove the setting: the compiled config has one that is large enough");
}

/// `max_fallbacks` as the project sets it.
fn own_limit<'p>(project: &'p Project<'_>) -> Option<(usize, Spanned<&'p Scalar>)> {
    let settings = project.gateway.value()?.router_settings.value()?;
    let entry = settings.iter().find(|entry| entry.name.value == "max_fallbacks")?;
    let written = entry.value.given()?;
    Some((usize::try_from(written.value.as_u64()?).ok()?, written))
}

/// The first name whose walk is cut off, and the name whose chain is not entered any more.
fn cut_off<'a>(routing: &Routing<'a>, limit: usize) -> Option<(Name<'a>, Name<'a>)> {
    let mut budget = MAX_FOLLOWED;
    let walks = (0_u32..).map(GroupId).zip(hops_at_most(routing));
    let long = walks.filter(|(_, walk)| matches!(walk, Walk::Known(hops) if *hops >= limit));
    long.map(|(start, _)| start).find_map(|start| {
        let refused = follow(routing, start, limit, &mut budget)?;
        Some((owner(routing, start)?, owner(routing, refused)?))
    })
}

/// What is known of a name's walk while walks are followed.
#[derive(Clone, Copy)]
enum Walk {
    Unknown,
    /// On the way that is being followed.
    Open,
    /// Hops before the last chain that it comes to, at most.
    Known(usize),
}

/// By group, how many hops its walk may take before the last chain that it comes to. A walk goes
/// on through the last step of each chain, since the others are tried without their chains. Each
/// name is followed once.
fn hops_at_most(routing: &Routing<'_>) -> Vec<Walk> {
    let mut walks = vec![Walk::Unknown; routing.groups.len()];
    for row in 0..u32::try_from(routing.groups.len()).unwrap_or(u32::MAX) {
        let mut way: Vec<GroupId> = Vec::new();
        let mut at = Some(GroupId(row)).filter(|group| !steps(routing, *group).is_empty());
        let mut behind = None;
        while let Some(group) = at {
            match walks.get(group.0 as usize).copied() {
                Some(Walk::Known(hops)) => {
                    behind = Some(hops);
                    break;
                }
                // A name that was tried already ends the walk.
                Some(Walk::Open) | None => break,
                Some(Walk::Unknown) => {}
            }
            if let Some(walk) = walks.get_mut(group.0 as usize) {
                *walk = Walk::Open;
            }
            way.push(group);
            at = next(routing, group);
        }
        for group in way.into_iter().rev() {
            let hops = behind.map_or(0, |behind| behind + steps(routing, group).len());
            behind = Some(hops);
            if let Some(walk) = walks.get_mut(group.0 as usize) {
                *walk = Walk::Known(hops);
            }
        }
    }
    walks
}

/// The name whose chain a request for `start` comes to when its hops are used up. LiteLLM counts
/// every step that is tried, passes over those that were tried by the same name, and enters a
/// chain only below its limit (seen on 1.106.2).
fn follow(
    routing: &Routing<'_>,
    start: GroupId,
    limit: usize,
    budget: &mut usize,
) -> Option<GroupId> {
    let mut tried = BTreeSet::from([(start, false)]);
    let (mut at, mut hops) = (start, 0);
    while hops < limit {
        let mut fresh = false;
        for name in names(routing, at) {
            *budget = budget.checked_sub(1)?;
            fresh = tried.insert(name);
            hops += usize::from(fresh);
        }
        at = next(routing, at).filter(|_| fresh)?;
    }
    // A chain that leads to nothing new is none.
    names(routing, at).any(|name| !tried.contains(&name)).then_some(at)
}

/// The names under which the steps of a group are tried: whose, and whether it is the hidden one.
/// A step before others is tried under a hidden name when it has a chain.
fn names(routing: &Routing<'_>, group: GroupId) -> impl Iterator<Item = (GroupId, bool)> {
    let steps = self::steps(routing, group);
    steps.iter().enumerate().map(move |(index, step)| {
        let before = index + 1 < steps.len();
        (step.target, before && !self::steps(routing, step.target).is_empty())
    })
}

fn owner<'a>(routing: &Routing<'a>, group: GroupId) -> Option<Name<'a>> {
    let chain = routing.group(group)?.chain?;
    Some(routing.chain(chain)?.owner)
}

fn steps<'r>(routing: &'r Routing<'_>, group: GroupId) -> &'r [Step] {
    routing.group(group).map_or(&[], |group| routing.steps_of_group(group))
}

/// The last step's name, when it has a chain.
fn next(routing: &Routing<'_>, group: GroupId) -> Option<GroupId> {
    let last = steps(routing, group).last()?.target;
    (!steps(routing, last).is_empty()).then_some(last)
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    fn with(limit: &str, chains: &str) -> String {
        let project = format!(
            "
--- gwcfg.yaml
gateway: {{router_settings: {{{limit}}}}}
--- providers.yaml
providers:
  one: {{type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [a, b, c, d, e, f]}}
--- model-mappings.yaml
fallback_chains:
{chains}"
        );
        only("fallback-too-deep", &project)
    }

    /// The gateway's own test: `max_fallbacks_counts_the_siblings_before_a_nested_list`.
    const NESTED: &str = "  a: {chain: [b, c, d, e]}\n  e: {chain: [f]}\n";

    #[test]
    fn a_limit_before_the_second_chain() {
        insta::assert_snapshot!(with("max_fallbacks: 4", NESTED), @"
        warning[fallback-too-deep]: `max_fallbacks` is 4, so a request for `a` never gets to the chain of `e`, which its own chain leads to
          --> gwcfg.yaml:1:44 `4` after 4 hops no further chain is entered
          ::: model-mappings.yaml:2:3 `a` the way begins here
          ::: model-mappings.yaml:3:3 `e` this is not followed any more
          help: remove the setting: the compiled config has one that is large enough
        ");
    }

    #[test]
    fn no_hop_at_all() {
        insta::assert_snapshot!(with("max_fallbacks: 0", NESTED), @"
        warning[fallback-too-deep]: `max_fallbacks` is 0, so no fallback chain is followed at all
          --> gwcfg.yaml:1:44 `0` no hop is allowed
          ::: model-mappings.yaml:2:3 `a` the first chain
          help: remove the setting: the compiled config has one that is large enough
        ");
    }

    #[test]
    fn limits_that_suffice_are_silent() {
        insta::assert_snapshot!(with("max_fallbacks: 5", NESTED), @"");
        insta::assert_snapshot!(with("num_retries: 1", NESTED), @"");
        // Siblings are no depth.
        insta::assert_snapshot!(with("max_fallbacks: 1", "  a: {chain: [b, c, d, e, f]}\n"), @"");
    }

    #[test]
    fn a_circle_ends() {
        let circle = "  a: {chain: [b]}\n  b: {chain: [c]}\n  c: {chain: [a]}\n";
        insta::assert_snapshot!(with("max_fallbacks: 2", circle), @"");
        assert_ne!(with("max_fallbacks: 1", circle), "");
    }

    #[test]
    fn steps_that_were_tried_do_not_count() {
        let again = "  a: {chain: [b, c]}\n  c: {chain: [b, d]}\n  d: {chain: [e]}\n";
        insta::assert_snapshot!(with("max_fallbacks: 4", again), @"");
        assert_ne!(with("max_fallbacks: 3", again), "");
    }
}
