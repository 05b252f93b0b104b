//! Published answers and published refusals, through the C ABI.

#[path = "../common/mod.rs"]
mod common;

use common::{CONFIG, SOCKET_ID, USER, api, path, read};
use ring::hmac;
use serde_json::{Value, json};

/// The entries under this name of a file of vectors.
fn vectors_of(file: &str, name: &str) -> Vec<Value> {
    let file: Value =
        serde_json::from_str(&read(path(&format!("tests/vectors/{file}.json")))).expect("JSON");
    let entries = file[name].as_array().expect("entries").clone();
    assert!(!entries.is_empty());
    entries
}

fn vectors(name: &str) -> Vec<Value> {
    vectors_of(name, name)
}

/// What the one call and the signer agree on.
fn authenticate_user(config: &str, socket_id: &str, user_json: &str) -> Result<String, i32> {
    let in_one_call = api().authenticate_user(config, socket_id, user_json);
    let by_signer = api()
        .signer(config)
        .and_then(|signer| signer.authenticate_user(socket_id.as_bytes(), user_json.as_bytes()));
    assert_eq!(in_one_call, by_signer);
    in_one_call
}

#[test]
fn published_answers() {
    for entry in vectors("user_auth") {
        let text = |name: &str| {
            entry[name]
                .as_str()
                .unwrap_or_else(|| panic!("{name} of {entry}"))
        };
        let config =
            json!({"appId": "1", "key": entry["key"], "secret": entry["secret"], "useTLS": true})
                .to_string();
        let response = json!({"auth": entry["auth"], "user_data": entry["user_data"]}).to_string();
        if let Some(published) = entry["response"].as_str() {
            assert_eq!(response, published);
        }
        let answer = authenticate_user(&config, text("socket_id"), text("user_data"));
        assert_eq!(answer, Ok(response), "{}", text("source"));
        println!("ok {}", text("source"));
    }
}

#[test]
fn published_refusals() {
    for entry in vectors("reject") {
        let value = entry["value"].as_str().expect("a value");
        let (socket_id, user_json, code) = match entry["field"].as_str() {
            Some("socket_id") => (value, USER, -6),
            Some("user_data") => (SOCKET_ID, value, user_code(value)),
            _ => panic!("{entry}"),
        };
        assert_eq!(
            authenticate_user(CONFIG, socket_id, user_json),
            Err(code),
            "{entry}"
        );
        println!("ok {code} for {value:?}");
    }
}

fn user_code(user_json: &str) -> i32 {
    match user_json {
        "null" | "111" | r#""abc""# | r#"{"id":"\ud800"}"# => -7,
        "{}" | r#"{"email":"test@test.com"}"# | r#"{"name":"John Smith"}"# => -8,
        r#"{"id":123}"# | r#"{"id":123,"email":"test@test.com"}"# => -9,
        r#"{"id":"a","id":"b"}"# | r#"{"id":5,"id":"b"}"# => -11,
        _ => panic!("which code is right for {user_json}?"),
    }
}

