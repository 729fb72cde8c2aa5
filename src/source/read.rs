//! Tree to typed documents: a serde `Deserializer` over nodes, so that `derive(Deserialize)`
//! reads a document straight from the tree, with places and without copies.
//!
//! Reading never stops at a mistake. A [`Field`](super::Field) that does not fit becomes
//! [broken](super::Field::broken), the mistake goes into [`Problems`], and everything around it is
//! read as usual.

use std::cell::RefCell;
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, U64Deserializer};
use serde::de::{self, Deserialize, DeserializeSeed, IntoDeserializer, Visitor};

use super::fields::{FIELD, NAME_OR, SKIPPED, SPANNED, TEXT};
use super::scalar::{Resolved, float_yaml11, int_yaml11, resolve_yaml11, resolve_yaml12};
use super::span::Span;
use super::tree::{Kind, NodeId, Style, Tag, Tree};

/// A key that the reader of its mapping does not know.
#[derive(Debug, Clone, Copy)]
pub struct UnknownKey<'a> {
    /// The key.
    pub key: &'a str,
    /// Where it stands.
    pub span: Span,
    /// The keys that are known there.
    pub known: &'static [&'static str],
}

/// What reading noticed besides the document itself.
#[derive(Debug, Default)]
pub struct Problems<'a> {
    /// Places whose value has not the type that the document wants there.
    pub mismatches: Vec<Span>,
    /// Plain scalars that are read differently by YAML 1.1 and 1.2 readers, where a text is wanted.
    pub ambiguous: Vec<Span>,
    /// Keys nobody asked for, each text once per kind of mapping.
    pub unknown_keys: Vec<UnknownKey<'a>>,
}

/// A document and what was wrong with its shape.
#[derive(Debug, Default)]
pub struct Read<'a, T> {
    /// The document, as far as it could be read.
    pub document: T,
    /// What could not.
    pub problems: Problems<'a>,
}

/// Reads a tree as a `T`. An empty document reads as `T::default()`.
#[must_use]
pub fn read<'a, T>(tree: &Tree<'a>) -> Read<'a, T>
where
    T: Deserialize<'a> + Default,
{
    let problems = RefCell::new(Problems::default());
    let document = match tree.root() {
        None => T::default(),
        Some(id) => {
            let reader = Reader { tree, id, problems: &problems, key: None };
            if reader.is_null() { T::default() } else { T::deserialize(reader).unwrap_or_default() }
        }
    };
    let mut problems = problems.into_inner();
    // One mistake may be seen twice: by the value and by what holds it.
    problems.mismatches.sort_unstable();
    problems.mismatches.dedup();
    Read { document, problems }
}

/// A value did not fit. `noted` once it stands in [`Problems`].
#[derive(Debug)]
pub(super) struct Mismatch {
    noted: bool,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value does not fit")
    }
}

impl std::error::Error for Mismatch {}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(_: T) -> Self {
        // The words come from the published schema; only the place matters here.
        Mismatch { noted: false }
    }
}

#[derive(Clone, Copy)]
struct Reader<'t, 'a> {
    tree: &'t Tree<'a>,
    id: NodeId,
    problems: &'t RefCell<Problems<'a>>,
    /// The key of this value and the keys known beside it, where the value belongs to a struct.
    key: Option<(NodeId, &'static [&'static str])>,
}

impl<'t, 'a> Reader<'t, 'a> {
    fn at(self, id: NodeId) -> Self {
        Reader { id, key: None, ..self }
    }

    fn resolved(&self) -> NodeId {
        self.tree.resolve(self.id)
    }

    fn mismatch(&self) -> Mismatch {
        self.problems.borrow_mut().mismatches.push(self.tree.span(self.id));
        Mismatch { noted: true }
    }

    fn noted<T>(&self, result: Result<T, Mismatch>) -> Result<T, Mismatch> {
        result.map_err(|error| if error.noted { error } else { self.mismatch() })
    }

    /// What a scalar is for PyYAML; `None` for a mapping or a list.
    fn scalar(&self) -> Option<(Resolved, &'a str)> {
        let node = self.tree.node(self.resolved());
        match node.kind {
            Kind::Map | Kind::List => None,
            Kind::Alias | Kind::LostAlias => Some((Resolved::Null, "")),
            Kind::Scalar => {
                let value = self.tree.value_of(&node);
                let plain = node.style == Style::Plain && node.tag != Tag::Text;
                Some((if plain { resolve_yaml11(value) } else { Resolved::Text }, value))
            }
        }
    }

    fn is_null(&self) -> bool {
        matches!(self.scalar(), Some((Resolved::Null, _)))
    }

