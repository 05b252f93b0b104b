//! The C API with types of Rust, for tests (which load it) and fuzz targets (which link it).
//!
//! A result is the text that was written, or the error code. Each function is called with a buffer
//! of the documented bound, then with one that fits exactly and one that is a byte too small. So
//! each caller also tests the bounds, and that nothing is written past a buffer.
#![allow(dead_code)] // Each program uses some of these functions.

#[path = "ffi.rs"]
pub mod ffi;

use std::{
    ffi::{CStr, CString, c_char},
    ptr,
};

use ffi::Functions;

/// The C functions.
pub struct Api(pub Functions);

/// A `pusher_signer` that is freed when it goes out of scope.
pub struct Signer<'a> {
    functions: &'a Functions,
    signer: *mut ffi::Signer,
}

// SAFETY: by the header, any number of threads can use a signer, and any of them can free it.
unsafe impl Send for Signer<'_> {}
// SAFETY: see Send.
unsafe impl Sync for Signer<'_> {}

impl Api {
    /// Calls pusher_authenticate_user. The strings must not contain NUL.
    pub fn authenticate_user(
        &self,
        config: impl AsRef<[u8]>,
        socket_id: impl AsRef<[u8]>,
        user_json: impl AsRef<[u8]>,
    ) -> Result<String, i32> {
        let (config, user_json) = (config.as_ref(), user_json.as_ref());
        let bound = self.response_bound(config.len(), user_json.len());
        let [config, socket_id, user_json] =
            [config, socket_id.as_ref(), user_json].map(|text| CString::new(text).expect("no NUL"));
        // SAFETY: the strings are terminated, and the buffer is of this size.
        filled(bound, SAME, |buffer, size| unsafe {
            (self.0.pusher_authenticate_user)(
                config.as_ptr(),
                socket_id.as_ptr(),
                user_json.as_ptr(),
                buffer,
                size,
            )
        })
    }

    pub fn signer(&self, config: impl AsRef<[u8]>) -> Result<Signer<'_>, i32> {
        let config = exact(config);
        let mut signer = ptr::dangling_mut();
        // SAFETY: the config has this length.
        let result =
            unsafe { (self.0.pusher_signer_new)(start(&config), config.len(), &mut signer) };
        if result == 0 {
            assert!(!signer.is_null());
            Ok(Signer {
                functions: &self.0,
                signer,
            })
        } else {
            assert!(signer.is_null(), "no signer with the error {result}");
            Err(result)
        }
    }

    /// Returns a value. It can have any characters.
    pub fn request_parameter(
        &self,
        content_type: impl AsRef<[u8]>,
        text: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
    ) -> Result<String, i32> {
        let (content_type, text, name) = (exact(content_type), exact(text), exact(name));
        // SAFETY: all strings have these lengths.
        filled(text.len() + 1, SAME, |buffer, size| unsafe {
            (self.0.pusher_request_parameter)(
                start(&content_type),
                content_type.len(),
                start(&text),
                text.len(),
                start(&name),
                name.len(),
                buffer,
                size,
            )
        })
    }

    pub fn jsonp(
        &self,
        callback: impl AsRef<[u8]>,
        response: impl AsRef<[u8]>,
    ) -> Result<String, i32> {
        let (callback, response) = (exact(callback), exact(response));
        let bound = callback.len() + 2 * response.len() + 8;
        // SAFETY: all strings have these lengths.
        filled(bound, SAME, |buffer, size| unsafe {
            (self.0.pusher_jsonp)(
                start(&callback),
                callback.len(),
                start(&response),
                response.len(),
                buffer,
                size,
            )
        })
    }

    pub fn response_bound(&self, config_len: usize, user_json_len: usize) -> usize {
        // SAFETY: all numbers are allowed.
        unsafe { (self.0.pusher_response_bound)(config_len, user_json_len) }
    }

    pub fn error_name(&self, code: i32) -> &'static str {
        // SAFETY: every number is allowed.
        text(unsafe { (self.0.pusher_error_name)(code) })
    }

    pub fn error_message(&self, code: i32) -> &'static str {
        // SAFETY: every number is allowed.
        text(unsafe { (self.0.pusher_error_message)(code) })
    }

    pub fn version(&self) -> &'static str {
        // SAFETY: it has no parameters.
        text(unsafe { (self.0.pusher_version)() })
    }
}

