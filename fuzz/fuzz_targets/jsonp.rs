//! Any bytes as callback and response.
#![no_main]

mod common;

use common::{API, oracle, parts};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [callback, response] = parts(data);
    assert_eq!(
        API.jsonp(callback, response),
        oracle::script(callback, response)
    );
});