    /// Notes a plain scalar that a YAML 1.2 reader takes for something other than text.
    fn note_ambiguous(&self, value: &str) {
        let id = self.resolved();
        if self.tree.style(id) == Style::Plain && resolve_yaml12(value) != Resolved::Text {
            self.problems.borrow_mut().ambiguous.push(self.tree.span(id));
        }
    }

    /// The text of a scalar that must be text.
    fn text(&self) -> Result<&'a str, Mismatch> {
        match self.scalar() {
            Some((Resolved::Text, value)) => {
                self.note_ambiguous(value);
                Ok(value)
            }
            _ => Err(self.mismatch()),
        }
    }

    /// The text of any scalar, as it was written.
    fn any_text(&self) -> Result<&'a str, Mismatch> {
        match self.scalar() {
            Some((resolved, value)) => {
                if resolved == Resolved::Text {
                    self.note_ambiguous(value);
                } else {
                    let span = self.tree.span(self.resolved());
                    self.problems.borrow_mut().ambiguous.push(span);
                }
                Ok(value)
            }
            None => Err(self.mismatch()),
        }
    }

    fn int(&self) -> Option<i128> {
        match self.scalar()? {
            (Resolved::Int, value) => int_yaml11(value),
            _ => None,
        }
    }

    fn map<V: Visitor<'a>>(
        self,
        visitor: V,
        known: &'static [&'static str],
    ) -> Result<V::Value, Mismatch> {
        let id = self.resolved();
        if self.tree.kind(id) != Kind::Map {
            return Err(self.mismatch());
        }
        let pairs = self.tree.merged_pairs(id);
        let result = visitor.visit_map(MapReader { reader: self, pairs, value: None, known });
        self.noted(result)
    }

    fn note_unknown_key(&self) {
        let Some((key, known)) = self.key else { return };
        let text = self.tree.value(key);
        let unknown = &mut self.problems.borrow_mut().unknown_keys;
        // Few kinds of unknown keys are many keys: the last ones seen are the likely ones.
        let same = |seen: &UnknownKey<'_>| seen.key == text && std::ptr::eq(seen.known, known);
        if unknown.len() < MAX_UNKNOWN_KEYS && !unknown.iter().rev().any(same) {
            unknown.push(UnknownKey { key: text, span: self.tree.span(key), known });
        }
    }
}

/// Different unknown keys that are remembered; a file with more has been told enough.
const MAX_UNKNOWN_KEYS: usize = 200;

macro_rules! integers {
    ($($method:ident $visit:ident $type:ty),*) => {$(
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            match self.int().and_then(|int| <$type>::try_from(int).ok()) {
                Some(int) => self.noted(visitor.$visit(int)),
                None => Err(self.mismatch()),
            }
        }
    )*};
}

impl<'a> de::Deserializer<'a> for Reader<'_, 'a> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let result = match (self.tree.kind(self.resolved()), self.scalar()) {
            (Kind::Map, _) => return self.map(visitor, &[]),
            (Kind::List, _) => return self.deserialize_seq(visitor),
            (_, Some((Resolved::Bool(value), _))) => visitor.visit_bool(value),
            (_, Some((Resolved::Int, value))) => match int_yaml11(value).map(i64::try_from) {
                Some(Ok(int)) => visitor.visit_i64(int),
                _ => visitor.visit_f64(float_yaml11(value).unwrap_or(f64::INFINITY)),
            },
            (_, Some((Resolved::Float, value))) => {
                visitor.visit_f64(float_yaml11(value).unwrap_or(f64::NAN))
            }
            (_, Some((Resolved::Text | Resolved::Timestamp, value))) => {
                visitor.visit_borrowed_str(value)
            }
            (_, Some((Resolved::Merge | Resolved::Value, value))) => {
                visitor.visit_borrowed_str(value)
            }
            (_, Some((Resolved::Null, _)) | None) => visitor.visit_unit(),
        };
        self.noted(result)
    }

    fn deserialize_bool<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.scalar() {
            Some((Resolved::Bool(value), _)) => visitor.visit_bool(value),
            _ => Err(self.mismatch()),
        }
    }

    integers!(
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64
    );

    fn deserialize_f32<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let float = match self.scalar() {
            Some((Resolved::Int | Resolved::Float, value)) => float_yaml11(value),
            _ => None,
        };
        match float {
            Some(float) => self.noted(visitor.visit_f64(float)),
            None => Err(self.mismatch()),
        }
    }

    fn deserialize_char<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let text = self.text()?;
        self.noted(visitor.visit_borrowed_str(text))
    }

    fn deserialize_string<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'a>>(self, _: V) -> Result<V::Value, Mismatch> {
        Err(self.mismatch())
    }

    fn deserialize_byte_buf<V: Visitor<'a>>(self, _: V) -> Result<V::Value, Mismatch> {
        Err(self.mismatch())
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.is_null() { visitor.visit_unit() } else { Err(self.mismatch()) }
    }

    fn deserialize_unit_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        if name == SKIPPED { visitor.visit_unit() } else { self.deserialize_unit(visitor) }
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        if name == FIELD {
            if self.is_null() {
                return visitor.visit_unit();
            }
            visitor.visit_seq(SpannedReader { reader: self, step: 0 })
        } else if name == SPANNED {
            visitor.visit_seq(SpannedReader { reader: self, step: 0 })
        } else if name == NAME_OR {
            if self.tree.kind(self.resolved()) == Kind::Scalar {
                return self.deserialize_str(visitor);
            }
            let result = visitor.visit_newtype_struct(self);
            self.noted(result)
        } else if name == TEXT {
            let text = self.any_text()?;
            visitor.visit_borrowed_str(text)
        } else {
            let result = visitor.visit_newtype_struct(self);
            self.noted(result)
        }
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let id = self.resolved();
        if self.tree.kind(id) != Kind::List {
            return Err(self.mismatch());
        }
        let result = visitor.visit_seq(ListReader { reader: self, items: self.tree.items(id) });
        self.noted(result)
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.map(visitor, &[])
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.map(visitor, fields)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let text: BorrowedStrDeserializer<'a, Mismatch> =
            BorrowedStrDeserializer::new(self.text()?);
        self.noted(visitor.visit_enum(text))
    }

    fn deserialize_identifier<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_borrowed_str(self.tree.value(self.resolved()))
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.note_unknown_key();
        visitor.visit_unit()
    }
}

