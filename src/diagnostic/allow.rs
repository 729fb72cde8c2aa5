//! `# gwcfg: allow[rule] reason`: what the comments of the sources allow.

use std::ops::Range;

use jiff::civil::Date;

use crate::source::{Comment, FileId, Span};

use super::suggest;

/// The word that a comment for gwcfg begins with.
pub const MARKER: &str = "gwcfg:";

/// Rules that one comment may name, and comments that may speak of one line: more are a mistake,
/// and each is asked for each finding of the line.
const MAX_RULES: usize = 64;

/// The only thing that such a comment may say.
const ALLOW: &str = "allow";

/// In front of the last day on which a comment allows.
const UNTIL: &str = "until=";

/// A comment that allows findings of its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// The comment.
    pub comment: Comment,
    /// The rules that it names, at least one.
    pub rules: Vec<AllowedRule>,
    /// What stands between the brackets.
    pub list: Span,
    /// Why, in the author's words; empty when nothing is said.
    pub reason: String,
    /// The last day on which it allows.
    pub until: Option<Date>,
}

/// A rule that a comment names, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedRule {
    /// As written.
    pub name: String,
    /// Where.
    pub span: Span,
    /// It allows a finding.
    pub used: bool,
    /// Its day is over, and there is a finding.
    pub ended: bool,
    /// An error that it would allow if the comment gave a reason.
    pub wants_reason: Option<Span>,
}

/// A comment for gwcfg that says nothing that it understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The part that is wrong.
    pub span: Span,
    /// What is wrong, as the first half of a message.
    pub wrong: String,
    /// What to do.
    pub help: String,
}

/// What the comments of a run allow.
#[derive(Debug, Clone, Default)]
pub struct Allows {
    /// Those that can be read; by file and line after [`Allows::sort`].
    pub given: Vec<Allow>,
    /// Those that cannot.
    pub malformed: Vec<Malformed>,
}

impl Allows {
    /// Reads a comment that was found by [`MARKER`]; `text` is its text.
    pub fn read(&mut self, comment: Comment, text: &str) {
        match parse(comment, text) {
            Ok(allow) => self.given.push(allow),
            Err(malformed) => self.malformed.push(malformed),
        }
    }

    /// True when no comment speaks to gwcfg.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.given.is_empty() && self.malformed.is_empty()
    }

    /// Takes over those of another part of the same run.
    pub fn absorb(&mut self, other: Allows) {
        self.given.extend(other.given);
        self.malformed.extend(other.malformed);
    }

    /// Puts them in the order of the lines that they speak of, as [`Allows::of_place`] wants it.
    pub fn sort(&mut self) {
        self.given.sort_by_key(key);
    }

    /// Those that speak of the line on which `place` begins.
    pub fn of_place(&mut self, place: Span) -> &mut [Allow] {
        let (file, at) = (place.file(), place.start() as usize);
        let behind = |allow: &Allow| key(allow) <= (file, at);
        let end = self.given.partition_point(behind);
        let start = match self.given.get(..end).and_then(<[Allow]>::last).map(key) {
            Some(last) => self.given.partition_point(|allow| key(allow) < last),
            None => end,
        };
        let end = end.min(start + MAX_RULES);
        let of_line = self.given.get_mut(start..end).unwrap_or_default();
        let is_there = of_line.first().is_some_and(|allow| {
            // The line end belongs to the line, and so does the end of the file.
            let line = allow.comment.line.clone().unwrap_or_default();
            allow.list.file() == file && at <= line.end
        });
        if is_there { of_line } else { &mut [] }
    }
}

fn key(allow: &Allow) -> (FileId, usize) {
    // One without a line speaks of nothing: it stands behind all places.
    let start = allow.comment.line.as_ref().map_or(usize::MAX, |line| line.start);
    (allow.list.file(), start)
}

impl Allow {
    /// True when `today` is behind its last day.
    #[must_use]
    pub fn is_over(&self, today: Option<Date>) -> bool {
        matches!((self.until, today), (Some(until), Some(today)) if today > until)
    }
}

