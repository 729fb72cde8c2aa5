//! How a text is written as one YAML scalar on one line.
//!
//! Plain only where every reader agrees that it is text: PyYAML and libyaml (YAML 1.1), readers of
//! YAML 1.2, and the looser ones between (some take `y` for true, or `1_000` for a number).

use std::io::{self, Write};

use crate::source::scalar::{Resolved, resolve_yaml11, resolve_yaml12};

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// `'it''s'`: nothing but the quote itself is escaped.
    Single,
    /// `"a\tb"`: for characters that cannot be seen, or that a reader refuses or changes.
    Double,
}

/// The simplest style that every reader reads back as the same text.
#[must_use]
pub fn style_of(text: &str) -> Style {
    let bytes = text.as_bytes();
    let mut plain = begins_plain(bytes);
    let mut previous = b' ';
    for &byte in bytes {
        match byte {
            0..=0x1f | 0x7f => return Style::Double,
            0x80.. => return style_beyond_ascii(text),
            b'#' if previous == b' ' => plain = false,
            b' ' if previous == b':' => plain = false,
            _ => {}
        }
        previous = byte;
    }
    finish_style(text, plain && !matches!(previous, b' ' | b':'))
}

/// Writes a text in the style it needs.
///
/// # Errors
/// Those of the receiver.
pub fn write_text<W: Write>(out: &mut W, text: &str) -> io::Result<()> {
    match style_of(text) {
        Style::Plain => out.write_all(text.as_bytes()),
        Style::Single => write_single(out, text),
        Style::Double => write_double(out, text),
    }
}

/// The text as one scalar, wherever it stands: in a block, or between brackets, braces and commas.
#[must_use]
pub fn anywhere(text: &str) -> String {
    let ends_in_flow = text.contains(['[', ']', '{', '}', ',', '?']);
    let mut written = Vec::with_capacity(text.len() + 2);
    // A vector takes all.
    let _ = match style_of(text) {
        Style::Plain if ends_in_flow => write_single(&mut written, text),
        Style::Plain | Style::Single | Style::Double => write_text(&mut written, text),
    };
    String::from_utf8(written).unwrap_or_default()
}

/// Whether a character is hidden, breaks a line for some reader, or is refused raw by PyYAML.
///
/// PyYAML refuses control characters, U+FFFE and U+FFFF, breaks lines at U+0085, U+2028 and U+2029,
/// and drops U+FEFF at the start. A no-break space, a soft hyphen, a zero width space and the marks
/// that turn the direction of writing are read well but deceive who reads a diff.
#[must_use]
pub fn must_escape(character: char) -> bool {
    match character {
        ' '..='~' => false,
        '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' => true,
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{feff}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => character.is_control(),
    }
}

/// The slower half of [`style_of`]: reads characters, not bytes.
fn style_beyond_ascii(text: &str) -> Style {
    if text.chars().any(must_escape) {
        return Style::Double;
    }
    let breaks_plain = text.contains(": ") || text.contains(" #") || text.ends_with([' ', ':']);
    finish_style(text, begins_plain(text.as_bytes()) && !breaks_plain)
}

fn finish_style(text: &str, plain: bool) -> Style {
    if plain && !may_be_retyped(text) { Style::Plain } else { Style::Single }
}

