//! Checks known answers through the C ABI: calls.json and primitives.json.

#[path = "../../fuzz/checks.rs"]
mod checks;
#[path = "../common/mod.rs"]
mod common;
#[path = "../../fuzz/oracle/mod.rs"]
mod oracle;
mod suites;

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use common::{Api, api, path, read};
use ring::{digest, hmac};
use serde_json::Value;

fn entries(file: &str) -> Vec<Value> {
    let json: Value = serde_json::from_str(&read(path(&format!("tests/vectors/{file}.json"))))
        .unwrap_or_else(|error| panic!("{file}.json: {error}"));
    let entries = json[file].as_array().expect("entries").clone();
    assert!(!entries.is_empty());
    entries
}

/// The text that a call writes, or the code that it returns.
type Outcome = Result<String, i32>;

fn expected(entry: &Value) -> Outcome {
    match (entry["result"].as_str(), entry["code"].as_i64()) {
        (Some(result), None) => Ok(result.to_owned()),
        (None, Some(code)) => Err(i32::try_from(code).expect("a code")),
        _ => panic!("either a result or a code: {entry}"),
    }
}

/// Makes the call with each function that the C API has for it.
fn outcome(entry: &Value) -> Outcome {
    let call = entry["call"].as_str().expect("a call");
    let arguments = &entry["arguments"];
    let text = |name: &str| {
        arguments[name]
            .as_str()
            .unwrap_or_else(|| panic!("{name} of {entry}"))
    };
    match call {
        "request_parameter" => {
            return api().request_parameter(text("content_type"), text("text"), text("name"));
        }
        "jsonp" => return api().jsonp(text("callback"), text("response")),
        _ => (),
    }
    let config = entry["config"].as_str().expect("a config");
    let signer = match api().signer(config) {
        Ok(_) if call == "signer_new" => return Err(0),
        signer => signer?,
    };
    let timestamp = || arguments["timestamp"].as_i64().expect("a timestamp");
    match call {
        "authenticate_user" => {
            let result = signer.authenticate_user(text("socket_id"), text("user_json"));
            let once = api().authenticate_user(config, text("socket_id"), text("user_json"));
            assert_eq!(once, result, "{entry}");
            result
        }
        "authorize_channel" => {
            signer.authorize_channel(text("socket_id"), text("channel"), text("channel_data"))
        }
        "verify_webhook" => {
            Err(signer.verify_webhook(text("key"), text("signature"), text("body")))
        }
        "request_url" => signer.request_url(
            text("method"),
            text("path"),
            text("query"),
            text("body"),
            timestamp(),
        ),
        "terminate_user_url" => signer.terminate_user_url(text("user_id"), timestamp()),
        "event_body" => signer.event_body(
            text("channel"),
            text("name"),
            text("data"),
            text("socket_id"),
        ),
        "events_body" => signer.events_body(text("events_json")),
        "decrypt" => signer.decrypt(text("channel"), text("encrypted")),
        _ => panic!("unknown call {call}"),
    }
}

#[test]
fn calls_have_their_known_results() {
    let mut counts = BTreeMap::<String, usize>::new();
    let mut failures = Vec::new();
    for entry in entries("calls") {
        let (actual, expected) = (outcome(&entry), expected(&entry));
        if actual != expected {
            failures.push(format!("{entry}\n  returned {actual:?}"));
        }
        let call = entry["call"].as_str().expect("a call").to_owned();
        *counts.entry(call).or_default() += 1;
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    println!("{counts:?}");
    // The file has all kinds of calls.
    for call in [
        "authenticate_user",
        "authorize_channel",
        "decrypt",
        "event_body",
        "events_body",
        "jsonp",
        "request_parameter",
        "request_url",
        "signer_new",
        "terminate_user_url",
        "verify_webhook",
    ] {
        assert!(counts.contains_key(call), "{call}");
    }
}

/// The library decrypts known and its own ciphertexts of a channel, so both have the same key.
#[test]
fn own_ciphertexts_decrypt_with_the_known_key() {
    for entry in entries("calls") {
        if let ("decrypt", Some(data)) = (entry["call"].as_str().unwrap(), entry["result"].as_str())
        {
            let signer = api().signer(entry["config"].as_str().unwrap()).unwrap();
            let channel = entry["arguments"]["channel"].as_str().unwrap();
            let encrypted = signer.encrypt(channel, data).unwrap();
            assert_eq!(signer.decrypt(channel, encrypted).as_deref(), Ok(data));
        }
    }
}

/// Other implementations check the published answers that the C API cannot give. Unit tests in src/
/// check the library's own primitives with the secretboxes.
#[test]
fn primitives_agree_with_other_implementations() {
    let mut boxes = 0;
    for entry in entries("primitives") {
        let arguments = &entry["arguments"];
        let text = |name: &str| arguments[name].as_str().expect("a text");
        let computed = match entry["primitive"].as_str() {
            Some("hmac_sha256") => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, text("key").as_bytes());
                hex(hmac::sign(&key, text("message").as_bytes()).as_ref())
            }
            Some("shared_secret") => {
                let key = STANDARD.decode(text("master_key_base64")).expect("base64");
                let input = [text("channel").as_bytes(), &key].concat();
                hex(digest::digest(&digest::SHA256, &input).as_ref())
            }
            Some("secretbox") => {
                boxes += 1;
                continue;
            }
            other => panic!("unknown primitive {other:?}"),
        };
        assert_eq!(Some(&computed[..]), entry["result"].as_str(), "{entry}");
    }
    assert!(boxes > 0);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