impl Signer<'_> {
    /// Returns the pointer that the C functions take.
    pub fn as_ptr(&self) -> *const ffi::Signer {
        self.signer
    }

    /// Returns a sufficient size of a buffer for any of the following functions.
    pub fn bound(&self, input_len: usize) -> usize {
        // SAFETY: the signer is not freed yet.
        unsafe { (self.functions.pusher_signer_bound)(self.signer, input_len) }
    }

    pub fn authenticate_user(
        &self,
        socket_id: impl AsRef<[u8]>,
        user_json: impl AsRef<[u8]>,
    ) -> Result<String, i32> {
        let (socket_id, user_json) = (exact(socket_id), exact(user_json));
        let bound = self.bound(socket_id.len() + user_json.len());
        // SAFETY: all strings have these lengths, and the signer is not freed yet.
        filled(bound, SAME, |buffer, size| unsafe {
            (self.functions.pusher_signer_authenticate_user)(
                self.signer,
                start(&socket_id),
                socket_id.len(),
                start(&user_json),
                user_json.len(),
                buffer,
                size,
            )
        })
    }

    pub fn authorize_channel(
        &self,
        socket_id: impl AsRef<[u8]>,
        channel: impl AsRef<[u8]>,
        channel_data: impl AsRef<[u8]>,
    ) -> Result<String, i32> {
        let (socket_id, channel, data) = (exact(socket_id), exact(channel), exact(channel_data));
        let bound = self.bound(socket_id.len() + channel.len() + data.len());
        // SAFETY: all strings have these lengths, and the signer is not freed yet.
        filled(bound, SAME, |buffer, size| unsafe {
            (self.functions.pusher_signer_authorize_channel)(
                self.signer,
                start(&socket_id),
                socket_id.len(),
                start(&channel),
                channel.len(),
                start(&data),
                data.len(),
                buffer,
                size,
            )
        })
    }

    /// Returns 0 or an error code.
    pub fn verify_webhook(
        &self,
        key: impl AsRef<[u8]>,
        signature: impl AsRef<[u8]>,
        body: impl AsRef<[u8]>,
    ) -> i32 {
        let (key, signature, body) = (exact(key), exact(signature), exact(body));
        // SAFETY: all strings have these lengths, and the signer is not freed yet.
        unsafe {
            (self.functions.pusher_signer_verify_webhook)(
                self.signer,
                start(&key),
                key.len(),
                start(&signature),
                signature.len(),
                start(&body),
                body.len(),
            )
        }
    }

    pub fn request_url(
        &self,
        method: impl AsRef<[u8]>,
        path: impl AsRef<[u8]>,
        query: impl AsRef<[u8]>,
        body: impl AsRef<[u8]>,
        timestamp: i64,
    ) -> Result<String, i32> {
        let (method, path, query, body) = (exact(method), exact(path), exact(query), exact(body));
        let bound = self.bound(method.len() + path.len() + query.len());
        let repeated = if timestamp == 0 { SAME_LENGTH } else { SAME };
        // SAFETY: all strings have these lengths, and the signer is not freed yet.
        filled(bound, repeated, |buffer, size| unsafe {
            (self.functions.pusher_signer_request_url)(
                self.signer,
                start(&method),
                method.len(),
                start(&path),
                path.len(),
                start(&query),
                query.len(),
                start(&body),
                body.len(),
                timestamp,
                buffer,
                size,
            )
        })
    }

    pub fn terminate_user_url(
        &self,
        user_id: impl AsRef<[u8]>,
        timestamp: i64,
    ) -> Result<String, i32> {
        let user_id = exact(user_id);
        let repeated = if timestamp == 0 { SAME_LENGTH } else { SAME };
        // SAFETY: all strings have these lengths, and the signer is not freed yet.
        filled(self.bound(user_id.len()), repeated, |buffer, size| unsafe {
            (self.functions.pusher_signer_terminate_user_url)(
                self.signer,
                start(&user_id),
                user_id.len(),
                timestamp,
                buffer,
                size,
            )
        })
    }

    pub fn event_body(
        &self,
        channel: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
        data: impl AsRef<[u8]>,
        socket_id: impl AsRef<[u8]>,
    ) -> Result<String, i32> {
        let (channel, name, data, socket_id) =
            (exact(channel), exact(name), exact(data), exact(socket_id));
        let bound = self.bound(channel.len() + name.len() + data.len() + socket_id.len());
        // SAFETY: all strings have these lengths, and the signer is not freed yet.
        filled(bound, SAME_LENGTH, |buffer, size| unsafe {
            (self.functions.pusher_signer_event_body)(
                self.signer,
                start(&channel),
                channel.len(),
                start(&name),
                name.len(),
                start(&data),
                data.len(),
                start(&socket_id),
                socket_id.len(),
                buffer,
                size,
            )
        })
    }

    pub fn events_body(&self, events_json: impl AsRef<[u8]>) -> Result<String, i32> {
        let events = exact(events_json);
        // SAFETY: all strings have these lengths, and the signer is not freed yet.
        filled(
            self.bound(events.len()),
            SAME_LENGTH,
            |buffer, size| unsafe {
                (self.functions.pusher_signer_events_body)(
                    self.signer,
                    start(&events),
                    events.len(),
                    buffer,
                    size,
                )
            },
        )
    }

    pub fn encrypt(
        &self,
        channel: impl AsRef<[u8]>,
        data: impl AsRef<[u8]>,
    ) -> Result<String, i32> {
        let (channel, data) = (exact(channel), exact(data));
        let bound = self.bound(channel.len() + data.len());
        // SAFETY: all strings have these lengths, and the signer is not freed yet.
        filled(bound, SAME_LENGTH, |buffer, size| unsafe {
            (self.functions.pusher_signer_encrypt)(
                self.signer,
                start(&channel),
                channel.len(),
                start(&data),
                data.len(),
                buffer,
                size,
            )
        })
    }

    /// Returns decrypted data. They can have any characters.
    pub fn decrypt(
        &self,
        channel: impl AsRef<[u8]>,
        encrypted: impl AsRef<[u8]>,
    ) -> Result<String, i32> {
        let (channel, encrypted) = (exact(channel), exact(encrypted));
        let bound = self.bound(channel.len() + encrypted.len());
        // SAFETY: all strings have these lengths, and the signer is not freed yet.
        filled(bound, SAME, |buffer, size| unsafe {
            (self.functions.pusher_signer_decrypt)(
                self.signer,
                start(&channel),
                channel.len(),
                start(&encrypted),
                encrypted.len(),
                buffer,
                size,
            )
        })
    }
}