/// Reads `# gwcfg: allow[rule, rule] until=DATE reason`.
fn parse(comment: Comment, text: &str) -> Result<Allow, Malformed> {
    let whole = comment.span;
    let place = |part: Range<usize>| {
        let start = whole.start() as usize;
        Span::new(whole.file(), start + part.start, start + part.end)
    };
    let wrong = |part: Range<usize>, wrong: String, help: &str| Malformed {
        span: place(part),
        wrong,
        help: help.to_owned(),
    };
    const FORM: &str = "write `# gwcfg: allow[rule-name] reason`";
    let after_marker = text.find(MARKER).map_or(0, |at| at + MARKER.len());
    let rest = text.get(after_marker..).unwrap_or("");
    let begin = after_marker + rest.len() - rest.trim_start().len();
    let said = text.get(begin..).unwrap_or("");
    let word = said.split([' ', '\t', '[', ':']).next().unwrap_or("");
    if word != ALLOW {
        if word.is_empty() {
            let what = "the comment says nothing to gwcfg".to_owned();
            return Err(wrong(0..text.len(), what, FORM));
        }
        let what = format!("`{word}` is nothing that a comment can say to gwcfg");
        let near = suggest::nearest(word, [ALLOW]);
        let help = near.map_or(FORM, |_| "did you mean `allow`?");
        return Err(wrong(begin..begin + word.len(), what, help));
    }
    let behind = begin + ALLOW.len();
    let Some(inside) = text.get(behind..).and_then(|rest| rest.trim_start().strip_prefix('['))
    else {
        let what = "the comment does not say in brackets what it allows".to_owned();
        return Err(wrong(begin..behind, what, FORM));
    };
    let open = text.len() - inside.len();
    let Some(length) = inside.find(']') else {
        let what = "the bracket of the comment is not closed".to_owned();
        return Err(wrong(open - 1..text.len(), what, FORM));
    };
    let rules = names(inside.get(..length).unwrap_or(""), open, &place);
    if rules.is_empty() || rules.iter().any(|rule| rule.name.is_empty()) {
        let what = "the comment lacks the name of a rule between its brackets".to_owned();
        return Err(wrong(open - 1..open + length + 1, what, FORM));
    }
    if rules.len() > MAX_RULES {
        let what = format!("the comment names more than {MAX_RULES} rules");
        let help = "set the level of a rule in `rules:` of gwcfg.yaml";
        return Err(wrong(open - 1..open + length + 1, what, help));
    }
    let (until, reason) = reason(text, open + length + 1).map_err(|part| {
        let what = format!("`{}` names no day", text.get(part.clone()).unwrap_or(""));
        wrong(part, what, "write it like `until=2027-01-31`: the last day on which it allows")
    })?;
    Ok(Allow { list: place(open..open + length), comment, rules, reason, until })
}

fn names(list: &str, open: usize, place: &impl Fn(Range<usize>) -> Span) -> Vec<AllowedRule> {
    let mut begin = open;
    let mut rules = Vec::new();
    for item in list.split(',') {
        let name = item.trim();
        let start = begin + item.len() - item.trim_start().len();
        rules.push(AllowedRule {
            name: name.to_owned(),
            span: place(start..start + name.len()),
            used: false,
            ended: false,
            wants_reason: None,
        });
        begin += item.len() + 1;
    }
    rules
}

/// The last day, which may stand at either end of the reason, and the reason; else where a day
/// stands that is none.
fn reason(text: &str, from: usize) -> Result<(Option<Date>, String), Range<usize>> {
    let mut said = text.get(from..).unwrap_or("").trim_matches(is_apart);
    let first = said.split(char::is_whitespace).next().unwrap_or("");
    let last = said.rsplit(char::is_whitespace).next().unwrap_or("");
    let Some(word) = [first, last].into_iter().find(|word| word.starts_with(UNTIL)) else {
        return Ok((None, said.to_owned()));
    };
    let at = from + text.get(from..).and_then(|rest| rest.find(word)).unwrap_or(0);
    let part = at..at + word.len();
    let day = word.strip_prefix(UNTIL).unwrap_or("");
    // The parser takes other forms too, some with a time.
    let day = if day.len() == "2027-01-31".len() { day.parse::<Date>().ok() } else { None };
    let day = day.ok_or(part)?;
    said = said.strip_prefix(word).or_else(|| said.strip_suffix(word)).unwrap_or(said);
    Ok((Some(day), said.trim_matches(is_apart).to_owned()))
}

