//! The cost of each job against its own floor: the bare compressions that its message needs.
//!
//! In each of 101 rounds, the library and the floor take turns; a ratio is one of two times from the
//! same round. `docs/performance.md` explains the figures.

use std::{
    ffi::{CString, c_char, c_int, c_void},
    hint::black_box,
    ptr,
    time::Instant,
};

use ring::hmac;

const ROUNDS: usize = 101;
const CALLS: u32 = 2000;
const CONFIG: &str = r#"{"appId":"3","key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8",
    "encryptionMasterKeyBase64":"/aIl7zxm0Bw9vA2r5JUMgXyBIHHtGu+kzKn9kAs+YVA="}"#;
const SOCKET_ID: &str = "1234.1234";
const MEMBER: &str = r#"{"user_id":"alice","user_info":{"name":"Alice","city":"Zurich"}}"#;
const EVENT: &str =
    r##"{"name":"news","channels":["#server-to-user-alice"],"data":"{\"text\":\"Hello\"}"}"##;

#[link(name = "pusher_auth")]
unsafe extern "C" {
    fn pusher_signer_new(config: *const c_char, signer: *mut *mut c_void) -> i32;
    #[rustfmt::skip]
    fn pusher_signer_authorize_channel(
        signer: *const c_void,
        socket_id: *const u8,
        socket_id_len: usize,
        channel: *const u8,
        channel_len: usize,
        channel_data: *const u8,
        channel_data_len: usize,
        response: *mut u8,
        response_size: usize,
    ) -> i32;
    #[rustfmt::skip]
    fn pusher_signer_sign_request(
        signer: *const c_void,
        method: *const c_char,
        path: *const c_char,
        query: *const c_char,
        body: *const u8,
        body_len: usize,
        timestamp: i64,
        url: *mut u8,
        url_size: usize,
    ) -> c_int;
    #[rustfmt::skip]
    fn pusher_signer_verify_webhook(
        signer: *const c_void,
        key: *const u8,
        key_len: usize,
        signature: *const u8,
        signature_len: usize,
        body: *const u8,
        body_len: usize,
    ) -> c_int;
}

fn main() {
    let mut signer = ptr::null_mut();
    let config = CString::new(CONFIG).unwrap();
    assert_eq!(
        unsafe { pusher_signer_new(config.as_ptr(), &mut signer) },
        0
    );

    println!("Medians of {ROUNDS} interleaved rounds, and the range of the middle half.\n");
    println!("| job | floor, ns | pusher-auth, ns | times the floor |\n|---|---:|---:|---:|");
    for (name, channel, data) in [
        ("private channel", "private-user-alice", ""),
        (
            "presence channel, member of 64 bytes",
            "presence-lobby",
            MEMBER,
        ),
        ("encrypted channel", "private-encrypted-lobby", ""),
    ] {
        let mut signed =
            vec![SOCKET_ID.len() + 1 + channel.len() + usize::from(!data.is_empty()) + data.len()];
        if channel.contains("encrypted") {
            signed.push(channel.len() + 32); // a bare SHA-256
        }
        row(name, &signed, 0, || {
            let mut response = [0; 1024];
            let n = unsafe {
                pusher_signer_authorize_channel(
                    signer,
                    SOCKET_ID.as_ptr(),
                    SOCKET_ID.len(),
                    channel.as_ptr(),
                    channel.len(),
                    data.as_ptr(),
                    data.len(),
                    response.as_mut_ptr(),
                    response.len(),
                )
            };
            assert!(n > 0, "{n}");
            black_box(response);
        });
    }
    for (name, method, path, body) in [
        ("request without a body", "GET", "/channels", ""),
        (
            "request with an event of 81 bytes",
            "POST",
            "/events",
            EVENT,
        ),
        (
            "request with an event of 10,000 bytes",
            "POST",
            "/events",
            &"x".repeat(10_000),
        ),
    ] {
        let (method, path) = (CString::new(method).unwrap(), CString::new(path).unwrap());
        let mut url = [0; 1024];
        let sign = |url: &mut [u8; 1024]| unsafe {
            pusher_signer_sign_request(
                signer,
                method.as_ptr(),
                path.as_ptr(),
                ptr::null(),
                body.as_ptr(),
                body.len(),
                1_353_088_179,
                url.as_mut_ptr(),
                url.len(),
            )
        };
        let n = sign(&mut url);
        assert!(n > 0, "{n}");
        let url = std::str::from_utf8(&url[..n as usize]).unwrap();
        let (start, query) = url.split_once('?').unwrap();
        let path_len = start.find("/apps").map(|at| start.len() - at).unwrap();
        let query_len = query.find("&auth_signature").unwrap();
        let signed = method.as_bytes().len() + 1 + path_len + 1 + query_len;
        row(
            name,
            &[signed],
            if body.is_empty() {
                0
            } else {
                (body.len() + 9).div_ceil(64)
            },
            || {
                let mut url = [0; 1024];
                assert!(sign(&mut url) > 0);
                black_box(url);
            },
        );
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"7ad3773142a6692b25b8");
    for size in [100, 1000, 10_000] {
        let (body, app) = ("x".repeat(size), "278d425bdf160c739803");
        let signature: String = hmac::sign(&key, body.as_bytes())
            .as_ref()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        row(&format!("webhook of {size} bytes"), &[size], 0, || {
            let code = unsafe {
                pusher_signer_verify_webhook(
                    signer,
                    app.as_ptr(),
                    app.len(),
                    signature.as_ptr(),
                    signature.len(),
                    body.as_ptr(),
                    body.len(),
                )
            };
            assert_eq!(black_box(code), 0);
        });
    }
}

/// `signed`: the length of what HMAC-SHA256 signs, and of what else SHA-256 hashes; `md5`: MD5's blocks.
fn row(name: &str, signed: &[usize], md5: usize, ours: impl Fn()) {
    let sha256: Vec<Vec<[u8; 64]>> = signed
        .iter()
        .map(|len| vec![[0x55; 64]; (len + 9).div_ceil(64)])
        .collect();
    let md5_blocks = vec![[0x55; 64]; md5];
    let floor = || {
        let mut state = [0; 8];
        for (i, blocks) in sha256.iter().enumerate() {
            sha2::block_api::compress256(&mut state, black_box(blocks));
            if i == 0 {
                sha2::block_api::compress256(&mut state, black_box(&[[0x55; 64]])); // the outer hash
            }
        }
        let mut sum = [0; 4];
        if md5 > 0 {
            md5::block_api::compress(&mut sum, black_box(&md5_blocks));
        }
        black_box((state, sum));
    };
    let time = |job: &dyn Fn()| {
        let start = Instant::now();
        for _ in 0..CALLS {
            job();
        }
        start.elapsed().as_nanos() as f64 / f64::from(CALLS)
    };
    let mut rounds: Vec<[f64; 3]> = (0..ROUNDS)
        .map(|_| (time(&floor), time(&ours)))
        .map(|(floor, ours)| [floor, ours, ours / floor])
        .collect();
    let cells: Vec<String> = (0..3)
        .map(|column| {
            rounds.sort_by(|a, b| a[column].total_cmp(&b[column]));
            let at = |part: usize| rounds[ROUNDS * part / 4][column];
            let digits = if column == 2 { 2 } else { 0 };
            format!(
                "{:.digits$} ({:.digits$} to {:.digits$})",
                at(2),
                at(1),
                at(3)
            )
        })
        .collect();
    println!("| {name} | {} |", cells.join(" | "));
}
