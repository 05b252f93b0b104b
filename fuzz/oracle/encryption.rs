//! Encrypted channels, by the cipher of TweetNaCl (by the authors of NaCl) and the hash of ring.

use base64::{Engine, prelude::BASE64_STANDARD as STANDARD};
use ring::digest;

use super::json;

/// The padding that NaCl requires before a message and before a ciphertext.
const ZERO_BYTES: usize = 32;
const BOX_ZERO_BYTES: usize = 16;

pub fn shared_secret(channel: &[u8], master_key: &[u8; 32]) -> [u8; 32] {
    let secret = digest::digest(&digest::SHA256, &[channel, master_key].concat());
    secret.as_ref().try_into().expect("32 bytes")
}

/// Decrypts `{"nonce":…,"ciphertext":…}`. Returns None if that fails.
pub fn open(encrypted: &[u8], channel: &[u8], master_key: &[u8; 32]) -> Option<String> {
    let (_, members) = json::object(encrypted)?;
    if json::has_duplicate(&members) {
        return None;
    }
    let bytes = |name| {
        STANDARD
            .decode(json::member(&members, name)?.string()?)
            .ok()
    };
    let (nonce, ciphertext) = (bytes("nonce")?, bytes("ciphertext")?);
    let padded = [&[0; BOX_ZERO_BYTES][..], &ciphertext].concat();
    if padded.len() < ZERO_BYTES {
        return None;
    }
    let mut message = vec![0; padded.len()];
    let secret = shared_secret(channel, master_key);
    tweetnacl::secretbox_open(&mut message, &padded, &nonce.try_into().ok()?, &secret).ok()?;
    String::from_utf8(message.split_off(ZERO_BYTES)).ok()
}

/// Encrypts a text as `{"nonce":…,"ciphertext":…}`.
pub fn seal(data: &[u8], nonce: &[u8; 24], channel: &[u8], master_key: &[u8; 32]) -> String {
    let padded = [&[0; ZERO_BYTES][..], data].concat();
    let mut ciphertext = vec![0; padded.len()];
    let secret = shared_secret(channel, master_key);
    tweetnacl::secretbox(&mut ciphertext, &padded, nonce, &secret).expect("it always seals");
    let (nonce, ciphertext) = (
        STANDARD.encode(nonce),
        STANDARD.encode(&ciphertext[BOX_ZERO_BYTES..]),
    );
    format!(r#"{{"nonce":"{nonce}","ciphertext":"{ciphertext}"}}"#)
}

/// Checks that the data can be encrypted for the channel. Otherwise returns the error code.
pub fn is_valid(channel: &[u8], data: &[u8]) -> Result<(), i32> {
    let is_encrypted = channel.len() <= 200
        && super::CHANNEL.is_match(channel)
        && channel.starts_with(b"private-encrypted-");
    let is_data = std::str::from_utf8(data).is_ok_and(super::event::is_data);
    match (is_encrypted, is_data) {
        (false, _) => Err(-17),
        (true, false) => Err(-23),
        (true, true) => Ok(()),
    }
}
