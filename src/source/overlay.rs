//! One document laid over another: mappings are merged by key, lists and scalars are replaced,
//! `null` removes. Every node keeps the place where it was written.

use std::hash::BuildHasher as _;

use foldhash::quality::RandomState;
use hashbrown::HashTable;

use super::keys::Key;
use super::nodes::Nodes;
use super::scalar::{Resolved, resolve_yaml11};
use super::span::{Name, Spanned};
use super::tree::{Kind, MERGES, Node, NodeId, OWNED, REPEATED, Style, Tag, Tree};

/// Overlays that one document may have: what a node has room to say about its file.
pub const MAX_LAYERS: usize = 8;

/// Bits of a node's flags below the number of its layer.
pub(super) const LAYER_SHIFT: u32 = 3;

/// Mappings inside mappings that are merged; what is deeper is replaced. No document has a key
/// there, and aliases inside aliases may go on for ever.
const MAX_MERGED_DEPTH: usize = 128;

/// A document with another one laid over it.
#[derive(Debug)]
pub struct Overlaid<'a> {
    /// What both say together.
    pub tree: Tree<'a>,
    /// Keys of the overlay whose value is null, where there was nothing to remove.
    pub idle: Vec<Idle<'a>>,
    /// Keys of the overlay without any value: they remove what the other one has.
    pub silent: Vec<Name<'a>>,
}

/// Keys that remove nothing.
#[derive(Debug, Default)]
pub struct Idle<'a> {
    /// Those of one mapping.
    pub keys: Vec<Name<'a>>,
    /// The keys that are there to be removed.
    pub there: Vec<&'a str>,
}

/// Lays pairs of keys and values, which stand in `over`, over the top level of `base`. `None` when
/// there is nothing to lay, or `base` is a list or a scalar, which is a mistake of its own.
///
/// Aliases of `base` stand for what they stood for before.
#[must_use]
pub fn overlay<'a>(
    base: &Tree<'a>,
    over: &Tree<'a>,
    pairs: &[(NodeId, NodeId)],
) -> Option<Overlaid<'a>> {
    let root = base.root().map(|root| base.resolve(root)).filter(|root| !is_null(base, *root));
    if pairs.is_empty() || root.is_some_and(|root| base.kind(root) != Kind::Map) {
        return None;
    }
    let mut layers = base.layers.clone();
    layers.push(over.file);
    let layer = u8::try_from(layers.len().min(MAX_LAYERS)).unwrap_or(0);
    let mut merger = Merger {
        base: Side::new(base, None),
        over: Side::new(over, Some(layer)),
        nodes: Nodes::default(),
        owned: base.owned.clone(),
        hasher: RandomState::default(),
        idle: Vec::new(),
        silent: Vec::new(),
    };
    merger.merge(root, over.root(), pairs, 0);
    let Merger { nodes, owned, idle, silent, .. } = merger;
    let has_aliases = base.has_aliases || over.has_aliases;
    let (file, text, noted) = (base.file, base.text, super::differences::Noted::default());
    let tree = Tree { file, text, nodes, owned, has_aliases, noted, layers };
    Some(Overlaid { tree, idle, silent })
}

/// True for an empty value, `~` and `null`.
fn is_null(tree: &Tree<'_>, id: NodeId) -> bool {
    let node = tree.node(tree.resolve(id));
    match node.kind {
        Kind::Scalar => {
            let plain = node.style == Style::Plain && node.tag != Tag::Text;
            plain && resolve_yaml11(tree.value_of(&node)) == Resolved::Null
        }
        Kind::Alias | Kind::LostAlias => true,
        Kind::Map | Kind::List => false,
    }
}

/// One of the two documents.
struct Side<'t, 'a> {
    tree: &'t Tree<'a>,
    /// The layer that its nodes get; `None` when they keep theirs.
    layer: Option<u8>,
    /// Where each node went that was copied whole; empty in a document without aliases.
    moved: Vec<u32>,
}

const NOT_MOVED: u32 = u32::MAX;

