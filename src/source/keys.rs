//! Keys of mappings: written twice, merged in by `<<`; and how large a document becomes when its
//! aliases are followed.

use std::hash::BuildHasher as _;

use foldhash::quality::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::scalar::{Resolved, float_yaml11, int_yaml11, resolve_yaml11};
use super::tree::{Kind, MERGES, NodeId, REPEATED, Style, Tag, Tree};

/// Nodes that a document may have once its aliases are followed. The largest real projects have
/// a hundredth of that; a "billion laughs" file has 10^9.
pub const MAX_EXPANDED_NODES: u64 = 16 * 1024 * 1024;

/// What following the aliases of a document would give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expansion {
    /// Within [`MAX_EXPANDED_NODES`].
    Fits,
    /// This alias makes it too large.
    TooLarge(NodeId),
    /// This alias stands inside what it stands for.
    Endless(NodeId),
}

/// A key as it is compared: for PyYAML `1`, `0x1`, `1.0` and `true` are the same key.
#[derive(PartialEq, Hash)]
pub(super) enum Key<'a> {
    Text(&'a str),
    Int(i128),
    /// The bits of a number that is not whole.
    Float(u64),
    Null,
}

/// Mappings of at most this many keys are compared pair by pair, larger ones by hash.
const FEW_KEYS: usize = 24;

impl<'a> Tree<'a> {
    pub(super) fn key(&self, id: NodeId) -> Option<Key<'a>> {
        let node = self.node(self.resolve(id));
        if node.kind != Kind::Scalar {
            return None;
        }
        let value = self.value_of(&node);
        if node.style != Style::Plain || node.tag == Tag::Text {
            return Some(Key::Text(value));
        }
        Some(match resolve_yaml11(value) {
            Resolved::Int => int_yaml11(value).map_or(Key::Text(value), Key::Int),
            Resolved::Null => Key::Null,
            Resolved::Bool(value) => Key::Int(i128::from(value)),
            Resolved::Float => float_yaml11(value).map_or(Key::Text(value), number_key),
            Resolved::Text | Resolved::Timestamp | Resolved::Merge | Resolved::Value => {
                Key::Text(value)
            }
        })
    }

    /// Marks every key that is written again later in its mapping, so that readers take the last
    /// one as PyYAML does, and gives the pairs (earlier, later) in document order.
    pub fn mark_repeated_keys(&mut self) -> Vec<(NodeId, NodeId)> {
        let hasher = RandomState::default();
        let mut found = Vec::new();
        let mut keys = Vec::new();
        for map in self.ids() {
            if self.kind(map) != Kind::Map {
                continue;
            }
            keys.clear();
            keys.extend(self.pairs(map).map(|(key, _)| (key, 0)));
            if keys.len() <= FEW_KEYS {
                keys.iter_mut().for_each(|(key, looks)| *looks = self.looks_of(*key));
                self.repeated_among_few(&keys, &mut found);
            } else {
                keys.iter_mut().for_each(|(key, hash)| *hash = self.hash_of(*key, &hasher));
                self.repeated_among_many(&keys, &mut found);
            }
        }
        found.sort_unstable_by_key(|(_, later)| *later);
        for (earlier, _) in &found {
            self.nodes.mark(earlier.0 as usize, REPEATED);
        }
        found
    }

    fn hash_of(&self, key: NodeId, hasher: &RandomState) -> u64 {
        match self.key(key) {
            Some(Key::Text(text)) => hasher.hash_one(text),
            Some(Key::Int(int)) => hasher.hash_one(int),
            Some(Key::Float(bits)) => hasher.hash_one(bits),
            Some(Key::Null) => 0,
            None => 1,
        }
    }

    /// Same for keys that are the same, as a hash is, and mostly different for others: enough to
    /// tell a few keys apart, at a fraction of its price.
    fn looks_of(&self, key: NodeId) -> u64 {
        match self.key(key) {
            Some(Key::Text(text)) => {
                let [first, .., last] = text.as_bytes() else { return 2 };
                (text.len() as u64) << 16 | u64::from(*first) << 8 | u64::from(*last)
            }
            Some(Key::Int(_)) => 3,
            Some(Key::Float(bits)) => bits,
            Some(Key::Null) => 0,
            None => 1,
        }
    }

    fn same_key(&self, one: NodeId, other: NodeId) -> bool {
        self.key(one).is_some_and(|key| Some(key) == self.key(other))
    }

    fn repeated_among_few(&self, keys: &[(NodeId, u64)], found: &mut Vec<(NodeId, NodeId)>) {
        for (index, (key, hash)) in keys.iter().enumerate() {
            let before = keys.get(..index).unwrap_or(&[]);
            let twin = |(other, seen): &&(NodeId, u64)| seen == hash && self.same_key(*other, *key);
            if let Some((earlier, _)) = before.iter().rev().find(twin) {
                found.push((*earlier, *key));
            }
        }
    }

    fn repeated_among_many(&self, keys: &[(NodeId, u64)], found: &mut Vec<(NodeId, NodeId)>) {
        let mut seen: HashTable<(NodeId, u64)> = HashTable::with_capacity(keys.len());
        for (key, hash) in keys {
            let same = |(other, _): &(NodeId, u64)| self.same_key(*other, *key);
            match seen.entry(*hash, same, |(_, hash)| *hash) {
                Entry::Occupied(mut earlier) => {
                    found.push((earlier.get().0, *key));
                    earlier.get_mut().0 = *key;
                }
                Entry::Vacant(place) => {
                    place.insert((*key, *hash));
                }
            }
        }
    }

    /// Keys and values of a mapping as a YAML 1.1 reader sees them: what `<<` brings in stands
    /// behind the mapping's own keys, unless one of these overrides it. Keys that are written
    /// again are still there, where nothing is merged in: see [`Tree::is_repeated`].
    pub fn merged_pairs(
        &self,
        map: NodeId,
    ) -> impl Iterator<Item = (NodeId, NodeId)> + Clone + use<'_, 'a> {
        if self.node(map).flags & MERGES == 0 {
            return MergedPairs::Own(self.pairs(map));
        }
        let mut merged = Merged::default();
        self.collect_merged(map, &mut merged);
        MergedPairs::Merged(merged.pairs.into_iter())
    }

    fn collect_merged(&self, map: NodeId, merged: &mut Merged) {
        let mut merges = Vec::new();
        for (key, value) in self.pairs(map) {
            if self.is_merge_key(key) {
                merges.push(value);
                continue;
            }
            if self.is_repeated(key) {
                continue;
            }
            let hash = self.hash_of(key, &merged.hasher);
            let same = |(other, _): &(NodeId, u64)| self.same_key(*other, key);
            if let Entry::Vacant(place) = merged.seen.entry(hash, same, |(_, hash)| *hash) {
                place.insert((key, hash));
                merged.pairs.push((key, value));
            }
        }
        for merge in merges {
            let merge = self.resolve(merge);
            match self.kind(merge) {
                Kind::Map => self.collect_merged(merge, merged),
                Kind::List => {
                    for item in self.items(merge) {
                        self.collect_merged(self.resolve(item), merged);
                    }
                }
                Kind::Scalar | Kind::Alias | Kind::LostAlias => {}
            }
        }
    }

    pub(super) fn is_merge_key(&self, key: NodeId) -> bool {
        let node = self.node(key);
        let plain = node.kind == Kind::Scalar && node.style == Style::Plain;
        plain && node.tag != Tag::Text && self.value(key) == "<<"
    }

    /// How large the document becomes when every alias is followed, counted without following.
    #[must_use]
    pub fn expansion(&self) -> Expansion {
        if !self.has_aliases() {
            return Expansion::Fits;
        }
        // Nodes below and including each node, aliases followed; filled from the end of the
        // document's containers outwards by one pass with a stack.
        let mut sizes: Vec<u64> = vec![1; self.len()];
        let mut open: Vec<(NodeId, u32)> = Vec::new();
        for id in self.ids() {
            close_finished(&mut open, &mut sizes, id.0);
            let node = self.node(id);
            match node.kind {
                Kind::Map | Kind::List => open.push((id, node.link)),
                Kind::Alias => {
                    if open.iter().any(|(container, _)| container.0 == node.link) {
                        return Expansion::Endless(id);
                    }
                    let meant = sizes.get(node.link as usize).copied().unwrap_or(1);
                    if let Some(size) = sizes.get_mut(id.0 as usize) {
                        *size = meant;
                    }
                    let total: u64 = open
                        .iter()
                        .filter_map(|(container, _)| sizes.get(container.0 as usize))
                        .fold(meant, |sum, size| sum.saturating_add(*size));
                    if total > MAX_EXPANDED_NODES {
                        return Expansion::TooLarge(id);
                    }
                    add_to_parent(&open, &mut sizes, meant);
                }
                Kind::Scalar | Kind::LostAlias => add_to_parent(&open, &mut sizes, 1),
            }
        }
        Expansion::Fits
    }
}

