//! A YAML document as a flat tree: one small record per node, in document order, every scalar a
//! range of the source text.
//!
//! A container knows where its subtree ends, so the next sibling is one step away and no child
//! vectors exist. How little room that takes: see [`Nodes`](super::nodes).

use super::differences::Noted;
use super::nodes::Nodes;
use super::overlay::LAYER_SHIFT;
use super::span::{FileId, Span};

/// Number of a node in its tree, in document order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// Its place among [`Tree::ids`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A scalar, plain or quoted.
    Scalar,
    /// A list.
    List,
    /// A mapping.
    Map,
    /// `*name`: stands for the node it points to.
    Alias,
    /// `*name` without an anchor before it. Reported by the lexical stage, read as null.
    LostAlias,
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: what it is depends on its text.
    Plain,
    /// In single or double quotes: always text.
    Quoted,
    /// `|` or `>`: always text.
    Block,
}

/// The tags that change how a scalar is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// None, or one that agrees with the node.
    None,
    /// `!!str` or `!`: text whatever it looks like.
    Text,
    /// Any other explicit tag.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Containers: one past the subtree. Aliases: the node meant. Scalars: number in `owned`,
    /// when `OWNED` is set.
    pub(super) link: u32,
    pub(super) kind: Kind,
    pub(super) style: Style,
    pub(super) tag: Tag,
    pub(super) flags: u8,
}

/// The value had to be unescaped or folded, so it is not a range of the source.
pub(super) const OWNED: u8 = 1;
/// A mapping that has a `<<` key.
pub(super) const MERGES: u8 = 2;
/// A key that is written again later in the same mapping: the later one counts.
pub(super) const REPEATED: u8 = 4;

/// One document.
#[derive(Debug)]
pub struct Tree<'a> {
    pub(super) file: FileId,
    pub(super) text: &'a str,
    pub(super) nodes: Nodes,
    pub(super) owned: Vec<&'a str>,
    pub(super) has_aliases: bool,
    pub(super) noted: Noted,
    /// The files of the nodes that an overlay brought, by the number of the layer less one.
    pub(super) layers: Vec<FileId>,
}

