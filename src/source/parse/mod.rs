//! Text to tree. The only user of the YAML parser, so that it can be replaced in an afternoon.

mod input;

use std::borrow::Cow;

use granit_parser::{Event, Options, Parser, ScalarStyle};

use super::differences::{BARE_TAG, Noted, container_agrees, is_suspect, scalar_agrees};
use super::map::Sources;
use super::nodes::Nodes;
use super::recover::recover;
use super::span::{FileId, Span};
use super::tree::{Kind, MERGES, Node, NodeId, OWNED, Style, Tag, Tree};
use input::Text;

/// Collections inside collections. Deep enough for any config, shallow enough for the stack of
/// every reader that comes after us (PyYAML gives up near 300).
pub const MAX_DEPTH: usize = 64;

/// What the parser stopped at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where it stopped.
    pub at: Span,
    /// The last scalar that was still read: the damage begins there or later.
    pub after: Span,
    /// The parser's own words.
    pub message: String,
    /// Which of the mistakes with a name of their own it is.
    pub kind: SyntaxErrorKind,
}

/// Mistakes with a rule of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// A tab where indentation is expected.
    Tab,
    /// Deeper than [`MAX_DEPTH`].
    TooDeep,
    /// A second document begins here.
    SecondDocument,
    /// A control character, NUL among them.
    ControlCharacter,
    /// Anything else.
    Other,
}

/// A parsed file.
#[derive(Debug)]
pub struct Parsed<'a> {
    /// The document. When there are errors: what is left of it without the entries that hold them,
    /// or nothing.
    pub tree: Tree<'a>,
    /// What the parser stopped at, and would stop at next if that were mended, in order.
    pub errors: Vec<SyntaxError>,
    /// The entries that the tree is without, because they hold the errors, with the blanks around
    /// them.
    pub blanked: Vec<Span>,
}

/// What the parser stopped at, and what helps to find the mistake.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) error: SyntaxError,
    /// Where the outermost bracket stands that was still open.
    pub(super) open_bracket: Option<usize>,
}

/// Parses the text of `file`, and goes on behind each syntax error as far as that is safe.
#[must_use]
pub fn parse(sources: &Sources, file: FileId) -> Parsed<'_> {
    let (tree, stop) = parse_text(sources, file, sources.text(file));
    match stop {
        None => Parsed { tree, errors: Vec::new(), blanked: Vec::new() },
        Some(stop) => recover(sources, file, stop),
    }
}

/// Parses `text` in the place of `file`'s own: a repaired copy of the same length.
pub(super) fn parse_text<'a>(
    sources: &'a Sources,
    file: FileId,
    text: &'a str,
) -> (Tree<'a>, Option<Stop>) {
    let mut builder = Builder::new(sources, file, text);
    let stop = builder.run();
    let Builder { nodes, owned, has_aliases, noted, .. } = builder;
    let layers = Vec::new();
    (Tree { file, text, nodes, owned, has_aliases, noted, layers }, stop)
}

/// What the parser stops at in `text`.
pub(super) fn first_error(file: FileId, text: &str) -> Option<Stop> {
    parse_text(&Sources::default(), file, text).1
}

fn options() -> Options {
    let mut options = Options::default();
    options.emit_unresolved_aliases = true;
    options.emit_anchor_events = true;
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    options.set_emit_comments(false);
    options
}

struct Builder<'a> {
    sources: &'a Sources,
    file: FileId,
    text: &'a str,
    nodes: Nodes,
    owned: Vec<&'a str>,
    /// Open containers, innermost last.
    open: Vec<NodeId>,
    /// Node of each anchor, by the parser's anchor number.
    anchors: Vec<u32>,
    has_aliases: bool,
    noted: Noted,
    last_scalar: Span,
}

