//! Writes a gateway config as YAML, piece by piece.
//!
//! Block style, two spaces a level, lists indented under their key, one line for each scalar
//! whatever its length: the readers are machines and diffs. The same pieces give the same bytes.

use std::io::{self, BufWriter, Write};

use crate::gateway::quoting::{must_escape, write_text};
use crate::gateway::sink::{Scalar, Sink};
use crate::source::Span;

/// Writes one YAML document that PyYAML and readers of YAML 1.2 read back as it was given.
///
/// Holds one small buffer and an entry for each open map or list; never the document.
///
/// # Panics
/// When the pieces do not make one document (see [`Sink`]): that is a bug of the giver, and a
/// config half written must not be taken for a whole one.
#[derive(Debug)]
pub struct YamlWriter<W: Write> {
    out: BufWriter<W>,
    open: Vec<OpenNode>,
    next: Next,
}

/// A map or a list that has not ended.
#[derive(Debug)]
struct OpenNode {
    kind: Kind,
    /// Where it began: an empty one is written there, and a first entry decides on its line by it.
    began: Next,
    is_empty: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Map,
    List,
}

/// What the next piece has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The node of the document.
    Document,
    /// The value of the key just written.
    ValueOfKey,
    /// The value of the list item just begun.
    ValueOfItem,
    /// An entry of the innermost open map or list, or its end.
    Entry,
    /// Nothing: the document is whole.
    End,
}

impl<W: Write> YamlWriter<W> {
    /// A writer that has written nothing.
    pub fn new(out: W) -> Self {
        Self { out: BufWriter::new(out), open: Vec::new(), next: Next::Document }
    }

