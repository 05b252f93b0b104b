//! Any bytes as callback and response, parted by a NUL byte: the answer is the oracle's.
#![no_main]

mod abi;
mod oracle;

use std::ffi::CString;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut parts = data.split(|&byte| byte == 0);
    let mut next = || CString::new(parts.next().unwrap_or_default()).expect("no NUL");
    let (callback, response) = (next(), next());
    let answer = abi::jsonp(&callback, &response);
    assert_eq!(
        answer,
        oracle::script(callback.as_bytes(), response.as_bytes())
    );
});
