//! Any bytes as socket id, channel and channel data, parted by NUL bytes: the answer is the oracle's.
#![no_main]

mod abi;
mod oracle;

const CONFIG: &str = concat!(
    r#"{"key":"k","secret":"s","#,
    r#""encryptionMasterKeyBase64":"zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU="}"#
);

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |&byte| byte == 0);
    let mut next = || parts.next().unwrap_or_default();
    let (socket_id, channel, channel_data) = (next(), next(), next());
    assert_eq!(
        abi::authorize_channel(CONFIG, socket_id, channel, channel_data),
        oracle::channel_response(CONFIG.as_bytes(), socket_id, channel, channel_data)
    );
});