impl Drop for Signer<'_> {
    fn drop(&mut self) {
        // SAFETY: it is freed once, by its only owner.
        unsafe { (self.functions.pusher_signer_free)(self.signer) }
    }
}

/// Copies a text to memory of exactly its length, so that sanitizers find reads past its end.
fn exact(text: impl AsRef<[u8]>) -> Box<[u8]> {
    text.as_ref().into()
}

/// Returns the address of a text. For an empty text, nothing may be read there.
fn start(text: &[u8]) -> *const c_char {
    text.as_ptr().cast()
}

fn text(text: *const c_char) -> &'static str {
    assert!(!text.is_null());
    // SAFETY: it is static and terminated.
    unsafe { CStr::from_ptr(text) }.to_str().expect("UTF-8")
}

/// Whether a second call has the same result. Otherwise it has another time or nonce.
const SAME: bool = true;
const SAME_LENGTH: bool = false;

/// Returns the text that a function writes into a buffer of the bound, or its error code.
fn filled(
    bound: usize,
    repeats: bool,
    write: impl Fn(*mut c_char, usize) -> i32,
) -> Result<String, i32> {
    const UNTOUCHED: u8 = 0xA5;
    let into = |size| {
        let mut buffer = vec![UNTOUCHED; size];
        let result = write(buffer.as_mut_ptr().cast(), size);
        let len = usize::try_from(result).unwrap_or(0);
        let rest = buffer.split_off(len);
        assert_eq!(rest.first().unwrap_or(&0), &0, "no terminating NUL");
        if result >= 0 {
            let behind = &rest[1..];
            assert!(
                behind.iter().all(|&byte| byte == UNTOUCHED),
                "written behind the result"
            );
        }
        if result < 0 { Err(result) } else { Ok(buffer) }
    };
    let result = into(bound);
    assert_ne!(
        result,
        Err(-2),
        "a buffer of {bound} bytes, the bound, suffices"
    );
    let result = result?;

    let fitting = into(result.len() + 1).expect("a buffer that fits suffices");
    if repeats {
        assert_eq!(fitting, result);
    } else {
        assert_eq!(fitting.len(), result.len());
    }
    assert_eq!(into(result.len()), Err(-2), "a byte too small");
    Ok(String::from_utf8(result).expect("UTF-8"))
}
