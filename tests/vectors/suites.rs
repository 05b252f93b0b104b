//! The JSON conformance suite and the fuzz targets' seeds, through the C ABI. Wycheproof's and RFC
//! 4231's cases for HMAC have keys and messages that the C API rejects: src/signer.rs tests them.

use std::fs;

use serde_json::Value;

use crate::{
    checks,
    common::{self, Api, CONFIG, SOCKET_ID, USER, api, path, read},
    oracle,
};

/// Returns the suite's cases by name.
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

/// Returns whether the library accepts a case. Of the optional ones, it rejects invalid UTF-8 and byte
/// order marks, and accepts numbers of any size, any depth, and unpaired surrogates in values.
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

        // Each case is a member's value in all JSON that the library reads.
        let within = |before: &str| [before.as_bytes(), b",\"value\":", &json, b"}"].concat();
        let user = within(r#"{"id":"1""#);
        match signer.authenticate_user(SOCKET_ID, &user) {
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
        let outcome = |code| if accepted { Ok(()) } else { Err(code) };
        let data = within(r#"{"user_id":1"#);
        let response = signer.authorize_channel(SOCKET_ID, "presence-x", &data);
        assert_eq!(response.map(drop), outcome(-18), "{name}");
        let script = api().jsonp("f", within(r#"{"a":1"#));
        assert_eq!(script.map(drop), outcome(-15), "{name}");
        let new = api().signer(within(r#"{"key":"k","secret":"s""#));
        assert_eq!(new.map(drop), outcome(-3), "{name}");
        let parameters = within(r#"{"a":"1""#);
        let value = api().request_parameter("application/json", &parameters, "a");
        assert_eq!(value.map(drop), outcome(-26), "{name}");
        let events = within(r#"{"name":"a","channels":["b"],"data":1"#);
        assert_eq!(
            signer.events_body(&events).map(drop),
            outcome(-23),
            "{name}"
        );

        // Each case is also the complete user. The suite has objects, but no ids.
        let code = signer.authenticate_user(SOCKET_ID, &json).map(drop);
        let is_object = accepted && json.trim_ascii_start().starts_with(b"{")
            // A key must be valid Unicode.
            && name != "i_object_key_lone_2nd_surrogate";
        assert_eq!(code != Err(-7), is_object, "{name}: {code:?}");
    }
    println!("{} accepted, {} rejected", counts[1], counts[0]);
    assert_eq!(counts.iter().sum::<i32>(), 318);
}

/// The fuzz targets' seeds, including all inputs that fuzzing found.
#[test]
fn seeds() {
    type Check = fn(&Api, &[u8]);
    let targets: [(&str, Check); 8] = [
        ("call", checks::call),
        ("channel", checks::channel),
        ("config", checks::address),
        ("encryption", checks::encryption),
        ("event", checks::event),
        ("jsonp", checks::jsonp),
        ("parameter", checks::parameter),
        ("request", checks::request),
    ];
    for (target, check) in targets {
        let files = fs::read_dir(path(&format!("fuzz/seeds/{target}"))).unwrap();
        let mut count = 0;
        for file in files {
            let file = file.unwrap().path();
            println!("{}", file.display());
            check(api(), &fs::read(file).unwrap());
            count += 1;
        }
        assert!(count > 0, "{target} has no seeds");
    }
}

/// The oracle agrees with published answers.
#[test]
fn the_oracle_is_right() {
    let response = oracle::response(CONFIG.as_bytes(), SOCKET_ID.as_bytes(), USER.as_bytes());
    assert_eq!(response.as_deref(), Ok(common::RESPONSE));
    assert_eq!(oracle::script(b"f", b"{}").as_deref(), Ok("/**/f({});"));
}
