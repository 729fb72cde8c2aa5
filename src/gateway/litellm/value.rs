//! A piece of a config as LiteLLM's own code gets it from PyYAML: of any shape.

use crate::source::scalar::{Resolved, float_yaml11, resolve_yaml11};
use crate::source::{Kind, NodeId, Span, Style, Tag, Tree};

/// How a value that stands for an environment variable begins.
const REFERENCE: &str = "os.environ/";

/// A node of the config.
#[derive(Debug, Clone, Copy)]
pub struct Value<'t, 'a> {
    tree: &'t Tree<'a>,
    id: NodeId,
}

/// What PyYAML makes of a node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Python {
    /// `None`.
    Null,
    /// `bool`.
    Bool(bool),
    /// `int`.
    Int,
    /// `float`.
    Float,
    /// `str`.
    Text,
    /// `datetime.date` or `datetime.datetime`.
    Date,
    /// `list`.
    List,
    /// `dict`.
    Map,
}

impl Python {
    /// The kind in words, such as `a whole number`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Python::Null => "null",
            Python::Bool(_) => "a truth value",
            Python::Int => "a whole number",
            Python::Float => "a number",
            Python::Text => "text",
            Python::Date => "a date",
            Python::List => "a list",
            Python::Map => "a mapping",
        }
    }
}

impl<'t, 'a> Value<'t, 'a> {
    /// The whole config; `None` for an empty file.
    #[must_use]
    pub fn root(tree: &'t Tree<'a>) -> Option<Self> {
        tree.root().map(|id| Value { tree, id })
    }

    /// Where it stands: behind an alias, where the alias stands.
    #[must_use]
    pub fn span(self) -> Span {
        self.tree.span(self.id)
    }

    /// What it is in Python.
    #[must_use]
    pub fn kind(self) -> Python {
        let id = self.tree.resolve(self.id);
        let Some((text, style, tag)) = self.tree.scalar(id) else {
            return match self.tree.kind(id) {
                Kind::Map => Python::Map,
                Kind::List => Python::List,
                Kind::Scalar | Kind::Alias | Kind::LostAlias => Python::Null,
            };
        };
        if style != Style::Plain || tag == Tag::Text {
            return Python::Text;
        }
        match resolve_yaml11(text) {
            Resolved::Null => Python::Null,
            Resolved::Bool(value) => Python::Bool(value),
            Resolved::Int => Python::Int,
            Resolved::Float => Python::Float,
            Resolved::Timestamp => Python::Date,
            Resolved::Text | Resolved::Merge | Resolved::Value => Python::Text,
        }
    }

    /// A scalar as it is written; empty for a list or a mapping.
    #[must_use]
    pub fn written(self) -> &'a str {
        self.tree.value(self.tree.resolve(self.id))
    }

    /// The text, where it is one.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        (self.kind() == Python::Text).then(|| self.written())
    }

    /// The number, where it is one.
    #[must_use]
    pub fn number(self) -> Option<f64> {
        match self.kind() {
            Python::Int | Python::Float => float_yaml11(self.written()),
            Python::Null
            | Python::Bool(_)
            | Python::Text
            | Python::Date
            | Python::List
            | Python::Map => None,
        }
    }

    /// The number that a reader makes of it who takes text for numbers too, as pydantic does and
    /// Python's `float`.
    #[must_use]
    pub fn number_or_text(self) -> Option<f64> {
        self.number().or_else(|| self.text()?.trim().replace('_', "").parse().ok())
    }

    /// The variable that it stands for.
    #[must_use]
    pub fn variable(self) -> Option<&'a str> {
        self.text()?.strip_prefix(REFERENCE)
    }

    /// True for `None`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.kind() == Python::Null
    }

    /// True for `True`.
    #[must_use]
    pub fn is_true(self) -> bool {
        self.kind() == Python::Bool(true)
    }

    /// What Python takes for false: nothing, zero, empty.
    #[must_use]
    pub fn is_falsy(self) -> bool {
        match self.kind() {
            Python::Null | Python::Bool(false) => true,
            Python::Bool(true) | Python::Date => false,
            Python::Int | Python::Float => self.number() == Some(0.0),
            Python::Text => self.written().is_empty(),
            Python::List => self.items().next().is_none(),
            Python::Map => self.entries().next().is_none(),
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(self) -> impl Iterator<Item = Value<'t, 'a>> + Clone {
        let tree = self.tree;
        tree.items(tree.resolve(self.id)).map(move |id| Value { tree, id })
    }

    /// Keys and values of a mapping, of keys that are written twice the last; none of anything
    /// else.
    pub fn entries(self) -> impl Iterator<Item = (Value<'t, 'a>, Value<'t, 'a>)> + Clone {
        let tree = self.tree;
        let at = move |id| Value { tree, id };
        let pairs = tree.merged_pairs(tree.resolve(self.id));
        pairs
            .filter(|(key, _)| !tree.is_repeated(*key))
            .map(move |(key, value)| (at(key), at(value)))
    }

    /// The entry of a key of a mapping.
    #[must_use]
    pub fn entry(self, key: &str) -> Option<(Value<'t, 'a>, Value<'t, 'a>)> {
        // Most keys are others: what they are in Python does not matter.
        self.entries().find(|(found, _)| found.written() == key && found.kind() == Python::Text)
    }

    /// The value of a key of a mapping, null too.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Value<'t, 'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The value of a key that is not null.
    #[must_use]
    pub fn given(self, key: &str) -> Option<Value<'t, 'a>> {
        self.get(key).filter(|value| value.kind() != Python::Null)
    }
}
