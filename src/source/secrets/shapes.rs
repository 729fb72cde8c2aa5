//! Secrets that are known by their shape, wherever on a line they stand. The home of `regex`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::words::{SecretKind, is_literal, looks_random};

/// Keys of the providers and services that configs of gateways hold. Each begins with its
/// service's own mark, so that the name of a model is never taken for a key.
const KEY: &str = concat!(
    r"(?-u:\b)(",
    r"sk-[A-Za-z0-9_-]{12,}",
    r"|AIza[A-Za-z0-9_-]{30,}",
    r"|ya29\.[A-Za-z0-9_-]{20,}",
    r"|(?:hf_|gsk_|r8_|fw_|tgp_v1_|pplx-|xai-|csk-)[A-Za-z0-9_]{16,}",
    r"|nvapi-[A-Za-z0-9_-]{16,}",
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}",
    r"|gh[opsur]_[A-Za-z0-9]{16,}",
    r"|github_pat_[A-Za-z0-9_]{20,}",
    r"|glpat-[A-Za-z0-9_-]{16,}",
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"|hooks\.slack\.com/services/[A-Za-z0-9/]{16,}",
    r"|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]+)?",
    r")",
);

/// What stands behind the scheme of an `Authorization` header.
const BEARER: &str = r"(?i-u:\b(?:bearer|basic)[ \t]+)([A-Za-z0-9._~+/=-]{8,})";

/// The password of a URL, up to the last `@` before the host.
const PASSWORD: &str = r#"://[^\s/?#@:'"]*:([^\s/?#'"]+)@"#;

/// A long user name of a URL without a password.
const USER: &str = r#"://([^\s/?#@:'"]{16,})@"#;

/// What a URL's query gives to a parameter that names a secret.
const QUERY: &str = concat!(
    r"(?i-u:[?&](?:(?:api|access|auth|id|private|refresh|secret|subscription|x-api)?[_-]?",
    r"(?:key|token)|secret|client[_-]secret|password|passwd|pwd|sig|signature)=)",
    r#"([^\s&#'"]+)"#,
);

/// What tells a secret from an example.
type Judge = fn(&str) -> bool;

/// What a text must have a piece of, for a shape to be looked for in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// The mark of a service.
    Service,
    /// A scheme of the `Authorization` header.
    Scheme,
    /// What stands before the host of a URL.
    Url,
    /// The first line of a private key, which is no matter of shapes.
    PrivateKey,
}

/// A shape, and what tells a secret from the examples of manuals (`sk-your-api-key`). Its
/// expression is compiled when the first text with its mark is met: most files have none, and the
/// compiling would take longer than the reading of a usual project.
struct Shape {
    /// `None` for a shape that every text may have.
    mark: Option<Mark>,
    /// What else must stand in the text.
    beside: &'static str,
    expression: LazyLock<Option<Regex>>,
    is_meant: Judge,
}

static SHAPES: [Shape; 5] = [
    Shape {
        mark: Some(Mark::Service),
        beside: "",
        expression: LazyLock::new(|| Regex::new(KEY).ok()),
        is_meant: is_varied,
    },
    Shape {
        mark: Some(Mark::Scheme),
        beside: "",
        expression: LazyLock::new(|| Regex::new(BEARER).ok()),
        is_meant: |text| is_secret(text) && looks_random(text, 8),
    },
    Shape {
        mark: Some(Mark::Url),
        beside: "@",
        expression: LazyLock::new(|| Regex::new(PASSWORD).ok()),
        is_meant: is_secret,
    },
    Shape {
        mark: Some(Mark::Url),
        beside: "@",
        expression: LazyLock::new(|| Regex::new(USER).ok()),
        is_meant: |text| is_secret(text) && looks_random(text, 16),
    },
    Shape {
        mark: None,
        beside: "?",
        expression: LazyLock::new(|| Regex::new(QUERY).ok()),
        is_meant: |text| is_secret(text) && looks_random(text, 6),
    },
];

/// The secrets of a text that has `marks`, shape by shape.
pub(super) fn all(text: &str, marks: &[Mark]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for shape in SHAPES.iter().filter(|shape| shape.mark.is_none_or(|mark| marks.contains(&mark))) {
        if !text.contains(shape.beside) {
            continue;
        }
        let Some(expression) = shape.expression.as_ref() else { continue };
        let matches = expression.captures_iter(text).filter_map(|captures| captures.get(1));
        found.extend(matches.filter(|it| (shape.is_meant)(it.as_str())).map(|it| it.range()));
    }
    found
}

fn is_secret(text: &str) -> bool {
    is_literal(SecretKind::Secret, text)
}

/// Six different letters, a digit or a capital among them.
fn is_varied(text: &str) -> bool {
    let mut seen = [false; 256];
    let different = text.bytes().filter(|byte| {
        let slot = seen.get_mut(usize::from(*byte));
        slot.is_some_and(|slot| !std::mem::replace(slot, true))
    });
    different.count() >= 6
        && text.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_is_one() {
        assert!(SHAPES.iter().all(|shape| shape.expression.is_some()));
    }

    #[test]
    fn shapes_are_found_and_examples_are_not() {
        let found = |text: &str| {
            let all = all(text, &[Mark::Service, Mark::Scheme, Mark::Url]);
            let all: Vec<_> = all.into_iter().map(|range| text.get(range).unwrap()).collect();
            all.join(" ")
        };
        assert_eq!(found("x: sk-ant-api03-a1B2c3D4e5F6, y"), "sk-ant-api03-a1B2c3D4e5F6");
        assert_eq!(found("'AKIAIOSFODNN7EXAMPLE'"), "AKIAIOSFODNN7EXAMPLE");
        assert_eq!(found("Bearer abcdef123456"), "abcdef123456");
        assert_eq!(found("https://me:p@ss:w@host/v1?a=b@c"), "p@ss:w");
        assert_eq!(found("redis://:hunter2@cache:6379"), "hunter2");
        assert_eq!(found("https://0123456789abcdef0123@host"), "0123456789abcdef0123");
        assert_eq!(
            found("https://hooks.slack.com/services/T0/B0/abcdef012345"),
            "hooks.slack.com/services/T0/B0/abcdef012345"
        );
        assert_eq!(found("https://host/v1?v=2&api_key=hunter2&key=a1b2c3d4"), "hunter2 a1b2c3d4");
        assert_eq!(found("https://host/a?sv=2024&sig=abc%2Bd3f%3D"), "abc%2Bd3f%3D");
        for none in [
            "https://host/v1?key=${KEY}&token=name&page_key=a1b2c3d4&max_tokens=4096",
            "sk-your-api-key-here",
            "hf_xxxxxxxxxxxxxxxxxxxx",
            "basic authentication",
            "http://user:${PASSWORD}@host",
            "http://host:8080/a@b",
            "task-1-and-a-2-and-b-3",
            "desk-lamp-12345678901234",
            "xai/grok-4-fast-reasoning-20250101",
            "openai/gpt-4o",
        ] {
            assert_eq!(found(none), "", "{none}");
        }
    }
}
