//! What the library must answer, by the word of others: hifijson reads JSON, serde_json's writer, which
//! the library does not use, escapes it, regex knows the grammars around it, ring signs.
#![allow(dead_code)] // Each target uses a part of this.

use std::{
    collections::{BTreeMap, HashSet},
    sync::LazyLock,
};

use base64::{Engine, prelude::BASE64_STANDARD as STANDARD};
use hifijson::{Error, Expect, SliceLexer, ignore, str::LexAlloc as _, token::Lex as _};
use regex::bytes::Regex;
use ring::{digest, hmac};

/// A static regex, compiled at first use.
macro_rules! regex {
    ($name:ident = $pattern:literal) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("a regex"));
    };
}

regex!(SOCKET_ID = "^[0-9]+[.][0-9]+$");
regex!(KEY = r#"^[ !#-9;-\[\]-~]+$"#);
regex!(CHANNEL = r"(?-u)^(private|presence)-[A-Za-z0-9_=@,.;-]*$");
regex!(INTEGER = "^-?[0-9]+$");
regex!(METHOD = "^[A-Z]+$");
regex!(PATH = r"^(/[A-Za-z0-9._~!$&'()*+,;=:@-]+)+$");
regex!(
    QUERY = r"^[A-Za-z0-9._~!$()*,;:@/-]+=[A-Za-z0-9._~!$()*,;:@/-]*(&[A-Za-z0-9._~!$()*,;:@/-]+=[A-Za-z0-9._~!$()*,;:@/-]*)*$"
);
regex!(NAME = r"^[A-Za-z0-9_-]+$");
regex!(HOST = r"^([A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]*\])$");
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
    let signature = sign(&secret, &signed);
    let user_data = serde_json::to_string(user_json).expect("any text has a JSON form");
    Ok(format!(
        r#"{{"auth":"{key}:{signature}","user_data":{user_data}}}"#
    ))
}

