//! The checks of fuzz targets, and of their seeds in tests/vectors: each takes an input, and compares
//! the library with an oracle. NUL bytes separate the parts of an input.
#![allow(dead_code)] // Each program uses some of these functions.

use super::{
    Api,
    oracle::{
        self, FULL_CONFIG, config::config, encryption, event, parameter::request_parameter, request,
    },
};

const SOCKET_ID: &[u8] = b"1234.1234";

/// Returns the parts. The last one has the whole rest.
fn parts<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut parts = data.splitn(N, |&byte| byte == 0);
    [(); N].map(|()| parts.next().unwrap_or_default())
}

/// Checks a config, a socket id and a user.
pub fn call(api: &Api, data: &[u8]) {
    let [config, socket_id, user_json] = parts(data);
    user(api, config, socket_id, user_json);
    if !user_json.contains(&0) {
        assert_eq!(
            api.authenticate_user(config, socket_id, user_json),
            oracle::response(config, socket_id, user_json)
        );
    }
}

fn user(api: &Api, config: &[u8], socket_id: &[u8], user_json: &[u8]) {
    let signer = api.signer(config);
    let response = signer.and_then(|signer| signer.authenticate_user(socket_id, user_json));
    assert_eq!(response, oracle::response(config, socket_id, user_json));
    if let Ok(response) = response {
        let parsed: serde_json::Value = serde_json::from_str(&response).expect("JSON");
        let user_data = parsed["user_data"].as_str();
        assert_eq!(user_data.map(str::as_bytes), Some(user_json));
    }
}

/// Checks a socket id, a channel and channel data.
pub fn channel(api: &Api, data: &[u8]) {
    let [socket_id, channel, channel_data] = parts(data);
    let signer = api.signer(FULL_CONFIG).expect("a valid config");
    assert_eq!(
        signer.authorize_channel(socket_id, channel, channel_data),
        oracle::channel_response(FULL_CONFIG.as_bytes(), socket_id, channel, channel_data)
    );
}

/// Checks a callback and a response.
pub fn jsonp(api: &Api, data: &[u8]) {
    let [callback, response] = parts(data);
    assert_eq!(
        api.jsonp(callback, response),
        oracle::script(callback, response)
    );
}

/// Checks a config, method, path, query and body. The path is also used as a user's id for
/// terminations, and the body as that of a webhook.
pub fn request(api: &Api, data: &[u8]) {
    let [config_text, method, path, query, body] = parts(data);
    let signer = api.signer(config_text);
    assert_eq!(signer.as_ref().err(), config(config_text).err().as_ref());
    let Ok(signer) = signer else { return };

    let timestamp = i64::try_from(body.len()).expect("a length") + 1;
    let url = signer.request_url(method, path, query, body, timestamp);
    let expected = request::request_url(config_text, [method, path, query], body, timestamp);
    assert_eq!(url, expected);
    if let Ok(url) = url {
        request::verify(config_text, method, &url, body);
    }
    let url = signer.terminate_user_url(path, timestamp);
    let expected = request::terminate_user_url(config_text, path, timestamp);
    assert_eq!(url, expected);
    if let Ok(url) = url {
        request::verify(config_text, b"POST", &url, b"{}");
    }

    let (key, signature) = oracle::webhook(config_text, body).expect("a valid config");
    assert_eq!(signer.verify_webhook(&key, &signature, body), 0);
    let other = if signature.starts_with('0') { "1" } else { "0" };
    let other = other.to_owned() + &signature[1..];
    assert_eq!(signer.verify_webhook(&key, other, body), -22);
    assert_eq!(signer.verify_webhook(key + "k", signature, body), -21);
}

/// Checks a config's address of the REST API, and its secrets of channels.
pub fn address(api: &Api, config_text: &[u8]) {
    let signer = match (api.signer(config_text), config(config_text)) {
        (Ok(signer), Ok(_)) => signer,
        (signer, expected) => {
            assert_eq!(signer.err(), expected.err());
            return;
        }
    };
    let url = signer.request_url("GET", "/channels", "", "", 1);
    let parts: [&[u8]; 3] = [b"GET", b"/channels", b""];
    assert_eq!(url, request::request_url(config_text, parts, b"", 1));
    if let Ok(url) = url {
        request::verify(config_text, b"GET", &url, b"");
    }
    for channel in [&b"presence-a"[..], b"private-encrypted-a"] {
        assert_eq!(
            signer.authorize_channel(SOCKET_ID, channel, ""),
            oracle::channel_response(config_text, SOCKET_ID, channel, b"")
        );
    }
}

