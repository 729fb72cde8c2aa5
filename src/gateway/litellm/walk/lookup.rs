//! Which list of fallbacks a failure goes to.

use crate::source::Spanned;

use super::super::inferred;
use super::super::releases::{Change, Changes};
use super::gateway::Lists;

/// `get_fallback_model_group`, and whether what it found is the catch-all.
struct Found<'l, 'a> {
    steps: Option<&'l [Spanned<&'a str>]>,
    specific: bool,
}

/// `get_fallback_model_group_for_lookup_groups`: the first group with a list of its own wins; the
/// catch-all comes after all of them.
pub(super) fn chain_of<'l, 'a>(
    lists: &'l Lists<'a>,
    groups: &[&str],
    changes: Changes,
) -> Option<&'l [Spanned<&'a str>]> {
    if let Some(steps) = &lists.of_all {
        return Some(steps);
    }
    let mut catch_all = None;
    for group in groups {
        let found = find(lists, group, changes);
        if found.specific {
            return found.steps;
        }
        catch_all = catch_all.or(found.steps);
    }
    catch_all
}

fn find<'l, 'a>(lists: &'l Lists<'a>, group: &str, changes: Changes) -> Found<'l, 'a> {
    if let Some(steps) = lists.first(group) {
        return Found { steps: Some(steps), specific: true };
    }
    let stripped = match without_provider(group) {
        Some(group) => lists.last(group),
        None if !lists.has_prefixes => None,
        None if !changes.has(Change::ListBehindProvider) => None,
        None => with_provider(group).and_then(|group| lists.last(&group)),
    };
    Found { steps: stripped.or_else(|| lists.last("*")), specific: stripped.is_some() }
}

/// `openai/gpt-x` finds the list of `gpt-x`.
fn without_provider(group: &str) -> Option<&str> {
    let (provider, rest) = group.split_once('/')?;
    super::super::keys::is_provider(provider).then_some(rest)
}

/// `gpt-x` finds the list of `openai/gpt-x`, when that is the provider that LiteLLM infers for it.
fn with_provider(group: &str) -> Option<String> {
    let provider = inferred::provider(group).filter(|_| !group.contains('/'))?;
    Some(format!("{provider}/{group}"))
}