struct MapReader<'t, 'a, I> {
    reader: Reader<'t, 'a>,
    pairs: I,
    value: Option<(NodeId, NodeId)>,
    known: &'static [&'static str],
}

impl<'a, I> de::MapAccess<'a> for MapReader<'_, 'a, I>
where
    I: Iterator<Item = (NodeId, NodeId)> + Clone,
{
    type Error = Mismatch;

    fn next_key_seed<K>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch>
    where
        K: DeserializeSeed<'a>,
    {
        // A key that is written twice counts the last time; the first place is a finding already.
        let tree = self.reader.tree;
        for (key, value) in self.pairs.by_ref() {
            let resolved = tree.resolve(key);
            if tree.is_repeated(key) {
                continue;
            }
            if tree.kind(resolved) != Kind::Scalar {
                let _ = self.reader.at(key).mismatch();
                continue;
            }
            self.value = Some((key, value));
            return match seed.deserialize(self.reader.at(key)) {
                Ok(key) => Ok(Some(key)),
                Err(error) => Err(error),
            };
        }
        Ok(None)
    }

    fn next_value_seed<V>(&mut self, seed: V) -> Result<V::Value, Mismatch>
    where
        V: DeserializeSeed<'a>,
    {
        let Some((key, value)) = self.value.take() else {
            return Err(self.reader.mismatch());
        };
        let known = (!self.known.is_empty()).then_some((key, self.known));
        seed.deserialize(Reader { key: known, ..self.reader.at(value) })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.pairs.clone().count())
    }
}

struct ListReader<'t, 'a, I> {
    reader: Reader<'t, 'a>,
    items: I,
}

impl<'a, I> de::SeqAccess<'a> for ListReader<'_, 'a, I>
where
    I: Iterator<Item = NodeId> + Clone,
{
    type Error = Mismatch;

    fn next_element_seed<T>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch>
    where
        T: DeserializeSeed<'a>,
    {
        self.items.next().map(|item| seed.deserialize(self.reader.at(item))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.clone().count())
    }
}

/// Hands out file, start, end and the value, in this order (see `fields.rs`).
struct SpannedReader<'t, 'a> {
    reader: Reader<'t, 'a>,
    step: u8,
}

impl<'a> de::SeqAccess<'a> for SpannedReader<'_, 'a> {
    type Error = Mismatch;

    fn next_element_seed<T>(&mut self, seed: T) -> Result<Option<T::Value>, Mismatch>
    where
        T: DeserializeSeed<'a>,
    {
        let span = self.reader.tree.span(self.reader.id);
        self.step += 1;
        if self.step > 1 {
            return self.reader.noted(seed.deserialize(self.reader)).map(Some);
        }
        let bits: U64Deserializer<Mismatch> = span.to_bits().into_deserializer();
        seed.deserialize(bits).map(Some)
    }
}
