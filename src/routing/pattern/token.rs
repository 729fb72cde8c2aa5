//! Tokens of a pattern as Python's `re` cuts them: a character, or a backslash and a character.

use std::ops::Range;

use super::error::PatternError;

/// One token, at a byte offset of the pattern text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) escaped: bool,
    pub(super) character: char,
}

/// The tokens of one pattern and a place among them.
#[derive(Debug)]
pub(super) struct Tokens<'text> {
    pub(super) text: &'text str,
    all: Vec<Token>,
    at: usize,
}

impl<'text> Tokens<'text> {
    /// Cuts `text`; a lone backslash at its end is an error.
    pub(super) fn new(text: &'text str) -> Result<Tokens<'text>, PatternError> {
        let mut all = Vec::with_capacity(text.len());
        let mut rest = text.char_indices();
        while let Some((start, character)) = rest.next() {
            if character != '\\' {
                all.push(Token { start, escaped: false, character });
            } else if let Some((_, character)) = rest.next() {
                all.push(Token { start, escaped: true, character });
            } else {
                return Err(invalid("a backslash at the end escapes nothing", start..text.len()));
            }
        }
        Ok(Tokens { text, all, at: 0 })
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.all.get(self.at).copied()
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    /// The next token's character, unless it is escaped.
    pub(super) fn peek_plain(&self) -> Option<char> {
        self.peek().filter(|token| !token.escaped).map(|token| token.character)
    }

    /// Takes the next token if it is `character`, not escaped.
    pub(super) fn take(&mut self, character: char) -> bool {
        let found = self.peek_plain() == Some(character);
        self.at += usize::from(found);
        found
    }

    /// Takes up to `most` plain characters that `wanted` accepts.
    pub(super) fn take_while(&mut self, most: usize, wanted: fn(char) -> bool) -> &'text str {
        let start = self.offset();
        for _ in 0..most {
            if !self.peek_plain().is_some_and(wanted) {
                break;
            }
            self.at += 1;
        }
        self.text.get(start..self.offset()).unwrap_or("")
    }

    /// Takes all before `end` and `end` itself; answers the text before, which is not empty.
    pub(super) fn take_until(&mut self, end: char, what: &str) -> Result<&'text str, PatternError> {
        let start = self.offset();
        loop {
            let here = self.offset();
            match self.next() {
                None => {
                    let message = format!("the {what} has no `{end}` after it");
                    return Err(invalid(message, start..self.text.len()));
                }
                Some(Token { escaped: false, character, .. }) if character == end => {
                    let name = self.text.get(start..here).unwrap_or("");
                    if name.is_empty() {
                        return Err(invalid(format!("the {what} is empty"), start..here));
                    }
                    return Ok(name);
                }
                Some(_) => {}
            }
        }
    }

    /// The byte offset of the next token.
    pub(super) fn offset(&self) -> usize {
        self.peek().map_or(self.text.len(), |token| token.start)
    }

    /// A place to come back to with [`Tokens::rewind`].
    pub(super) fn place(&self) -> usize {
        self.at
    }

    pub(super) fn rewind(&mut self, place: usize) {
        self.at = place;
    }
}

/// An [`PatternError::Invalid`].
pub(super) fn invalid(message: impl Into<String>, at: Range<usize>) -> PatternError {
    PatternError::Invalid { message: message.into(), at }
}
