//! Any bytes as config: what it signs, where the REST API is, and which secrets its channels have.
#![no_main]

mod common;

use common::{API, oracle};

libfuzzer_sys::fuzz_target!(|config: &[u8]| {
    let socket_id = b"1.2";
    let signer = match (API.signer(config), oracle::config::config(config)) {
        (Ok(signer), Ok(_)) => signer,
        (signer, expected) => {
            assert_eq!(signer.err(), expected.err());
            return;
        }
    };
    let url = signer.request_url("GET", "/channels", "", "", 1);
    let request: [&[u8]; 3] = [b"GET", b"/channels", b""];
    assert_eq!(url, oracle::request::request_url(config, request, b"", 1));
    if let Ok(url) = url {
        oracle::request::verify(config, b"GET", &url, b"");
    }
    for channel in [&b"presence-a"[..], b"private-encrypted-a"] {
        assert_eq!(
            signer.authorize_channel(socket_id, channel, ""),
            oracle::channel_response(config, socket_id, channel, b"")
        );
    }
});
