//! Any bytes as channel and data: encrypted and decrypted here and by TweetNaCl, tampered with, and
//! taken for something encrypted.
#![no_main]

mod common;

use std::sync::LazyLock;

use common::{API, CONFIG, Signer, oracle, parts};

static SIGNER: LazyLock<Signer> = LazyLock::new(|| API.signer(CONFIG).expect("a valid config"));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let [channel, data] = parts(bytes);
    let config = oracle::config::config(CONFIG.as_bytes()).expect("a valid config");
    let master_key = config.master_key.expect("a master key");

    let encrypted = SIGNER.encrypt(channel, data);
    let expected = oracle::encryption::is_valid(channel, data);
    assert_eq!(encrypted.as_ref().err().copied(), expected.err());
    if let Ok(encrypted) = encrypted {
        let opened = oracle::encryption::open(encrypted.as_bytes(), channel, &master_key);
        assert_eq!(opened.as_deref().map(str::as_bytes), Some(data));
        assert_eq!(
            SIGNER.decrypt(channel, &encrypted).map(String::into_bytes),
            Ok(data.to_vec())
        );
        assert_eq!(
            SIGNER.decrypt([channel, b"a"].concat(), &encrypted),
            Err(-24)
        );

        // Any other digit of any part.
        let at = bytes.iter().map(|&byte| usize::from(byte)).sum::<usize>() % encrypted.len();
        let mut tampered = encrypted.clone().into_bytes();
        tampered[at] = if tampered[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(SIGNER.decrypt(channel, tampered), Err(-24));
    }

    let channel = b"private-encrypted-a";
    let nonce: [u8; 24] = std::array::from_fn(|i| bytes.get(i).copied().unwrap_or_default());
    let sealed = oracle::encryption::seal(bytes, &nonce, channel, &master_key);
    let expected = String::from_utf8(bytes.to_vec()).map_err(|_| -24);
    assert_eq!(SIGNER.decrypt(channel, sealed), expected);

    let opened = oracle::encryption::open(bytes, channel, &master_key).ok_or(-24);
    assert_eq!(SIGNER.decrypt(channel, bytes), opened);
});
