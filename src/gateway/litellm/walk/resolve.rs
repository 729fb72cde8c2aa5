//! A name to its deployments.

use std::borrow::Cow;

use super::super::inferred;
use super::super::releases::Change;
use super::gateway::{Gateway, Row};

/// The deployments behind a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) rows: Vec<Row>,
    /// A wildcard answered: what is asked upstream is not the deployment's own model.
    pub(super) by_pattern: bool,
}

impl Group {
    fn of(rows: Vec<Row>) -> Self {
        Group { rows, by_pattern: false }
    }
}

impl Gateway<'_> {
    /// Whether the proxy lets the name through to the router (`route_llm_request.py`): it refuses
    /// a name that nothing could answer, whatever its chain says.
    pub(super) fn is_let_through(&self, name: &str) -> bool {
        if self.refused.contains(name) {
            return false;
        }
        self.names.contains_key(name)
            || self.aliases.contains_key(name)
            || self.routing_groups.contains_key(name)
            || self.empty.contains(name)
            || !self.patterns.is_empty()
            || self.deployments.iter().any(|deployment| deployment.model == name)
    }

    /// Whether a chain that goes to the name finds somebody there: an alias, a routing group, a
    /// name or a pattern (the model of a deployment would do as well). A name without a prefix may
    /// match a pattern with the prefix that LiteLLM infers for it.
    #[must_use]
    pub fn answers_to(&self, name: &str) -> bool {
        let known = |name: &str| {
            self.names.contains_key(name)
                || self.routing_groups.contains_key(name)
                || self.by_pattern(name).is_some()
        };
        let inferred = || {
            let nobody = |_: &str| false;
            !self.patterns.is_empty()
                && super::super::infer::provider(name, None, "", &nobody).is_known()
        };
        self.aliases.contains_key(name) || known(name) || !name.contains('/') && inferred()
    }

    /// `_common_checks_available_deployment`: alias, routing group, exact name, pattern, model
    /// string, first default fallback; `None` when nothing answers.
    pub(super) fn resolve(&self, name: &str) -> Option<Group> {
        let name = self.aliases.get(name).map_or(name, |target| target.value);
        if let Some(members) = self.routing_groups.get(name) {
            let rows: Vec<Row> =
                members.iter().flat_map(|member| self.rows(member)).copied().collect();
            if !rows.is_empty() {
                return Some(Group::of(rows));
            }
        } else if !self.names.contains_key(name)
            && let Some(rows) = self.by_pattern(name)
        {
            return Some(Group { rows: rows.to_vec(), by_pattern: true });
        }
        let named = self.rows(name);
        if !named.is_empty() {
            return Some(Group::of(named.to_vec()));
        }
        let by_model: Vec<Row> = (0..self.deployments.len())
            .filter(|row| self.deployments.get(*row).is_some_and(|one| one.model == name))
            .collect();
        if !by_model.is_empty() {
            return Some(Group::of(by_model));
        }
        let default = self.fallbacks.first("*").filter(|steps| !steps.is_empty())?;
        let first = self.rows(default.first()?.value);
        (!first.is_empty()).then(|| Group::of(first.to_vec()))
    }

    /// `get_model_list`: what the router looks at for orders and for the next member, which is not
    /// quite what it picks from.
    pub(super) fn listed(&self, name: &str) -> Vec<Row> {
        let mut rows = self.rows(name).to_vec();
        let through = self.changes.has(Change::NamesSeenThrough);
        if let Some(target) =
            self.aliases.get(name).filter(|_| through || !self.hidden.contains(name))
        {
            rows.extend(self.rows(target.value));
        }
        for member in self.routing_groups.get(name).into_iter().flatten() {
            rows.extend(self.rows(member));
        }
        if rows.is_empty() {
            let by_pattern =
                if through { self.by_pattern(name) } else { self.by_plain_pattern(name) };
            rows.extend(by_pattern.into_iter().flatten());
        }
        rows
    }

    pub(super) fn rows(&self, name: &str) -> &[Row] {
        self.names.get(name).map_or(&[], Vec::as_slice)
    }

    /// The first pattern that matches the name, else the name behind the prefix of the provider
    /// that LiteLLM infers for it (`PatternMatchRouter.get_pattern`).
    fn by_pattern(&self, name: &str) -> Option<&[Row]> {
        if self.patterns.is_empty() {
            return None;
        }
        self.by_plain_pattern(name).or_else(|| self.by_plain_pattern(&prefixed(name)))
    }

    /// The first pattern that matches the name.
    fn by_plain_pattern(&self, name: &str) -> Option<&[Row]> {
        let pattern = self.patterns.iter().find(|pattern| matches(pattern.text, name))?;
        Some(&pattern.rows)
    }

    /// The model that is asked upstream, with LiteLLM's prefix.
    pub(super) fn model_asked(&self, name: &str, row: Row, by_pattern: bool) -> Cow<'_, str> {
        let Some(deployment) = self.deployments.get(row) else { return Cow::Borrowed("") };
        if !by_pattern || !deployment.model.contains('*') {
            return Cow::Borrowed(deployment.model);
        }
        let name = self.aliases.get(name).map_or(name, |target| target.value);
        let prefixed = prefixed(name);
        let plain = captures(deployment.name, name).map(|parts| (name, parts));
        let matched =
            plain.or_else(|| Some((prefixed.as_str(), captures(deployment.name, &prefixed)?)));
        let Some((matched, parts)) = matched else { return Cow::Borrowed(deployment.model) };
        if parts.len() > deployment.model.matches('*').count() {
            return Cow::Owned(matched.to_owned());
        }
        let mut model = deployment.model.to_owned();
        for part in parts {
            model = model.replacen('*', part, 1);
        }
        Cow::Owned(model)
    }
}

