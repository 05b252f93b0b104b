//! Any bytes as callback and response.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|data: &[u8]| common::checks::jsonp(&common::API, data));
