//! What the library must answer, by the word of others: hifijson reads JSON, serde_json's writer, which
//! the library does not use, escapes it, regex knows the grammars around it, ring signs.
#![allow(dead_code)] // Each target uses a part of this.

use std::{collections::HashSet, sync::LazyLock};

use hifijson::{Error, Expect, SliceLexer, ignore, str::LexAlloc as _, token::Lex as _};
use regex::bytes::Regex;
use ring::hmac;

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
    let callback = std::str::from_utf8(callback).expect("it is ASCII");
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
    let id = members.iter().rev().find(|(name, _)| name == "id");
    match id {
        Some((_, Json::HalfPair)) => Err(-7),
        _ if has_duplicate(&members) => Err(-11),
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

/// As much of a JSON value as the rules speak of.
enum Json {
    String(String),
    /// A string with half a surrogate pair: it is JSON, but stands for no text.
    HalfPair,
    Number,
    Bool,
    Other,
}

/// The text and its own members, if it is one JSON object in UTF-8.
fn object(json: &[u8]) -> Option<(&str, Members)> {
    let text = std::str::from_utf8(json).ok()?;
    let mut members = Vec::new();
    SliceLexer::new(json)
        .exactly_one(SliceLexer::ws_peek, |first, lexer| {
            lexer.expect(|_| Some(first), b'{').ok_or(Expect::Value)?;
            lexer.seq(b'}', SliceLexer::ws_peek, |first, lexer| {
                members.push(member(first, lexer)?);
                Ok::<_, Error>(())
            })
        })
        .ok()?;
    Some((text, members))
}

fn member(first: u8, lexer: &mut SliceLexer) -> Result<(String, Json), Error> {
    lexer.expect(|_| Some(first), b'"').ok_or(Expect::String)?;
    let name = lexer.str_string()?.into_owned();
    lexer
        .expect(SliceLexer::ws_peek, b':')
        .ok_or(Expect::Colon)?;
    let first = lexer.ws_peek().ok_or(Expect::Value)?;
    let value = lexer.as_slice();
    ignore::parse(first, lexer)?;
    let value = match first {
        b'"' => match SliceLexer::new(value).discarded().str_string() {
            Ok(text) => Json::String(text.into_owned()),
            Err(_) => Json::HalfPair,
        },
        b'-' | b'0'..=b'9' => Json::Number,
        b't' | b'f' => Json::Bool,
        _ => Json::Other,
    };
    Ok((name, value))
}
