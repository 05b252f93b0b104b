//! Any bytes as config, socket id and user.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|data: &[u8]| common::checks::call(&common::API, data));
