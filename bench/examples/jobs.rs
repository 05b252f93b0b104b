//! Compares each job with its lower bound and with the official libraries: jobs OUT.
//!
//! In each of 101 rounds, the library, the lower bound and the other libraries take turns. A ratio
//! compares two times of the same round. `docs/maintainers/performance.md` explains the figures.

#[path = "../../tests/common/ffi.rs"]
#[allow(dead_code)]
mod ffi;

use std::{
    cell::RefCell,
    env,
    ffi::c_char,
    hint::black_box,
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    ptr,
    time::Instant,
};

use base64::{Engine, prelude::BASE64_STANDARD as STANDARD};
use crypto_secretbox::{
    KeyInit, XSalsa20Poly1305,
    aead::{AeadInPlace, generic_array::GenericArray},
};
use ring::hmac;
use sha2::block_api::compress256;

const ROUNDS: usize = 101;
const CALLS: u32 = 500;
const SECRET: &str = "7ad3773142a6692b25b8";
const CONFIG: &str = r#"{"appId":"3","key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8",
    "encryptionMasterKeyBase64":"/aIl7zxm0Bw9vA2r5JUMgXyBIHHtGu+kzKn9kAs+YVA="}"#;
const SOCKET_ID: &str = "1234.1234";
const MEMBER: &str = r#"{"user_id":"alice","user_info":{"name":"Alice","city":"Zurich"}}"#;
const EVENT: &str =
    r##"{"name":"news","channels":["#server-to-user-alice"],"data":"{\"text\":\"Hello\"}"}"##;
const ENCRYPTED: &str = "private-encrypted-lobby";

#[link(name = "pusher_auth")]
unsafe extern "C" {}

/// Calls the C API with texts: `call!(pusher_signer_encrypt(signer; channel, data) into buffer)`.
macro_rules! call {
    ($function:ident($signer:expr; $($text:expr),* $(; $number:expr)?) into $buffer:expr) => {{
        let (start, size) = ($buffer.as_mut_ptr().cast::<c_char>(), $buffer.len());
        // SAFETY: all are of these lengths, and the signer is never freed.
        let n = unsafe {
            ffi::$function($signer, $($text.as_ptr().cast(), $text.len(),)* $($number,)? start, size)
        };
        assert!(n >= 0, "{n}");
        black_box(&mut $buffer);
        n as usize
    }};
}

