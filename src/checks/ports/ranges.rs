//! The text of a range: `8000-8999,9000-9999`.

use std::ops::RangeInclusive;

/// Why a text is no list of ranges; each holds the part that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RangeError<'t> {
    /// Neither a number nor two numbers with a `-` between them.
    Form(&'t str),
    /// A number that is no port, 1 to 65535.
    Port(&'t str),
    /// The end is below the begin.
    Reversed(&'t str),
}

/// The ranges of a text, in its order. One number alone is a range of one port; spaces around
/// numbers do not count.
///
/// # Errors
/// Says which part is wrong, and how.
pub(super) fn parse(text: &str) -> Result<Vec<RangeInclusive<u16>>, RangeError<'_>> {
    text.split(',').map(|part| range(part.trim())).collect()
}

fn range(part: &str) -> Result<RangeInclusive<u16>, RangeError<'_>> {
    let (begin, end) = part.split_once('-').unwrap_or((part, part));
    let (begin, end) = (port(begin.trim(), part)?, port(end.trim(), part)?);
    if end < begin { Err(RangeError::Reversed(part)) } else { Ok(begin..=end) }
}

fn port<'t>(digits: &'t str, part: &'t str) -> Result<u16, RangeError<'t>> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(RangeError::Form(part));
    }
    digits.parse().ok().filter(|port| *port > 0).ok_or(RangeError::Port(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_single_ports() {
        assert_eq!(parse("3000-3999, 9090"), Ok(vec![3000..=3999, 9090..=9090]));
        assert_eq!(parse("8000 - 8999"), Ok(vec![8000..=8999]));
    }

    #[test]
    fn each_mistake_has_its_part() {
        assert_eq!(parse("8000-8999,web"), Err(RangeError::Form("web")));
        assert_eq!(parse("8000-8999,"), Err(RangeError::Form("")));
        assert_eq!(parse("8000-8999-9000"), Err(RangeError::Form("8000-8999-9000")));
        assert_eq!(parse("0-80"), Err(RangeError::Port("0")));
        assert_eq!(parse("8000-70000"), Err(RangeError::Port("70000")));
        assert_eq!(parse("8999-8000"), Err(RangeError::Reversed("8999-8000")));
    }
}
