//! A gateway config as a stream of pieces: what gives it (a gateway's `emit`) and what receives it
//! (the YAML writer, a JSON value, a source map) never hold the whole of it together.

use std::convert::Infallible;
use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

use crate::source::Span;

/// One value of a gateway config.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar<'a> {
    /// Text, whatever it looks like: the receiver keeps `yes` and `12:30` text.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// Nothing.
    Null,
}

/// Receives a gateway config piece by piece, in output order.
///
/// A document is one node. A node is a scalar, or `map_start`, any number of (`key`, node),
/// `map_end`, or `list_start`, any number of (`item`, node), `list_end`. A giver that breaks this
/// order has a bug, and a receiver may panic and say so. Keys of one map are distinct.
///
/// `origin` is the place in the user's files that a key or an item comes from.
pub trait Sink {
    /// What can go wrong in receiving.
    type Error;
    /// Begins a map.
    fn map_start(&mut self) -> Result<(), Self::Error>;
    /// Names the next value of the open map.
    fn key(&mut self, key: &str, origin: Option<Span>) -> Result<(), Self::Error>;
    /// Ends the open map.
    fn map_end(&mut self) -> Result<(), Self::Error>;
    /// Begins a list.
    fn list_start(&mut self) -> Result<(), Self::Error>;
    /// Announces the next value of the open list.
    fn item(&mut self, origin: Option<Span>) -> Result<(), Self::Error>;
    /// Ends the open list.
    fn list_end(&mut self) -> Result<(), Self::Error>;
    /// A value that is neither map nor list.
    fn scalar(&mut self, scalar: Scalar<'_>) -> Result<(), Self::Error>;
}

/// Builds a [`serde_json::Value`]. Infinities and "not a number" become null: JSON has none.
#[derive(Debug, Default)]
pub struct JsonSink {
    open: Vec<OpenValue>,
    root: Value,
}

#[derive(Debug)]
enum OpenValue {
    Map { entries: Map<String, Value>, key: String },
    List(Vec<Value>),
}

impl JsonSink {
    /// A sink that has received nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The document; null when nothing was received.
    #[must_use]
    pub fn finish(self) -> Value {
        assert!(self.open.is_empty(), "a document ends with its last map or list still open");
        self.root
    }

    fn place(&mut self, value: Value) {
        match self.open.last_mut() {
            Some(OpenValue::Map { entries, key }) => {
                entries.insert(std::mem::take(key), value);
            }
            Some(OpenValue::List(items)) => items.push(value),
            None => self.root = value,
        }
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(OpenValue::Map { entries, .. }) => self.place(Value::Object(entries)),
            Some(OpenValue::List(items)) => self.place(Value::Array(items)),
            None => {}
        }
    }
}

impl Sink for JsonSink {
    type Error = Infallible;

    fn map_start(&mut self) -> Result<(), Infallible> {
        self.open.push(OpenValue::Map { entries: Map::new(), key: String::new() });
        Ok(())
    }

    fn key(&mut self, name: &str, _: Option<Span>) -> Result<(), Infallible> {
        if let Some(OpenValue::Map { key, .. }) = self.open.last_mut() {
            name.clone_into(key);
        }
        Ok(())
    }

    fn map_end(&mut self) -> Result<(), Infallible> {
        self.close();
        Ok(())
    }

    fn list_start(&mut self) -> Result<(), Infallible> {
        self.open.push(OpenValue::List(Vec::new()));
        Ok(())
    }

    fn item(&mut self, _: Option<Span>) -> Result<(), Infallible> {
        Ok(())
    }

    fn list_end(&mut self) -> Result<(), Infallible> {
        self.close();
        Ok(())
    }

    fn scalar(&mut self, scalar: Scalar<'_>) -> Result<(), Infallible> {
        self.place(match scalar {
            Scalar::Text(text) => Value::from(text),
            Scalar::Int(value) => Value::from(value),
            Scalar::Float(value) => Number::from_f64(value).map_or(Value::Null, Value::Number),
            Scalar::Bool(value) => Value::from(value),
            Scalar::Null => Value::Null,
        });
        Ok(())
    }
}

/// Notes where each key and each item comes from.
#[derive(Debug, Default)]
pub struct SourceMap {
    places: Vec<(String, Span)>,
    /// The path of the key or item that the next node belongs to.
    path: String,
    open: Vec<OpenNode>,
    /// The origin of that key or item, or else the one it inherits.
    origin: Option<Span>,
}

/// A map or a list whose entries are still to come.
#[derive(Debug)]
struct OpenNode {
    path_length: usize,
    next_item: usize,
    origin: Option<Span>,
}

impl SourceMap {
    /// A source map of an empty document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Path and origin of every key and item, in output order.
    ///
    /// A path is written `model_list[0].litellm_params.model`; a key that has other characters than
    /// ASCII letters, digits, `_` and `-` is written as a JSON string, `aliases["gpt-4.1"]`. A key
    /// or item without an origin has that of the innermost one around it; one that finds none is
    /// left out.
    #[must_use]
    pub fn finish(self) -> Vec<(String, Span)> {
        assert!(self.open.is_empty(), "a document ends with its last map or list still open");
        self.places
    }

