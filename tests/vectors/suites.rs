//! What others collected, through the C ABI: a JSON conformance suite, and the fuzzer's seeds.
//! Wycheproof's and RFC 4231's cases for the HMAC have keys and messages that are no config and no
//! user: they are in src/signer.rs.

#[path = "../common/mod.rs"]
#[path = "../common/mod.rs"]
mod common;
#[path = "../../fuzz/fuzz_targets/oracle.rs"]
mod oracle;

use std::{fs, path::PathBuf};

use common::{CONFIG, SOCKET_ID, USER, api, path, read};
use serde_json::Value;

/// The suite's cases by name.
fn json_test_suite() -> Vec<(String, Vec<u8>)> {
    let file: Value =
        serde_json::from_str(&read(path("tests/vectors/json_test_suite.json"))).unwrap();
    let case = |case: &Value| {
        let bytes = match (case["text"].as_str(), case["hex"].as_str()) {
            (Some(text), None) => text
                .repeat(case["times"].as_u64().unwrap_or(1) as usize)
                .into_bytes(),
            (None, Some(hex)) => (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
                .collect(),
            _ => panic!("{case}"),
        };
        (case["name"].as_str().unwrap().to_owned(), bytes)
    };
    file["json_test_suite"]
        .as_array()
        .unwrap()
        .iter()
        .map(case)
        .collect()
}

/// What parsers are free to accept: numbers of any size, which are passed on as they are, any depth,
/// and half a surrogate pair within a value. What is not UTF-8, or has a byte order mark, is refused.
fn is_accepted(name: &str, json: &[u8]) -> bool {
    match name.split_at(2) {
        ("y_", _) => true,
        ("n_", _) => false,
        ("i_", "object_key_lone_2nd_surrogate") => true,
        ("i_", name) if name.starts_with("string_") => json.is_ascii() && !json.contains(&0),
        ("i_", name) => name.starts_with("number_") || name == "structure_500_nested_arrays",
        _ => panic!("{name}"),
    }
}

#[test]
fn json_conformance() {
    let signer = api().signer(CONFIG).unwrap();
    let mut counts = [0, 0];
    for (name, json) in json_test_suite() {
        let accepted = is_accepted(&name, &json);
        counts[usize::from(accepted)] += 1;

        // As a member's value, wherever JSON is read.
        let within = |before: &str| [before.as_bytes(), b",\"value\":", &json, b"}"].concat();
        let user = within(r#"{"id":"1""#);
        match signer.authenticate_user(SOCKET_ID.as_bytes(), &user) {
            Ok(response) => {
                assert!(accepted, "{name}");
                let response: Value = serde_json::from_str(&response).unwrap();
                assert_eq!(
                    response["user_data"].as_str().map(str::as_bytes),
                    Some(&user[..]),
                    "{name}"
                );
            }
            Err(code) => assert!(!accepted && code == -7, "{name}: {code}"),
        }
        let member = within(r#"{"user_id":1"#);
        let member = signer.authorize_channel(SOCKET_ID.as_bytes(), b"presence-x", &member);
        let right = if accepted { Ok(()) } else { Err(-18) };
        assert_eq!(member.map(drop), right, "{name}");
        if !json.contains(&0) {
            let script = api().jsonp(b"f", &within(r#"{"a":1"#)).map(drop);
            assert_eq!(script, if accepted { Ok(()) } else { Err(-15) }, "{name}");
            if let Ok(config) = String::from_utf8(within(r#"{"key":"k","secret":"s""#)) {
                let new = api().signer(&config).map(drop);
                assert_eq!(new, if accepted { Ok(()) } else { Err(-3) }, "{name}");
            }
        }

        // As the whole user: the suite has no id, but knows what is an object.
        let code = signer
            .authenticate_user(SOCKET_ID.as_bytes(), &json)
            .map(drop);
        let is_object = accepted && json.trim_ascii_start().starts_with(b"{")
            // Its own names are text.
            && name != "i_object_key_lone_2nd_surrogate";
        assert_eq!(code != Err(-7), is_object, "{name}: {code:?}");
    }
    println!("{} accepted, {} refused", counts[1], counts[0]);
    assert_eq!(counts.iter().sum::<i32>(), 318);
}

/// The seeds of a target, or what the fuzzer found with it: kept here, each stays a test.
fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let files = fs::read_dir(path(&format!("fuzz/seeds/{target}"))).unwrap();
    let seeds: Vec<_> = files
        .map(|file| file.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    assert!(!seeds.is_empty());
    seeds
}

#[test]
fn seeds_of_signing() {
    for (path, seed) in seeds("call") {
        let mut parts = seed.splitn(3, |&byte| byte == 0);
        let mut next = || parts.next().unwrap();
        let (config, socket_id, user_json) = (next(), next(), next());
        let config = std::str::from_utf8(config).unwrap();
        let answer = api()
            .signer(config)
            .and_then(|signer| signer.authenticate_user(socket_id, user_json));
        assert_eq!(
            answer,
            oracle::response(config.as_bytes(), socket_id, user_json),
            "{}",
            path.display()
        );
    }
}

#[test]
fn seeds_of_jsonp() {
    for (path, seed) in seeds("jsonp") {
        let mut parts = seed.split(|&byte| byte == 0);
        let (callback, response) = (parts.next().unwrap(), parts.next().unwrap());
        let answer = api().jsonp(callback, response);
        assert_eq!(
            answer,
            oracle::script(callback, response),
            "{}",
            path.display()
        );
    }
}

/// The oracle itself, held to what is known without it.
#[test]
fn the_oracle_is_right() {
    let response = oracle::response(CONFIG.as_bytes(), SOCKET_ID.as_bytes(), USER.as_bytes());
    assert_eq!(response.as_deref(), Ok(common::RESPONSE));
    assert_eq!(oracle::script(b"f", b"{}").as_deref(), Ok("/**/f({});"));
}

#[test]
fn seeds_of_channels() {
    const CONFIG: &str = r#"{"key":"k","secret":"s","encryptionMasterKeyBase64":"zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU="}"#;
    let signer = api().signer(CONFIG).unwrap();
    for (path, seed) in seeds("channel") {
        let mut parts = seed.splitn(3, |&byte| byte == 0);
        let mut next = || parts.next().unwrap();
        let (socket_id, channel, channel_data) = (next(), next(), next());
        assert_eq!(
            signer.authorize_channel(socket_id, channel, channel_data),
            oracle::channel_response(CONFIG.as_bytes(), socket_id, channel, channel_data),
            "{}",
            path.display()
        );
    }
}

#[test]
fn seeds_of_requests() {
    for (path, seed) in seeds("request") {
        let mut parts = seed.splitn(5, |&byte| byte == 0);
        let mut next = || parts.next().unwrap();
        let texts = [next(), next(), next(), next()].map(|text| std::str::from_utf8(text).unwrap());
        let ([config, method, url, query], body) = (texts, next());
        let answer = api()
            .signer(config)
            .and_then(|signer| signer.sign_request([method, url, query], body, 1));
        let request = [method, url, query].map(str::as_bytes);
        assert_eq!(
            answer,
            oracle::url(config.as_bytes(), request, body, 1),
            "{}",
            path.display()
        );
    }
}
