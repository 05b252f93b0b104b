//! Any bytes as config, method, path, query and body.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|data: &[u8]| common::checks::request(&common::API, data));