    /// Writes comment lines above the document; line breaks in the text begin new ones.
    ///
    /// # Errors
    /// Those of the receiver.
    ///
    /// # Panics
    /// When the document has begun.
    pub fn comment(&mut self, text: &str) -> io::Result<()> {
        assert!(self.next == Next::Document, "comments come before the first node");
        for line in text.split('\n') {
            self.out.write_all(b"#")?;
            if !line.is_empty() {
                self.out.write_all(b" ")?;
            }
            for character in line.chars() {
                // A comment knows no escapes, and a reader refuses the whole file for a raw one.
                if must_escape(character) {
                    write!(self.out, "{}", character.escape_unicode())?;
                } else {
                    write!(self.out, "{character}")?;
                }
            }
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Writes a text of several lines as it is, each line under the other: a file within the file.
    /// A text that no reader would give back in that form is written on one line like any other.
    ///
    /// # Errors
    /// Those of the receiver.
    ///
    /// # Panics
    /// When no value is due, as [`Sink::scalar`].
    pub fn literal(&mut self, text: &str) -> io::Result<()> {
        if self.open.is_empty() || !is_literal(text) {
            return self.scalar(Scalar::Text(text));
        }
        self.assert_value_is_due();
        self.separate_from_key()?;
        self.out.write_all(b"|\n")?;
        let depth = self.open.len();
        for line in text.lines() {
            if !line.is_empty() {
                self.indent(depth)?;
            }
            self.out.write_all(line.as_bytes())?;
            self.out.write_all(b"\n")?;
        }
        self.end_value();
        Ok(())
    }

    /// Hands the receiver what is still buffered, and gives it back.
    ///
    /// # Errors
    /// Those of the receiver.
    ///
    /// # Panics
    /// When the document is not whole.
    pub fn finish(self) -> io::Result<W> {
        assert!(self.next == Next::End, "the document is not whole");
        self.out.into_inner().map_err(io::IntoInnerError::into_error)
    }

    fn begin(&mut self, kind: Kind) {
        self.assert_value_is_due();
        self.open.push(OpenNode { kind, began: self.next, is_empty: true });
        self.next = Next::Entry;
    }

    fn end(&mut self, kind: Kind) -> io::Result<()> {
        let closed = self.open.pop();
        let Some(closed) = closed.filter(|node| node.kind == kind && self.next == Next::Entry)
        else {
            unreachable_order("an end without its start")
        };
        self.next = closed.began;
        if closed.is_empty {
            self.separate_from_key()?;
            self.out.write_all(match kind {
                Kind::Map => b"{}\n",
                Kind::List => b"[]\n",
            })?;
        }
        self.end_value();
        Ok(())
    }

    /// Goes to the place of a new entry: its own line, or behind the dash of the item it begins.
    fn begin_entry(&mut self, kind: Kind) -> io::Result<()> {
        let depth = self.open.len();
        let Some(node) = self.open.last_mut() else { unreachable_order("an entry of nothing") };
        assert!(
            node.kind == kind && self.next == Next::Entry,
            "a key belongs to a map, an item to a list, and both wait for the value before them"
        );
        let is_first = std::mem::replace(&mut node.is_empty, false);
        let began = node.began;
        if is_first && began == Next::ValueOfKey {
            self.out.write_all(b"\n")?;
        }
        if is_first && began == Next::ValueOfItem {
            return Ok(());
        }
        self.indent(depth.saturating_sub(1))
    }

    fn indent(&mut self, levels: usize) -> io::Result<()> {
        const SPACES: &[u8] = &[b' '; 64];
        let mut left = levels.saturating_mul(2);
        while left > 0 {
            let now = left.min(SPACES.len());
            self.out.write_all(SPACES.get(..now).unwrap_or_default())?;
            left -= now;
        }
        Ok(())
    }

    /// The blank between `key:` and a value on the same line.
    fn separate_from_key(&mut self) -> io::Result<()> {
        if self.next == Next::ValueOfKey { self.out.write_all(b" ") } else { Ok(()) }
    }

    fn end_value(&mut self) {
        self.next = if self.open.is_empty() { Next::End } else { Next::Entry };
    }

    fn assert_value_is_due(&self) {
        assert!(
            matches!(self.next, Next::Document | Next::ValueOfKey | Next::ValueOfItem),
            "a value follows a key or an item, or is the document"
        );
    }
}

impl<W: Write> Sink for YamlWriter<W> {
    type Error = io::Error;

    fn map_start(&mut self) -> io::Result<()> {
        self.begin(Kind::Map);
        Ok(())
    }

    fn key(&mut self, key: &str, _: Option<Span>) -> io::Result<()> {
        self.begin_entry(Kind::Map)?;
        self.next = Next::ValueOfKey;
        if is_simple_key(key) {
            write_text(&mut self.out, key)?;
            return self.out.write_all(b":");
        }
        self.out.write_all(b"? ")?;
        write_text(&mut self.out, key)?;
        self.out.write_all(b"\n")?;
        self.indent(self.open.len().saturating_sub(1))?;
        self.out.write_all(b":")
    }

    fn map_end(&mut self) -> io::Result<()> {
        self.end(Kind::Map)
    }

    fn list_start(&mut self) -> io::Result<()> {
        self.begin(Kind::List);
        Ok(())
    }

    fn item(&mut self, _: Option<Span>) -> io::Result<()> {
        self.begin_entry(Kind::List)?;
        self.next = Next::ValueOfItem;
        self.out.write_all(b"- ")
    }

    fn list_end(&mut self) -> io::Result<()> {
        self.end(Kind::List)
    }

    fn scalar(&mut self, scalar: Scalar<'_>) -> io::Result<()> {
        self.assert_value_is_due();
        self.separate_from_key()?;
        match scalar {
            Scalar::Text(text) => write_text(&mut self.out, text)?,
            Scalar::Int(value) => write!(self.out, "{value}")?,
            Scalar::Float(value) => write_float(&mut self.out, value)?,
            Scalar::Bool(true) => self.out.write_all(b"true")?,
            Scalar::Bool(false) => self.out.write_all(b"false")?,
            Scalar::Null => self.out.write_all(b"null")?,
        }
        self.out.write_all(b"\n")?;
        self.end_value();
        Ok(())
    }
}

/// PyYAML refuses a key and its colon on one line beyond 1,024 characters. An escape is up to six
/// characters long, so 128 stay below in every style.
fn is_simple_key(key: &str) -> bool {
    const LONGEST: usize = 128;
    key.len() <= LONGEST || key.chars().nth(LONGEST).is_none()
}

/// Whether a block of lines gives the text back to every reader: the first line tells how far the
/// block is indented, the text ends with one line feed, and nothing in it has to be escaped.
fn is_literal(text: &str) -> bool {
    let Some(lines) = text.strip_suffix('\n') else { return false };
    let begins = !lines.is_empty() && !lines.starts_with([' ', '\n']);
    begins && !lines.ends_with('\n') && !lines.chars().any(|c| c != '\n' && must_escape(c))
}

/// Writes a float so that it is one to PyYAML too: with a dot, and with the sign of its exponent.
fn write_float<W: Write>(out: &mut W, value: f64) -> io::Result<()> {
    if value.is_nan() {
        return out.write_all(b".nan");
    }
    if value.is_infinite() {
        return out.write_all(if value > 0.0 { b".inf" } else { b"-.inf" });
    }
    // The shortest digits that give the same float back: `0.5`, `1.0`, `1e-7`, `1.5e300`.
    #[allow(clippy::use_debug, reason = "only the debug form is short for very small and large")]
    let shortest = format!("{value:?}");
    let Some((digits, exponent)) = shortest.split_once('e') else {
        return out.write_all(shortest.as_bytes());
    };
    let fraction = if digits.contains('.') { "" } else { ".0" };
    let (sign, power) = match exponent.strip_prefix('-') {
        Some(power) => ('-', power),
        None => ('+', exponent),
    };
    write!(out, "{digits}{fraction}e{sign}{power:0>2}")
}

#[allow(clippy::panic, reason = "the giver broke the order of pieces: see the trait")]
fn unreachable_order(what: &str) -> ! {
    panic!("{what}: the pieces of a document come in another order");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(give: impl FnOnce(&mut YamlWriter<Vec<u8>>) -> io::Result<()>) -> String {
        let mut writer = YamlWriter::new(Vec::new());
        give(&mut writer).unwrap();
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    fn entry(sink: &mut YamlWriter<Vec<u8>>, key: &str, value: Scalar<'_>) -> io::Result<()> {
        sink.key(key, None)?;
        sink.scalar(value)
    }

    #[test]
    fn maps_and_lists_nest_in_block_style() {
        let text = document(|sink| {
            sink.comment("made by a test\n\nbell \u{7}")?;
            sink.map_start()?;
            sink.key("model_list", None)?;
            sink.list_start()?;
            sink.item(None)?;
            sink.map_start()?;
            entry(sink, "model_name", Scalar::Text("gpt-4o"))?;
            sink.key("litellm_params", None)?;
            sink.map_start()?;
            entry(sink, "rpm", Scalar::Int(-5))?;
            entry(sink, "yes", Scalar::Bool(true))?;
            sink.map_end()?;
            sink.key("tags", None)?;
            sink.list_start()?;
            sink.item(None)?;
            sink.scalar(Scalar::Text("a: b"))?;
            sink.item(None)?;
            sink.list_start()?;
            sink.item(None)?;
            sink.scalar(Scalar::Null)?;
            sink.item(None)?;
            sink.map_start()?;
            sink.map_end()?;
            sink.list_end()?;
            sink.list_end()?;
            sink.map_end()?;
            sink.list_end()?;
            sink.key("empty", None)?;
            sink.list_start()?;
            sink.list_end()?;
            sink.map_end()
        });
        let expected = "\
# made by a test
#
# bell \\u{7}
model_list:
  - model_name: gpt-4o
    litellm_params:
      rpm: -5
      'yes': true
    tags:
      - 'a: b'
      - - null
        - {}
empty: []
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_file_within_the_file_keeps_its_lines() {
        let inside = |text: &str| {
            document(|sink| {
                sink.map_start()?;
                sink.key("data", None)?;
                sink.map_start()?;
                sink.key("config.yaml", None)?;
                sink.literal(text)?;
                entry(sink, "next", Scalar::Int(1))?;
                sink.map_end()?;
                sink.map_end()
            })
        };
        let text = inside("# a comment\na:\n  - 'b: c'\n\n- - d\n");
        let expected = "\
data:
  config.yaml: |
    # a comment
    a:
      - 'b: c'

    - - d
  next: 1
";
        assert_eq!(text, expected);
        for odd in ["", "\n", "a", " a\n", "a\n\n", "\na\n", "a\tb\n", "a\r\nb\n", "\u{feff}a\n"] {
            assert!(!inside(odd).contains('|'), "{odd:?}");
        }
    }

    #[test]
    fn a_document_may_be_one_value() {
        assert_eq!(document(|sink| sink.scalar(Scalar::Text("a"))), "a\n");
        let empty = document(|sink| {
            sink.map_start()?;
            sink.map_end()
        });
        assert_eq!(empty, "{}\n");
    }

    #[test]
    fn a_long_key_is_written_in_its_explicit_form() {
        let key = "k".repeat(129);
        let text = document(|sink| {
            sink.map_start()?;
            sink.key(&key, None)?;
            sink.map_start()?;
            entry(sink, "a", Scalar::Int(1))?;
            sink.map_end()?;
            entry(sink, &"é".repeat(128), Scalar::Null)?;
            sink.map_end()
        });
        assert_eq!(text, format!("? {key}\n:\n  a: 1\n{}: null\n", "é".repeat(128)));
    }

    #[test]
    fn floats_are_floats_to_yaml_1_1() {
        let cases = [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.25, "0.25"),
            (1e-7, "1.0e-07"),
            (-2.5e-10, "-2.5e-10"),
            (1e16, "1.0e+16"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::INFINITY, ".inf"),
            (f64::NEG_INFINITY, "-.inf"),
            (f64::NAN, ".nan"),
        ];
        for (value, expected) in cases {
            let text = document(|sink| sink.scalar(Scalar::Float(value)));
            assert_eq!(text, format!("{expected}\n"));
        }
    }

    #[test]
    #[should_panic(expected = "the document is not whole")]
    fn half_a_document_is_refused() {
        document(YamlWriter::map_start);
    }

    #[test]
    #[should_panic(expected = "a key belongs to a map")]
    fn a_key_in_a_list_is_refused() {
        document(|sink| {
            sink.list_start()?;
            sink.key("a", None)
        });
    }
}
