//! Any bytes as config, socket id and user.
#![no_main]

mod common;

use common::{API, oracle, parts};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [config, socket_id, user_json] = parts(data);
    let expected = oracle::response(config, socket_id, user_json);
    let signer = API.signer(config);
    let response = signer.and_then(|signer| signer.authenticate_user(socket_id, user_json));
    assert_eq!(response, expected);
    if !user_json.contains(&0) {
        assert_eq!(
            API.authenticate_user(config, socket_id, user_json),
            expected
        );
    }
    if let Ok(response) = response {
        let parsed: serde_json::Value = serde_json::from_str(&response).expect("JSON");
        let user_data = parsed["user_data"].as_str();
        assert_eq!(user_data.map(str::as_bytes), Some(user_json));
    }
});
