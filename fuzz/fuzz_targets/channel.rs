//! Any bytes as socket id, channel and channel data.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|data: &[u8]| common::checks::channel(&common::API, data));
