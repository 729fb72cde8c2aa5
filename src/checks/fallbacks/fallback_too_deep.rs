//! Chains are followed to their end.

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

/// Looks for the walk that comes to a chain after the most hops, when the project sets a limit of
/// its own: without one the compiled config has a limit that is large enough.
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
    let Some((start, hops)) = deepest(routing).filter(|(_, hops)| *hops >= limit) else { return };
    let Some((from, to)) = cut(routing, start, limit) else { return };
    out.report(
        format!(
            "`max_fallbacks` is {limit}, so a request for `{}` never gets to the chain of `{}`, \
             which its own chain leads to",
            from.value, to.value
        ),
        written.span,
        format!("{} hops are needed", hops + 1),
    )
    .also(from.span, "the way begins here")
    .also(to.span, "this is not followed any more")
    .help(format!(
        "remove the setting, since the compiled config has one that is large enough, or set it to \
         {}",
        hops + 1
    ));
}

/// `max_fallbacks` as the project sets it.
fn own_limit<'p>(project: &'p Project<'_>) -> Option<(usize, &'p Spanned<Scalar>)> {
    let settings = project.gateway.value()?.router_settings.value()?;
    let entry = settings.iter().find(|entry| entry.name.value == "max_fallbacks")?;
    let written = entry.value.given()?;
    Some((usize::try_from(written.value.as_u64()?).ok()?, written))
}

/// What is known of a name's walk while walks are followed.
#[derive(Clone, Copy)]
enum Walk {
    Unknown,
    /// On the way that is being followed.
    Open,
    /// Hops before the last chain that it comes to.
    Known(usize),
}

/// The name whose walk comes to its last chain after the most hops, and these hops. LiteLLM counts
/// every step that was tried, and enters the chain of a step only below its limit (seen on
/// 1.106.2). A walk goes on through the last step of each chain: the others are tried without
/// their chains. Each name is followed once.
fn deepest(routing: &Routing<'_>) -> Option<(GroupId, usize)> {
    let mut walks = vec![Walk::Unknown; routing.groups.len()];
    let mut deepest: Option<(GroupId, usize)> = None;
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
                // A name that was tried already ends the walk; a chain of that name alone has
                // nothing to try.
                Some(Walk::Open) | None => {
                    if let Some(last) = way.pop_if(|last| steps(routing, *last).len() == 1)
                        && let Some(walk) = walks.get_mut(last.0 as usize)
                    {
                        *walk = Walk::Known(0);
                    }
                    break;
                }
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
            if deepest.is_none_or(|(_, most)| most < hops) {
                deepest = Some((group, hops));
            }
        }
    }
    deepest
}

/// The name where a walk begins, and the one whose chain it cannot enter any more.
fn cut<'a>(routing: &Routing<'a>, start: GroupId, limit: usize) -> Option<(Name<'a>, Name<'a>)> {
    let (mut at, mut hops) = (start, 0);
    while hops < limit {
        hops += steps(routing, at).len();
        at = next(routing, at)?;
    }
    Some((owner(routing, start)?, owner(routing, at)?))
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
          --> gwcfg.yaml:1:44 `4` 5 hops are needed
          ::: model-mappings.yaml:2:3 `a` the way begins here
          ::: model-mappings.yaml:3:3 `e` this is not followed any more
          help: remove the setting, since the compiled config has one that is large enough, or set it to 5
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
}