impl<'a> Builder<'a> {
    fn new(sources: &'a Sources, file: FileId, text: &'a str) -> Self {
        Builder {
            sources,
            file,
            text,
            nodes: Nodes::of_text(text.len()),
            owned: Vec::new(),
            open: Vec::new(),
            anchors: Vec::new(),
            has_aliases: false,
            noted: Noted::default(),
            last_scalar: Span::file_start(file),
        }
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "the parser's enum may grow")]
    fn run(&mut self) -> Option<Stop> {
        let mut documents = 0;
        for event in Parser::with_options(Text::new(self.text), options()) {
            let (event, place) = match event {
                Ok(event) => event,
                Err(error) => return Some(self.stop(self.error(&error))),
            };
            let start = place.start.byte_offset().unwrap_or(0);
            let end = place.end.byte_offset().unwrap_or(start);
            match event {
                Event::Scalar(value, style, anchor, tag) => {
                    let style = written(style);
                    let mut known = Tag::None;
                    if let Some(tag) = tag {
                        let name = tag_name(&tag);
                        known = scalar_tag(name.as_deref());
                        if !scalar_agrees(name.as_deref(), &value, style) {
                            self.note_tag(&place);
                        }
                    }
                    self.scalar(&value, style, known, (start, end));
                    self.anchor(anchor, 1);
                }
                Event::MappingStart(_, anchor, tag) => {
                    self.container_tag(tag.as_deref(), Kind::Map, &place);
                    self.open(Kind::Map, start, anchor);
                }
                Event::SequenceStart(_, anchor, tag) => {
                    self.container_tag(tag.as_deref(), Kind::List, &place);
                    self.open(Kind::List, start, anchor);
                }
                Event::Anchor(..) => self.noted.anchors.push(Span::new(self.file, start, end)),
                Event::MappingEnd | Event::SequenceEnd => self.close(end),
                Event::Alias(anchor) => self.alias(anchor, (start, end)),
                Event::UnresolvedAlias(_) => {
                    self.push(Kind::LostAlias, Style::Plain, Tag::None, (start, end));
                }
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        return Some(self.stop(SyntaxError {
                            at: Span::new(self.file, start, end.max(start)),
                            after: self.last_scalar,
                            message: "a second document begins here".to_owned(),
                            kind: SyntaxErrorKind::SecondDocument,
                        }));
                    }
                }
                // Stream and document ends say nothing; comment events are not asked for.
                _ => {}
            }
        }
        None
    }

    fn node(&self, kind: Kind, style: Style, tag: Tag, (start, end): (usize, usize)) -> Node {
        let span = Span::new(self.file, start, end);
        Node { start: span.start(), end: span.end(), link: 0, kind, style, tag, flags: 0 }
    }

    fn push(&mut self, kind: Kind, style: Style, tag: Tag, at: (usize, usize)) {
        let node = self.node(kind, style, tag, at);
        self.nodes.push(node);
    }

    fn scalar(&mut self, value: &str, written: Style, tag: Tag, at: (usize, usize)) {
        let (start, end) = at;
        let inside = match written {
            Style::Plain => start..end,
            Style::Quoted => start + 1..end.saturating_sub(1),
            Style::Block => start..start,
        };
        self.last_scalar = Span::new(self.file, start, end);
        // The value is a range of the source in all but a few hundred of a million scalars. It is
        // compared, not assumed: a plain scalar over several lines is folded.
        if self.text.get(inside.clone()).is_some_and(|text| same(text, value)) {
            let id = self.next_id();
            if tag == Tag::None {
                let span = Span::new(self.file, inside.start, inside.end);
                self.nodes.push_range(span.start(), span.end(), written);
            } else {
                self.push(Kind::Scalar, written, tag, (inside.start, inside.end));
            }
            if written == Style::Plain && is_suspect(value) {
                self.suspect(id, value);
            }
            return;
        }
        let link = u32::try_from(self.owned.len()).unwrap_or(u32::MAX);
        self.owned.push(self.sources.keep(value));
        let node = self.node(Kind::Scalar, written, tag, at);
        self.nodes.push(Node { link, flags: OWNED, ..node });
    }

    fn suspect(&mut self, id: NodeId, value: &str) {
        self.noted.suspects.push((id, self.open.last().copied()));
        if value == "<<" {
            self.mark_merge();
        }
    }

    fn container_tag(
        &mut self,
        tag: Option<&granit_parser::Tag>,
        kind: Kind,
        place: &granit_parser::Span,
    ) {
        if tag.is_some_and(|tag| !container_agrees(tag_name(tag).as_deref(), kind)) {
            self.note_tag(place);
        }
    }

    fn note_tag(&mut self, place: &granit_parser::Span) {
        let tag = place.tag_span().unwrap_or(*place);
        let start = tag.start.byte_offset().unwrap_or(0);
        let end = tag.end.byte_offset().unwrap_or(start);
        self.noted.tags.push(Span::new(self.file, start, end));
    }

    /// The innermost mapping has a merge key. (A plain `<<` as a value or an item marks it too;
    /// the reader looks again.)
    fn mark_merge(&mut self) {
        if let Some(open) = self.open.last() {
            self.nodes.mark(open.0 as usize, MERGES);
        }
    }

    fn open(&mut self, kind: Kind, start: usize, anchor: usize) {
        self.open.push(self.next_id());
        self.push(kind, Style::Plain, Tag::None, (start, start));
        self.anchor(anchor, 1);
    }

    fn close(&mut self, end: usize) {
        let after = self.next_id().0;
        if let Some(open) = self.open.pop() {
            self.nodes.close(open.0 as usize, u32::try_from(end).unwrap_or(u32::MAX), after);
        }
    }

    fn alias(&mut self, anchor: usize, at: (usize, usize)) {
        self.has_aliases = true;
        let target = self.anchors.get(anchor).copied().unwrap_or(u32::MAX);
        let node = self.node(Kind::Alias, Style::Plain, Tag::None, at);
        self.nodes.push(Node { link: target, ..node });
    }

    /// Remembers the node `back` steps before the end as the target of `anchor` (0: none).
    fn anchor(&mut self, anchor: usize, back: u32) {
        if anchor == 0 {
            return;
        }
        if self.anchors.len() <= anchor {
            self.anchors.resize(anchor + 1, u32::MAX);
        }
        let target = self.next_id().0.saturating_sub(back);
        if let Some(slot) = self.anchors.get_mut(anchor) {
            *slot = target;
        }
    }

    fn next_id(&self) -> NodeId {
        NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX))
    }

    fn stop(&self, error: SyntaxError) -> Stop {
        let starts = self.open.iter().filter_map(|id| self.nodes.get(id.0 as usize));
        let mut starts = starts.map(|node| node.start as usize);
        let is_bracket = |at: &usize| matches!(self.text.as_bytes().get(*at), Some(b'[' | b'{'));
        Stop { error, open_bracket: starts.find(is_bracket) }
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "the parser's enum may grow")]
    fn error(&self, error: &granit_parser::ScanError) -> SyntaxError {
        use granit_parser::ErrorKind as E;
        let mut at = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
        if *error.kind() == E::TabInPlainScalar {
            // The parser tells where the value begins that goes on behind the tab.
            at = indenting_tab(self.text, at).unwrap_or(at);
        }
        let here = self.text.get(at..).and_then(|rest| rest.chars().next());
        let kind = match error.kind() {
            E::TabNotAllowed
            | E::TabInBlockIndentation
            | E::TabInIndentation
            | E::TabInPlainScalar => SyntaxErrorKind::Tab,
            E::RecursionLimitExceeded => SyntaxErrorKind::TooDeep,
            _ if here.is_some_and(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) => {
                SyntaxErrorKind::ControlCharacter
            }
            _ => SyntaxErrorKind::Other,
        };
        let width = here.map_or(0, char::len_utf8);
        SyntaxError {
            at: Span::new(self.file, at, at + width),
            after: self.last_scalar,
            message: error.info(),
            kind,
        }
    }
}

