//! Inline flags: `(?i)` for the whole pattern, `(?i-s:...)` for a group.

use std::ops::Range;

use super::error::PatternError;
use super::token::{Tokens, invalid};

/// The flags that change what a construct means.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) ignore_case: bool,
    pub(super) many_lines: bool,
    pub(super) dot_all: bool,
    pub(super) verbose: bool,
    pub(super) ascii: bool,
}

/// What one flag construct asks for.
#[derive(Debug, Default)]
pub(super) struct Change {
    on: String,
    off: String,
    /// `(?flags)`, which holds for the whole pattern, not `(?flags:`.
    pub(super) global: bool,
}

impl Change {
    /// `flags` after the change.
    pub(super) fn apply(&self, mut flags: Flags) -> Flags {
        for (letters, value) in [(&self.on, true), (&self.off, false)] {
            for letter in letters.chars() {
                match letter {
                    'i' => flags.ignore_case = value,
                    'm' => flags.many_lines = value,
                    's' => flags.dot_all = value,
                    'x' => flags.verbose = value,
                    'a' => flags.ascii = true,
                    'u' => flags.ascii = false,
                    _ => {}
                }
            }
        }
        flags
    }

    /// Whether the flag is turned on.
    pub(super) fn turns_on(&self, letter: char) -> bool {
        self.on.contains(letter)
    }
}

/// Reads flags after `(?`, through the `)` or `:` that ends them.
pub(super) fn read(tokens: &mut Tokens<'_>, start: usize) -> Result<Change, PatternError> {
    let mut change = Change::default();
    let mut ended = tokens.peek_plain();
    if ended != Some('-') {
        ended = letters(tokens, &mut change.on, start, "`-`, `:` or `)`", &[')', '-', ':'])?;
        let here = start..tokens.offset();
        if change.turns_on('L') {
            return Err(invalid("the flag `L` is for bytes, a name is text", here));
        }
        if change.turns_on('a') && change.turns_on('u') {
            return Err(invalid("the flags `a` and `u` exclude each other", here));
        }
        if ended == Some(')') {
            change.global = true;
            return Ok(change);
        }
    } else {
        tokens.next();
    }
    if ended == Some('-') {
        letters(tokens, &mut change.off, start, "`:`", &[':'])?;
    }
    check_scoped(&change, start..tokens.offset())?;
    Ok(change)
}

/// Takes flag letters and the end mark after them, at least one letter.
fn letters(
    tokens: &mut Tokens<'_>,
    into: &mut String,
    start: usize,
    wanted: &str,
    ends: &[char],
) -> Result<Option<char>, PatternError> {
    loop {
        let here = tokens.offset();
        let token = tokens.next();
        let letter = token.filter(|token| !token.escaped).map(|token| token.character);
        match letter {
            Some(letter) if "iLmsxatu".contains(letter) => into.push(letter),
            Some(end) if ends.contains(&end) && !into.is_empty() => return Ok(Some(end)),
            Some(other) if other.is_alphabetic() => {
                let message = format!("`{other}` is not a flag");
                return Err(invalid(message, here..here + other.len_utf8()));
            }
            Some(_) | None => {
                let message = format!("the flags miss {wanted} after them");
                return Err(invalid(message, start..tokens.offset()));
            }
        }
    }
}

fn check_scoped(change: &Change, at: Range<usize>) -> Result<(), PatternError> {
    if change.off.contains(['a', 'u', 'L']) {
        return Err(invalid("the flags `a`, `u` and `L` cannot be turned off", at));
    }
    if change.on.contains('t') || change.off.contains('t') {
        return Err(invalid("the flag `t` cannot be set for a group", at));
    }
    if change.on.chars().any(|letter| change.off.contains(letter)) {
        return Err(invalid("a flag is turned on and off at once", at));
    }
    Ok(())
}