/// Whether the first bytes let a plain scalar begin in a block of any reader.
fn begins_plain(bytes: &[u8]) -> bool {
    match bytes {
        [] => false,
        // `-x` is text; `- x` is a list, and `---` may end the document.
        [b'-', b' ', ..] | b"-" | [b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..] => false,
        [b' ' | b'#' | b',' | b'?' | b':' | b'[' | b']' | b'{' | b'}', ..] => false,
        [b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`', ..] => false,
        _ => true,
    }
}

/// Whether some reader would take a plain text for something else than text.
fn may_be_retyped(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes {
        [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => is_like_a_number(bytes),
        [b'_', ..] => false,
        [first, ..] if first.is_ascii_alphabetic() => is_like_a_word(text),
        _ => is_resolved(text),
    }
}

fn is_resolved(text: &str) -> bool {
    resolve_yaml11(text) != Resolved::Text || resolve_yaml12(text) != Resolved::Text
}

/// The reserved words of YAML 1.1 in any case, with `y` and `n`, which its specification names and
/// PyYAML leaves text.
fn is_like_a_word(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    text.len() <= 5 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Numbers of both schemas, and what looser readers also take for one: `0O14`, `-0b1`, `1_000.5`,
/// `1e3`, `08:00`, every text that begins with a date.
fn is_like_a_number(bytes: &[u8]) -> bool {
    let digits = match bytes {
        [b'+' | b'-', digits @ ..] => digits,
        _ => bytes,
    };
    match digits {
        [b'0', b'b' | b'B' | b'o' | b'O' | b'x' | b'X', tail @ ..] => {
            tail.iter().all(|b| b.is_ascii_hexdigit() || *b == b'_')
        }
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', month @ ..] => {
            matches!(month, [b'0'..=b'9', b'-', b'0'..=b'9', ..])
                || matches!(month, [b'0'..=b'9', b'0'..=b'9', b'-', b'0'..=b'9', ..])
        }
        [b'.', name @ ..] if name.len() == 3 => {
            name.eq_ignore_ascii_case(b"inf")
                || name.eq_ignore_ascii_case(b"nan")
                || is_made_of_number_signs(digits)
        }
        _ => is_made_of_number_signs(digits),
    }
}

/// At least one digit, and otherwise `_`, `.`, `:`, and an exponent with its sign.
///
/// Two dots and no colon are no number to anyone: `1.2.3` and `127.0.0.1` stay plain.
fn is_made_of_number_signs(bytes: &[u8]) -> bool {
    let (mut digits, mut dots, mut colons) = (0_usize, 0_usize, 0_usize);
    let mut previous = b' ';
    for &byte in bytes {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' => dots += 1,
            b':' => colons += 1,
            b'_' | b'e' | b'E' => {}
            b'+' | b'-' if matches!(previous, b'e' | b'E') => {}
            _ => return false,
        }
        previous = byte;
    }
    digits > 0 && (dots < 2 || colons > 0)
}

fn write_single<W: Write>(out: &mut W, text: &str) -> io::Result<()> {
    out.write_all(b"'")?;
    let mut pieces = text.split('\'');
    if let Some(first) = pieces.next() {
        out.write_all(first.as_bytes())?;
    }
    for piece in pieces {
        out.write_all(b"''")?;
        out.write_all(piece.as_bytes())?;
    }
    out.write_all(b"'")
}

fn write_double<W: Write>(out: &mut W, text: &str) -> io::Result<()> {
    out.write_all(b"\"")?;
    let is_special = |c: char| c == '"' || c == '\\' || must_escape(c);
    for piece in text.split_inclusive(is_special) {
        match piece.chars().next_back().filter(|last| is_special(*last)) {
            Some(last) => {
                let raw = piece.strip_suffix(last).unwrap_or_default();
                out.write_all(raw.as_bytes())?;
                write_escape(out, last)?;
            }
            None => out.write_all(piece.as_bytes())?,
        }
    }
    out.write_all(b"\"")
}

fn write_escape<W: Write>(out: &mut W, character: char) -> io::Result<()> {
    let letter = match character {
        '"' => b'"',
        '\\' => b'\\',
        '\0' => b'0',
        '\u{7}' => b'a',
        '\u{8}' => b'b',
        '\t' => b't',
        '\n' => b'n',
        '\u{b}' => b'v',
        '\u{c}' => b'f',
        '\r' => b'r',
        '\u{1b}' => b'e',
        '\u{85}' => b'N',
        '\u{a0}' => b'_',
        '\u{2028}' => b'L',
        '\u{2029}' => b'P',
        other => return write_code(out, u32::from(other)),
    };
    out.write_all(&[b'\\', letter])
}

fn write_code<W: Write>(out: &mut W, code: u32) -> io::Result<()> {
    if code <= 0xff {
        write!(out, "\\x{code:02X}")
    } else if code <= 0xffff {
        write!(out, "\\u{code:04X}")
    } else {
        write!(out, "\\U{code:08X}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        write_text(&mut out, text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn between_brackets_more_is_quoted() {
        let texts = ["phi4:14b", "a, b", "x]", "@cf/a", "yes", "it's", "a\tb", "1.10"];
        let expected =
            ["phi4:14b", "'a, b'", "'x]'", "'@cf/a'", "'yes'", "it's", "\"a\\tb\"", "'1.10'"];
        assert_eq!(texts.map(anywhere), expected);
    }

    #[test]
    fn names_and_addresses_stay_plain() {
        let plain = [
            "gpt-4o",
            "openai/gpt-4.1",
            "os.environ/KEY",
            "http://127.0.0.1:8000/v1",
            "a b",
            "é",
            "127.0.0.1",
            "1.2.3",
            "4o",
            "-x",
            "a:b",
            "a#b",
            "it's",
            "_",
            "yess",
            "🦀",
            "a, [b]",
            "2025-preview",
            "gpt-4-2025-01-31",
        ];
        for text in plain {
            assert_eq!(written(text), text);
        }
    }

    #[test]
    fn what_a_reader_could_retype_is_quoted() {
        let quoted = [
            "",
            "~",
            "yes",
            "Off",
            "tRUE",
            "y",
            "N",
            "null",
            "<<",
            "=",
            "12:30",
            "08:00",
            "1e3",
            "0x1f",
            "0X1F",
            "0o14",
            "-0b1",
            "012",
            "1_000",
            "+.5",
            ".inf",
            "-.INF",
            ".nan",
            "-1",
            "2025-01-31",
            "2025-1-1T10:00:00Z",
            "1:2.5",
            "1E+3",
        ];
        for text in quoted {
            assert_eq!(written(text), format!("'{text}'"));
        }
    }

    #[test]
    fn what_yaml_gives_a_meaning_is_quoted() {
        let quoted = [
            "- a", "-", "a: b", "a:", "#x", "a #b", " a", "a ", "[a", "{a", "&a", "*a", "!a", "|",
            ">", "%a", "@a", "`a", "?a", ":a", "---", "...", "--- a", "é: b", "é #b", "é ",
        ];
        for text in quoted {
            assert_eq!(written(text), format!("'{text}'"));
        }
        assert_eq!(written("'a'"), "'''a'''");
    }

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        assert_eq!(written("a\nb\tc"), r#""a\nb\tc""#);
        assert_eq!(written("\0\x07\x1f\x7f"), r#""\0\a\x1F\x7F""#);
        assert_eq!(written("\u{85}\u{9f}\u{a0}"), r#""\N\x9F\_""#);
        assert_eq!(written("\u{2028}\u{2029}\u{feff}\u{ffff}"), r#""\L\P\uFEFF\uFFFF""#);
        assert_eq!(written("🦀\"\\\r"), r#""🦀\"\\\r""#);
        assert_eq!(written("\u{202e}é"), r#""\u202Eé""#);
    }
}