/// What stands between the brackets and the reason and is none.
fn is_apart(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, ':' | '-' | '–' | '—' | '#' | ',' | ';')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Allow, Malformed> {
        let comment = Comment {
            span: Span::new(FileId(0), 100, 100 + text.len()),
            alone: true,
            ends_block: false,
            line: Some(200..210),
        };
        parse(comment, text)
    }

    fn shown(text: &str) -> String {
        let slice = |span: Span| {
            let range = span.range();
            text.get(range.start - 100..range.end - 100).unwrap()
        };
        match read(text) {
            Ok(allow) => {
                let rules: Vec<_> = allow.rules.iter().map(|rule| slice(rule.span)).collect();
                let until = allow.until.map(|day| day.to_string());
                format!("{rules:?} of `{}` {until:?} `{}`", slice(allow.list), allow.reason)
            }
            Err(malformed) => format!("{} @`{}`", malformed.wrong, slice(malformed.span)),
        }
    }

    #[test]
    fn what_is_allowed_is_read() {
        let texts = [
            "# gwcfg: allow[weights-sum] the rest is spent elsewhere",
            "#gwcfg:allow[ a-b , c ]: why not",
            "# gwcfg: allow[a] until=2027-01-31 we move in January",
            "# gwcfg: allow[a] we move in January until=2027-01-31",
            "# note # gwcfg: allow[a] - x",
            "# gwcfg: allow[a]",
            "# gwcfg: allow [a] until=2027-01-31",
        ];
        insta::assert_snapshot!(texts.map(shown).join("\n"), @r#"
        ["weights-sum"] of `weights-sum` None `the rest is spent elsewhere`
        ["a-b", "c"] of ` a-b , c ` None `why not`
        ["a"] of `a` Some("2027-01-31") `we move in January`
        ["a"] of `a` Some("2027-01-31") `we move in January`
        ["a"] of `a` None `x`
        ["a"] of `a` None ``
        ["a"] of `a` Some("2027-01-31") ``
        "#);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let many = format!("# gwcfg: allow[a{}]", ",a".repeat(MAX_RULES));
        let texts = [
            "# gwcfg:",
            "# gwcfg: alow[a] x",
            "# gwcfg: ignore",
            "# gwcfg: allow a",
            "# gwcfg: allow[a x",
            "# gwcfg: allow[] x",
            "# gwcfg: allow[a,] x",
            "# gwcfg: allow[a] until=2027-02-30 x",
            "# gwcfg: allow[a] x until=soon",
            &many,
            "# gwcfg: allow[a] until=2027-01-31T10:00 x",
        ];
        insta::assert_snapshot!(texts.map(|text| shown(text).replace(",a", "")).join("\n"), @"
        the comment says nothing to gwcfg @`# gwcfg:`
        `alow` is nothing that a comment can say to gwcfg @`alow`
        `ignore` is nothing that a comment can say to gwcfg @`ignore`
        the comment does not say in brackets what it allows @`allow`
        the bracket of the comment is not closed @`[a x`
        the comment lacks the name of a rule between its brackets @`[]`
        the comment lacks the name of a rule between its brackets @`[a,]`
        `until=2027-02-30` names no day @`until=2027-02-30`
        `until=soon` names no day @`until=soon`
        the comment names more than 64 rules @`[a]`
        `until=2027-01-31T10:00` names no day @`until=2027-01-31T10:00`
        ");
    }

    #[test]
    fn an_allow_counts_on_its_last_day() {
        let day = |text: &str| Some(text.parse::<Date>().unwrap());
        let allow = read("# gwcfg: allow[a] until=2027-01-31 x").unwrap();
        assert!(!allow.is_over(day("2027-01-31")));
        assert!(allow.is_over(day("2027-02-01")));
        assert!(!allow.is_over(None));
    }

    #[test]
    fn the_allows_of_a_place_are_those_of_its_line() {
        let mut allows = Allows::default();
        for (file, line) in [(1, Some(10..20)), (0, Some(10..20)), (0, None), (0, Some(10..20))] {
            let text = "# gwcfg: allow[a]";
            let span = Span::new(FileId(file), 0, text.len());
            allows.read(Comment { span, alone: true, ends_block: false, line }, text);
        }
        allows.sort();
        let mut count = |file, at| allows.of_place(Span::new(FileId(file), at, at + 1)).len();
        let places = [(0, 9), (0, 10), (0, 20), (0, 21), (1, 9), (1, 15), (2, 15)];
        assert_eq!(places.map(|(file, at)| count(file, at)), [0, 2, 2, 0, 0, 1, 0]);
    }
}
