//! Keys that name a secret, and values that are one.

/// What a key says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretKind {
    /// A key, a password: numbers too.
    Secret,
    /// A token: a number under such a key counts tokens.
    Token,
    /// A header: the value may begin with a scheme.
    Header,
    /// The name of a variable: a value that cannot be one may be the key itself.
    Variable,
}

/// Endings of keys, without `_` and `-` and in lower case.
const SECRETS: [&str; 18] = [
    "apikey",
    "masterkey",
    "secretkey",
    "accesskey",
    "privatekey",
    "saltkey",
    "encryptionkey",
    "signingkey",
    "authkey",
    "licensekey",
    "virtualkey",
    "subscriptionkey",
    "functionskey",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "credential",
];

/// True for the last letters of all of these, of tokens, headers and variables, and of their
/// plurals. A jump and no loop: it is asked of every key.
fn may_end([third, second, last]: [u8; 3]) -> bool {
    // What is not counted may stand between two letters.
    let is =
        |byte: u8, letters: &[u8]| letters.contains(&byte) || matches!(byte, b'_' | b'-' | b'.');
    match &[second, last] {
        b"ey" | b"en" | b"ie" => is(third, b"k"),
        b"et" => is(third, b"r"),
        b"rd" => is(third, b"o"),
        b"wd" => is(third, b"s"),
        b"se" => is(third, b"a"),
        b"al" | b"on" => is(third, b"i"),
        b"ar" => is(third, b"v"),
        b"nv" | b"ys" | b"ts" | b"ns" => is(third, b"e"),
        b"ds" => is(third, b"rw"),
        b"es" => is(third, b"si"),
        b"ls" => is(third, b"a"),
        _ => false,
    }
}

/// Longer keys are no names of anything.
const MAX_KEY: usize = 64;

/// What `key` says of its value; `None` for most keys, at the cost of a look at three letters. (The
/// most frequent key of all ends like `authorization`.)
pub(super) fn secret_kind(key: &str) -> Option<SecretKind> {
    let end = key.as_bytes().last_chunk::<3>()?.map(|byte| byte.to_ascii_lowercase());
    if !may_end(end) || key.len() > MAX_KEY || key == "description" {
        return None;
    }
    let mut bare = [0_u8; MAX_KEY];
    let mut length = 0;
    for byte in key.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b'.')) {
        if let Some(slot) = bare.get_mut(length) {
            *slot = byte.to_ascii_lowercase();
            length += 1;
        }
    }
    kind_of(bare.get(..length)?)
}

fn kind_of(bare: &[u8]) -> Option<SecretKind> {
    if bare.starts_with(b"requires") || bare.starts_with(b"uses") {
        return None;
    }
    if matches!(bare, b"envvar" | b"apikeyenv" | b"keyenv") {
        return Some(SecretKind::Variable);
    }
    let one = bare.strip_suffix(b"s").unwrap_or(bare);
    // What a browser would send to be known again is as good as a key.
    if bare.ends_with(b"authorization") || matches!(bare, b"cookie" | b"cookies" | b"setcookie") {
        return Some(SecretKind::Header);
    }
    if one.ends_with(b"token") {
        return Some(SecretKind::Token);
    }
    let names = |one: &[u8]| SECRETS.iter().any(|ending| one.ends_with(ending.as_bytes()));
    (names(one) || names(bare)).then_some(SecretKind::Secret)
}

/// Values that say that there is no secret.
const DUMMIES: [&str; 18] = [
    "none",
    "null",
    "~",
    "true",
    "false",
    "yes",
    "no",
    "dummy",
    "empty",
    "fake",
    "n/a",
    "anything",
    "placeholder",
    "not-needed",
    "not-required",
    "no-key",
    "nokey",
    "unused",
];

/// True when a value under a key of this kind is a secret itself.
pub(super) fn is_literal(kind: SecretKind, value: &str) -> bool {
    let value = match kind {
        SecretKind::Header => without_scheme(value.trim()),
        SecretKind::Secret | SecretKind::Token | SecretKind::Variable => value.trim(),
    };
    if value.is_empty() || is_reference(value) || is_placeholder(value) {
        return false;
    }
    match kind {
        SecretKind::Secret | SecretKind::Header => true,
        SecretKind::Token => !value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'_')),
        SecretKind::Variable => !is_variable_name(value) && looks_random(value, 12),
    }
}

/// `Bearer X` is X.
fn without_scheme(value: &str) -> &str {
    let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
    let known = ["bearer", "basic", "token", "apikey"];
    if known.iter().any(|word| scheme.eq_ignore_ascii_case(word)) { rest.trim() } else { value }
}