/// Every published answer on channels, requests and webhooks. Those for a channel that needs no
/// authorization, or for a path of no app, are held to the HMAC alone, and refused here.
#[test]
fn published_channels_requests_and_webhooks() {
    let mut counts = [0; 2];
    for entry in vectors_of("channels_requests_webhooks", "vectors") {
        let text = |name: &str| entry[name].as_str().unwrap_or_default();
        let source = text("source");
        let config = |more: Value| {
            let mut config = json!({"key": entry["key"], "secret": entry["secret"]});
            if config["key"].is_null() {
                config["key"] = "any".into();
            }
            if config["secret"].is_null() {
                config["secret"] = "any".into();
            }
            let members = config.as_object_mut().unwrap();
            members.extend(more.as_object().unwrap().clone());
            config.to_string()
        };
        let answered = match text("kind") {
            "channel_auth" | "presence_auth" => {
                let (channel, data) = (text("channel"), text("channel_data"));
                let key = "OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk=";
                let signer = api()
                    .signer(&config(json!({"encryptionMasterKeyBase64": key})))
                    .unwrap();
                let answer = signer.authorize_channel(
                    text("socket_id").as_bytes(),
                    channel.as_bytes(),
                    data.as_bytes(),
                );
                let auth = entry["recomputed"].as_str().unwrap_or(text("auth"));
                let message = [text("socket_id"), channel, data];
                let message = message.map(str::to_owned).join(":");
                let message = message.strip_suffix(':').unwrap_or(&message);
                let needs_none =
                    !channel.starts_with("private-") && !channel.starts_with("presence-");
                if needs_none || !data.is_empty() && !channel.starts_with("presence-") {
                    assert_eq!(answer, Err(if needs_none { -17 } else { -18 }), "{source}");
                    assert_eq!(
                        format!("{}:{}", text("key"), hmac_sha256(text("secret"), message)),
                        auth
                    );
                    false
                } else if entry["verified"] == false && source.contains("as printed") {
                    // The page's own example is wrong; this is what it describes.
                    assert_eq!(
                        answer,
                        Ok(json!({"auth": auth, "channel_data": data}).to_string())
                    );
                    true
                } else {
                    let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
                    assert_eq!(answer["auth"], auth, "{source}");
                    assert_eq!(answer["channel_data"].as_str().unwrap_or_default(), data);
                    let encrypted = channel.starts_with("private-encrypted-");
                    assert_eq!(answer["shared_secret"].is_string(), encrypted, "{source}");
                    true
                }
            }
            "encrypted_shared_secret" => match (text("master_key_base64"), text("shared_secret")) {
                // Keys of 33 bytes, and a channel without the prefix: a derivation alone.
                ("", _) => {
                    let derived = ring::digest::digest(
                        &ring::digest::SHA256,
                        [text("channel"), text("master_key_raw")]
                            .concat()
                            .as_bytes(),
                    );
                    assert_eq!(hex(derived.as_ref()), text("shared_secret_hex"), "{source}");
                    false
                }
                (key, secret) => {
                    let signer = api()
                        .signer(&config(json!({"encryptionMasterKeyBase64": key})))
                        .unwrap();
                    let answer = signer
                        .authorize_channel(b"1.1", text("channel").as_bytes(), b"")
                        .unwrap();
                    let answer: Value = serde_json::from_str(&answer).unwrap();
                    // Java's has no padding.
                    let ours = answer["shared_secret"].as_str().unwrap();
                    assert_eq!(
                        ours.trim_end_matches('='),
                        secret.trim_end_matches('='),
                        "{source}"
                    );
                    assert_eq!(ours.len(), 44);
                    true
                }
            },
            "rest_signature" => {
                let body = text("body");
                let full = text("path");
                let signed = hmac_sha256(text("secret"), text("string_to_sign"));
                assert_eq!(signed, text("auth_signature"), "{source}");
                match full
                    .strip_prefix("/apps/")
                    .and_then(|path| path.split_once('/'))
                {
                    Some((app_id, path)) => {
                        let config = config(json!({"appId": app_id, "cluster": "eu"}));
                        let params = entry["params"].as_object().unwrap();
                        let query: Vec<String> = params
                            .iter()
                            .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()))
                            .collect();
                        let signer = api().signer(&config).unwrap();
                        let request = [text("method"), &format!("/{path}"), &query.join("&")];
                        let timestamp = text("timestamp").parse().unwrap();
                        let url = signer
                            .sign_request(request, body.as_bytes(), timestamp)
                            .unwrap();
                        let md5 = match text("body_md5") {
                            "" => String::new(),
                            md5 => format!("&body_md5={md5}"),
                        };
                        let query: String = query.iter().map(|pair| format!("&{pair}")).collect();
                        let expected = format!(
                            "https://api-eu.pusher.com{full}?auth_key={}&auth_timestamp={timestamp}\
                             &auth_version=1.0{md5}{query}&auth_signature={}",
                            text("key"),
                            text("auth_signature")
                        );
                        assert_eq!(url, expected, "{source}");
                        true
                    }
                    None => false,
                }
            }
            "webhook" => {
                let signer = api().signer(&config(json!({}))).unwrap();
                let key = entry["key"].as_str().unwrap_or("any").as_bytes();
                let (signature, body) = (text("signature").as_bytes(), text("body"));
                assert_eq!(
                    signer.verify_webhook(key, signature, body.as_bytes()),
                    0,
                    "{source}"
                );
                let changed = body.replacen('{', "[", 1);
                assert_eq!(
                    signer.verify_webhook(key, signature, changed.as_bytes()),
                    -22
                );
                assert_eq!(
                    signer.verify_webhook(b"other", signature, body.as_bytes()),
                    -21
                );
                true
            }
            "hmac_sha256" => {
                assert_eq!(
                    hmac_sha256(text("secret"), text("message")),
                    text("hex"),
                    "{source}"
                );
                false
            }
            kind => panic!("{kind}"),
        };
        counts[usize::from(answered)] += 1;
        println!("ok {source}");
    }
    println!(
        "{} through the C ABI, {} held to ring alone",
        counts[1], counts[0]
    );
    assert_eq!(counts, [17, 27]);
}

fn hmac_sha256(secret: &str, message: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hex(hmac::sign(&key, message.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
