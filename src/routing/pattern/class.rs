//! Sets of characters, with Python's ideas of digit, space, word and letter case.
//!
//! The set algebra and the Unicode tables are those of `regex-syntax`; what Python's `re` counts
//! as a word or a space differs from them and is spelled out here. The Unicode version is the
//! tables' own, which may be newer than the Python in use: letters assigned in between differ.

use std::sync::{Arc, OnceLock};

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange, HirKind};

/// A set of characters: sorted, disjoint ranges, and a bit map of its ASCII part.
#[derive(Debug, Clone)]
pub(super) struct Class {
    ascii: u128,
    ranges: Arc<[ClassUnicodeRange]>,
}

impl Class {
    /// Freezes `set` for membership tests.
    pub(super) fn new(set: &ClassUnicode) -> Class {
        let mut ascii = 0u128;
        for range in set.ranges() {
            for point in u32::from(range.start())..=u32::from(range.end()).min(127) {
                ascii |= 1 << point;
            }
        }
        Class { ascii, ranges: set.ranges().into() }
    }

    /// Whether the set holds `character`.
    pub(super) fn contains(&self, character: char) -> bool {
        let point = u32::from(character);
        if point < 128 {
            return self.ascii & (1 << point) != 0;
        }
        let after = self.ranges.partition_point(|range| range.start() <= character);
        after
            .checked_sub(1)
            .and_then(|at| self.ranges.get(at))
            .is_some_and(|range| character <= range.end())
    }

    /// The ranges, sorted and disjoint.
    pub(super) fn ranges(&self) -> &[ClassUnicodeRange] {
        &self.ranges
    }

    /// The only character of the set, if there is exactly one.
    pub(super) fn single(&self) -> Option<char> {
        match &*self.ranges {
            [range] if range.start() == range.end() => Some(range.start()),
            _ => None,
        }
    }

    /// Whether the set holds two characters or more besides a newline.
    pub(super) fn chooses(&self) -> bool {
        let members = self.ranges.iter().flat_map(|range| range.start()..=range.end());
        members.filter(|&member| member != '\n').take(2).count() == 2
    }

    /// Whether the set holds every character, the newline perhaps excepted.
    pub(super) fn is_any(&self) -> bool {
        match &*self.ranges {
            [all] => all.start() == '\0' && all.end() == char::MAX,
            [low, high] => {
                low.start() == '\0'
                    && low.end() == '\t'
                    && high.start() == '\u{b}'
                    && high.end() == char::MAX
            }
            _ => false,
        }
    }

    /// The character that all members become under [`fold`], if they agree.
    pub(super) fn folded(&self) -> Option<char> {
        let first = fold(self.ranges.first()?.start());
        // Three members at most share one folded form (`s`, `S`, `ſ`), `i` has four.
        let mut members = self.ranges.iter().flat_map(|range| range.start()..=range.end());
        (members.by_ref().take(5).all(|member| fold(member) == first) && members.next().is_none())
            .then_some(first)
    }
}

/// Brings letters that Python's `IGNORECASE` confuses with an ASCII letter to its lower case.
///
/// Other characters stay. Serves indexes only: equal after folding is necessary, not sufficient.
pub(super) fn fold(character: char) -> char {
    match character {
        'ı' | 'İ' => 'i',
        'ſ' => 's',
        '\u{212a}' => 'k',
        other => other.to_ascii_lowercase(),
    }
}

/// The sets behind `\d`, `\s` and `\w`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    /// `\d`
    Digit,
    /// `\s`
    Space,
    /// `\w`
    Word,
}

