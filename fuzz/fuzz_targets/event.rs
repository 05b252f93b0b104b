//! Any bytes as an event, and as events in JSON.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|data: &[u8]| common::checks::event(&common::API, data));
