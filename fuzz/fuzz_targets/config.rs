//! Any bytes as config.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|data: &[u8]| common::checks::address(&common::API, data));
