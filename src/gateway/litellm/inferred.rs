//! The provider that LiteLLM 1.106.2 infers for a model name without a prefix, from
//! `inferred.tsv`; `scripts/litellm_inferred.py` makes it from the installed package, and a test
//! makes it again.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use super::keys;

static TABLE: &str = include_str!("inferred.tsv");

static NAMES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with(['#', '~']));
    lines.filter_map(|line| line.split_once('\t')).collect()
});

static PATTERNS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter_map(|line| line.strip_prefix("~\t")?.split_once('\t'));
    lines
        .filter_map(|(pattern, provider)| {
            let pattern = RegexBuilder::new(pattern).case_insensitive(true).build().ok()?;
            Some((pattern, provider))
        })
        .collect()
});

/// The provider of a name (`inferred_provider`); `None` when LiteLLM has none for it.
#[must_use]
pub fn provider(name: &str) -> Option<&str> {
    if let Some((prefix, _)) = name.split_once('/') {
        return keys::is_provider(prefix).then_some(prefix);
    }
    let known = NAMES.binary_search_by_key(&name, |(known, _)| known).ok();
    if let Some((_, provider)) = known.and_then(|at| NAMES.get(at)) {
        return Some(provider);
    }
    PATTERNS.iter().find(|(pattern, _)| pattern.is_match(name)).map(|(_, provider)| *provider)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_a_prefix_have_a_provider() {
        assert!(NAMES.is_sorted());
        assert_eq!(provider("gpt-4o-mini"), Some("openai"));
        assert_eq!(provider("claude-opus-9-9"), Some("anthropic"));
        assert_eq!(provider("anthropic.claude-x"), Some("bedrock"));
        assert_eq!(provider("groq/llama"), Some("groq"));
        assert_eq!(provider("nobody"), None);
        assert_eq!(provider("w/x"), None);
    }
}
