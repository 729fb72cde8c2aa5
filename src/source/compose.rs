//! A document that is put together piece by piece instead of parsed: what a compiler gives is read
//! by the same typed reader as what a person wrote.

use super::differences::Noted;
use super::nodes::Nodes;
use super::span::FileId;
use super::tree::{Kind, Node, Style, Tag, Tree};

/// A document in the making. Its text is every scalar on a line of its own; a node's place is a
/// range of that text.
#[derive(Debug, Default)]
pub struct Composer {
    text: String,
    nodes: Nodes,
    /// Open containers, innermost last.
    open: Vec<usize>,
}

/// A document that is complete, without its text.
#[derive(Debug)]
pub struct Composed {
    nodes: Nodes,
}

impl Composer {
    /// An empty document.
    #[must_use]
    pub fn new() -> Self {
        Composer::default()
    }

    /// Where the next node will stand, in bytes.
    #[must_use]
    pub fn position(&self) -> usize {
        self.text.len()
    }

    /// Begins a mapping: keys and values follow by turns.
    pub fn map_start(&mut self) {
        self.start(Kind::Map);
    }

    /// Begins a list.
    pub fn list_start(&mut self) {
        self.start(Kind::List);
    }

    /// Ends the mapping or the list that was begun last.
    pub fn end(&mut self) {
        let (end, link) = (offset(self.text.len()), offset(self.nodes.len()));
        if let Some(open) = self.open.pop() {
            self.nodes.close(open, end, link);
        }
    }

    /// A scalar that is text, whatever it looks like.
    pub fn text(&mut self, text: &str) {
        self.scalar(text, Style::Block);
    }

    /// A scalar that is what it looks like: a number, `true`, `null`.
    pub fn plain(&mut self, text: &str) {
        self.scalar(text, Style::Plain);
    }

    /// The text, and the nodes that point into it.
    #[must_use]
    pub fn finish(self) -> (String, Composed) {
        (self.text, Composed { nodes: self.nodes })
    }

    fn start(&mut self, kind: Kind) {
        self.open.push(self.nodes.len());
        self.node(kind, Style::Plain, self.text.len());
    }

    fn scalar(&mut self, text: &str, style: Style) {
        let start = self.text.len();
        self.text.push_str(text);
        self.node(Kind::Scalar, style, start);
        self.text.push('\n');
    }

    fn node(&mut self, kind: Kind, style: Style, start: usize) {
        let (start, end) = (offset(start), offset(self.text.len()));
        self.nodes.push(Node { start, end, link: 0, kind, style, tag: Tag::None, flags: 0 });
    }
}

impl Composed {
    /// The tree, in a file that holds the text.
    #[must_use]
    pub fn tree(self, file: FileId, text: &str) -> Tree<'_> {
        let Composed { nodes } = self;
        let (owned, noted, layers) = (Vec::new(), Noted::default(), Vec::new());
        Tree { file, text, nodes, owned, has_aliases: false, noted, layers }
    }
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::{Entries, Field, SourceFile, Sources, Text, read};
    use super::*;

    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct Document<'a> {
        names: Field<Vec<String>>,
        numbers: Field<Entries<'a, f64>>,
        last: Field<Text<'a>>,
    }

    #[test]
    fn what_is_composed_is_read_like_what_is_parsed() {
        let mut composer = Composer::new();
        composer.map_start();
        composer.text("names");
        composer.list_start();
        composer.text("yes");
        composer.text("");
        composer.end();
        composer.text("numbers");
        composer.map_start();
        composer.text("a");
        composer.plain("0.5");
        composer.end();
        composer.text("last");
        let position = composer.position();
        composer.text("line\nfeed");
        composer.end();
        let (text, composed) = composer.finish();
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new(String::new(), text.into_bytes(), false));
        let tree = composed.tree(file, sources.text(file));
        let document: Document<'_> = read(&tree).document;
        assert_eq!(document.names.value().unwrap(), &["yes", ""]);
        let numbers: Vec<f64> =
            document.numbers.value().unwrap().given().map(|(_, number)| *number).collect();
        assert_eq!(numbers, [0.5]);
        let last = document.last.given().unwrap();
        assert_eq!((last.value.0, last.span.start() as usize), ("line\nfeed", position));
    }
}
