//! What the library must answer, by the word of others: serde_json for JSON, regex for the grammars
//! around it, ring for the HMAC.
#![allow(dead_code)] // Each target uses a part of this.

use std::{collections::HashSet, fmt, sync::LazyLock};

use regex::bytes::Regex;
use ring::hmac;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A static regex, compiled at first use.
macro_rules! regex {
    ($name:ident = $pattern:literal) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("a regex"));
    };
}

regex!(SOCKET_ID = "^[0-9]+[.][0-9]+$");
regex!(KEY = r#"^[ !#-9;-\[\]-~]+$"#);
regex!(CALLBACK = r#"(?-u)^[A-Za-z_$][\w$]*([.][A-Za-z_$][\w$]*|\[([0-9]+|'\w+'|"\w+")\])*$"#);

/// The response, or the code of the refusal.
pub fn response(config: &[u8], socket_id: &[u8], user_json: &[u8]) -> Result<String, i32> {
    let (key, secret) = credentials(config)?;
    if !SOCKET_ID.is_match(socket_id) {
        return Err(-6);
    }
    let user_json = user(user_json)?;
    let mut signed = socket_id.to_vec();
    signed.extend_from_slice(b"::user::");
    signed.extend_from_slice(user_json.as_bytes());
    let signature = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
        &signed,
    );
    let signature: String = signature
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let user_data = serde_json::to_string(user_json).expect("any text has a JSON form");
    Ok(format!(
        r#"{{"auth":"{key}:{signature}","user_data":{user_data}}}"#
    ))
}

/// The script, or the code of the refusal.
pub fn script(callback: &[u8], response: &[u8]) -> Result<String, i32> {
    if callback.len() > 128 || !CALLBACK.is_match(callback) {
        return Err(-12);
    }
    let (response, _) = object(response).ok_or(-15)?;
    let callback = str::from_utf8(callback).expect("it is ASCII");
    let response = response
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029");
    Ok(format!("/**/{callback}({response});"))
}

/// The config's key and secret.
fn credentials(config: &[u8]) -> Result<(String, String), i32> {
    let (_, members) = object(config).ok_or(-3)?;
    let wrong_type = |(name, value): &(String, Json)| match name.as_str() {
        "key" | "secret" | "cluster" | "host" => !matches!(value, Json::String(_)),
        "appId" | "port" => !matches!(value, Json::String(_) | Json::Number),
        "useTLS" => !matches!(value, Json::Bool),
        _ => false,
    };
    if has_duplicate(&members) || members.iter().any(wrong_type) {
        return Err(-3);
    }
    let member = |wanted| {
        members.iter().find_map(|(name, value)| match value {
            Json::String(text) if name == wanted => Some(text.clone()),
            _ => None,
        })
    };
    let key = member("key")
        .filter(|key| KEY.is_match(key.as_bytes()))
        .ok_or(-4)?;
    let secret = member("secret")
        .filter(|secret| !secret.is_empty())
        .ok_or(-5)?;
    Ok((key, secret))
}

fn user(user_json: &[u8]) -> Result<&str, i32> {
    let (text, members) = object(user_json).ok_or(-7)?;
    if has_duplicate(&members) {
        return Err(-11);
    }
    match members.iter().find(|(name, _)| name == "id") {
        None => Err(-8),
        Some((_, Json::String(id))) if id.is_empty() => Err(-10),
        Some((_, Json::String(_))) => Ok(text),
        Some(_) => Err(-9),
    }
}

fn has_duplicate(members: &[(String, Json)]) -> bool {
    let mut names = HashSet::new();
    !members.iter().all(|(name, _)| names.insert(name))
}

type Members = Vec<(String, Json)>;

/// The text and its members, if it is one JSON object in UTF-8.
fn object(json: &[u8]) -> Option<(&str, Members)> {
    let text = str::from_utf8(json).ok()?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.disable_recursion_limit();
    let value = Json::deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    match value {
        Json::Object(members) => Some((text, members)),
        _ => None,
    }
}

/// As much of a JSON value as the rules speak of. serde_json's own `Value` drops duplicate members,
/// and its `IgnoredAny` lets lone surrogates pass.
enum Json {
    String(String),
    Number,
    Bool,
    Object(Members),
    Other,
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;

        impl<'de> Visitor<'de> for AnyValue {
            type Value = Json;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("JSON")
            }

            fn visit_unit<E: Error>(self) -> Result<Json, E> {
                Ok(Json::Other)
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<Json, E> {
                Ok(Json::Bool)
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<Json, E> {
                Ok(Json::Number)
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<Json, E> {
                Ok(Json::Number)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
                Ok(Json::String(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Json, A::Error> {
                while elements.next_element::<Json>()?.is_some() {}
                Ok(Json::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = entries.next_entry()? {
                    members.push(member);
                }
                // With arbitrary_precision, which alone takes them all, other numbers come like this.
                match members.first() {
                    Some((name, _)) if name == "$serde_json::private::Number" => Ok(Json::Number),
                    _ => Ok(Json::Object(members)),
                }
            }
        }

        deserializer.deserialize_any(AnyValue)
    }
}