/// True for a text that says where the secret is kept instead of being one.
fn is_reference(value: &str) -> bool {
    let schemes = ["os.environ/", "env:", "env/", "vault:", "secret://", "op://"];
    if schemes.iter().any(|scheme| value.starts_with(scheme)) {
        return true;
    }
    let bytes = value.as_bytes();
    match bytes {
        [b'$', b'{', .., b'}'] | [b'{', b'{', .., b'}', b'}'] | [b'<', .., b'>'] => true,
        [b'$', name @ ..] => is_capital_name(name),
        // Like `OPENAI_API_KEY`: the variable's name itself.
        _ => is_capital_name(bytes) && bytes.contains(&b'_'),
    }
}

fn is_capital_name(name: &[u8]) -> bool {
    let capital = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_');
    matches!(name, [b'A'..=b'Z' | b'_', ..]) && name.iter().all(capital)
}

/// True for a word that stands where a secret would stand: `none`, `xxx`, `***`, `your-key-here`.
fn is_placeholder(value: &str) -> bool {
    if DUMMIES.iter().any(|dummy| value.eq_ignore_ascii_case(dummy)) {
        return true;
    }
    let mut bytes = value.bytes();
    let first = bytes.next();
    let lower = value.to_ascii_lowercase();
    let invented = lower.contains("fake") || lower.contains("dummy");
    value.len() > 2 && bytes.all(|byte| Some(byte) == first)
        || lower.starts_with("your")
        || lower.contains("xxx")
        || invented && !lower.bytes().any(|byte| byte.is_ascii_digit())
}

/// True for a name that a shell can set: `[A-Za-z_][A-Za-z0-9_]*`.
#[must_use]
pub fn is_variable_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// True for one long word with letters and digits.
pub(super) fn looks_random(value: &str, least: usize) -> bool {
    value.len() >= least
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !value.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_say_whether_their_value_is_a_secret() {
        for key in ["api_key", "API-KEY", "x-api-key", "openaiApiKey", "password", "api_keys"] {
            assert_eq!(secret_kind(key), Some(SecretKind::Secret), "{key}");
        }
        assert_eq!(secret_kind("access_token"), Some(SecretKind::Token));
        assert_eq!(secret_kind("Ocp-Apim-Subscription-Key"), Some(SecretKind::Secret));
        assert_eq!(secret_kind("Authorization"), Some(SecretKind::Header));
        assert_eq!(secret_kind("Cookie"), Some(SecretKind::Header));
        assert_eq!(secret_kind("env_var"), Some(SecretKind::Variable));
        for key in ["", "requires_api_key", "name", "tokens_per_minute", "key", "monkey", "s"] {
            assert_eq!(secret_kind(key), None, "{key}");
        }
        let others = ["authorization", "cookie", "cookies", "token", "env_var", "api_key_env"];
        for name in SECRETS.into_iter().chain(others) {
            for key in [name.to_owned(), name.to_uppercase()] {
                assert!(secret_kind(&key).is_some(), "{key}");
                // What stands between letters does not count, but between the last two.
                for at in 1..key.len() - 1 {
                    let (one, other) = key.split_at(at);
                    let key = format!("{one}_{other}");
                    assert!(secret_kind(&key).is_some(), "{key}");
                }
            }
        }
        for name in SECRETS.into_iter().chain(["token"]) {
            assert!(secret_kind(&format!("{name}s")).is_some(), "{name}s");
        }
    }

    #[test]
    fn references_placeholders_and_counts_are_no_secrets() {
        let none = [
            "os.environ/X",
            "${X}",
            "$X",
            "<your key>",
            "none",
            "****",
            "OPENAI_API_KEY",
            "",
            "{{ key }}",
            "your-key-here",
            "sk-xxxx-xxxx",
            "my-fake-key",
        ];
        for value in none {
            assert!(!is_literal(SecretKind::Secret, value), "{value}");
        }
        assert!(!is_literal(SecretKind::Token, "4_096"));
        assert!(!is_literal(SecretKind::Header, "Bearer ${KEY}"));
        assert!(!is_literal(SecretKind::Variable, "MY_KEY_2"));
        assert!(is_literal(SecretKind::Secret, "hunter2"));
        assert!(is_literal(SecretKind::Secret, "$uper$ecret"));
        assert!(is_literal(SecretKind::Header, "Bearer abc"));
        assert!(is_literal(SecretKind::Variable, "abc-123-def-456"));
    }
}
