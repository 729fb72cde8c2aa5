//! Escapes and character sets: `\d`, `\x41`, `[a-z]`.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::class::{self, Category, Class};
use super::error::PatternError;
use super::flags::Flags;
use super::node::{Look, Node};
use super::parse::Parser;
use super::token::{Token, invalid};

/// What one escape stands for. A code point may be a surrogate, which no text contains.
enum Escape {
    Point(u32),
    Set(ClassUnicode),
    Look(Look),
    Reference(usize),
}

/// One character or set, as a node under `flags`.
pub(super) fn point_node(point: u32, flags: Flags) -> Node {
    if let Some(character) = char::from_u32(point).filter(|_| !flags.ignore_case) {
        return Node::Character(character);
    }
    let mut set = points(point, point);
    if flags.ignore_case {
        class::ignore_case(&mut set, flags.ascii);
    }
    set_node(&set)
}

/// A set as a node: a set of one is a character.
pub(super) fn set_node(set: &ClassUnicode) -> Node {
    let set = Class::new(set);
    set.single().map_or(Node::Class(set), Node::Character)
}

/// The characters of a range of code points, surrogates left out.
fn points(low: u32, high: u32) -> ClassUnicode {
    let low = if (0xD800..0xE000).contains(&low) { 0xE000 } else { low };
    let high = if (0xD800..0xE000).contains(&high) { 0xD7FF } else { high };
    match (char::from_u32(low), char::from_u32(high)) {
        (Some(low), Some(high)) if low <= high => {
            ClassUnicode::new([ClassUnicodeRange::new(low, high)])
        }
        _ => ClassUnicode::empty(),
    }
}

