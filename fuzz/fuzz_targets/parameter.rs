//! Any bytes as content type, name and text of a request.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|data: &[u8]| common::checks::parameter(&common::API, data));
