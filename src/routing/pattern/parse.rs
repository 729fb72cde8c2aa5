//! Reads the grammar of Python 3.11's `re`, construct by construct as its own parser does, so
//! that the same texts are accepted.

use std::ops::Range;

use super::class;
use super::error::PatternError;
use super::escape::{point_node, set_node};
use super::flags::{self, Flags};
use super::node::{Look, Node};
use super::token::{Token, Tokens, invalid};
use super::{MAX_DEPTH, MAX_REPEAT};

/// What a quantifier would repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Look,
    Repetition,
    Item,
}

/// Where in the pattern a sequence stands.
#[derive(Debug, Clone, Copy)]
struct Scope {
    flags: Flags,
    depth: usize,
    /// Flags for the whole pattern may still come.
    first: bool,
}

/// The state of reading one pattern.
#[derive(Debug)]
pub(super) struct Parser<'text> {
    pub(super) tokens: Tokens<'text>,
    global: Flags,
    asks_unicode: bool,
    /// Per capturing group whether it is closed.
    closed: Vec<bool>,
    names: Vec<(&'text str, usize)>,
    /// How many groups were open before the outermost lookbehind around this place.
    lookbehind: Option<usize>,
    /// Group numbers that conditions ask for, checked at the end.
    conditions: Vec<(usize, Range<usize>)>,
    unsupported: Option<(&'static str, Range<usize>)>,
}

/// Reads `text`. A construct only Python has is reported if nothing is wrong otherwise.
pub(super) fn parse(text: &str) -> Result<Node, PatternError> {
    let mut parser = Parser {
        tokens: Tokens::new(text)?,
        global: Flags::default(),
        asks_unicode: false,
        closed: Vec::new(),
        names: Vec::new(),
        lookbehind: None,
        conditions: Vec::new(),
        unsupported: None,
    };
    let node = parser.alternation(Flags::default(), 0)?;
    if let Some(token) = parser.tokens.peek() {
        return Err(invalid("the `)` closes no group", token.start..token.start + 1));
    }
    for (group, at) in &parser.conditions {
        if *group > parser.closed.len() {
            return Err(invalid(format!("there is no group {group}"), at.clone()));
        }
    }
    match parser.unsupported {
        Some((construct, at)) => Err(PatternError::PythonOnly { construct, at }),
        None => Ok(node),
    }
}

impl<'text> Parser<'text> {
    /// Notes a construct that Python has and automata lack; the first one is reported.
    pub(super) fn python_only(&mut self, construct: &'static str, at: Range<usize>) {
        self.unsupported.get_or_insert((construct, at));
    }

    fn alternation(&mut self, flags: Flags, depth: usize) -> Result<Node, PatternError> {
        if depth > MAX_DEPTH {
            let what = format!("its groups nest deeper than {MAX_DEPTH}");
            return Err(PatternError::TooLarge { what });
        }
        let mut branches = vec![self.sequence(Scope { flags, depth, first: depth == 0 })?];
        while self.tokens.take('|') {
            let flags = if depth == 0 { self.global } else { flags };
            branches.push(self.sequence(Scope { flags, depth, first: false })?);
        }
        Ok(match branches.len() {
            1 => branches.pop().unwrap_or(Node::Empty),
            _ => Node::Alternation(branches),
        })
    }

    fn sequence(&mut self, mut scope: Scope) -> Result<Node, PatternError> {
        let mut nodes: Vec<Node> = Vec::new();
        let mut last = Last::Nothing;
        while let Some(token) = self.tokens.peek() {
            if !token.escaped && matches!(token.character, '|' | ')') {
                break;
            }
            self.tokens.next();
            if scope.flags.verbose && self.skipped(token) {
                continue;
            }
            if let Some(bounds) = self.quantifier(token)? {
                self.repeat(&mut nodes, last, bounds, token)?;
                last = Last::Repetition;
                continue;
            }
            let node = match (token.escaped, token.character) {
                (true, _) => self.escape(token, scope.flags)?,
                (false, '[') => self.set(token.start, scope.flags)?,
                (false, '.') => set_node(&class::any(scope.flags.dot_all)),
                (false, '^') if scope.flags.many_lines => Node::Look(Look::LineStart),
                (false, '^') => Node::Look(Look::Start),
                (false, '$') if scope.flags.many_lines => Node::Look(Look::LineEnd),
                (false, '$') => Node::Look(Look::Dollar),
                (false, '(') => match self.group(token, &mut scope, nodes.is_empty())? {
                    // A group is an item even where it is only a look.
                    Some(node) => {
                        nodes.push(node);
                        last = Last::Item;
                        continue;
                    }
                    None => continue,
                },
                (false, other) => point_node(u32::from(other), scope.flags),
            };
            last = if matches!(node, Node::Look(_)) { Last::Look } else { Last::Item };
            nodes.push(node);
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.pop().unwrap_or(Node::Empty),
            _ => Node::Concatenation(nodes),
        })
    }

    /// Whether `VERBOSE` ignores the token; a comment is taken whole.
    fn skipped(&mut self, token: Token) -> bool {
        if token.escaped {
            return false;
        }
        if token.character == '#' {
            while let Some(inside) = self.tokens.next() {
                if !inside.escaped && inside.character == '\n' {
                    break;
                }
            }
            return true;
        }
        matches!(token.character, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
    }

    /// The bounds of a quantifier whose first token is taken; none if it starts none, as a `{`
    /// may do.
    fn quantifier(&mut self, token: Token) -> Result<Option<(u32, Option<u32>)>, PatternError> {
        if token.escaped {
            return Ok(None);
        }
        match token.character {
            '?' => return Ok(Some((0, Some(1)))),
            '*' => return Ok(Some((0, None))),
            '+' => return Ok(Some((1, None))),
            '{' => {}
            _ => return Ok(None),
        }
        if self.tokens.peek_plain() == Some('}') {
            return Ok(None);
        }
        let place = self.tokens.place();
        let is_digit = |digit: char| digit.is_ascii_digit();
        let low = self.tokens.take_while(usize::MAX, is_digit);
        let high = match self.tokens.take(',') {
            true => self.tokens.take_while(usize::MAX, is_digit),
            false => low,
        };
        if !self.tokens.take('}') {
            self.tokens.rewind(place);
            return Ok(None);
        }
        let at = token.start..self.tokens.offset();
        let least = if low.is_empty() { 0 } else { bound(low, &at)? };
        let most = if high.is_empty() { None } else { Some(bound(high, &at)?) };
        if most.is_some_and(|most| most < least) {
            return Err(invalid("the repetition asks for more than it allows", at));
        }
        Ok(Some((least, most)))
    }

    /// Wraps the last node; the quantifier's first token is `token`.
    fn repeat(
        &mut self,
        nodes: &mut Vec<Node>,
        last: Last,
        (least, most): (u32, Option<u32>),
        token: Token,
    ) -> Result<(), PatternError> {
        let at = token.start..self.tokens.offset();
        match last {
            Last::Nothing | Last::Look => {
                let message = format!("there is nothing to repeat before `{}`", token.character);
                return Err(invalid(message, at));
            }
            Last::Repetition => return Err(invalid("a repetition is repeated", at)),
            Last::Item => {}
        }
        if !self.tokens.take('?') && self.tokens.take('+') {
            let at = token.start..self.tokens.offset();
            self.python_only("possessive quantifier such as `a*+`", at);
        }
        let node = Box::new(nodes.pop().unwrap_or(Node::Empty));
        nodes.push(Node::Repetition { node, least, most });
        Ok(())
    }

    /// The node of a group whose `(` is taken; none for a comment and for global flags.
    fn group(
        &mut self,
        open: Token,
        scope: &mut Scope,
        nothing_before: bool,
    ) -> Result<Option<Node>, PatternError> {
        let start = open.start;
        if !self.tokens.take('?') {
            return self.captured(start, scope, None).map(Some);
        }
        let kind = self.tokens.peek_plain();
        match kind {
            Some(letter) if letter == '-' || "iLmsxatu".contains(letter) => {
                let change = flags::read(&mut self.tokens, start)?;
                if !change.global {
                    let flags = change.apply(scope.flags);
                    return self.body(start, flags, scope.depth).map(Some);
                }
                self.change_all(&change, start, scope.first && nothing_before)?;
                scope.flags = self.global;
                return Ok(None);
            }
            Some('P' | ':' | '#' | '=' | '!' | '<' | '(' | '>') => {}
            Some(_) | None => {
                self.tokens.next();
                return Err(self.unknown_extension(start));
            }
        }
        self.tokens.next();
        match kind {
            Some('P') => self.python_extension(start, scope).map(Some),
            Some(':') => self.body(start, scope.flags, scope.depth).map(Some),
            Some('#') => self.comment(start).map(|()| None),
            Some('(') => self.condition(start, scope).map(Some),
            Some('>') => {
                self.python_only("atomic group `(?>...)`", start..start + 3);
                self.body(start, scope.flags, scope.depth).map(Some)
            }
            Some('<') => self.lookbehind(start, scope).map(Some),
            Some(_) | None => {
                let construct = match kind {
                    Some('=') => "lookahead `(?=...)`",
                    Some(_) | None => "negative lookahead `(?!...)`",
                };
                self.python_only(construct, start..start + 3);
                self.body(start, scope.flags, scope.depth).map(|_| Some(Node::Empty))
            }
        }
    }

    fn unknown_extension(&self, start: usize) -> PatternError {
        let at = start..self.tokens.offset();
        let text = self.tokens.text.get(at.clone()).unwrap_or("");
        invalid(format!("`{text}` opens no group that Python's `re` knows"), at)
    }

    fn change_all(
        &mut self,
        change: &flags::Change,
        start: usize,
        allowed: bool,
    ) -> Result<(), PatternError> {
        let at = start..self.tokens.offset();
        if !allowed {
            let message = "flags for the whole pattern stand after its start";
            return Err(invalid(message, at));
        }
        if change.turns_on('t') {
            self.python_only("template flag `(?t)`", at.clone());
        }
        let ascii = self.global.ascii;
        self.global = change.apply(self.global);
        self.global.ascii |= ascii;
        self.asks_unicode |= change.turns_on('u');
        if self.asks_unicode && self.global.ascii {
            return Err(invalid("the flags `a` and `u` exclude each other", at));
        }
        Ok(())
    }

    /// The content of a group up to its `)`, which is taken.
    fn body(&mut self, start: usize, flags: Flags, depth: usize) -> Result<Node, PatternError> {
        let node = self.alternation(flags, depth + 1)?;
        self.close(start)?;
        Ok(node)
    }

    fn close(&mut self, start: usize) -> Result<(), PatternError> {
        match self.tokens.take(')') {
            true => Ok(()),
            false => Err(invalid("the group has no `)`", start..self.tokens.text.len())),
        }
    }

    fn captured(
        &mut self,
        start: usize,
        scope: &Scope,
        name: Option<&'text str>,
    ) -> Result<Node, PatternError> {
        self.closed.push(false);
        let number = self.closed.len();
        if let Some(name) = name {
            if self.names.iter().any(|(known, _)| *known == name) {
                let message = format!("the group name `{name}` is used twice");
                return Err(invalid(message, start..self.tokens.offset()));
            }
            self.names.push((name, number));
        }
        let node = self.body(start, scope.flags, scope.depth)?;
        if let Some(closed) = self.closed.get_mut(number - 1) {
            *closed = true;
        }
        Ok(node)
    }

    /// After `(?P`: a named group or a reference to one.
    fn python_extension(&mut self, start: usize, scope: &Scope) -> Result<Node, PatternError> {
        if self.tokens.take('<') {
            let name = self.name('>')?;
            return self.captured(start, scope, Some(name));
        }
        if !self.tokens.take('=') {
            self.tokens.next();
            return Err(self.unknown_extension(start));
        }
        let name = self.name(')')?;
        let at = start..self.tokens.offset();
        let group = self.named_group(name, &at)?;
        self.check_reference(group, &at)?;
        self.python_only("backreference `(?P=name)`", at);
        Ok(Node::Empty)
    }

    fn name(&mut self, end: char) -> Result<&'text str, PatternError> {
        let start = self.tokens.offset();
        let name = self.tokens.take_until(end, "group name")?;
        match class::is_identifier(name) {
            true => Ok(name),
            false => {
                let message = format!("`{name}` is not a group name");
                Err(invalid(message, start..start + name.len()))
            }
        }
    }

    fn named_group(&self, name: &str, at: &Range<usize>) -> Result<usize, PatternError> {
        let found = self.names.iter().find(|(known, _)| *known == name);
        let missing = || invalid(format!("there is no group `{name}` before"), at.clone());
        found.map(|(_, group)| *group).ok_or_else(missing)
    }

    /// Whether a reference to `group` may stand here.
    pub(super) fn check_reference(
        &self,
        group: usize,
        at: &Range<usize>,
    ) -> Result<(), PatternError> {
        match group.checked_sub(1).and_then(|index| self.closed.get(index)) {
            None => Err(invalid(format!("there is no group {group} before"), at.clone())),
            Some(false) => Err(invalid(format!("group {group} is still open"), at.clone())),
            Some(true) => self.check_inside_lookbehind(group, at),
        }
    }

    fn check_inside_lookbehind(&self, group: usize, at: &Range<usize>) -> Result<(), PatternError> {
        let Some(before) = self.lookbehind else { return Ok(()) };
        let closed = group.checked_sub(1).and_then(|index| self.closed.get(index));
        match closed {
            Some(true) if group <= before => Ok(()),
            Some(true) => {
                Err(invalid(format!("group {group} is of the same lookbehind"), at.clone()))
            }
            Some(false) | None => Err(invalid(format!("group {group} is still open"), at.clone())),
        }
    }

    fn comment(&mut self, start: usize) -> Result<(), PatternError> {
        while let Some(token) = self.tokens.next() {
            if !token.escaped && token.character == ')' {
                return Ok(());
            }
        }
        Err(invalid("the comment has no `)`", start..self.tokens.text.len()))
    }

    /// After `(?<`. Python's demand for a fixed width is not checked.
    fn lookbehind(&mut self, start: usize, scope: &Scope) -> Result<Node, PatternError> {
        let construct = match self.tokens.peek_plain() {
            Some('=') => "lookbehind `(?<=...)`",
            Some('!') => "negative lookbehind `(?<!...)`",
            Some(_) | None => {
                self.tokens.next();
                return Err(self.unknown_extension(start));
            }
        };
        self.tokens.next();
        self.python_only(construct, start..start + 4);
        let outer = self.lookbehind;
        self.lookbehind = outer.or(Some(self.closed.len()));
        let body = self.body(start, scope.flags, scope.depth);
        self.lookbehind = outer;
        body.map(|_| Node::Empty)
    }

    /// After `(?(`: a group that depends on whether another one took part.
    fn condition(&mut self, start: usize, scope: &Scope) -> Result<Node, PatternError> {
        let here = self.tokens.offset();
        let name = self.tokens.take_until(')', "group name")?;
        let at = here..here + name.len();
        let group = if class::is_identifier(name) {
            self.named_group(name, &at)?
        } else {
            let number = name.trim().parse::<usize>().ok().filter(|&group| group > 0);
            let message = || invalid(format!("`{name}` is not a group"), at.clone());
            let group = number.ok_or_else(message)?;
            self.conditions.push((group, at.clone()));
            group
        };
        self.check_inside_lookbehind(group, &at)?;
        self.python_only("conditional group `(?(1)...)`", start..at.end + 1);
        if scope.depth >= MAX_DEPTH {
            let what = format!("its groups nest deeper than {MAX_DEPTH}");
            return Err(PatternError::TooLarge { what });
        }
        let inner = Scope { flags: scope.flags, depth: scope.depth + 1, first: false };
        self.sequence(inner)?;
        if self.tokens.take('|') {
            self.sequence(inner)?;
            if self.tokens.peek_plain() == Some('|') {
                let end = self.tokens.offset();
                return Err(invalid("a conditional group has two branches at most", start..end));
            }
        }
        self.close(start)?;
        Ok(Node::Empty)
    }
}

/// A bound of a repetition, with Python's own limit.
fn bound(digits: &str, at: &Range<usize>) -> Result<u32, PatternError> {
    let number = digits.parse::<u32>().ok().filter(|&number| number < MAX_REPEAT);
    number.ok_or_else(|| invalid("the repetition is too large for Python's `re`", at.clone()))
}
