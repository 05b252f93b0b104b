//! JSON as hifijson reads it. The library reads it with serde_json.

use hifijson::{Error, Expect, SliceLexer, ignore, str::LexAlloc as _, token::Lex as _};

/// The properties of a JSON value that rules depend on.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    String(String),
    /// A string with an unpaired surrogate: it is valid JSON, but not valid text.
    UnpairedSurrogate,
    Number,
    Array,
    Object,
}

/// A value and its JSON text.
#[derive(Clone, Debug)]
pub struct Value<'a> {
    pub json: Json,
    pub raw: &'a str,
}

pub type Members<'a> = Vec<(String, Value<'a>)>;

impl Value<'_> {
    pub fn string(&self) -> Option<&str> {
        match &self.json {
            Json::String(text) => Some(text),
            _ => None,
        }
    }
}

/// Returns the top-level members of a text that is one JSON object in UTF-8.
pub fn object(json: &[u8]) -> Option<(&str, Members<'_>)> {
    let text = std::str::from_utf8(json).ok()?;
    let mut members = Vec::new();
    SliceLexer::new(json)
        .exactly_one(SliceLexer::ws_peek, |first, lexer| {
            lexer.expect(|_| Some(first), b'{').ok_or(Expect::Value)?;
            lexer.seq(b'}', SliceLexer::ws_peek, |first, lexer| {
                lexer.expect(|_| Some(first), b'"').ok_or(Expect::String)?;
                let name = lexer.str_string()?.into_owned();
                lexer
                    .expect(SliceLexer::ws_peek, b':')
                    .ok_or(Expect::Colon)?;
                let first = lexer.ws_peek().ok_or(Expect::Value)?;
                members.push((name, value(text, first, lexer)?));
                Ok::<_, Error>(())
            })
        })
        .ok()?;
    Some((text, members))
}

/// Returns the elements of a text that is one JSON array in UTF-8.
pub fn array(text: &str) -> Option<Vec<Value<'_>>> {
    let mut elements = Vec::new();
    SliceLexer::new(text.as_bytes())
        .exactly_one(SliceLexer::ws_peek, |first, lexer| {
            lexer.expect(|_| Some(first), b'[').ok_or(Expect::Value)?;
            lexer.seq(b']', SliceLexer::ws_peek, |first, lexer| {
                elements.push(value(text, first, lexer)?);
                Ok::<_, Error>(())
            })
        })
        .ok()?;
    Some(elements)
}

fn value<'a>(text: &'a str, first: u8, lexer: &mut SliceLexer<'a>) -> Result<Value<'a>, Error> {
    let rest = lexer.as_slice();
    ignore::parse(first, lexer)?;
    let start = text.len() - rest.len();
    let raw = &text[start..text.len() - lexer.as_slice().len()];
    let json = match first {
        b'"' => match SliceLexer::new(rest).discarded().str_string() {
            Ok(text) => Json::String(text.into_owned()),
            Err(_) => Json::UnpairedSurrogate,
        },
        b'-' | b'0'..=b'9' => Json::Number,
        b't' | b'f' => Json::Bool(first == b't'),
        b'n' => Json::Null,
        b'[' => Json::Array,
        _ => Json::Object,
    };
    Ok(Value { json, raw })
}

pub fn member<'m, 'a>(members: &'m [(String, Value<'a>)], name: &str) -> Option<&'m Value<'a>> {
    members
        .iter()
        .find(|member| member.0 == name)
        .map(|member| &member.1)
}

pub fn has_duplicate(members: &[(String, Value)]) -> bool {
    let mut names = std::collections::HashSet::new();
    !members.iter().all(|(name, _)| names.insert(name))
}

/// Encodes a text as a JSON string by serde_json's writer, which the library does not use.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("any text has a JSON form")
}