fn main() {
    let folder = env::args().nth(1).expect("usage: jobs FOLDER");
    let mut signer = ptr::null_mut();
    // SAFETY: the config is of this length.
    let code = unsafe { ffi::pusher_signer_new(CONFIG.as_ptr().cast(), CONFIG.len(), &mut signer) };
    assert_eq!(code, 0);
    let others = [
        Other::start("node", &["workers/jobs.mjs"]),
        Other::start(&format!("{folder}/venv/bin/python"), &["workers/jobs.py"]),
    ];
    let row = |name: &str, job: &str, bound: &dyn Fn(), ours: &dyn Fn()| {
        row(&others, name, job, bound, ours);
    };
    let buffer = RefCell::new(vec![0_u8; 1 << 17]);

    println!("Medians of {ROUNDS} interleaved rounds, and the range of the middle half.\n");
    println!(
        "| job | lower bound, ns | pusher-auth, ns | times the bound | npm, times | PyPI, times |"
    );
    println!("|---|---:|---:|---:|---:|---:|");
    for (name, job, channel, data) in [
        ("private channel", "private", "private-user-alice", ""),
        (
            "presence channel, member of 64 bytes",
            "presence",
            "presence-lobby",
            MEMBER,
        ),
        ("encrypted channel", "encrypted", ENCRYPTED, ""),
    ] {
        let len = SOCKET_ID.len() + 1 + channel.len() + usize::from(!data.is_empty()) + data.len();
        let secret = if channel == ENCRYPTED {
            channel.len() + 32
        } else {
            0
        };
        row(
            name,
            job,
            &|| {
                hashes(len, secret, 0);
            },
            &|| {
                let mut buffer = buffer.borrow_mut();
                call!(pusher_signer_authorize_channel(signer; SOCKET_ID, channel, data) into buffer);
            },
        );
    }

    let large = format!(
        r#"{{"name":"news","channels":["lobby"],"data":"{}"}}"#,
        "x".repeat(9_950)
    );
    for (name, job, method, path, body) in [
        ("URL without a body", "channels", "GET", "/channels", ""),
        (
            "URL for an event of 81 bytes",
            "event_url",
            "POST",
            "/events",
            EVENT,
        ),
        (
            "URL for an event of 10,000 bytes",
            "",
            "POST",
            "/events",
            &large,
        ),
    ] {
        let sign = || {
            let mut buffer = buffer.borrow_mut();
            // SAFETY: all are of these lengths, and the signer is never freed.
            let n = unsafe {
                ffi::pusher_signer_request_url(
                    signer,
                    method.as_ptr().cast(),
                    method.len(),
                    path.as_ptr().cast(),
                    path.len(),
                    ptr::null(),
                    0,
                    body.as_ptr().cast(),
                    body.len(),
                    1_353_088_179,
                    buffer.as_mut_ptr().cast(),
                    buffer.len(),
                )
            };
            assert!(n > 0, "{n}");
            n as usize
        };
        let n = sign();
        let len = signed_len(method, std::str::from_utf8(&buffer.borrow()[..n]).unwrap());
        row(
            name,
            job,
            &|| {
                hashes(len, 0, body.len());
            },
            &|| {
                sign();
            },
        );
    }
    let terminate = || {
        let mut buffer = buffer.borrow_mut();
        let n = call!(pusher_signer_terminate_user_url(signer; "auth0|abc123"; 1_353_088_179) into buffer);
        signed_len("POST", std::str::from_utf8(&buffer[..n]).unwrap())
    };
    let len = terminate();
    row(
        "URL that terminates a user's connections",
        "terminate",
        &|| {
            hashes(len, 0, 2);
        },
        &|| {
            let mut buffer = buffer.borrow_mut();
            call!(pusher_signer_terminate_user_url(signer; "auth0|abc123"; 1_353_088_179) into buffer);
        },
    );

    let data = r#"{"text":"Hello","from":"Alice"}"#;
    let long_data = format!(r#"{{"text":"{}"}}"#, "any text, ".repeat(988));
    for (name, job, channel, data) in [
        ("event of 31 bytes", "event", "lobby", data),
        ("event of 9,891 bytes", "long_event", "lobby", &*long_data),
        (
            "encrypted event of 31 bytes",
            "encrypted_event",
            ENCRYPTED,
            data,
        ),
        (
            "encrypted event of 9,891 bytes",
            "long_encrypted_event",
            ENCRYPTED,
            &*long_data,
        ),
    ] {
        // Without encryption, the data are checked and copied.
        let bound: &dyn Fn() = if channel == ENCRYPTED {
            &|| {
                seal(data);
            }
        } else {
            &|| {
                assert!(std::str::from_utf8(black_box(data.as_bytes())).is_ok());
                buffer.borrow_mut()[..data.len()].copy_from_slice(data.as_bytes());
            }
        };
        row(name, job, bound, &|| {
            let mut buffer = buffer.borrow_mut();
            call!(pusher_signer_event_body(signer; channel, "news", data, "") into buffer);
        });
    }
    let event = format!(r#"{{"name":"news","channel":"lobby","data":{data}}}"#);
    let batch = format!(r#"{{"batch":[{}]}}"#, vec![event; 10].join(","));
    row(
        "batch of 10 events of 31 bytes",
        "batch",
        &|| {
            black_box(serde_json::from_str::<serde_json::Value>(black_box(&batch)).unwrap());
        },
        &|| {
            let mut buffer = buffer.borrow_mut();
            call!(pusher_signer_events_body(signer; batch) into buffer);
        },
    );

    for (name, data) in [("31 bytes", data), ("9,891 bytes", &*long_data)] {
        row(
            &format!("encrypt {name}"),
            "",
            &|| {
                seal(data);
            },
            &|| {
                let mut buffer = buffer.borrow_mut();
                call!(pusher_signer_encrypt(signer; ENCRYPTED, data) into buffer);
            },
        );
        let encrypted = {
            let mut buffer = buffer.borrow_mut();
            let n = call!(pusher_signer_encrypt(signer; ENCRYPTED, data) into buffer);
            String::from_utf8_lossy(&buffer[..n]).into_owned()
        };
        row(
            &format!("decrypt {name}"),
            "",
            &|| {
                open(&encrypted);
            },
            &|| {
                let mut buffer = buffer.borrow_mut();
                call!(pusher_signer_decrypt(signer; ENCRYPTED, encrypted) into buffer);
            },
        );
    }

    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    for size in [100, 1000, 10_000] {
        let (body, app) = ("x".repeat(size), "278d425bdf160c739803");
        let signature: String = hmac::sign(&key, body.as_bytes())
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        row(
            &format!("webhook of {size} bytes"),
            "",
            &|| {
                hashes(size, 0, 0);
            },
            &|| {
                // SAFETY: all are of these lengths, and the signer is never freed.
                let code = unsafe {
                    ffi::pusher_signer_verify_webhook(
                        signer,
                        app.as_ptr().cast(),
                        app.len(),
                        signature.as_ptr().cast(),
                        signature.len(),
                        body.as_ptr().cast(),
                        body.len(),
                    )
                };
                assert_eq!(black_box(code), 0);
            },
        );
    }

    let form = "socket_id=1234.1234&channel_name=private-user-alice&csrf=a%2Bb";
    let json = r#"{"socket_id":"1234.1234","channel_name":"private-user-alice","csrf":"a+b"}"#;
    row(
        "parameter of a form of 61 bytes",
        "",
        &|| {
            let mut pairs = form_urlencoded::parse(black_box(form.as_bytes()));
            black_box(pairs.find(|(name, _)| name == "channel_name"));
        },
        &|| parameter(&buffer, "application/x-www-form-urlencoded", form),
    );
    row(
        "parameter of JSON of 76 bytes",
        "",
        &|| {
            black_box(serde_json::from_str::<serde_json::Value>(black_box(json)).unwrap());
        },
        &|| parameter(&buffer, "application/json", json),
    );
}

fn parameter(buffer: &RefCell<Vec<u8>>, content_type: &str, text: &str) {
    let (mut buffer, name) = (buffer.borrow_mut(), "channel_name");
    // SAFETY: all are of these lengths.
    let n = unsafe {
        ffi::pusher_request_parameter(
            content_type.as_ptr().cast(),
            content_type.len(),
            text.as_ptr().cast(),
            text.len(),
            name.as_ptr().cast(),
            name.len(),
            buffer.as_mut_ptr().cast(),
            buffer.len(),
        )
    };
    assert_eq!(n, 18);
}

/// Returns the length of the text that is signed for a URL.
fn signed_len(method: &str, url: &str) -> usize {
    let (start, query) = url.split_once('?').unwrap();
    let path_len = start.find("/apps").map(|at| start.len() - at).unwrap();
    method.len() + 1 + path_len + 1 + query.find("&auth_signature").unwrap()
}

/// Computes the compressions of an HMAC-SHA256, a SHA-256 and an MD5 of these lengths; 0 is none.
fn hashes(signed: usize, hashed: usize, md5_len: usize) {
    const BLOCKS: [[u8; 64]; 256] = [[0x55; 64]; 256];
    let blocks = |len: usize| &black_box(&BLOCKS)[..(len + 9).div_ceil(64)];
    let mut state = [0; 8];
    if signed > 0 {
        compress256(&mut state, blocks(signed));
        compress256(&mut state, blocks(0)); // the outer hash
    }
    if hashed > 0 {
        compress256(&mut state, blocks(hashed));
    }
    let mut sum = [0; 4];
    if md5_len > 0 {
        md5::block_api::compress(&mut sum, blocks(md5_len));
    }
    black_box((state, sum));
}

/// Computes the channel's secret, the cipher and the base64.
fn seal(data: &str) {
    hashes(0, ENCRYPTED.len() + 32, 0);
    let mut message = data.as_bytes().to_vec();
    let tag = cipher()
        .encrypt_in_place_detached(
            GenericArray::from_slice(black_box(&[1; 24])),
            b"",
            &mut message,
        )
        .unwrap();
    black_box((tag, STANDARD.encode(&message)));
}

fn open(encrypted: &str) {
    hashes(0, ENCRYPTED.len() + 32, 0);
    let ciphertext = encrypted.split('"').nth(7).unwrap();
    let mut message = STANDARD.decode(ciphertext).unwrap();
    // The tag is not valid for this key, so nothing would be decrypted. Encrypting is the same work.
    let tag = cipher()
        .encrypt_in_place_detached(
            GenericArray::from_slice(black_box(&[1; 24])),
            b"",
            &mut message[16..],
        )
        .unwrap();
    black_box((tag, message));
}

fn cipher() -> XSalsa20Poly1305 {
    XSalsa20Poly1305::new(GenericArray::from_slice(black_box(&[2; 32])))
}

/// An official library: a process that reads `JOB CALLS` from each line and prints the nanoseconds.
struct Other(RefCell<(Child, BufReader<std::process::ChildStdout>)>);

impl Other {
    fn start(program: &str, arguments: &[&str]) -> Self {
        let mut process = Command::new(program)
            .args(arguments)
            .env("PUSHER_CONFIG", CONFIG)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let output = BufReader::new(process.stdout.take().unwrap());
        Self(RefCell::new((process, output)))
    }

    /// Returns the nanoseconds of a call.
    fn time(&self, job: &str) -> f64 {
        const CALLS: u32 = 30;
        let (process, output) = &mut *self.0.borrow_mut();
        writeln!(process.stdin.as_mut().unwrap(), "{job} {CALLS}").unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let nanoseconds: f64 = line
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("{job}: {line}"));
        nanoseconds / f64::from(CALLS)
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let (process, _) = self.0.get_mut();
        drop(process.stdin.take());
        _ = process.wait();
    }
}

fn row(others: &[Other], name: &str, job: &str, bound: &dyn Fn(), ours: &dyn Fn()) {
    let time = |job: &dyn Fn()| {
        let start = Instant::now();
        for _ in 0..CALLS {
            job();
        }
        start.elapsed().as_nanos() as f64 / f64::from(CALLS)
    };
    if !job.is_empty() {
        for _ in 0..100 {
            others.iter().for_each(|other| _ = other.time(job));
        }
    }
    let mut rounds: Vec<Vec<f64>> = (0..ROUNDS)
        .map(|_| {
            let (bound, ours) = (time(bound), time(ours));
            let mut columns = vec![bound, ours, ours / bound];
            if !job.is_empty() {
                columns.extend(others.iter().map(|other| other.time(job) / ours));
            }
            columns
        })
        .collect();
    let mut cells = Vec::new();
    for column in 0..rounds[0].len() {
        rounds.sort_by(|a, b| a[column].total_cmp(&b[column]));
        let at = |part: usize| rounds[ROUNDS * part / 4][column];
        let digits = if column == 2 { 2 } else { 0 };
        cells.push(format!(
            "{:.digits$} ({:.digits$} to {:.digits$})",
            at(2),
            at(1),
            at(3)
        ));
    }
    cells.resize(5, String::new());
    println!("| {name} | {} |", cells.join(" | "));
}
