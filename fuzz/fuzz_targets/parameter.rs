//! Any bytes as content type, name and text of a request. As two texts with the same pairs, one a form
//! and one JSON, both give the same.
#![no_main]

mod common;

use common::{API, oracle::parameter::request_parameter, parts};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [content_type, name, text] = parts(data);
    let types: [&[u8]; 4] = [
        content_type,
        b"",
        b"application/json; charset=utf-8",
        b"application/x-www-form-urlencoded",
    ];
    for content_type in types {
        assert_eq!(
            API.request_parameter(content_type, text, name),
            request_parameter(content_type, text, name)
        );
    }

    let pairs: Vec<(String, String)> = text
        .split(|&byte| byte == b'&')
        .map(String::from_utf8_lossy)
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (pair.into_owned(), String::new()),
        })
        .collect();
    let encoded =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02x}")).collect() };
    let form: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    let members: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}:{}", serde_json::json!(name), serde_json::json!(value)))
        .collect();
    let json = format!("{{{}}}", members.join(","));
    assert_eq!(
        API.request_parameter("", form.join("&"), name),
        API.request_parameter("application/json", json, name)
    );
});