impl Parser<'_> {
    /// The node of an escape outside a set; its token is taken.
    pub(super) fn escape(&mut self, token: Token, flags: Flags) -> Result<Node, PatternError> {
        let look = match token.character {
            'A' => Some(Look::Start),
            'Z' => Some(Look::End),
            'b' => Some(Look::Boundary { ascii: flags.ascii }),
            'B' => Some(Look::NoBoundary { ascii: flags.ascii }),
            _ => None,
        };
        let escape = match look {
            Some(look) => Escape::Look(look),
            None => self.escaped(token, flags, false)?,
        };
        match escape {
            Escape::Point(point) => Ok(point_node(point, flags)),
            Escape::Set(set) => Ok(set_node(&set)),
            Escape::Look(look) => Ok(Node::Look(look)),
            Escape::Reference(group) => {
                let at = token.start..self.tokens.offset();
                self.check_reference(group, &at)?;
                self.python_only("backreference `\\1`", at);
                Ok(Node::Empty)
            }
        }
    }

    fn escaped(
        &mut self,
        token: Token,
        flags: Flags,
        in_set: bool,
    ) -> Result<Escape, PatternError> {
        let category = |category, negated| {
            let mut set = class::category(category, flags.ascii);
            if negated {
                set.negate();
            }
            Ok(Escape::Set(set))
        };
        match token.character {
            'd' => category(Category::Digit, false),
            'D' => category(Category::Digit, true),
            's' => category(Category::Space, false),
            'S' => category(Category::Space, true),
            'w' => category(Category::Word, false),
            'W' => category(Category::Word, true),
            'a' => Ok(Escape::Point(7)),
            'b' if in_set => Ok(Escape::Point(8)),
            'f' => Ok(Escape::Point(12)),
            'n' => Ok(Escape::Point(10)),
            'r' => Ok(Escape::Point(13)),
            't' => Ok(Escape::Point(9)),
            'v' => Ok(Escape::Point(11)),
            'x' => self.hexadecimal(token, 2),
            'u' => self.hexadecimal(token, 4),
            'U' => self.hexadecimal(token, 8),
            'N' => self.named(token),
            '0'..='9' => self.number(token, in_set),
            other if other.is_ascii_alphabetic() => Err(self.bad_escape(token)),
            other => Ok(Escape::Point(u32::from(other))),
        }
    }

    fn bad_escape(&self, token: Token) -> PatternError {
        let at = token.start..self.tokens.offset();
        let text = self.tokens.text.get(at.clone()).unwrap_or("");
        invalid(format!("`{text}` is not an escape of Python's `re`"), at)
    }

    fn hexadecimal(&mut self, token: Token, digits: usize) -> Result<Escape, PatternError> {
        let text = self.tokens.take_while(digits, |digit| digit.is_ascii_hexdigit());
        let point = u32::from_str_radix(text, 16).ok().filter(|&point| point <= 0x10_FFFF);
        match point {
            Some(point) if text.len() == digits => Ok(Escape::Point(point)),
            Some(_) | None => Err(self.bad_escape(token)),
        }
    }

    /// `\N{...}`: the name is not looked up, so a wrong name is not told from a right one.
    fn named(&mut self, token: Token) -> Result<Escape, PatternError> {
        if !self.tokens.take('{') {
            return Err(self.bad_escape(token));
        }
        self.tokens.take_until('}', "character name")?;
        self.python_only("named character `\\N{...}`", token.start..self.tokens.offset());
        Ok(Escape::Point(0))
    }

    /// An escape that starts with a digit: octal, or a reference to a group.
    fn number(&mut self, token: Token, in_set: bool) -> Result<Escape, PatternError> {
        let first = token.character;
        let octal = |digits: &str| u32::from_str_radix(digits, 8).ok().filter(|&p| p <= 0o377);
        let is_octal = |digit: char| matches!(digit, '0'..='7');
        if in_set || first == '0' {
            let digits = format!(
                "{first}{}",
                if is_octal(first) { self.tokens.take_while(2, is_octal) } else { "" }
            );
            return octal(&digits).map(Escape::Point).ok_or_else(|| self.bad_escape(token));
        }
        let place = self.tokens.place();
        let three = format!("{first}{}", self.tokens.take_while(2, is_octal));
        if is_octal(first) && three.len() == 3 {
            return octal(&three).map(Escape::Point).ok_or_else(|| self.bad_escape(token));
        }
        self.tokens.rewind(place);
        let digits = format!("{first}{}", self.tokens.take_while(1, |d| d.is_ascii_digit()));
        Ok(Escape::Reference(digits.parse().unwrap_or(usize::MAX)))
    }

    /// The node of a set; its `[` at byte `start` is taken.
    pub(super) fn set(&mut self, start: usize, flags: Flags) -> Result<Node, PatternError> {
        let negated = self.tokens.take('^');
        let mut literals = ClassUnicode::empty();
        let mut categories = ClassUnicode::empty();
        let mut first = true;
        loop {
            let from = self.set_token(start)?;
            if !from.escaped && from.character == ']' && !first {
                break;
            }
            first = false;
            let low = self.set_item(from, flags)?;
            if !self.tokens.take('-') {
                add(&mut literals, &mut categories, low);
                continue;
            }
            let to = self.set_token(start)?;
            if !to.escaped && to.character == ']' {
                add(&mut literals, &mut categories, low);
                literals.union(&points(u32::from('-'), u32::from('-')));
                break;
            }
            let high = self.set_item(to, flags)?;
            match (low, high) {
                (Escape::Point(low), Escape::Point(high)) if low <= high => {
                    literals.union(&points(low, high));
                }
                _ => {
                    let at = from.start..self.tokens.offset();
                    let text = self.tokens.text.get(at.clone()).unwrap_or("");
                    let message = format!("`{text}` is not a range from a lower to a higher one");
                    return Err(invalid(message, at));
                }
            }
        }
        if flags.ignore_case {
            class::ignore_case(&mut literals, flags.ascii);
        }
        literals.union(&categories);
        if negated {
            literals.negate();
        }
        Ok(set_node(&literals))
    }

    fn set_token(&mut self, start: usize) -> Result<Token, PatternError> {
        let at = start..self.tokens.text.len();
        self.tokens.next().ok_or_else(|| invalid("the set `[` has no `]`", at))
    }

    fn set_item(&mut self, token: Token, flags: Flags) -> Result<Escape, PatternError> {
        match token.escaped {
            true => self.escaped(token, flags, true),
            false => Ok(Escape::Point(u32::from(token.character))),
        }
    }
}

fn add(literals: &mut ClassUnicode, categories: &mut ClassUnicode, item: Escape) {
    match item {
        Escape::Point(point) => literals.union(&points(point, point)),
        Escape::Set(set) => categories.union(&set),
        // Not inside a set.
        Escape::Look(_) | Escape::Reference(_) => {}
    }
}
