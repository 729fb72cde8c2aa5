//! The nodes of a tree in half of their size: eight bytes each, eight more for a container. Seven
//! of eight nodes are scalars that are ranges of the text; what is more than that stands aside.

use super::overlay::LAYER_SHIFT;
use super::tree::{Kind, Node, Style, Tag};

/// Bits of an offset, of which a file has no more, and of a row's number.
const NUMBER_BITS: u32 = 29;
const NUMBER: u32 = (1 << NUMBER_BITS) - 1;

// What a node is, in the three bits above its start.
const PLAIN: u32 = 0;
const QUOTED: u32 = 1;
const BLOCK: u32 = 2;
const MAP: u32 = 3;
const LIST: u32 = 4;
/// Anything else: aliases, scalars with a tag or a value of their own.
const ASIDE: u32 = 5;

/// Bytes of a text whose tree is worth giving back to the system at once.
const LARGE_TEXT: usize = 1 << 20;

/// Bytes of a table that goes back to the system as soon as it is dropped. Of a smaller one glibc
/// learns to keep as much for what comes next, which is never of that size again.
const RETURNED: usize = 33 << 20;

#[derive(Debug, Clone, Copy)]
struct Packed {
    /// The form above the first byte.
    start: u32,
    /// The flags above a number: where a scalar ends, else a row of one of the tables.
    rest: u32,
}

/// Where a container ends, in the text and among the nodes.
#[derive(Debug, Clone, Copy)]
struct Reach {
    end: u32,
    link: u32,
}

/// All nodes of a document, in its order.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    packed: Vec<Packed>,
    containers: Vec<Reach>,
    aside: Vec<Node>,
}

impl Nodes {
    /// No nodes yet, and room for those of a text of so many bytes: about one node in twelve bytes
    /// in the densest real file. Untouched pages are free, and a table that never grows is never
    /// copied.
    pub(super) fn of_text(bytes: usize) -> Self {
        let least = if bytes > LARGE_TEXT { RETURNED / size_of::<Packed>() } else { 16 };
        Nodes {
            packed: Vec::with_capacity((bytes / 12).max(least)),
            containers: Vec::with_capacity((bytes / 48).max(least)),
            aside: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.packed.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// Most nodes: a scalar whose value is a range of the text.
    #[inline]
    pub(super) fn push_range(&mut self, start: u32, end: u32, style: Style) {
        let start = form(style) << NUMBER_BITS | start.min(NUMBER);
        self.packed.push(Packed { start, rest: end.min(NUMBER) });
    }

    pub(super) fn push(&mut self, node: Node) {
        let fits = node.start <= NUMBER
            && node.end <= NUMBER
            && node.tag == Tag::None
            && node.flags >> LAYER_SHIFT == 0;
        let (form, number) = match node.kind {
            Kind::Scalar if fits && node.link == 0 && node.flags == 0 => {
                (form(node.style), node.end)
            }
            Kind::Map if fits => (MAP, self.container(&node)),
            Kind::List if fits => (LIST, self.container(&node)),
            Kind::Scalar | Kind::Map | Kind::List | Kind::Alias | Kind::LostAlias => {
                self.aside.push(node);
                (ASIDE, row(self.aside.len() - 1))
            }
        };
        let start = form << NUMBER_BITS | node.start.min(NUMBER);
        self.packed.push(Packed { start, rest: u32::from(node.flags) << NUMBER_BITS | number });
    }

    fn container(&mut self, node: &Node) -> u32 {
        self.containers.push(Reach { end: node.end, link: node.link });
        row(self.containers.len() - 1)
    }

    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<Node> {
        let packed = self.packed.get(index)?;
        let (start, number) = (packed.start & NUMBER, packed.rest & NUMBER);
        let (kind, style) = match packed.start >> NUMBER_BITS {
            PLAIN => (Kind::Scalar, Style::Plain),
            QUOTED => (Kind::Scalar, Style::Quoted),
            BLOCK => (Kind::Scalar, Style::Block),
            MAP => (Kind::Map, Style::Plain),
            LIST => (Kind::List, Style::Plain),
            _ => return self.aside.get(number as usize).copied(),
        };
        let reach = if kind == Kind::Scalar {
            Reach { end: number, link: 0 }
        } else {
            *self.containers.get(number as usize)?
        };
        let flags = u8::try_from(packed.rest >> NUMBER_BITS).unwrap_or(0);
        Some(Node { start, end: reach.end, link: reach.link, kind, style, tag: Tag::None, flags })
    }

    /// Where the value of a scalar stands that is a range of the text, and whether it has quotes.
    #[inline]
    pub(super) fn range(&self, index: usize) -> Option<(u32, u32, bool)> {
        let packed = self.packed.get(index)?;
        let form = packed.start >> NUMBER_BITS;
        let range = (packed.start & NUMBER, packed.rest & NUMBER, form == QUOTED);
        matches!(form, PLAIN | QUOTED | BLOCK).then_some(range)
    }

    /// What a node is, without where it ends.
    #[inline]
    pub(super) fn kind(&self, index: usize) -> Option<Kind> {
        let packed = self.packed.get(index)?;
        match packed.start >> NUMBER_BITS {
            PLAIN | QUOTED | BLOCK => Some(Kind::Scalar),
            MAP => Some(Kind::Map),
            LIST => Some(Kind::List),
            _ => self.aside.get((packed.rest & NUMBER) as usize).map(|node| node.kind),
        }
    }

    /// The row behind a node and all that is in it.
    #[inline]
    pub(super) fn after(&self, index: u32) -> u32 {
        let next = index + 1;
        let Some(packed) = self.packed.get(index as usize) else { return next };
        let number = (packed.rest & NUMBER) as usize;
        // `max`: a container that was never closed still moves on.
        match packed.start >> NUMBER_BITS {
            PLAIN | QUOTED | BLOCK => next,
            MAP | LIST => self.containers.get(number).map_or(next, |reach| reach.link.max(next)),
            _ => match self.aside.get(number) {
                Some(node) if matches!(node.kind, Kind::Map | Kind::List) => node.link.max(next),
                Some(_) | None => next,
            },
        }
    }

    /// A container is complete.
    pub(super) fn close(&mut self, index: usize, end: u32, link: u32) {
        let Some(packed) = self.packed.get(index) else { return };
        let number = (packed.rest & NUMBER) as usize;
        if packed.start >> NUMBER_BITS == ASIDE {
            if let Some(node) = self.aside.get_mut(number) {
                (node.end, node.link) = (end.max(node.start), link);
            }
        } else if let Some(reach) = self.containers.get_mut(number) {
            *reach = Reach { end: end.max(packed.start & NUMBER), link };
        }
    }

    /// Sets a flag of a node.
    pub(super) fn mark(&mut self, index: usize, flag: u8) {
        let Some(packed) = self.packed.get_mut(index) else { return };
        if packed.start >> NUMBER_BITS == ASIDE {
            if let Some(node) = self.aside.get_mut((packed.rest & NUMBER) as usize) {
                node.flags |= flag;
            }
        } else {
            packed.rest |= u32::from(flag) << NUMBER_BITS;
        }
    }

    /// The nodes that are more than their eight bytes tell.
    pub(super) fn aside(&self) -> impl Iterator<Item = u32> + '_ {
        let is_aside = |packed: &Packed| packed.start >> NUMBER_BITS == ASIDE;
        (0..).zip(&self.packed).filter(move |(_, packed)| is_aside(packed)).map(|(row, _)| row)
    }

    /// Nodes that begin at this byte or before it: those of the rows before the number given.
    pub(super) fn beginning_until(&self, byte: usize) -> usize {
        self.packed.partition_point(|packed| (packed.start & NUMBER) as usize <= byte)
    }
}

fn form(style: Style) -> u32 {
    match style {
        Style::Plain => PLAIN,
        Style::Quoted => QUOTED,
        Style::Block => BLOCK,
    }
}

fn row(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NUMBER).min(NUMBER)
}

