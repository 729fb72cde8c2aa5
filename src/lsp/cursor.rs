//! Where a word that is being typed stands, in a file that need not be YAML yet.
//!
//! A mark takes the place of the word, and the parser says where it stands. Where the line is not
//! complete it is completed first: what follows the word goes, open quotes and brackets are closed.

use std::ops::Range;

use crate::document::Document;
use crate::source::{NodeId, SourceFile, Sources, Tree, parse};

use super::place::{Names, Role, Step, walk};
use super::positions::floor;

/// Stands for the word. Nobody has a name like it.
const MARK: &str = "gwcfg-word-at-the-cursor";

/// A word that is being typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Its bytes in the text, without quotes.
    pub(super) range: Range<usize>,
    /// The quote that it stands behind.
    pub(super) quote: Option<char>,
    /// What it may be; more than one thing where that is not decided yet.
    pub(super) readings: Vec<Reading>,
}

/// One thing that the word may be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// The keys on the way to it; `None` is an item of a list. A key is its own last step.
    pub(super) path: Vec<Option<String>>,
    pub(super) is_key: bool,
    /// What names it, and of which provider when it is a model.
    pub(super) role: Option<Named>,
    /// The keys beside it, when it is a key.
    pub(super) beside: Vec<String>,
}

/// A [`Role`] that outlives the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    Provider,
    ModelOf(String),
    Model,
    Public,
    Target,
    ProviderType,
    Rule,
}

impl Reading {
    /// The way to it, in the words of the schema.
    pub(super) fn steps(&self) -> Vec<Step<'_>> {
        self.path.iter().map(|step| step.as_deref().map_or(Step::Item, Step::Key)).collect()
    }
}

/// The word at a byte of a text, and what it may be.
pub(super) fn word_at(text: &str, byte: usize, document: Document) -> Word {
    let byte = floor(text, byte);
    let (range, quote) = word(text, byte);
    let before = text.get(..range.start).unwrap_or("");
    let behind = text.get(range.end..).unwrap_or("");
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.get(line_start..).unwrap_or("");
    let line_end = behind.find('\n').unwrap_or(behind.len());
    let (rest, below) = behind.split_at_checked(line_end).unwrap_or((behind, ""));
    let closing = closing(line);

    let mut readings = Vec::new();
    let complete = [before, MARK, behind].concat();
    let completed = [before, MARK, &closing, below].concat();
    readings.extend(read(&complete, document).or_else(|| read(&completed, document)));
    let alone = line.trim_start_matches([' ', '-']).is_empty() && rest.trim().is_empty();
    if alone {
        let key = [before, MARK, ":", below].concat();
        readings.extend(read(&key, document).filter(|key| key.is_key));
    }
    // `provider:` wants a blank first, and no other key.
    if quote.is_none() && text.get(range.start..byte).is_some_and(|typed| typed.ends_with(':')) {
        readings.retain(|reading| !reading.is_key);
    }
    Word { range, quote, readings }
}

/// The bytes of the word around a byte, and the quote that opens it.
fn word(text: &str, byte: usize) -> (Range<usize>, Option<char>) {
    let before = text.get(..byte).unwrap_or("");
    let behind = text.get(byte..).unwrap_or("");
    let ends = |letter: char| letter.is_whitespace() || ",[]{}\"'".contains(letter);
    let start = before.char_indices().rev().find(|(_, letter)| ends(*letter));
    let quote = start.map(|(_, letter)| letter).filter(|letter| matches!(letter, '"' | '\''));
    let start = start.map_or(0, |(at, letter)| at + letter.len_utf8());
    let mut end = byte + behind.find(ends).unwrap_or(behind.len());
    // The colon behind a key is none of its letters.
    let colon = text.get(byte..end).is_some_and(|rest| rest.ends_with(':'));
    if colon && quote.is_none() {
        end -= 1;
    }
    (start..end, quote)
}