    fn open(&mut self) {
        let path_length = self.path.len();
        self.open.push(OpenNode { path_length, next_item: 0, origin: self.origin });
    }

    /// Back to the path of the open map or list; gives the number of the item that now begins.
    fn begin_entry(&mut self, origin: Option<Span>) -> usize {
        let Some(open) = self.open.last_mut() else { return 0 };
        let number = open.next_item;
        open.next_item += 1;
        self.path.truncate(open.path_length);
        self.origin = origin.or(open.origin);
        number
    }

    fn note(&mut self) {
        if let Some(origin) = self.origin {
            self.places.push((self.path.clone(), origin));
        }
    }
}

impl Sink for SourceMap {
    type Error = Infallible;

    fn map_start(&mut self) -> Result<(), Infallible> {
        self.open();
        Ok(())
    }

    fn key(&mut self, key: &str, origin: Option<Span>) -> Result<(), Infallible> {
        self.begin_entry(origin);
        push_key(&mut self.path, key);
        self.note();
        Ok(())
    }

    fn map_end(&mut self) -> Result<(), Infallible> {
        self.open.pop();
        Ok(())
    }

    fn list_start(&mut self) -> Result<(), Infallible> {
        self.open();
        Ok(())
    }

    fn item(&mut self, origin: Option<Span>) -> Result<(), Infallible> {
        let number = self.begin_entry(origin);
        push_formatted(&mut self.path, format_args!("[{number}]"));
        self.note();
        Ok(())
    }

    fn list_end(&mut self) -> Result<(), Infallible> {
        self.open.pop();
        Ok(())
    }

    fn scalar(&mut self, _: Scalar<'_>) -> Result<(), Infallible> {
        Ok(())
    }
}

fn push_key(path: &mut String, key: &str) {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if key.is_empty() || !key.bytes().all(is_word) {
        push_formatted(path, format_args!("[{}]", Value::from(key)));
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}

fn push_formatted(path: &mut String, text: std::fmt::Arguments<'_>) {
    let written = path.write_fmt(text);
    debug_assert!(written.is_ok(), "a string takes all text");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::FileId;

    fn span(start: u32) -> Span {
        Span::new(FileId(0), start as usize, start as usize + 1)
    }

    fn give<S: Sink>(sink: &mut S) -> Result<(), S::Error> {
        sink.map_start()?;
        sink.key("model_list", Some(span(1)))?;
        sink.list_start()?;
        sink.item(Some(span(2)))?;
        sink.map_start()?;
        sink.key("model_name", None)?;
        sink.scalar(Scalar::Text("a"))?;
        sink.key("litellm_params", Some(span(3)))?;
        sink.map_start()?;
        sink.key("model", None)?;
        sink.scalar(Scalar::Text("openai/a"))?;
        sink.key("rpm", Some(span(4)))?;
        sink.scalar(Scalar::Int(5))?;
        sink.map_end()?;
        sink.key("weight", None)?;
        sink.scalar(Scalar::Float(0.5))?;
        sink.map_end()?;
        sink.item(None)?;
        sink.scalar(Scalar::Null)?;
        sink.list_end()?;
        sink.key("settings", None)?;
        sink.map_start()?;
        sink.key("a.b", Some(span(6)))?;
        sink.list_start()?;
        sink.list_end()?;
        sink.key("on", None)?;
        sink.scalar(Scalar::Bool(true))?;
        sink.map_end()?;
        sink.map_end()
    }

    #[test]
    fn json_value_has_every_piece_in_order() {
        let mut sink = JsonSink::new();
        let Ok(()) = give(&mut sink);
        let expected = json!({
            "model_list": [
                {
                    "model_name": "a",
                    "litellm_params": {"model": "openai/a", "rpm": 5},
                    "weight": 0.5
                },
                null
            ],
            "settings": {"a.b": [], "on": true}
        });
        assert_eq!(sink.finish().to_string(), expected.to_string());
    }

    #[test]
    fn json_has_no_infinity() {
        let mut sink = JsonSink::new();
        let Ok(()) = sink.scalar(Scalar::Float(f64::INFINITY));
        assert_eq!(sink.finish(), Value::Null);
    }

    #[test]
    fn origins_are_inherited_from_the_innermost_place() {
        let mut sink = SourceMap::new();
        let Ok(()) = give(&mut sink);
        let expected = [
            ("model_list", 1),
            ("model_list[0]", 2),
            ("model_list[0].model_name", 2),
            ("model_list[0].litellm_params", 3),
            ("model_list[0].litellm_params.model", 3),
            ("model_list[0].litellm_params.rpm", 4),
            ("model_list[0].weight", 2),
            ("model_list[1]", 1),
            (r#"settings["a.b"]"#, 6),
        ]
        .map(|(path, start)| (path.to_owned(), span(start)));
        assert_eq!(sink.finish(), expected);
    }
}
