//! Published answers and published refusals, through the C ABI.

mod common;

use common::{CONFIG, SOCKET_ID, USER, api, path, read};
use serde_json::{Value, json};

/// The entries of a file of vectors.
fn vectors(name: &str) -> Vec<Value> {
    let file: Value =
        serde_json::from_str(&read(path(&format!("tests/vectors/{name}.json")))).expect("JSON");
    let entries = file[name].as_array().expect("entries").clone();
    assert!(!entries.is_empty());
    entries
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
