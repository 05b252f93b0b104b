//! JSON, read by serde_json in one pass: nothing here or there recurses, however deep a value is.

use std::{borrow::Cow, collections::HashSet, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// The text is not what it should be.
#[derive(Debug)]
pub struct Invalid;

/// An object's own members.
pub struct Members<V, const N: usize> {
    /// The values of those that were asked for.
    pub values: [Option<V>; N],
    /// Whether each name, asked for or not, is there once.
    pub distinct: bool,
}

/// A member's value, as it is written.
#[derive(Clone, Copy)]
pub struct Value<'a>(&'a str);

impl<'a> Value<'a> {
    /// What a string stands for, which must be valid Unicode; None for any other value.
    pub fn string(self) -> Result<Option<Cow<'a, str>>, Invalid> {
        let Some(content) = self.0.strip_prefix('"') else {
            return Ok(None);
        };
        match content.strip_suffix('"') {
            // Saves a second reading, some 10 ns.
            Some(plain) if !plain.as_bytes().contains(&b'\\') => Ok(Some(Cow::Borrowed(plain))),
            _ => serde_json::from_str(self.0)
                .map(|Text(text)| Some(text))
                .map_err(|_| Invalid),
        }
    }

    /// A number as it is written; None for any other value.
    pub fn number(self) -> Option<&'a str> {
        let is_number = self
            .0
            .starts_with(|first: char| first == '-' || first.is_ascii_digit());
        is_number.then_some(self.0)
    }

    /// `true` or `false`; None for any other value.
    pub fn bool(self) -> Option<bool> {
        self.0.parse().ok()
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|raw| Self(raw.get()))
    }
}

/// Reads exactly one object in UTF-8, and what it has of the members `names`. Each must be a `V`.
pub fn object<'a, V: Deserialize<'a>, const N: usize>(
    json: &'a [u8],
    names: [&str; N],
) -> Result<Members<V, N>, Invalid> {
    let text = std::str::from_utf8(json).map_err(|_| Invalid)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let members = deserializer
        .deserialize_map(MembersVisitor(names, PhantomData))
        .map_err(|_| Invalid)?;
    deserializer.end().map_err(|_| Invalid)?;
    Ok(members)
}

struct MembersVisitor<'n, V, const N: usize>([&'n str; N], PhantomData<V>);

impl<'de, V: Deserialize<'de>, const N: usize> Visitor<'de> for MembersVisitor<'_, V, N> {
    type Value = Members<V, N>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = [const { None }; N];
        let mut seen = Names::default();
        let mut distinct = true;
        while let Some(Text(name)) = map.next_key()? {
            match values
                .iter_mut()
                .zip(self.0)
                .find(|(_, known)| name == *known)
            {
                Some((value, _)) => *value = Some(map.next_value()?),
                None => _ = map.next_value::<IgnoredAny>()?,
            }
            distinct &= seen.insert(name);
        }
        Ok(Members { values, distinct })
    }
}

/// A string's text: borrowed, unless it has escapes.
pub struct Text<'a>(pub Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}

/// The names seen so far: a few without escapes are compared one by one, only others need memory.
#[derive(Default)]
struct Names<'a> {
    few: [&'a str; 16],
    len: usize,
    /// All of them, once they are more or have escapes.
    many: Option<HashSet<Cow<'a, str>>>,
}

impl<'a> Names<'a> {
    /// Adds a name. False if it is there already.
    fn insert(&mut self, name: Cow<'a, str>) -> bool {
        if let Some(many) = &mut self.many {
            return many.insert(name);
        }
        let few = self.few.get(..self.len).unwrap_or_default();
        if let (Cow::Borrowed(name), true) = (&name, self.len < self.few.len()) {
            let is_new = !few.contains(name);
            if let Some(free) = self.few.get_mut(self.len) {
                *free = name;
                self.len = self.len.saturating_add(1);
            }
            return is_new;
        }
        let many = few.iter().copied().map(Cow::Borrowed).collect();
        self.many.insert(many).insert(name)
    }
}
