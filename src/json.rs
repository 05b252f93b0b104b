//! JSON, read by serde_json in one pass. Nothing here recurses, however deep a value is nested.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// The reason why a text was rejected.
#[derive(Debug)]
pub enum Invalid {
    /// The text is not JSON in UTF-8.
    Syntax,
    /// The text is JSON as far as it was read, but a value has the wrong type.
    Type,
}

impl From<serde_json::Error> for Invalid {
    fn from(error: serde_json::Error) -> Self {
        // serde_json reports a number that no f64 holds as a syntax error.
        if error.is_data() || error.to_string().starts_with("number out of range") {
            Self::Type
        } else {
            Self::Syntax
        }
    }
}

/// The members of an object.
pub struct Members<V, const N: usize> {
    /// The values of the requested keys.
    pub values: [Option<V>; N],
    /// Whether all keys are unique, including those that were not requested.
    pub distinct: bool,
}

/// A value as it is written.
#[derive(Clone, Copy)]
pub struct Value<'a>(&'a str);

impl<'a> Value<'a> {
    /// Returns the text of a string, which must be valid Unicode, or None for any other type.
    pub fn string(self) -> Result<Option<Cow<'a, str>>, Invalid> {
        let Some(content) = self.0.strip_prefix('"') else {
            return Ok(None);
        };
        match content.strip_suffix('"') {
            // This saves a second pass, about 10 ns.
            Some(plain) if !plain.as_bytes().contains(&b'\\') => Ok(Some(Cow::Borrowed(plain))),
            _ => Ok(serde_json::from_str(self.0).map(|Text(text)| Some(text))?),
        }
    }

    /// Returns a number as it is written, or None for any other type.
    pub fn number(self) -> Option<&'a str> {
        let is_number = self
            .0
            .starts_with(|first: char| first == '-' || first.is_ascii_digit());
        is_number.then_some(self.0)
    }

    /// Returns a boolean, or None for any other type.
    pub fn bool(self) -> Option<bool> {
        self.0.parse().ok()
    }

    /// Returns whether it is `null`.
    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// Returns the JSON as it is written.
    pub fn as_str(self) -> &'a str {
        self.0
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|raw| Self(raw.get()))
    }
}

/// Reads exactly one object in UTF-8 and returns its members `keys`. Each must be a `V`.
pub fn object<'a, V: Deserialize<'a>, const N: usize>(
    json: &'a [u8],
    keys: [&str; N],
) -> Result<Members<V, N>, Invalid> {
    let text = simdutf8::basic::from_utf8(json).map_err(|_| Invalid::Syntax)?;
    object_in(text, keys)
}

/// Reads exactly one object and returns its members `keys`. Each must be a `V`.
pub fn object_in<'a, V: Deserialize<'a>, const N: usize>(
    text: &'a str,
    keys: [&str; N],
) -> Result<Members<V, N>, Invalid> {
    let mut values = [const { None }; N];
    let distinct = read_members(text, &keys, &mut values)?;
    Ok(Members { values, distinct })
}

/// Fills in the values of the members `keys`. Returns whether all keys of the object are unique.
/// Takes slices, so that it is compiled once for each `V` and not for each number of keys.
fn read_members<'a, V: Deserialize<'a>>(
    text: &'a str,
    keys: &[&str],
    values: &mut [Option<V>],
) -> Result<bool, Invalid> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let distinct = deserializer.deserialize_map(MembersVisitor { keys, values })?;
    deserializer.end()?;
    Ok(distinct)
}

/// Reads exactly one array of at most `max` elements.
pub fn array(text: &str, max: usize) -> Result<Vec<Value<'_>>, Invalid> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let elements = Elements(max).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(elements)
}

struct MembersVisitor<'m, V> {
    keys: &'m [&'m str],
    values: &'m mut [Option<V>],
}

impl<'de, V: Deserialize<'de>> Visitor<'de> for MembersVisitor<'_, V> {
    /// Whether all keys are unique.
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut seen = Names::default();
        while let Some(Text(key)) = map.next_key()? {
            let requested = self.keys.iter().position(|requested| key == *requested);
            match requested.and_then(|at| self.values.get_mut(at)) {
                Some(value) => *value = Some(map.next_value()?),
                None => _ = map.next_value::<IgnoredAny>()?,
            }
            seen.insert(key);
        }
        Ok(seen.are_distinct())
    }
}

/// An array of at most this many elements.
struct Elements(usize);

impl<'de> DeserializeSeed<'de> for Elements {
    type Value = Vec<Value<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements {
    type Value = Vec<Value<'de>>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a shorter array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element()? {
            if elements.len() == self.0 {
                return Err(A::Error::invalid_length(elements.len(), &self));
            }
            elements.push(element);
        }
        Ok(elements)
    }
}

/// The text of a string: borrowed, unless it has escapes.
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

/// Names that must be unique. Up to 16 names without escapes need no allocation. A hash table would
/// need random keys, which a sandbox can forbid.
#[derive(Default)]
pub struct Names<'a> {
    inline: [&'a str; 16],
    len: usize,
    /// All names, once one does not fit into `inline`.
    spilled: Vec<Cow<'a, str>>,
    duplicate: bool,
}

impl<'a> Names<'a> {
    /// Adds a name.
    pub fn insert(&mut self, name: Cow<'a, str>) {
        if self.spilled.is_empty() {
            let (inline, free) = self
                .inline
                .split_at_mut_checked(self.len)
                .unwrap_or_default();
            self.duplicate |= inline.iter().any(|known| *known == name);
            if let (Cow::Borrowed(name), [free, ..]) = (&name, free) {
                *free = name;
                self.len = self.len.saturating_add(1);
                return;
            }
            self.spilled
                .extend(inline.iter().copied().map(Cow::Borrowed));
        }
        self.spilled.push(name);
    }

    /// Returns whether no name was added twice.
    pub fn are_distinct(mut self) -> bool {
        // Comparing lengths first avoids most comparisons of text.
        self.spilled
            .sort_unstable_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
        !self.duplicate
            && self.spilled.windows(2).all(|two| match two {
                [one, other] => one != other,
                _ => true,
            })
    }
}
