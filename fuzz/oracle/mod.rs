//! The expected results, by independent implementations: hifijson reads JSON, serde_json's writer
//! (which the library does not use) escapes it, regex matches grammars, ring signs, and TweetNaCl
//! encrypts.
#![allow(dead_code)] // Each program uses some of these functions.

/// A static regex, compiled at first use.
macro_rules! regex {
    ($name:ident = $pattern:literal) => {
        static $name: std::sync::LazyLock<regex::bytes::Regex> =
            std::sync::LazyLock::new(|| regex::bytes::Regex::new($pattern).expect("a regex"));
    };
}

pub mod config;
pub mod encryption;
pub mod event;
pub mod json;
pub mod parameter;
pub mod request;

use base64::{Engine, prelude::BASE64_STANDARD as STANDARD};
use ring::hmac;

use config::config;
use json::Json;

regex!(SOCKET_ID = "^[0-9]+[.][0-9]+$");
regex!(CHANNEL = r"(?-u)^(private|presence)-[A-Za-z0-9_=@,.;-]*$");
regex!(INTEGER = "^-?[0-9]+$");
regex!(CALLBACK = r#"(?-u)^[A-Za-z_$][\w$]*([.][A-Za-z_$][\w$]*|\[([0-9]+|'\w+'|"\w+")\])*$"#);

/// An app of which every function can be called.
pub const FULL_CONFIG: &str = concat!(
    r#"{"key":"k","secret":"s","appId":"3","cluster":"eu","#,
    r#""encryptionMasterKeyBase64":"zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU="}"#
);

/// Returns the response for a user, or the error code.
pub fn response(config_text: &[u8], socket_id: &[u8], user_json: &[u8]) -> Result<String, i32> {
    let config = config(config_text)?;
    if !SOCKET_ID.is_match(socket_id) {
        return Err(-6);
    }
    let user_json = user(user_json)?;
    let signed = [socket_id, b"::user::", user_json.as_bytes()].concat();
    let (key, signature) = (&config.key, sign(&config.secret, &signed));
    let user_data = json::quoted(user_json);
    Ok(format!(
        r#"{{"auth":"{key}:{signature}","user_data":{user_data}}}"#
    ))
}

/// Returns the response for a channel, or the error code.
pub fn channel_response(
    config_text: &[u8],
    socket_id: &[u8],
    channel: &[u8],
    channel_data: &[u8],
) -> Result<String, i32> {
    let config = config(config_text)?;
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
        member = format!(r#","channel_data":{}"#, json::quoted(data));
    } else if channel.starts_with(b"private-encrypted-") {
        let secret = encryption::shared_secret(channel, &config.master_key.ok_or(-16)?);
        member = format!(r#","shared_secret":"{}""#, STANDARD.encode(secret));
    }
    let (key, signature) = (&config.key, sign(&config.secret, &signed));
    Ok(format!(r#"{{"auth":"{key}:{signature}"{member}}}"#))
}

/// Returns the text of valid channel data.
fn presence<'a>(channel: &[u8], channel_data: &'a [u8]) -> Option<&'a str> {
    let (text, members) = json::object(channel_data)?;
    let user_id = json::member(&members, "user_id")?;
    let is_id = match &user_id.json {
        Json::String(id) => !id.is_empty(),
        Json::Number => INTEGER.is_match(user_id.raw.as_bytes()),
        _ => false,
    };
    let fits = is_id && !json::has_duplicate(&members) && channel.starts_with(b"presence-");
    fits.then_some(text)
}

/// Returns the key and the signature of a webhook with this body.
pub fn webhook(config_text: &[u8], body: &[u8]) -> Result<(String, String), i32> {
    let config = config(config_text)?;
    let signature = sign(&config.secret, body);
    Ok((config.key, signature))
}

/// Computes HMAC-SHA256 in hex.
pub fn sign(secret: &str, message: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signature = hmac::sign(&key, message);
    let bytes = signature.as_ref().iter();
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the script, or the error code.
pub fn script(callback: &[u8], response: &[u8]) -> Result<String, i32> {
    if callback.len() > 128 || !CALLBACK.is_match(callback) {
        return Err(-12);
    }
    let (response, _) = json::object(response).ok_or(-15)?;
    let callback = std::str::from_utf8(callback).expect("it is ASCII");
    let response = response
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029");
    Ok(format!("/**/{callback}({response});"))
}

fn user(user_json: &[u8]) -> Result<&str, i32> {
    let (text, members) = json::object(user_json).ok_or(-7)?;
    let id = members.iter().rev().find(|(name, _)| name == "id");
    match id.map(|(_, id)| &id.json) {
        Some(Json::UnpairedSurrogate) => Err(-7),
        _ if json::has_duplicate(&members) => Err(-11),
        None => Err(-8),
        Some(Json::String(id)) if id.is_empty() => Err(-10),
        Some(Json::String(_)) => Ok(text),
        Some(_) => Err(-9),
    }
}