/// Whole numbers are equal to the integers of their value, however large.
fn number_key<'a>(number: f64) -> Key<'a> {
    // Beyond this an integer of Python is no `i128`.
    const LIMIT: f64 = 1e38;
    if number.fract() == 0.0 && number.abs() < LIMIT {
        #[allow(clippy::cast_possible_truncation, reason = "whole and within the limits")]
        return Key::Int(number as i128);
    }
    Key::Float(number.to_bits())
}

fn close_finished(open: &mut Vec<(NodeId, u32)>, sizes: &mut [u64], next: u32) {
    while open.last().is_some_and(|(_, end)| *end <= next) {
        if let Some((closed, _)) = open.pop() {
            let size = sizes.get(closed.0 as usize).copied().unwrap_or(1);
            add_to_parent(open, sizes, size);
        }
    }
}

fn add_to_parent(open: &[(NodeId, u32)], sizes: &mut [u64], size: u64) {
    if let Some(parent) = open.last().and_then(|(id, _)| sizes.get_mut(id.0 as usize)) {
        *parent = parent.saturating_add(size);
    }
}

#[derive(Default)]
struct Merged {
    pairs: Vec<(NodeId, NodeId)>,
    seen: HashTable<(NodeId, u64)>,
    hasher: RandomState,
}

/// Pairs of a mapping with what its merge keys bring in.
#[derive(Clone)]
enum MergedPairs<'t, 'a> {
    Own(super::tree::Pairs<'t, 'a>),
    Merged(std::vec::IntoIter<(NodeId, NodeId)>),
}

impl Iterator for MergedPairs<'_, '_> {
    type Item = (NodeId, NodeId);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            MergedPairs::Own(pairs) => pairs.next(),
            MergedPairs::Merged(pairs) => pairs.next(),
        }
    }
}
