//! Any text as config, method, path and query, and any bytes as body, parted by NUL bytes: the answer
//! is the oracle's. The body's signature is then one of a webhook, and of no other.
#![no_main]

mod abi;
mod oracle;

use std::ffi::CString;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(5, |&byte| byte == 0);
    let mut next = || parts.next().unwrap_or_default();
    let mut text = || CString::new(next()).expect("no NUL");
    let (config, request) = (text(), [text(), text(), text()]);
    let body = next();
    let timestamp = i64::try_from(body.len()).expect("a length") + 1;
    assert_eq!(
        abi::sign_request(&config, &request, body, timestamp),
        oracle::url(
            config.as_bytes(),
            request.each_ref().map(|text| text.as_bytes()),
            body,
            timestamp
        )
    );
    if let Ok((key, signature)) = oracle::webhook(config.as_bytes(), body) {
        let verify = |signature: &str| abi::verify_webhook(&config, &key, signature, body);
        assert_eq!(verify(&signature), 0);
        let other = if signature.starts_with('0') { "1" } else { "0" };
        assert_eq!(verify(&(other.to_owned() + &signature[1..])), -22);
    }
});
