//! Any bytes as channel, name, socket id and data of an event, and as several events in JSON.
#![no_main]

mod common;

use std::sync::LazyLock;

use common::{API, CONFIG, Signer, oracle::event, parts};

static SIGNER: LazyLock<Signer> = LazyLock::new(|| API.signer(CONFIG).expect("a valid config"));

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let config = CONFIG.as_bytes();
    let [channel, name, socket_id, text] = parts(data);
    let body = SIGNER.event_body(channel, name, text, socket_id);
    let expected = event::event(config, [channel, name, text, socket_id]);
    let body = body.map(|body| event::read(config, &body));
    assert_eq!(body, expected.map(event::Events::Single));

    let body = SIGNER.events_body(data);
    let body = body.map(|body| event::read(config, &body));
    assert_eq!(body, event::events(config, data));
});
