//! What documents are made of: a field that knows its place and survives a mistake in it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::span::{Name, Span, Spanned};

/// Names by which the types of this file make themselves known to the reader.
pub(super) const FIELD: &str = "$gwcfg::Field";
pub(super) const SPANNED: &str = "$gwcfg::Spanned";
pub(super) const TEXT: &str = "$gwcfg::Text";
pub(super) const SKIPPED: &str = "$gwcfg::Ignored";
pub(super) const NAME_OR: &str = "$gwcfg::NameOr";

/// A key's value: not written (or null), written wrongly, or here.
///
/// Two options, not an enumeration of three: the first one hides in the span and the second one
/// in the value, so that a field of text is as small as its text and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<T>(Option<Spanned<Option<T>>>);

/// A field's value with its place, borrowed.
pub type Given<'f, T> = Option<Spanned<&'f T>>;

impl<T> Default for Field<T> {
    fn default() -> Self {
        Field::ABSENT
    }
}

impl<T> Field<T> {
    /// The key is not there, or its value is null.
    pub const ABSENT: Self = Field(None);

    /// There, but not of the right shape. What needs it is left out without a further finding.
    #[must_use]
    pub fn broken(span: Span) -> Self {
        Field(Some(Spanned { value: None, span }))
    }

    /// There.
    #[must_use]
    pub fn of(value: T, span: Span) -> Self {
        Field(Some(Spanned { value: Some(value), span }))
    }

    /// The value with its place.
    #[must_use]
    pub fn given(&self) -> Given<'_, T> {
        let Spanned { value, span } = self.0.as_ref()?;
        value.as_ref().map(|value| Spanned { value, span: *span })
    }

    /// The value with its place, taken out.
    #[must_use]
    pub fn into_given(self) -> Option<Spanned<T>> {
        let Spanned { value, span } = self.0?;
        value.map(|value| Spanned { value, span })
    }

    /// The value alone.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        self.0.as_ref()?.value.as_ref()
    }

    /// Where the value stands, right or wrong.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.0.as_ref().map(|there| there.span)
    }

    /// True when nothing was written.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.0.is_none()
    }

    /// True when something of the wrong shape was written.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.0.as_ref().is_some_and(|there| there.value.is_none())
    }
}

impl<T: Copy> Field<T> {
    /// The value with its place, by value.
    #[must_use]
    pub fn copied(&self) -> Option<Spanned<T>> {
        self.given().map(|given| Spanned { value: *given.value, span: given.span })
    }
}

/// One key of a mapping of names, and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'a, T> {
    /// The key.
    pub name: Name<'a>,
    /// The value.
    pub value: Field<T>,
}

/// A mapping from names that people choose, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Entries<'a, T>(Vec<Entry<'a, T>>);

impl<T> Default for Entries<'_, T> {
    fn default() -> Self {
        Entries(Vec::new())
    }
}

impl<'a, T> Entries<'a, T> {
    /// All entries, those with a broken value among them.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry<'a, T>> {
        self.0.iter()
    }

    /// Name and value of the entries that could be read.
    pub fn given(&self) -> impl Iterator<Item = (Name<'a>, &T)> {
        self.0.iter().filter_map(|entry| entry.value.value().map(|value| (entry.name, value)))
    }

    /// Entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True without any entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'e, 'a, T> IntoIterator for &'e Entries<'a, T> {
    type Item = &'e Entry<'a, T>;
    type IntoIter = std::slice::Iter<'e, Entry<'a, T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A list whose items may be broken one by one.
pub type Names<'a> = Vec<Field<&'a str>>;

/// A scalar taken as it was written, whatever YAML makes of it: sizes, versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Text<'a>(pub &'a str);

/// A name alone, or a mapping that says more.
#[derive(Debug, Clone, PartialEq)]
pub enum NameOr<'a, T> {
    /// The name alone.
    Name(&'a str),
    /// The mapping.
    Full(T),
}

/// A key that only describes. Its value is read by people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ignored;

/// A key that only describes and yet has a fixed shape. Its value is checked and forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked<T>(PhantomData<T>);

impl<T> Default for Checked<T> {
    fn default() -> Self {
        Checked(PhantomData)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Checked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <Field<T>>::deserialize(deserializer).map(|_| Checked::default())
    }
}

impl<T: JsonSchema> JsonSchema for Checked<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        <Field<T>>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        <Field<T>>::json_schema(generator)
    }
}

/// A value of no fixed shape, for settings that are handed on to the gateway.
pub type Scalar = serde_json::Value;

struct FieldVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FieldVisitor<T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Field::ABSENT)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let span = span(&mut seq)?;
        Ok(match seq.next_element::<T>() {
            Ok(Some(value)) => Field::of(value, span),
            Ok(None) | Err(_) => Field::broken(span),
        })
    }
}

fn span<'de, A: SeqAccess<'de>>(seq: &mut A) -> Result<Span, A::Error> {
    let bits = seq.next_element::<u64>()?;
    bits.and_then(Span::from_bits).ok_or_else(|| A::Error::custom("no place"))
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(FIELD, FieldVisitor(PhantomData))
    }
}

struct SpannedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
    type Value = Spanned<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let span = span(&mut seq)?;
        let value = seq.next_element::<T>()?.ok_or_else(|| A::Error::custom("no value"))?;
        Ok(Spanned { value, span })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(SPANNED, SpannedVisitor(PhantomData))
    }
}

struct EntriesVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
    type Value = Entries<'de, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(0));
        loop {
            // A key that is no text has been noted; its value goes with it.
            match map.next_key::<Name<'de>>() {
                Ok(Some(name)) => entries.push(Entry { name, value: map.next_value()? }),
                Ok(None) => return Ok(Entries(entries)),
                Err(_) => {}
            }
        }
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Entries<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData)).map(|entries| {
            let Entries(entries) = entries;
            Entries(entries)
        })
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(text))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TEXT, TextVisitor)
    }
}

struct NameOrVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for NameOrVisitor<T> {
    type Value = NameOr<'de, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name or a mapping")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(NameOr::Name(name))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, full: D) -> Result<Self::Value, D::Error> {
        T::deserialize(full).map(NameOr::Full)
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for NameOr<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NAME_OR, NameOrVisitor(PhantomData)).map(|read| {
            match read {
                NameOr::Name(name) => NameOr::Name(name),
                NameOr::Full(full) => NameOr::Full(full),
            }
        })
    }
}

impl<T: JsonSchema> JsonSchema for NameOr<'_, T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("NameOr_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let full = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [{ "type": "string" }, full] })
    }
}

struct IgnoredVisitor;

impl<'de> Visitor<'de> for IgnoredVisitor {
    type Value = Ignored;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Ignored)
    }
}

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_unit_struct(SKIPPED, IgnoredVisitor)
    }
}

impl<T: JsonSchema> JsonSchema for Field<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Field_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        // Null and absent mean the same, so every field may be null.
        <Option<T>>::json_schema(generator)
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: JsonSchema> JsonSchema for Entries<'_, T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Entries_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<Field<T>>();
        json_schema!({ "type": "object", "additionalProperties": value })
    }
}

impl JsonSchema for Text<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

impl JsonSchema for Ignored {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Ignored".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({})
    }
}
