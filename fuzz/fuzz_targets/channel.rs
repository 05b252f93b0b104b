//! Any bytes as socket id, channel and channel data.
#![no_main]

mod common;

use std::sync::LazyLock;

use common::{API, CONFIG, Signer, oracle, parts};

static SIGNER: LazyLock<Signer> = LazyLock::new(|| API.signer(CONFIG).expect("a valid config"));

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [socket_id, channel, channel_data] = parts(data);
    assert_eq!(
        SIGNER.authorize_channel(socket_id, channel, channel_data),
        oracle::channel_response(CONFIG.as_bytes(), socket_id, channel, channel_data)
    );
});