/// Checks the channel, name, socket id and data of an event, and the whole input as events in JSON.
pub fn event(api: &Api, data: &[u8]) {
    let [channel, name, socket_id, text] = parts(data);
    let signer = api.signer(FULL_CONFIG).expect("a valid config");
    let body = signer.event_body(channel, name, text, socket_id);
    let body = body.map(|body| event::read(FULL_CONFIG.as_bytes(), &body));
    let expected = event::event(FULL_CONFIG.as_bytes(), [channel, name, text, socket_id]);
    assert_eq!(body, expected.map(event::Events::Single));
    events(api, data);
}

fn events(api: &Api, json: &[u8]) {
    let signer = api.signer(FULL_CONFIG).expect("a valid config");
    let body = signer.events_body(json);
    let body = body.map(|body| event::read(FULL_CONFIG.as_bytes(), &body));
    assert_eq!(body, event::events(FULL_CONFIG.as_bytes(), json));
}

/// Checks a channel and data, encrypted and decrypted by the library and by TweetNaCl, and tampered
/// with. The whole input is also encrypted by TweetNaCl, and passed as encrypted data.
pub fn encryption(api: &Api, bytes: &[u8]) {
    let [channel, data] = parts(bytes);
    let signer = api.signer(FULL_CONFIG).expect("a valid config");
    let master_key = config(FULL_CONFIG.as_bytes())
        .expect("a valid config")
        .master_key;
    let master_key = master_key.expect("a master key");

    let encrypted = signer.encrypt(channel, data);
    let expected = encryption::is_valid(channel, data);
    assert_eq!(encrypted.as_ref().err().copied(), expected.err());
    if let Ok(encrypted) = encrypted {
        let opened = encryption::open(encrypted.as_bytes(), channel, &master_key);
        assert_eq!(opened.as_deref().map(str::as_bytes), Some(data));
        let decrypted = signer.decrypt(channel, &encrypted);
        assert_eq!(decrypted.map(String::into_bytes), Ok(data.to_vec()));
        if channel.len() < 200 {
            let other = [channel, b"a"].concat();
            assert_eq!(signer.decrypt(other, &encrypted), Err(-24));
        }

        let at = bytes.iter().map(|&byte| usize::from(byte)).sum::<usize>() % encrypted.len();
        let mut tampered = encrypted.into_bytes();
        tampered[at] = if tampered[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(signer.decrypt(channel, tampered), Err(-24));
    }

    let channel = b"private-encrypted-a";
    let nonce: [u8; 24] = std::array::from_fn(|i| bytes.get(i).copied().unwrap_or_default());
    let sealed = encryption::seal(bytes, &nonce, channel, &master_key);
    let expected = String::from_utf8(bytes.to_vec()).map_err(|_| -24);
    assert_eq!(signer.decrypt(channel, sealed), expected);

    let opened = encryption::open(bytes, channel, &master_key).ok_or(-24);
    assert_eq!(signer.decrypt(channel, bytes), opened);
}

/// Checks the content type, name and text of a request. The same pairs as a form and as JSON must
/// have the same result.
pub fn parameter(api: &Api, data: &[u8]) {
    let [content_type, name, text] = parts(data);
    let types: [&[u8]; 4] = [
        content_type,
        b"",
        b"application/json; charset=utf-8",
        b"application/x-www-form-urlencoded",
    ];
    for content_type in types {
        assert_eq!(
            api.request_parameter(content_type, text, name),
            request_parameter(content_type, text, name)
        );
    }

    let pairs: Vec<(String, String)> = text
        .split(|&byte| byte == b'&')
        .map(String::from_utf8_lossy)
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (pair.into_owned(), String::new()),
        })
        .collect();
    let encoded =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02x}")).collect() };
    let form: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    let members: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}:{}", serde_json::json!(name), serde_json::json!(value)))
        .collect();
    let json = format!("{{{}}}", members.join(","));
    assert_eq!(
        api.request_parameter("", form.join("&"), name),
        api.request_parameter("application/json", json, name)
    );
}

/// Checks every function that reads an object, with valid or slightly damaged JSON.
pub fn object(api: &Api, object: &[u8]) {
    user(api, FULL_CONFIG.as_bytes(), SOCKET_ID, object);
    user(api, object, SOCKET_ID, br#"{"id":"12345"}"#);
    address(api, object);
    jsonp(api, &[b"Pusher.auth_callbacks['1']\0", object].concat());
    events(api, object);
    for name in ["id", "channel"] {
        assert_eq!(
            api.request_parameter("application/json", object, name),
            request_parameter(b"application/json", object, name.as_bytes())
        );
    }
}