impl<'t, 'a> Side<'t, 'a> {
    fn new(tree: &'t Tree<'a>, layer: Option<u8>) -> Self {
        let nodes = if tree.has_aliases { tree.len() } else { 0 };
        Side { tree, layer, moved: vec![NOT_MOVED; nodes] }
    }

    fn moved(&self, id: u32) -> Option<u32> {
        self.moved.get(id as usize).copied().filter(|new| *new != NOT_MOVED)
    }

    /// The node as it stands in the merged document, but for what it leads to.
    fn node(&self, id: NodeId, owned: &mut Vec<&'a str>) -> Node {
        let node = self.tree.node(id);
        let Some(layer) = self.layer else { return node };
        let place = self.tree.span(id);
        let flags = node.flags & (OWNED | MERGES | REPEATED) | layer << LAYER_SHIFT;
        let node = Node { start: place.start(), end: place.end(), flags, ..node };
        if node.kind != Kind::Scalar {
            return node;
        }
        // Its value is no range of the base's text.
        let link = u32::try_from(owned.len()).unwrap_or(u32::MAX);
        owned.push(self.tree.value(id));
        Node { link, flags: flags | OWNED, ..node }
    }

    fn name(&self, key: NodeId) -> Name<'a> {
        let value = self.tree.value(self.tree.resolve(key));
        Spanned { value, span: self.tree.span(key) }
    }

    /// Keys and values of a mapping that count, with what is merged in.
    fn pairs(&self, map: NodeId) -> Vec<(NodeId, NodeId)> {
        let pairs = self.tree.merged_pairs(self.tree.resolve(map));
        pairs.filter(|(key, _)| !self.tree.is_repeated(*key)).collect()
    }
}

struct Merger<'t, 'a> {
    base: Side<'t, 'a>,
    over: Side<'t, 'a>,
    nodes: Nodes,
    owned: Vec<&'a str>,
    hasher: RandomState,
    idle: Vec<Idle<'a>>,
    silent: Vec<Name<'a>>,
}

/// Which of the two.
#[derive(Clone, Copy)]
enum From {
    Base,
    Over,
}

/// A container that is being copied, or the top of what is.
struct Open {
    next: u32,
    end: u32,
    /// Its number in the merged document.
    container: Option<usize>,
}

