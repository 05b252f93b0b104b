//! Any bytes as config, method, path, query and body. The path is also the id of a user whose
//! connections are terminated, and the body that of a webhook.
#![no_main]

mod common;

use common::{API, oracle, parts};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [config, method, path, query, body] = parts(data);
    let signer = API.signer(config);
    assert_eq!(
        signer.as_ref().err(),
        oracle::config::config(config).err().as_ref()
    );
    let Ok(signer) = signer else { return };

    let timestamp = i64::try_from(body.len()).expect("a length") + 1;
    let url = signer.request_url(method, path, query, body, timestamp);
    let expected = oracle::request::request_url(config, [method, path, query], body, timestamp);
    assert_eq!(url, expected);
    if let Ok(url) = url {
        oracle::request::verify(config, method, &url, body);
    }
    let url = signer.terminate_user_url(path, timestamp);
    let expected = oracle::request::terminate_user_url(config, path, timestamp);
    assert_eq!(url, expected);
    if let Ok(url) = url {
        oracle::request::verify(config, b"POST", &url, b"{}");
    }

    let (key, signature) = oracle::webhook(config, body).expect("a valid config");
    assert_eq!(signer.verify_webhook(&key, &signature, body), 0);
    let other = if signature.starts_with('0') { "1" } else { "0" };
    let other = other.to_owned() + &signature[1..];
    assert_eq!(signer.verify_webhook(&key, other, body), -22);
    assert_eq!(signer.verify_webhook(key + "k", signature, body), -21);
});
