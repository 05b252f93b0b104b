//! Any bytes as channel and data, and as something encrypted.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|data: &[u8]| common::checks::encryption(&common::API, data));