#[cfg(test)]
mod tests {
    use super::super::tree::{MERGES, OWNED, REPEATED};
    use super::*;

    #[test]
    fn a_node_is_eight_bytes_and_comes_back_as_it_was() {
        assert_eq!(size_of::<Packed>(), 8);
        let plain = Node {
            start: 3,
            end: NUMBER,
            link: 0,
            kind: Kind::Scalar,
            style: Style::Plain,
            tag: Tag::None,
            flags: 0,
        };
        let all = [
            plain,
            Node { style: Style::Quoted, ..plain },
            Node { style: Style::Block, ..plain },
            Node { style: Style::Block, flags: OWNED, link: 7, ..plain },
            Node { tag: Tag::Text, ..plain },
            Node { end: u32::MAX, ..plain },
            Node { kind: Kind::Map, link: 9, flags: MERGES, ..plain },
            Node { kind: Kind::List, link: 10, ..plain },
            Node { kind: Kind::List, end: NUMBER + 1, ..plain },
            Node { kind: Kind::Alias, link: 1, ..plain },
            Node { kind: Kind::LostAlias, ..plain },
        ];
        let mut nodes = Nodes::default();
        all.iter().for_each(|node| nodes.push(*node));
        for (index, node) in all.iter().enumerate() {
            assert_eq!(nodes.get(index), Some(*node));
            assert_eq!(nodes.kind(index), Some(node.kind));
            let range = (node.start, node.end, node.style == Style::Quoted);
            assert_eq!(nodes.range(index), (index < 3).then_some(range));
            nodes.mark(index, REPEATED);
            assert_eq!(nodes.get(index).unwrap().flags, node.flags | REPEATED);
        }
        for index in [6, 7, 8] {
            nodes.close(index, NUMBER - 1, 20);
            let closed = nodes.get(index).unwrap();
            assert_eq!((closed.end, closed.link), (NUMBER - 1, 20));
        }
        let after: Vec<u32> = (0..11).map(|index| nodes.after(index)).collect();
        assert_eq!(after, [1, 2, 3, 4, 5, 6, 20, 20, 20, 10, 11]);
    }
}
