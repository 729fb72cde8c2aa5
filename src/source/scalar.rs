//! How a plain scalar is read: by YAML 1.1 as PyYAML 6 does it, and by the YAML 1.2 core schema.
//!
//! A Python gateway reads its config with PyYAML, so `yes` is a boolean there, `12:30` is 750 and
//! `012` is 10, while Rust, Go and JavaScript tools read text, text and 12. Everything here looks
//! at the text only; whether a scalar is plain is the caller's knowledge. Words that no rule can
//! match cost one look at their first byte.

use std::borrow::Cow;

/// What a plain scalar means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Resolved {
    /// Nothing: the empty scalar, `~`, `null`.
    Null,
    /// A truth value; YAML 1.1 knows `yes`, `no`, `on` and `off` too.
    Bool(bool),
    /// A whole number of any size.
    Int,
    /// A number with a fraction or an exponent, an infinity or "not a number".
    Float,
    /// A date or a time, YAML 1.1 only.
    Timestamp,
    /// `<<`, the merge key of YAML 1.1. As a value PyYAML refuses it.
    Merge,
    /// `=`, the default-value key of YAML 1.1. PyYAML refuses to construct it.
    Value,
    /// Plain text.
    Text,
}

/// How PyYAML 6's `SafeLoader` reads a plain scalar.
///
/// The rules are those of its implicit resolvers (`yaml/resolver.py` of PyYAML 6.0.3). Its rule for
/// a lone `!`, `&` or `*` is left out: no plain scalar can begin with one of these.
#[must_use]
pub fn resolve_yaml11(text: &str) -> Resolved {
    let bytes = text.as_bytes();
    match bytes {
        [] | b"~" => Resolved::Null,
        b"<<" => Resolved::Merge,
        b"=" => Resolved::Value,
        [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => number_yaml11(bytes),
        [b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O', ..]
            if bytes.len() <= LONGEST_WORD =>
        {
            word_yaml11(bytes)
        }
        _ => Resolved::Text,
    }
}

/// How a reader of the YAML 1.2 core schema reads a plain scalar (YAML 1.2.2, section 10.3.2).
#[must_use]
pub fn resolve_yaml12(text: &str) -> Resolved {
    let bytes = text.as_bytes();
    match bytes {
        [] | b"~" => Resolved::Null,
        [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => number_yaml12(bytes),
        [b'n' | b'N' | b't' | b'T' | b'f' | b'F', ..] if bytes.len() <= LONGEST_WORD => {
            word_yaml12(bytes)
        }
        _ => Resolved::Text,
    }
}

/// Whether YAML 1.1 and YAML 1.2 read a plain scalar differently: as other kinds, or as the same
/// kind with another value (`012` is 10 in one and 12 in the other).
#[must_use]
pub fn differs(text: &str) -> bool {
    let yaml11 = resolve_yaml11(text);
    if yaml11 != resolve_yaml12(text) {
        return true;
    }
    // Both read floats in base ten, and so all integers but those with a leading zero.
    yaml11 == Resolved::Int && is_octal_of_two_digits(unsigned(text.as_bytes()))
}

/// The value PyYAML gives a scalar that resolves to [`Resolved::Int`].
///
/// Knows underscores, a sign, `0b`, `0x`, octal by a leading zero, and base 60 (`12:30` is 750).
/// `None` for a scalar that is no integer, that does not fit, or that PyYAML fails on (`0x_`).
#[must_use]
pub fn int_yaml11(text: &str) -> Option<i128> {
    if resolve_yaml11(text) != Resolved::Int {
        return None;
    }
    let written = without_underscores(text);
    let (negative, digits) = sign(&written);
    let magnitude = if let Some(binary) = digits.strip_prefix("0b") {
        u128::from_str_radix(binary, 2).ok()?
    } else if let Some(hexadecimal) = digits.strip_prefix("0x") {
        u128::from_str_radix(hexadecimal, 16).ok()?
    } else if digits.starts_with('0') {
        u128::from_str_radix(digits, 8).ok()?
    } else {
        digits
            .split(':')
            .try_fold(0_u128, |high, part| high.checked_mul(60)?.checked_add(part.parse().ok()?))?
    };
    if negative { 0_i128.checked_sub_unsigned(magnitude) } else { magnitude.try_into().ok() }
}

/// The value PyYAML gives a scalar that resolves to [`Resolved::Float`], or the nearest float to
/// one that resolves to [`Resolved::Int`].
///
/// `None` for a scalar that is no number, for an integer beyond the range of a float, and for a
/// base 60 float of more than 22 parts.
#[must_use]
pub fn float_yaml11(text: &str) -> Option<f64> {
    match resolve_yaml11(text) {
        Resolved::Float => float_value(&without_underscores(text)),
        Resolved::Int => int_as_float(text),
        Resolved::Null
        | Resolved::Bool(_)
        | Resolved::Timestamp
        | Resolved::Merge
        | Resolved::Value
        | Resolved::Text => None,
    }
}

/// `false` and `False`: no reserved word is longer.
const LONGEST_WORD: usize = 5;

fn word_yaml11(word: &[u8]) -> Resolved {
    match word {
        b"yes" | b"Yes" | b"YES" | b"on" | b"On" | b"ON" => Resolved::Bool(true),
        b"no" | b"No" | b"NO" | b"off" | b"Off" | b"OFF" => Resolved::Bool(false),
        _ => word_yaml12(word),
    }
}

fn word_yaml12(word: &[u8]) -> Resolved {
    match word {
        b"null" | b"Null" | b"NULL" => Resolved::Null,
        b"true" | b"True" | b"TRUE" => Resolved::Bool(true),
        b"false" | b"False" | b"FALSE" => Resolved::Bool(false),
        _ => Resolved::Text,
    }
}

fn number_yaml11(bytes: &[u8]) -> Resolved {
    let digits = unsigned(bytes);
    let signed = digits.len() < bytes.len();
    match digits {
        [b'.', name @ ..] if is_infinity(name) || (!signed && is_nan(name)) => Resolved::Float,
        [b'.', b'0'..=b'9', fraction @ ..] if !signed => {
            float_if(ends_or_exponent(after(fraction, digit_or_underscore), false))
        }
        [b'0', b'b', tail @ ..] => int_if(all_of(tail, |b| matches!(b, b'0' | b'1' | b'_'))),
        [b'0', b'x', tail @ ..] => int_if(all_of(tail, |b| b.is_ascii_hexdigit() || b == b'_')),
        [first @ b'0'..=b'9', ..] => match after(digits, digit_or_underscore) {
            [] => int_if(*first != b'0' || all_of(digits, |b| matches!(b, b'0'..=b'7' | b'_'))),
            [b'.', fraction @ ..] => {
                float_if(ends_or_exponent(after(fraction, digit_or_underscore), false))
            }
            parts @ [b':', ..] => base60_yaml11(*first, parts),
            [b'-', ..] if is_timestamp(bytes) => Resolved::Timestamp,
            _ => Resolved::Text,
        },
        _ => Resolved::Text,
    }
}

/// What follows the first part of a base 60 number: `:30`, `:30:15`, `:30.5`.
fn base60_yaml11(first: u8, parts: &[u8]) -> Resolved {
    let mut rest = parts;
    loop {
        rest = match rest {
            [b':', b'0'..=b'5', b'0'..=b'9', tail @ ..] | [b':', b'0'..=b'9', tail @ ..] => tail,
            [] => return int_if(first != b'0'),
            [b'.', fraction @ ..] => {
                return float_if(after(fraction, digit_or_underscore).is_empty());
            }
            _ => return Resolved::Text,
        };
    }
}

/// A date `2025-01-31`, or a date and a time in the wider spelling of the YAML 1.1 timestamp.
fn is_timestamp(bytes: &[u8]) -> bool {
    let [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', day_of_year @ ..] = bytes else {
        return false;
    };
    matches!(day_of_year, [b'0'..=b'9', b'0'..=b'9', b'-', b'0'..=b'9', b'0'..=b'9'])
        || time_after_date(day_of_year).is_some_and(is_zone_or_end)
}

/// Reads `1-31T10:00:00.5`; what is left is the time zone.
fn time_after_date(bytes: &[u8]) -> Option<&[u8]> {
    let day = one_or_two_digits(bytes)?.strip_prefix(b"-")?;
    let hour = match one_or_two_digits(day)? {
        [b'T' | b't', hour @ ..] => hour,
        blanks @ [b' ' | b'\t', ..] => after(blanks, blank),
        _ => return None,
    };
    let minute = one_or_two_digits(hour)?.strip_prefix(b":")?;
    let second = two_digits(minute)?.strip_prefix(b":")?;
    Some(match two_digits(second)? {
        [b'.', fraction @ ..] => after(fraction, |b| b.is_ascii_digit()),
        zone => zone,
    })
}

fn is_zone_or_end(bytes: &[u8]) -> bool {
    if bytes.is_empty() {
        return true;
    }
    match after(bytes, blank) {
        b"Z" => true,
        [b'+' | b'-', hour @ ..] => match one_or_two_digits(hour) {
            Some([]) => true,
            Some([b':', minute @ ..]) => two_digits(minute).is_some_and(<[u8]>::is_empty),
            Some(_) | None => false,
        },
        _ => false,
    }
}

fn number_yaml12(bytes: &[u8]) -> Resolved {
    let digits = unsigned(bytes);
    let signed = digits.len() < bytes.len();
    match digits {
        [b'.', name @ ..] if is_infinity(name) || (!signed && is_nan(name)) => Resolved::Float,
        [b'0', b'o', tail @ ..] if !signed => int_if(all_of(tail, |b| matches!(b, b'0'..=b'7'))),
        [b'0', b'x', tail @ ..] if !signed => int_if(all_of(tail, |b| b.is_ascii_hexdigit())),
        [b'.', b'0'..=b'9', fraction @ ..] => {
            float_if(ends_or_exponent(after(fraction, |b| b.is_ascii_digit()), true))
        }
        [b'0'..=b'9', ..] => match after(digits, |b| b.is_ascii_digit()) {
            [] => Resolved::Int,
            [b'.', fraction @ ..] => {
                float_if(ends_or_exponent(after(fraction, |b| b.is_ascii_digit()), true))
            }
            exponent => float_if(ends_or_exponent(exponent, true)),
        },
        _ => Resolved::Text,
    }
}

/// Whether nothing follows, or an exponent and then nothing. YAML 1.1 wants its sign written.
fn ends_or_exponent(bytes: &[u8], sign_is_optional: bool) -> bool {
    match bytes {
        [] => true,
        [b'e' | b'E', b'+' | b'-', digits @ ..] => all_of(digits, |b| b.is_ascii_digit()),
        [b'e' | b'E', digits @ ..] if sign_is_optional => all_of(digits, |b| b.is_ascii_digit()),
        _ => false,
    }
}

/// Octal and decimal reading agree on one digit and on no more.
fn is_octal_of_two_digits(digits: &[u8]) -> bool {
    match digits {
        [b'0', b'x', ..] => false,
        [b'0', ..] => after(digits, |b| b == b'0').len() >= 2,
        _ => false,
    }
}

fn float_value(written: &str) -> Option<f64> {
    let (negative, digits) = sign(written);
    let magnitude = match digits.strip_prefix('.') {
        Some(name) if is_infinity(name.as_bytes()) => f64::INFINITY,
        Some(name) if is_nan(name.as_bytes()) => f64::NAN,
        Some(_) | None => base60_float(digits)?,
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// Adds the parts in PyYAML's order, lowest first: another order may round differently.
fn base60_float(digits: &str) -> Option<f64> {
    let mut value = None;
    for (power, part) in (0_u32..).zip(digits.rsplit(':')) {
        // Exact while it fits, and then rounded once, as Python's integers are.
        let base = 60_u128.checked_pow(power)? as f64;
        value = Some(value.unwrap_or(0.0) + part.parse::<f64>().ok()? * base);
    }
    value
}

fn int_as_float(text: &str) -> Option<f64> {
    if let Some(value) = int_yaml11(text) {
        return Some(value as f64);
    }
    let written = without_underscores(text);
    let is_decimal = matches!(unsigned(written.as_bytes()), [b'1'..=b'9', ..]);
    let value = written.parse::<f64>().ok().filter(|_| is_decimal)?;
    value.is_finite().then_some(value)
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) }
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn unsigned(bytes: &[u8]) -> &[u8] {
    match bytes {
        [b'+' | b'-', digits @ ..] => digits,
        _ => bytes,
    }
}

fn is_infinity(name: &[u8]) -> bool {
    matches!(name, b"inf" | b"Inf" | b"INF")
}

fn is_nan(name: &[u8]) -> bool {
    matches!(name, b"nan" | b"NaN" | b"NAN")
}

fn digit_or_underscore(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'_'
}

fn blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn one_or_two_digits(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [b'0'..=b'9', b'0'..=b'9', rest @ ..] | [b'0'..=b'9', rest @ ..] => Some(rest),
        _ => None,
    }
}

fn two_digits(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [b'0'..=b'9', b'0'..=b'9', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// What is left when the leading bytes that pass are taken away.
fn after(bytes: &[u8], passes: impl Fn(u8) -> bool) -> &[u8] {
    let mut rest = bytes;
    while let [first, tail @ ..] = rest
        && passes(*first)
    {
        rest = tail;
    }
    rest
}

/// Whether there is at least one byte and every byte passes.
fn all_of(bytes: &[u8], passes: impl Fn(u8) -> bool) -> bool {
    !bytes.is_empty() && after(bytes, passes).is_empty()
}

fn int_if(holds: bool) -> Resolved {
    if holds { Resolved::Int } else { Resolved::Text }
}

fn float_if(holds: bool) -> Resolved {
    if holds { Resolved::Float } else { Resolved::Text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text, kind by YAML 1.1, kind by YAML 1.2, whether the two differ.
    const READINGS: &[(&str, Resolved, Resolved, bool)] = {
        use Resolved::{Bool, Float, Int, Merge, Null, Text, Timestamp, Value};
        &[
            ("", Null, Null, false),
            ("~", Null, Null, false),
            ("NULL", Null, Null, false),
            ("nULL", Text, Text, false),
            ("True", Bool(true), Bool(true), false),
            ("yes", Bool(true), Text, true),
            ("OFF", Bool(false), Text, true),
            ("y", Text, Text, false),
            ("n", Text, Text, false),
            ("<<", Merge, Text, true),
            ("=", Value, Text, true),
            ("==", Text, Text, false),
            ("0", Int, Int, false),
            ("-7", Int, Int, false),
            ("07", Int, Int, false),
            ("012", Int, Int, true),
            ("-0012", Int, Int, true),
            ("08", Text, Int, true),
            ("0o14", Text, Int, true),
            ("0x1f", Int, Int, false),
            ("-0x1f", Int, Text, true),
            ("0b11", Int, Text, true),
            ("1_000", Int, Text, true),
            ("12:30", Int, Text, true),
            ("12:60", Text, Text, false),
            ("0:30", Text, Text, false),
            ("0:30.5", Float, Text, true),
            ("1.5", Float, Float, false),
            ("1.", Float, Float, false),
            (".5", Float, Float, false),
            ("-.5", Text, Float, true),
            (".", Text, Text, false),
            ("1e3", Text, Float, true),
            ("1.0e3", Text, Float, true),
            ("1.0e+3", Float, Float, false),
            ("-.INF", Float, Float, false),
            (".NaN", Float, Float, false),
            ("-.nan", Text, Text, false),
            ("2025-01-31", Timestamp, Text, true),
            ("2025-1-31", Text, Text, false),
            ("2025-1-31 1:00:00.5 +01:00", Timestamp, Text, true),
            ("2025-01-31T10:00:00Z", Timestamp, Text, true),
            ("2025-01-31T10:00:00 ", Text, Text, false),
            ("1.2.3", Text, Text, false),
            ("-", Text, Text, false),
            ("gpt-4o", Text, Text, false),
        ]
    };

    #[test]
    fn kinds_of_both_schemas() {
        for (text, yaml11, yaml12, different) in READINGS {
            assert_eq!(resolve_yaml11(text), *yaml11, "{text:?} by YAML 1.1");
            assert_eq!(resolve_yaml12(text), *yaml12, "{text:?} by YAML 1.2");
            assert_eq!(differs(text), *different, "{text:?} differs");
        }
    }

    #[test]
    fn integers_have_the_value_of_pyyaml() {
        let smallest = i128::MIN.to_string();
        let cases = [
            ("0", Some(0)),
            ("-0_", Some(0)),
            ("+1_000", Some(1000)),
            ("012", Some(10)),
            ("-0b1_01", Some(-5)),
            ("0xFf", Some(255)),
            ("12:30", Some(750)),
            ("-1:00:01", Some(-3601)),
            ("0x_", None),
            ("1.5", None),
            (smallest.as_str(), Some(i128::MIN)),
            ("170141183460469231731687303715884105728", None),
        ];
        for (text, value) in cases {
            assert_eq!(int_yaml11(text), value, "{text:?}");
        }
    }

    #[test]
    fn floats_have_the_value_of_pyyaml() {
        let huge = "9".repeat(400);
        let cases = [
            ("1_0.5_0", Some(10.5)),
            ("-.inf", Some(f64::NEG_INFINITY)),
            ("1.0e+400", Some(f64::INFINITY)),
            ("-1:30.5", Some(-90.5)),
            (".5e-3", Some(0.0005)),
            ("12:30", Some(750.0)),
            ("1000000000000000000000000000000000000000000", Some(1e42)),
            (huge.as_str(), None),
            ("1e3", None),
            ("yes", None),
        ];
        for (text, value) in cases {
            assert_eq!(float_yaml11(text), value, "{text:?}");
        }
        assert!(float_yaml11(".nan").is_some_and(f64::is_nan));
    }
}
