//! Any bytes as config, socket id and user, parted by NUL bytes: the answer is the oracle's.
#![no_main]

mod abi;
mod oracle;

use std::ffi::CString;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |&byte| byte == 0);
    let mut next = || parts.next().unwrap_or_default();
    let (config, socket_id, user_json) = (CString::new(next()).expect("no NUL"), next(), next());
    let answer = abi::authenticate_user(&config, socket_id, user_json);
    assert_eq!(
        answer,
        oracle::response(config.as_bytes(), socket_id, user_json)
    );
    if let Ok(response) = answer {
        let parsed: serde_json::Value = serde_json::from_str(&response).expect("JSON");
        assert_eq!(
            parsed["user_data"].as_str().map(str::as_bytes),
            Some(user_json)
        );
    }
});