/// What closes the quotes and brackets that a line leaves open.
fn closing(line: &str) -> String {
    let mut open = Vec::new();
    let mut quote = None;
    let mut previous = ' ';
    for letter in line.chars() {
        match quote {
            Some(by) if letter == by && previous != '\\' => quote = None,
            Some(_) => {}
            None => match letter {
                // An apostrophe inside a word opens nothing.
                '"' | '\'' if !previous.is_alphanumeric() => quote = Some(letter),
                '[' => open.push(']'),
                '{' => open.push('}'),
                ']' | '}' => drop(open.pop()),
                _ => {}
            },
        }
        previous = letter;
    }
    quote.into_iter().chain(open.into_iter().rev()).collect()
}

/// Where the mark stands in a text; `None` when the parser does not come to it.
fn read(text: &str, document: Document) -> Option<Reading> {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new(String::new(), text.as_bytes().to_vec(), false));
    let tree = parse(&sources, file).tree;
    let mut found = None;
    walk(&tree, &mut |place| {
        if place.value == MARK && found.is_none() {
            let step = |step: &Step<'_>| match step {
                Step::Key(key) => Some((*key).to_owned()),
                Step::Item => None,
            };
            found = Some(Reading {
                path: place.path.iter().map(step).collect(),
                is_key: place.is_key,
                role: place.role(document, &tree).filter(|role| !role.declares).map(named),
                beside: place.map.map(|map| keys(&tree, map)).unwrap_or_default(),
            });
        }
    });
    found
}

fn keys(tree: &Tree<'_>, map: NodeId) -> Vec<String> {
    tree.pairs(map).map(|(key, _)| tree.value(key).to_owned()).collect()
}

fn named(role: Role<'_>) -> Named {
    match role.names {
        Names::Provider => Named::Provider,
        Names::ModelOf(provider) => Named::ModelOf(provider.to_owned()),
        Names::Model => Named::Model,
        Names::Public => Named::Public,
        Names::Target => Named::Target,
        Names::ProviderType => Named::ProviderType,
        Names::Rule => Named::Rule,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPPINGS: &str = include_str!("../../config/model-mappings.yaml");

    /// The ways to what `|` may be in a text, a key with a colon behind it.
    fn readings(text: &str) -> Vec<String> {
        let byte = text.find('|').unwrap();
        let word = word_at(&text.replacen('|', "", 1), byte, Document::Mappings);
        let shown = |reading: &Reading| {
            let steps = reading.path.iter().map(|step| step.as_deref().unwrap_or("-"));
            let colon = if reading.is_key { ":" } else { "" };
            steps.collect::<Vec<_>>().join("/").replace(MARK, "*") + colon
        };
        word.readings.iter().map(shown).collect()
    }

    #[test]
    fn a_word_may_be_two_things_where_nothing_decides() {
        assert_eq!(readings("a:\n  - b\n  - c|\n"), ["a/-", "a/-/*:"]);
        assert_eq!(readings("a:\n  |\n"), ["a", "a/*:"]);
        assert_eq!(readings("a:\n  b: 1\n  |\n"), ["a/*:"]);
        assert_eq!(readings("a: {b: [c, |\nd: 1\n"), ["a/b/-"]);
        assert_eq!(readings("a: {b: 1, |}\n"), ["a/*:"]);
        assert_eq!(readings("a: \"b|\nc: 1\n"), ["a"]);
        assert_eq!(readings("# a: |\n"), [""; 0]);
    }

    #[test]
    fn every_place_of_every_beginning_of_a_file_is_read() {
        for (byte, letter) in MAPPINGS.char_indices() {
            let begun = MAPPINGS.get(..byte).unwrap();
            let hostile = format!("{begun}é😀\"{}", MAPPINGS.get(byte..).unwrap());
            for text in [begun, MAPPINGS, hostile.as_str()] {
                let word = word_at(text, byte, Document::Mappings);
                assert!(word.range.start <= byte && byte <= word.range.end + 1, "{letter} {byte}");
                assert!(text.get(word.range).is_some());
            }
        }
    }
}