/// The response for a channel, or the code of the refusal.
pub fn channel_response(
    config: &[u8],
    socket_id: &[u8],
    channel: &[u8],
    channel_data: &[u8],
) -> Result<String, i32> {
    let (key, secret) = credentials(config)?;
    if !SOCKET_ID.is_match(socket_id) {
        return Err(-6);
    }
    if channel.len() > 200 || !CHANNEL.is_match(channel) {
        return Err(-17);
    }
    let mut member = String::new();
    let mut signed = [socket_id, b":", channel].concat();
    if !channel_data.is_empty() {
        let data = presence(channel, channel_data).ok_or(-18)?;
        signed = [&signed, &b":"[..], channel_data].concat();
        let data = serde_json::to_string(data).expect("any text has a JSON form");
        member = format!(r#","channel_data":{data}"#);
    } else if channel.starts_with(b"private-encrypted-") {
        let master = master_key(config).ok_or(-16)?;
        let secret = digest::digest(&digest::SHA256, &[channel, &master].concat());
        member = format!(r#","shared_secret":"{}""#, STANDARD.encode(secret));
    }
    let signature = sign(&secret, &signed);
    Ok(format!(r#"{{"auth":"{key}:{signature}"{member}}}"#))
}

/// The text of valid channel data.
fn presence<'a>(channel: &[u8], channel_data: &'a [u8]) -> Option<&'a str> {
    let (text, members) = object(channel_data)?;
    let (_, user_id) = members.iter().find(|(name, _)| name == "user_id")?;
    let is_id = match user_id {
        Json::String(id) => !id.is_empty(),
        Json::Number(number) => INTEGER.is_match(number.as_bytes()),
        _ => false,
    };
    let fits = is_id && !has_duplicate(&members) && channel.starts_with(b"presence-");
    fits.then_some(text)
}

fn master_key(config: &[u8]) -> Option<Vec<u8>> {
    let (_, members) = object(config)?;
    let key = members.iter().find_map(|(name, value)| match value {
        Json::String(text) if name == "encryptionMasterKeyBase64" => STANDARD.decode(text).ok(),
        _ => None,
    });
    key.filter(|key| key.len() == 32)
}

/// The URL of a request, or the code of the refusal.
pub fn url(
    config: &[u8],
    [method, path, query]: [&[u8]; 3],
    body: &[u8],
    timestamp: i64,
) -> Result<String, i32> {
    let (key, secret) = credentials(config)?;
    let (origin, app) = api(config).ok_or(-19)?;
    let has_dots = || {
        let mut segments = path.split(|&byte| byte == b'/');
        segments.any(|segment| segment == b"." || segment == b"..")
    };
    let valid = METHOD.is_match(method)
        && PATH.is_match(path)
        && !has_dots()
        && (query.is_empty() || QUERY.is_match(query))
        && timestamp > 0;
    let text = |bytes| std::str::from_utf8(bytes).map_err(|_| -20);
    let (method, path, query) = (text(method)?, text(path)?, text(query)?);
    let mut pairs = BTreeMap::from([
        ("auth_key", key.clone()),
        ("auth_timestamp", timestamp.to_string()),
        ("auth_version", "1.0".to_owned()),
    ]);
    let mut url = format!("auth_key={key}&auth_timestamp={timestamp}&auth_version=1.0");
    if !body.is_empty() {
        let md5 = format!("{:x}", md5_judge::compute(body));
        url += &format!("&body_md5={md5}");
        pairs.insert("body_md5", md5);
    }
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let lower = name.to_lowercase();
        let is_ours = lower.starts_with("auth_") || lower == "body_md5";
        if is_ours || pairs.insert(name, value.to_owned()).is_some() {
            return Err(-20);
        }
    }
    if !valid {
        return Err(-20);
    }
    if !query.is_empty() {
        url += &format!("&{query}");
    }
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let signature = sign(
        &secret,
        format!("{method}\n{app}{path}\n{}", pairs.join("&")).as_bytes(),
    );
    Ok(format!(
        "{origin}{app}{path}?{url}&auth_signature={signature}"
    ))
}

/// The headers of a webhook with this body.
pub fn webhook(config: &[u8], body: &[u8]) -> Result<(String, String), i32> {
    let (key, secret) = credentials(config)?;
    Ok((key, sign(&secret, body)))
}

/// Where the API of a valid config is.
fn api(config: &[u8]) -> Option<(String, String)> {
    let (_, members) = object(config)?;
    let member = |wanted| {
        members
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value)
    };
    let text = |wanted| match member(wanted) {
        Some(Json::String(text) | Json::Number(text)) => Some(text.as_str()),
        _ => None,
    };
    let app_id = text("appId").filter(|id| NAME.is_match(id.as_bytes()))?;
    let host = match (text("host"), text("cluster")) {
        (Some(host), _) => host.to_owned(),
        (_, Some(cluster)) if NAME.is_match(cluster.as_bytes()) => {
            format!("api-{cluster}.pusher.com")
        }
        (_, Some(_)) => return None,
        _ => "api.pusherapp.com".to_owned(),
    };
    let port = match text("port") {
        None => String::new(),
        Some(port) => format!(
            ":{}",
            port.parse()
                .ok()
                .filter(|port| (1..65536u64).contains(port))?
        ),
    };
    let http = if let Some(Json::Bool(false)) = member("useTLS") {
        "http"
    } else {
        "https"
    };
    HOST.is_match(host.as_bytes())
        .then(|| (format!("{http}://{host}{port}"), format!("/apps/{app_id}")))
}

/// HMAC-SHA256 in hex.
fn sign(secret: &str, message: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signature = hmac::sign(&key, message);
    let bytes = signature.as_ref().iter();
    bytes.map(|byte| format!("{byte:02x}")).collect()
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
        "key" | "secret" | "cluster" | "host" | "encryptionMasterKeyBase64" => {
            !matches!(value, Json::String(_))
        }
        "appId" | "port" => !matches!(value, Json::String(_) | Json::Number(_)),
        "useTLS" => !matches!(value, Json::Bool(_)),
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
    /// As it is written.
    Number(String),
    Bool(bool),
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
    let raw = &value[..value.len() - lexer.as_slice().len()];
    let value = match first {
        b'"' => match SliceLexer::new(value).discarded().str_string() {
            Ok(text) => Json::String(text.into_owned()),
            Err(_) => Json::HalfPair,
        },
        b'-' | b'0'..=b'9' => Json::Number(String::from_utf8_lossy(raw).into_owned()),
        b't' | b'f' => Json::Bool(first == b't'),
        _ => Json::Other,
    };
    Ok((name, value))
}
