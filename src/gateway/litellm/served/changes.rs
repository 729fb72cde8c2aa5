//! What differs between two configs for those who ask, name by name.

use std::collections::BTreeSet;

use super::words::{Detail, private};
use super::{Deployment, Route, Served, Step};

/// What became of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is served now.
    Added,
    /// It is not served any more.
    Removed,
    /// It is served otherwise.
    Changed,
}

impl ChangeKind {
    /// As machines read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
        }
    }
}

/// What became of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The name that a request asks for; a wildcard as it is written; `*` for all names without a
    /// chain of their own.
    pub request: String,
    /// What became of it.
    pub kind: ChangeKind,
    /// The same for people: `new, answered by ollama_chat/phi4`.
    pub words: String,
}

/// What changed for those who ask, by name. Names that gwcfg or an alias hides are not told by
/// themselves, but behind the chains that lead to them.
#[must_use]
pub fn changes(old: &Served<'_>, new: &Served<'_>) -> Vec<Change> {
    let nothing = Route::default();
    let names: BTreeSet<&str> = old.routes.keys().chain(new.routes.keys()).copied().collect();
    let mut changes: Vec<Change> = default_chain(old, new).into_iter().collect();
    for name in names {
        let before = old.routes.get(name).filter(|route| route.is_public(name));
        let after = new.routes.get(name).filter(|route| route.is_public(name));
        let (before, after) = (before.unwrap_or(&nothing), after.unwrap_or(&nothing));
        if before == after {
            continue;
        }
        let defaults = (!old.default_chain.is_empty(), !new.default_chain.is_empty());
        if let Some((kind, words)) = change(before, after, defaults) {
            changes.push(Change { request: name.to_owned(), kind, words });
        }
    }
    changes
}

fn default_chain(old: &Served<'_>, new: &Served<'_>) -> Option<Change> {
    let chain = chain_change(&old.default_chain, &new.default_chain)?;
    let words = format!("names without a chain of their own: {chain}");
    Some(Change { request: "*".to_owned(), kind: ChangeKind::Changed, words })
}

fn change(
    before: &Route<'_>,
    after: &Route<'_>,
    defaults: (bool, bool),
) -> Option<(ChangeKind, String)> {
    match (before.is_served(), after.is_served()) {
        (false, true) => {
            let mut words = match after.alias {
                Some(alias) => format!("new, an alias of {}", alias.target),
                None => {
                    let answers = Detail::of(&[], &refs(&after.deployments)).answers(after);
                    format!("new, answered by {answers}")
                }
            };
            if let Some(steps) = after.chain.as_deref().filter(|steps| !steps.is_empty()) {
                let chain = Detail::of(&[], &private(steps)).chain(steps);
                words.push_str(&format!("; chain is {chain}"));
            }
            Some((ChangeKind::Added, words))
        }
        (true, false) => {
            let was = Detail::of(&refs(&before.deployments), &[]).answers(before);
            Some((ChangeKind::Removed, format!("gone (was {was})")))
        }
        (true, true) | (false, false) => {
            let mut parts = Vec::new();
            parts.extend(answers_change(before, after));
            parts.extend(strategy_change(before, after));
            parts.extend(own_chain_change(before, after, defaults));
            (!parts.is_empty()).then(|| (ChangeKind::Changed, parts.join("; ")))
        }
    }
}

fn refs<'r, 'a>(deployments: &'r [Deployment<'a>]) -> Vec<&'r Deployment<'a>> {
    deployments.iter().collect()
}

/// Two sides of one name in the same detail; `None` when nothing that is told differs.
fn told<'a>(
    old: &[&Deployment<'a>],
    new: &[&Deployment<'a>],
    words: impl Fn(&Detail<'a>) -> (String, String),
) -> Option<(String, String)> {
    let detail = Detail::of(old, new);
    let (before, after) = words(&detail);
    if before != after {
        return Some((before, after));
    }
    // What differs may stand behind the end of a long list.
    let (before, after) = words(&detail.whole());
    (before != after).then_some((before, after))
}

fn answers_change<'a>(before: &Route<'a>, after: &Route<'a>) -> Option<String> {
    let told = told(&refs(&before.deployments), &refs(&after.deployments), |detail| {
        (detail.answers(before), detail.answers(after))
    });
    told.map(|(before, after)| format!("now {after} (was {before})"))
}

fn strategy_change(before: &Route<'_>, after: &Route<'_>) -> Option<String> {
    let word = |strategy| if str::is_empty(strategy) { "simple-shuffle" } else { strategy };
    let several = before.deployments.len() > 1 && after.deployments.len() > 1;
    let (was, is) = (word(before.strategy), word(after.strategy));
    (several && was != is).then(|| format!("strategy is now {is} (was {was})"))
}

/// A name without a chain of its own follows the default one, where there is one.
fn own_chain_change(
    before: &Route<'_>,
    after: &Route<'_>,
    (had_default, has_default): (bool, bool),
) -> Option<String> {
    let (old, new) = (before.chain.as_deref(), after.chain.as_deref());
    match (old, new) {
        // What becomes of the default chain is told once for all.
        (None, None) => None,
        (Some(old), None) if has_default => {
            Some(format!("chain is now the default one (was {})", chain_words(old)))
        }
        (None, Some(new)) if had_default => {
            Some(format!("chain is now {} (was the default one)", chain_words(new)))
        }
        (old, new) => chain_change(old.unwrap_or(&[]), new.unwrap_or(&[])),
    }
}

fn chain_words(steps: &[Step<'_>]) -> String {
    Detail::of(&private(steps), &[]).chain(steps)
}

fn chain_change<'a>(old: &[Step<'a>], new: &[Step<'a>]) -> Option<String> {
    let told = told(&private(old), &private(new), |detail| (detail.chain(old), detail.chain(new)));
    told.map(|(before, after)| format!("chain is now {after} (was {before})"))
}