/// The first tab behind `from` that stands where a line is indented.
fn indenting_tab(text: &str, from: usize) -> Option<usize> {
    let mut line = from;
    loop {
        line += text.get(line..)?.find('\n')? + 1;
        let rest = text.get(line..)?;
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        if rest.get(spaces..)?.starts_with('\t') {
            return Some(line + spaces);
        }
    }
}

/// Most values are ranges of the text themselves: then one look at the addresses is enough.
fn same(text: &str, value: &str) -> bool {
    std::ptr::eq(text, value) || text == value
}

fn written(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    }
}

/// A tag as YAML 1.1 names it after `!!`, or [`BARE_TAG`]; `None` for those of other namespaces.
fn tag_name(tag: &granit_parser::Tag) -> Option<Cow<'_, str>> {
    if tag.handle().is_empty() && tag.suffix() == BARE_TAG {
        return Some(Cow::Borrowed(BARE_TAG));
    }
    tag.suffix_in_namespace("tag:yaml.org,2002:")
}

fn scalar_tag(name: Option<&str>) -> Tag {
    if matches!(name, Some("str" | BARE_TAG)) { Tag::Text } else { Tag::Other }
}

#[cfg(test)]
mod tests {
    use super::super::map::SourceFile;
    use super::*;

    fn values(text: &str) -> Vec<String> {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("t".to_owned(), text.as_bytes().to_vec(), false));
        let parsed = parse(&sources, file);
        assert_eq!(parsed.errors, []);
        let tree = &parsed.tree;
        let show = |id| {
            format!("{:?} {} @{}", tree.kind(id), tree.value(id), sources.slice(tree.span(id)))
        };
        tree.ids().map(show).collect()
    }

    #[test]
    fn scalars_keep_their_place_and_lose_their_quotes() {
        insta::assert_snapshot!(values("a: 'b'\n\"c\": d e\n").join("\n"), @"
        Map  @a: 'b'
        \"c\": d e

        Scalar a @a
        Scalar b @'b'
        Scalar c @\"c\"
        Scalar d e @d e
        ");
    }
}