impl<'a> Merger<'_, 'a> {
    fn next(&self) -> u32 {
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    /// A mapping of both. The place is the base's; what only the overlay has comes last.
    fn merge(
        &mut self,
        base: Option<NodeId>,
        over: Option<NodeId>,
        pairs: &[(NodeId, NodeId)],
        depth: usize,
    ) {
        let at = self.nodes.len();
        let map = match (base, over) {
            (Some(base), _) => self.base.node(base, &mut self.owned),
            (None, Some(over)) => self.over.node(over, &mut self.owned),
            (None, None) => return,
        };
        // What `<<` brings in stands among the pairs.
        self.nodes.push(Node { link: 0, flags: map.flags & !MERGES, ..map });
        let mut told = vec![false; pairs.len()];
        if let Some(base) = base {
            self.base_pairs(base, pairs, &mut told, depth);
        }
        let mut idle = Idle::default();
        for ((key, value), _) in pairs.iter().zip(&told).filter(|(_, told)| !**told) {
            if is_null(self.over.tree, *value) {
                idle.keys.push(self.over.name(*key));
            } else {
                self.added(*key, *value, depth);
            }
        }
        if !idle.keys.is_empty() {
            let there = base.map(|base| self.base.pairs(base)).unwrap_or_default();
            idle.there.extend(there.iter().map(|(key, _)| self.base.name(*key).value));
            self.idle.push(idle);
        }
        let end = self.next();
        self.nodes.close(at, map.end, end);
    }

    /// The pairs of the base, as the overlay changes them.
    fn base_pairs(
        &mut self,
        base: NodeId,
        pairs: &[(NodeId, NodeId)],
        told: &mut [bool],
        depth: usize,
    ) {
        let over = self.over.tree;
        let hash = |key: &Option<Key<'_>>| self.hasher.hash_one(key);
        let mut rows: HashTable<(u64, usize)> = HashTable::with_capacity(pairs.len());
        for (row, (key, _)) in pairs.iter().enumerate() {
            let hash = hash(&over.key(*key));
            rows.insert_unique(hash, (hash, row), |(hash, _)| *hash);
        }
        for (key, value) in self.base.pairs(base) {
            let name = self.base.tree.key(key);
            let same = |(_, row): &(u64, usize)| {
                let pair = pairs.get(*row);
                name.is_some() && pair.is_some_and(|(key, _)| over.key(*key) == name)
            };
            let found = rows.find(self.hasher.hash_one(&name), same).map(|(_, row)| *row);
            let Some((row, pair)) = found.and_then(|row| Some((row, *pairs.get(row)?))) else {
                self.copy(From::Base, key);
                self.copy(From::Base, value);
                continue;
            };
            if let Some(told) = told.get_mut(row) {
                *told = true;
            }
            self.changed((key, value), pair, depth);
        }
    }

    /// A key that both have.
    fn changed(&mut self, base: (NodeId, NodeId), over: (NodeId, NodeId), depth: usize) {
        if is_null(self.over.tree, over.1) {
            let place = self.over.tree.span(over.1);
            if place.start() == place.end() {
                self.silent.push(self.over.name(over.0));
            }
            return;
        }
        let resolved = self.base.tree.resolve(base.1);
        let maps = self.base.tree.kind(resolved) == Kind::Map
            && self.over.tree.kind(self.over.tree.resolve(over.1)) == Kind::Map;
        if maps && depth < MAX_MERGED_DEPTH {
            self.copy(From::Base, base.0);
            let pairs = self.over.pairs(over.1);
            self.merge(Some(resolved), Some(over.1), &pairs, depth + 1);
        } else {
            self.added(over.0, over.1, depth);
        }
    }

    /// A key that stands where the overlay wrote it.
    fn added(&mut self, key: NodeId, value: NodeId, depth: usize) {
        let over = self.over.tree;
        self.copy(From::Over, key);
        let resolved = over.resolve(value);
        if over.kind(resolved) == Kind::Map && depth < MAX_MERGED_DEPTH {
            let pairs = self.over.pairs(resolved);
            self.merge(None, Some(resolved), &pairs, depth + 1);
        } else {
            self.copy(From::Over, value);
        }
    }

    /// A node and all that is in it, as it is. An alias whose node did not come along as it was
    /// becomes what it stands for; the next one stands for that.
    fn copy(&mut self, from: From, id: NodeId) {
        let (side, nodes, owned) = match from {
            From::Base => (&mut self.base, &mut self.nodes, &mut self.owned),
            From::Over => (&mut self.over, &mut self.nodes, &mut self.owned),
        };
        let one = |id: NodeId| Open { next: id.0, end: side.tree.after(id).0, container: None };
        let mut open = vec![one(id)];
        while let Some(top) = open.last_mut() {
            let new = nodes.len();
            if top.next >= top.end {
                if let Some(container) = top.container {
                    let end = nodes.get(container).map_or(0, |node| node.end);
                    nodes.close(container, end, u32::try_from(new).unwrap_or(u32::MAX));
                }
                open.pop();
                continue;
            }
            let id = NodeId(top.next);
            top.next = side.tree.after(id).0;
            let node = side.node(id, owned);
            if node.kind == Kind::Alias {
                let meant = side.tree.resolve(id);
                match side.moved(meant.0) {
                    Some(link) => nodes.push(Node { link, ..node }),
                    // An alias that leads nowhere has no end to wait for.
                    None if meant == id => nodes.push(Node { kind: Kind::LostAlias, ..node }),
                    None => open.push(Open {
                        next: meant.0,
                        end: side.tree.after(meant).0,
                        container: None,
                    }),
                }
                continue;
            }
            if let Some(moved) = side.moved.get_mut(id.0 as usize) {
                *moved = u32::try_from(new).unwrap_or(NOT_MOVED);
            }
            nodes.push(node);
            if matches!(node.kind, Kind::Map | Kind::List) {
                let end = side.tree.after(id).0;
                open.push(Open { next: id.0 + 1, end, container: Some(new) });
            }
        }
    }
}

#[cfg(test)]
#[path = "overlay_tests.rs"]
mod tests;
