//! Names as numbers: every name of a project once, whatever it names.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// Number of a name in [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(pub u32);

impl NameId {
    /// For tables with one row a name.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// All names, numbered in the order in which they were first seen. The hash is seeded anew in
/// each process: names are chosen by whoever writes the files.
#[derive(Debug, Default)]
pub struct Names<'a> {
    table: HashTable<u32>,
    texts: Vec<&'a str>,
    hasher: RandomState,
}

impl<'a> Names<'a> {
    /// No names yet, and room for so many.
    #[must_use]
    pub fn with_capacity(names: usize) -> Self {
        Names {
            table: HashTable::with_capacity(names),
            texts: Vec::with_capacity(names),
            hasher: RandomState::default(),
        }
    }

    /// The number of a name, a new one for a name not seen before.
    pub fn intern(&mut self, text: &'a str) -> NameId {
        let Names { table, texts, hasher } = self;
        let same = |id: &u32| texts.get(*id as usize).is_some_and(|known| *known == text);
        let hash_of = |id: &u32| texts.get(*id as usize).map_or(0, |known| hasher.hash_one(known));
        match table.entry(hasher.hash_one(text), same, hash_of) {
            Entry::Occupied(known) => NameId(*known.get()),
            Entry::Vacant(place) => {
                let id = u32::try_from(texts.len()).unwrap_or(u32::MAX);
                place.insert(id);
                texts.push(text);
                NameId(id)
            }
        }
    }

    /// The number of a name that was seen.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<NameId> {
        let same = |id: &u32| self.texts.get(*id as usize).is_some_and(|known| *known == text);
        self.table.find(self.hasher.hash_one(text), same).map(|id| NameId(*id))
    }

    /// The name.
    #[must_use]
    pub fn text(&self, id: NameId) -> &'a str {
        self.texts.get(id.index()).copied().unwrap_or("")
    }

    /// Names seen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// True before the first name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// All names in the order in which they were first seen.
    pub fn iter(&self) -> impl Iterator<Item = (NameId, &'a str)> {
        self.texts
            .iter()
            .enumerate()
            .map(|(index, text)| (NameId(u32::try_from(index).unwrap_or(u32::MAX)), *text))
    }
}
