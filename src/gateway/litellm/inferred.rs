//! The provider that LiteLLM 1.106.2 infers for a model name without a prefix, from
//! `inferred.tsv`; `scripts/litellm_inferred.py` makes it from the installed package, and a test
//! makes it again.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use super::keys;
use super::table::{self, Table};

/// `name TAB provider`, and `~ TAB pattern TAB provider`.
const LIST: &str = include_str!("inferred.tsv");
static STARTS: [u32; table::count(LIST)] = table::starts(LIST);
static TABLE: Table = Table { text: LIST, starts: &STARTS };

/// What a name holds, in letters of any case, that any pattern matches. To make the patterns takes
/// as long as to read a small config, and most names are asked for nothing else.
const NEEDED: &str = "claude-";

static PATTERNS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    let rows = TABLE.starting(&["~"]).filter_map(|row| row.split_once('\t'));
    rows.filter_map(|(pattern, provider)| {
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
    TABLE.get(&[name]).filter(|_| name != "~").or_else(|| by_pattern(name))
}

/// The provider of the first pattern of LiteLLM that matches a name.
pub(super) fn by_pattern(name: &str) -> Option<&'static str> {
    let mut pieces = name.as_bytes().windows(NEEDED.len());
    if !pieces.any(|piece| piece.eq_ignore_ascii_case(NEEDED.as_bytes())) {
        return None;
    }
    PATTERNS.iter().find(|(pattern, _)| pattern.is_match(name)).map(|(_, provider)| *provider)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_a_prefix_have_a_provider() {
        let lines: Vec<&str> = LIST.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.is_sorted() && lines.len() == STARTS.len() && LIST.ends_with('\n'));
        assert!(lines.iter().all(|line| line.len() < table::LONGEST));
        assert_eq!(provider("gpt-4o-mini"), Some("openai"));
        assert_eq!(provider("claude-opus-9-9"), Some("anthropic"));
        assert_eq!(provider("anthropic.claude-x"), Some("bedrock"));
        assert_eq!(provider("groq/llama"), Some("groq"));
        assert_eq!(provider("nobody"), None);
        assert_eq!(provider("w/x"), None);
        assert_eq!(provider("~"), None);
        assert_eq!(provider("CLAUDE-Opus-9-9"), Some("anthropic"));
    }

    #[test]
    fn every_pattern_has_the_piece_that_is_looked_for_first() {
        let patterns: Vec<&str> = TABLE.starting(&["~"]).collect();
        assert_eq!(patterns.len(), PATTERNS.len());
        assert!(patterns.iter().all(|row| row.contains(NEEDED)));
        let words: Vec<&str> = keys::words("inferred_pattern").collect();
        let rows: Vec<&str> = patterns.iter().map(|row| row.split_once('\t').unwrap().0).collect();
        assert_eq!(words, rows);
    }
}