impl<'a> Tree<'a> {
    /// The file this document stands in.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.file
    }

    /// A document that says nothing.
    #[must_use]
    pub fn nothing(file: FileId) -> Self {
        Tree {
            file,
            text: "",
            nodes: Nodes::default(),
            owned: Vec::new(),
            has_aliases: false,
            noted: Noted::default(),
            layers: Vec::new(),
        }
    }

    /// True when nodes of several files stand in it, so that a place does not lie in the place of
    /// what holds it.
    #[must_use]
    pub fn is_layered(&self) -> bool {
        !self.layers.is_empty()
    }

    /// The topmost node; `None` for an empty document.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        if self.nodes.is_empty() { None } else { Some(NodeId(0)) }
    }

    /// Nodes in the document.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True when nothing but comments stands in the file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// True when an alias stands anywhere.
    #[must_use]
    pub fn has_aliases(&self) -> bool {
        self.has_aliases
    }

    /// Every node, in document order.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    pub(super) fn node(&self, id: NodeId) -> Node {
        // A node id comes from this tree; a null scalar stands for one that does not.
        self.nodes.get(id.0 as usize).unwrap_or(Node {
            start: 0,
            end: 0,
            link: 0,
            kind: Kind::LostAlias,
            style: Style::Plain,
            tag: Tag::None,
            flags: 0,
        })
    }

    /// What the node is.
    #[inline]
    #[must_use]
    pub fn kind(&self, id: NodeId) -> Kind {
        self.nodes.kind(id.0 as usize).unwrap_or(Kind::LostAlias)
    }

    /// How a scalar was written.
    #[must_use]
    pub fn style(&self, id: NodeId) -> Style {
        self.node(id).style
    }

    /// Scalars whose value is not what stands in the file: unescaped or folded. Keys too.
    pub fn unescaped_scalars(&self) -> impl Iterator<Item = NodeId> + '_ {
        let any = !self.owned.is_empty();
        let owned = |id: &NodeId| self.node(*id).flags & OWNED != 0;
        let aside = || self.nodes.aside().map(NodeId).filter(owned);
        any.then(aside).into_iter().flatten()
    }

    /// The explicit tag, as far as it matters.
    #[must_use]
    pub fn tag(&self, id: NodeId) -> Tag {
        self.node(id).tag
    }

    /// True for a key that is written again in the same mapping.
    #[must_use]
    pub fn is_repeated(&self, id: NodeId) -> bool {
        self.node(id).flags & REPEATED != 0
    }

    /// The node an alias stands for; other nodes stand for themselves. Anchors stand before their
    /// aliases, so following always goes back and ends.
    #[inline]
    #[must_use]
    pub fn resolve(&self, mut id: NodeId) -> NodeId {
        if !self.has_aliases {
            return id;
        }
        loop {
            let node = self.node(id);
            if node.kind != Kind::Alias || node.link >= id.0 {
                return id;
            }
            id = NodeId(node.link);
        }
    }

    /// Value, style and tag of a scalar; `None` for other nodes.
    #[inline]
    #[must_use]
    pub fn scalar(&self, id: NodeId) -> Option<(&'a str, Style, Tag)> {
        let node = self.node(id);
        (node.kind == Kind::Scalar).then(|| (self.value_of(&node), node.style, node.tag))
    }

    /// A scalar's value; empty for other nodes.
    #[must_use]
    pub fn value(&self, id: NodeId) -> &'a str {
        match self.nodes.range(id.0 as usize) {
            Some((start, end, _)) => self.text.get(start as usize..end as usize).unwrap_or(""),
            None => self.value_of(&self.node(id)),
        }
    }

    /// The same for a node that is at hand.
    pub(super) fn value_of(&self, node: &Node) -> &'a str {
        if node.kind != Kind::Scalar {
            ""
        } else if node.flags & OWNED != 0 {
            self.owned.get(node.link as usize).copied().unwrap_or("")
        } else {
            self.text.get(node.start as usize..node.end as usize).unwrap_or("")
        }
    }

    /// Where the node stands, quotes included.
    #[must_use]
    pub fn span(&self, id: NodeId) -> Span {
        if let Some((start, end, quoted)) = self.nodes.range(id.0 as usize) {
            let quote = usize::from(quoted && start > 0);
            return Span::new(self.file, start as usize - quote, end as usize + quote);
        }
        let node = self.node(id);
        let quoted = node.kind == Kind::Scalar
            && node.style == Style::Quoted
            && node.flags & OWNED == 0
            && node.start > 0;
        if quoted {
            Span::new(self.file, node.start as usize - 1, node.end as usize + 1)
        } else {
            Span::new(self.file_of(&node), node.start as usize, node.end as usize)
        }
    }

    fn file_of(&self, node: &Node) -> FileId {
        let layer = usize::from(node.flags >> LAYER_SHIFT);
        let row = layer.checked_sub(1);
        row.and_then(|row| self.layers.get(row)).copied().unwrap_or(self.file)
    }

    /// The node behind this one on the same level.
    #[inline]
    pub(super) fn after(&self, id: NodeId) -> NodeId {
        NodeId(self.nodes.after(id.0))
    }

    /// The numbers of a node and of all that is in it, in document order.
    #[must_use]
    pub fn rows(&self, id: NodeId) -> std::ops::Range<usize> {
        id.0 as usize..self.nodes.after(id.0) as usize
    }

    fn children(&self, id: NodeId, kind: Kind) -> (NodeId, u32) {
        if self.kind(id) == kind {
            (NodeId(id.0 + 1), self.nodes.after(id.0))
        } else {
            (NodeId(0), 0)
        }
    }

    /// Keys and values of a mapping as written (merge keys and repeated keys included).
    #[must_use]
    pub fn pairs(&self, id: NodeId) -> Pairs<'_, 'a> {
        let (next, end) = self.children(id, Kind::Map);
        Pairs { tree: self, next, end }
    }

    /// Items of a list.
    #[must_use]
    pub fn items(&self, id: NodeId) -> Items<'_, 'a> {
        let (next, end) = self.children(id, Kind::List);
        Items { tree: self, next, end }
    }
}

/// Iterator over the pairs of a mapping.
#[derive(Debug, Clone)]
pub struct Pairs<'t, 'a> {
    tree: &'t Tree<'a>,
    next: NodeId,
    end: u32,
}

impl Iterator for Pairs<'_, '_> {
    type Item = (NodeId, NodeId);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next.0 >= self.end {
            return None;
        }
        let key = self.next;
        let value = self.tree.after(key);
        self.next = self.tree.after(value);
        Some((key, value))
    }
}

/// Iterator over the items of a list.
#[derive(Debug, Clone)]
pub struct Items<'t, 'a> {
    tree: &'t Tree<'a>,
    next: NodeId,
    end: u32,
}

impl Iterator for Items<'_, '_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next.0 >= self.end {
            return None;
        }
        let item = self.next;
        self.next = self.tree.after(item);
        Some(item)
    }
}