/// The members of `category`, for a Python `str` pattern with or without the `ASCII` flag.
pub(super) fn category(category: Category, ascii: bool) -> ClassUnicode {
    match (category, ascii) {
        (Category::Digit, true) => ranges(&[('0', '9')]),
        (Category::Space, true) => ranges(&[('\t', '\r'), (' ', ' ')]),
        (Category::Word, true) => ranges(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        // `str.isdecimal`: what Unicode calls a decimal number.
        (Category::Digit, false) => table(r"\d"),
        // `str.isspace` counts the four ASCII separators, which Unicode does not.
        (Category::Space, false) => table(r"[\s\x1c-\x1f]"),
        // `str.isalnum` or `_`: neither marks nor connectors, unlike Unicode's word.
        (Category::Word, false) => table(r"[\p{L}\p{N}_]"),
    }
}

/// The set of one range per pair, ends included.
pub(super) fn ranges(pairs: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(pairs.iter().map(|&(low, high)| ClassUnicodeRange::new(low, high)))
}

/// Every character, without the newline unless `newline`.
pub(super) fn any(newline: bool) -> ClassUnicode {
    match newline {
        true => ranges(&[('\0', char::MAX)]),
        false => ranges(&[('\0', '\t'), ('\u{b}', char::MAX)]),
    }
}

/// Adds to `set` what Python's `IGNORECASE` takes for its members.
pub(super) fn ignore_case(set: &mut ClassUnicode, ascii: bool) {
    if ascii {
        let mut added = Vec::new();
        for range in set.ranges() {
            let letters = range.start()..=range.end().min('z');
            let swapped = letters.filter(char::is_ascii_alphabetic).map(|letter| {
                let other = char::from(letter as u8 ^ b' ');
                (other, other)
            });
            added.extend(swapped);
        }
        set.union(&ranges(&added));
        return;
    }
    // The tables are compiled in, so folding cannot fail; if it did, the set would stay as it is.
    let _ = set.try_case_fold_simple();
    // Python joins the dotted and the dotless i with `i`, which simple case folding does not.
    let of_i = ranges(&[('I', 'I'), ('i', 'i'), ('İ', 'ı')]);
    let mut shared = set.clone();
    shared.intersect(&of_i);
    if !shared.ranges().is_empty() {
        set.union(&of_i);
    }
}

/// Whether Python's `\b` takes `character` for a part of a word.
pub(super) fn is_word(character: char, ascii: bool) -> bool {
    static WORD: OnceLock<Class> = OnceLock::new();
    if character.is_ascii() || ascii {
        return character.is_ascii_alphanumeric() || character == '_';
    }
    WORD.get_or_init(|| Class::new(&category(Category::Word, false))).contains(character)
}

/// Whether `name` is what Python's `str.isidentifier` accepts.
pub(super) fn is_identifier(name: &str) -> bool {
    let within = |character: char, ascii: bool, property: &str| match character.is_ascii() {
        true => ascii,
        false => Class::new(&table(property)).contains(character),
    };
    let mut characters = name.chars();
    let starts = characters.next().is_some_and(|first| {
        within(first, first.is_ascii_alphabetic() || first == '_', r"\p{XID_Start}")
    });
    starts
        && characters.all(|each| {
            within(each, each.is_ascii_alphanumeric() || each == '_', r"\p{XID_Continue}")
        })
}

/// A set of `regex-syntax`, by its own notation; each is read once.
fn table(notation: &str) -> ClassUnicode {
    static READ: OnceLock<std::sync::Mutex<Vec<(String, ClassUnicode)>>> = OnceLock::new();
    let read = READ.get_or_init(Default::default);
    // A poisoned lock still guards a usable list: entries are only ever appended whole.
    let mut read = read.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((_, set)) = read.iter().find(|(known, _)| known == notation) {
        return set.clone();
    }
    let set = match regex_syntax::parse(notation).map(regex_syntax::hir::Hir::into_kind) {
        Ok(HirKind::Class(regex_syntax::hir::Class::Unicode(set))) => set,
        // Notations are literals of this file, and a test reads each.
        Ok(_) | Err(_) => ClassUnicode::empty(),
    };
    read.push((notation.to_owned(), set.clone()));
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_known() {
        for notation in
            [r"\d", r"[\s\x1c-\x1f]", r"[\p{L}\p{N}_]", r"\p{XID_Start}", r"\p{XID_Continue}"]
        {
            assert!(!table(notation).ranges().is_empty(), "{notation}");
        }
    }

    #[test]
    fn case_is_ignored_as_python_does() {
        let folded = |text: &str, ascii: bool| {
            let mut set = ranges(&text.chars().map(|c| (c, c)).collect::<Vec<_>>());
            ignore_case(&mut set, ascii);
            set.iter().flat_map(|r| r.start()..=r.end()).collect::<String>()
        };
        assert_eq!(folded("k", false), "Kk\u{212a}");
        assert_eq!(folded("k", true), "Kk");
        assert_eq!(folded("İ", false), "Iiİı");
        assert_eq!(folded("4[", true), "4[");
    }

    #[test]
    fn a_folded_class_names_its_letter() {
        let class =
            |text: &str| Class::new(&ranges(&text.chars().map(|c| (c, c)).collect::<Vec<_>>()));
        assert_eq!(class("Kk\u{212a}").folded(), Some('k'));
        assert_eq!(class("ab").folded(), None);
        assert_eq!(class("").folded(), None);
        assert_eq!(Class::new(&any(true)).folded(), None);
    }
}
