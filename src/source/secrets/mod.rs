//! Literal secrets in YAML: values whose shape is that of a known key, and values under a key that
//! names a secret.
//!
//! A file that is YAML is judged by its tree (quotes, escapes, blocks and aliases are the parser's
//! business) and, for what the tree does not hold, by its text: comments. A file that is not YAML
//! is judged line by line, with more suspicion.

mod lines;
mod shapes;
mod words;

use std::ops::Range;

use super::map::Sources;
use super::scalar::{Resolved, resolve_yaml11};
use super::span::{FileId, Span};
use super::tree::{Kind, NodeId, Style, Tag, Tree};

pub use words::is_variable_name;

/// A literal secret. `Debug` shows its place alone.
#[derive(Clone, Copy)]
pub struct Secret<'a> {
    /// Where it stands; of a URL or a header the secret part alone.
    pub span: Span,
    /// The key that says that it is a secret; `None` when its shape says so.
    pub key: Option<&'a str>,
    /// How it reads after unescaping or folding, where that differs from what stands in the file.
    pub value: Option<&'a str>,
}

impl std::fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("span", &self.span).finish_non_exhaustive()
    }
}

/// Lists inside lists that are looked into under a key that names a secret.
const MAX_LISTS: usize = 4;

/// Every literal secret of a file, in order. `whole` says that `tree` is all of it; where it is
/// not, the lines are judged too.
#[must_use]
pub fn find<'a>(
    sources: &'a Sources,
    file: FileId,
    tree: &Tree<'a>,
    whole: bool,
) -> Vec<Secret<'a>> {
    let text = sources.text(file);
    let mut found = Vec::new();
    if let Some(seen) = lines::find(text, !whole) {
        under_keys(sources, tree, &mut found);
        found.extend(seen.into_iter().map(|line| Secret {
            span: Span::new(file, line.at.start, line.at.end),
            key: line.key.and_then(|key| text.get(key)),
            value: None,
        }));
    }
    unescaped(tree, &mut found);
    found.sort_by_key(|secret| (secret.span, secret.key.is_none()));
    // A key that is known by its shape may stand under a key that names it: the larger place.
    found.dedup_by(|later, earlier| {
        let inside =
            later.span.start() < earlier.span.end() && later.span.end() <= earlier.span.end();
        inside && later.value.is_none()
    });
    found
}

/// Where secrets stand in a text that is no source file: a diff, a message.
#[must_use]
pub fn in_text(text: &str) -> Vec<Range<usize>> {
    lines::find(text, true).into_iter().flatten().map(|line| line.at).collect()
}

/// True for a value that must not be written to a config: its shape is that of a secret, or `key`
/// names one and the value is no reference to a variable.
#[must_use]
pub fn is_literal(key: &str, value: &str) -> bool {
    words::secret_kind(key).is_some_and(|kind| words::is_literal(kind, value)) || has_shape(value)
}

/// True for a text with a piece whose shape is that of a known key, or a URL with a password.
#[must_use]
pub fn has_shape(text: &str) -> bool {
    lines::find(text, false).is_some_and(|found| !found.is_empty())
}

/// Scalars under keys that name a secret.
fn under_keys<'a>(sources: &Sources, tree: &Tree<'a>, found: &mut Vec<Secret<'a>>) {
    for map in tree.ids().filter(|id| tree.kind(*id) == Kind::Map) {
        for (key, value) in tree.pairs(map) {
            let key = tree.value(tree.resolve(key));
            if let Some(kind) = words::secret_kind(key) {
                below(sources, tree, (key, kind), value, MAX_LISTS, found);
            }
        }
    }
}

fn below<'a>(
    sources: &Sources,
    tree: &Tree<'a>,
    key: (&'a str, words::SecretKind),
    value: NodeId,
    depth: usize,
    found: &mut Vec<Secret<'a>>,
) {
    let id = tree.resolve(value);
    match tree.kind(id) {
        Kind::Scalar => {
            let text = tree.value(id);
            let plain = tree.style(id) == Style::Plain && tree.tag(id) != Tag::Text;
            let resolved = if plain { resolve_yaml11(text) } else { Resolved::Text };
            if matches!(resolved, Resolved::Null | Resolved::Bool(_)) {
                return;
            }
            if words::is_literal(key.1, text) {
                let span = tree.span(id);
                let value = (!sources.slice(span).contains(text)).then_some(text);
                found.push(Secret { span, key: Some(key.0), value });
            }
        }
        Kind::List if depth > 0 => {
            for item in tree.items(id) {
                below(sources, tree, key, item, depth - 1, found);
            }
        }
        // What stands in a mapping has keys of its own.
        Kind::List | Kind::Map | Kind::Alias | Kind::LostAlias => {}
    }
}

/// Scalars that read otherwise than they are written: an escape may stand inside a secret.
fn unescaped<'a>(tree: &Tree<'a>, found: &mut Vec<Secret<'a>>) {
    for id in tree.unescaped_scalars() {
        let text = tree.value(id);
        for part in lines::find(text, false).into_iter().flatten() {
            found.push(Secret { span: tree.span(id), key: None, value: text.get(part.at) });
        }
    }
}

#[cfg(test)]
mod tests;