/// The name behind the provider that LiteLLM infers for it, or behind Python's word for none.
fn prefixed(name: &str) -> String {
    format!("{}/{name}", inferred::provider(name).unwrap_or("None"))
}

/// True when the pattern matches the beginning of the name (`re.match`).
fn matches(pattern: &str, name: &str) -> bool {
    captures(pattern, name).is_some()
}

/// Length of the escaped expression, then special characters (`pattern_utils.sorted_patterns`).
pub(super) fn specificity(text: &str) -> (usize, usize) {
    let mut length = 0;
    let mut special = 0;
    for letter in text.chars() {
        match letter {
            // `(.*)`, of which three count as special.
            '*' => {
                length += 4;
                special += 3;
            }
            letter if is_escaped(letter) => {
                length += 2;
                special += 1 + usize::from("+?\\^$|()".contains(letter));
            }
            _ => length += 1,
        }
    }
    (length, special)
}

/// What Python's `re.escape` puts a backslash before.
fn is_escaped(letter: char) -> bool {
    "()[]{}?*+-|^$\\.&~# \t\n\r\u{b}\u{c}".contains(letter)
}

/// What each `*` stands for, each as long as it can be; `None` when the pattern does not match.
/// `.` matches no line feed.
pub(super) fn captures<'n>(pattern: &str, name: &'n str) -> Option<Vec<&'n str>> {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let mut rest = name.strip_prefix(first)?;
    let parts: Vec<&str> = parts.collect();
    let mut captured = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let later = parts.get(index + 1..).unwrap_or(&[]);
        let line = rest.find('\n').unwrap_or(rest.len());
        // The longest text after which the rest of the pattern still matches.
        let ends = (0..=line).rev().filter(|end| rest.is_char_boundary(*end));
        let (taken, left) = ends
            .filter_map(|end| rest.split_at_checked(end))
            .find(|(_, left)| left.strip_prefix(part).is_some_and(|left| follows(later, left)))?;
        captured.push(taken);
        rest = left.strip_prefix(part)?;
    }
    Some(captured)
}

/// True when the parts stand in the text in this order, anything but line feeds between them.
fn follows(parts: &[&str], text: &str) -> bool {
    let Some((part, later)) = parts.split_first() else { return true };
    let line = text.find('\n').unwrap_or(text.len());
    // The earliest place leaves the most for the rest.
    let Some(at) = text.find(part).filter(|at| *at <= line) else { return false };
    text.get(at + part.len()..).is_some_and(|left| follows(later, left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_take_as_much_as_they_can() {
        assert_eq!(captures("openai/*", "openai/gpt-4"), Some(vec!["gpt-4"]));
        assert_eq!(captures("*-mini", "gpt-mini-2024"), Some(vec!["gpt"]));
        assert_eq!(captures("*-mini", "a-mini-b-mini-c"), Some(vec!["a-mini-b"]));
        assert_eq!(captures("a*b*c", "aXbYbZc!"), Some(vec!["XbY", "Z"]));
        assert_eq!(captures("*", ""), Some(vec![""]));
        assert_eq!(captures("gpt-*", "GPT-4"), None);
        assert_eq!(captures("a*b", "a\nb"), None);
        assert_eq!(captures("plain", "plainer"), Some(vec![]));
    }
}
