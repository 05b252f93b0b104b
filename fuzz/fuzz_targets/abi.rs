//! The C functions, each called in every way that must give the same result.
#![allow(dead_code)] // Each target uses a part of this.

use std::{
    ffi::{CString, c_char, c_void},
    ptr,
};

// For its C functions.
use pusher_auth as _;

unsafe extern "C" {
    fn pusher_authenticate_user(
        config: *const c_char,
        socket_id: *const c_char,
        user_json: *const c_char,
        response: *mut c_char,
        response_size: usize,
    ) -> i32;
    fn pusher_signer_new(config: *const c_char, signer: *mut *mut c_void) -> i32;
    fn pusher_signer_authenticate_user(
        signer: *const c_void,
        socket_id: *const c_char,
        socket_id_len: usize,
        user_json: *const c_char,
        user_json_len: usize,
        response: *mut c_char,
        response_size: usize,
    ) -> i32;
    fn pusher_signer_authorize_channel(
        signer: *const c_void,
        socket_id: *const c_char,
        socket_id_len: usize,
        channel: *const c_char,
        channel_len: usize,
        channel_data: *const c_char,
        channel_data_len: usize,
        response: *mut c_char,
        response_size: usize,
    ) -> i32;
    fn pusher_signer_sign_request(
        signer: *const c_void,
        method: *const c_char,
        path: *const c_char,
        query: *const c_char,
        body: *const c_char,
        body_len: usize,
        timestamp: i64,
        url: *mut c_char,
        url_size: usize,
    ) -> i32;
    fn pusher_signer_verify_webhook(
        signer: *const c_void,
        key: *const c_char,
        key_len: usize,
        signature: *const c_char,
        signature_len: usize,
        body: *const c_char,
        body_len: usize,
    ) -> i32;
    fn pusher_signer_free(signer: *mut c_void);
    fn pusher_jsonp(
        callback: *const c_char,
        response: *const c_char,
        script: *mut c_char,
        script_size: usize,
    ) -> i32;
    fn pusher_response_bound(config_len: usize, user_json_len: usize) -> usize;
}

/// With a signer and, where no NUL stands within, in one call.
pub fn authenticate_user(
    config: &CString,
    socket_id: &[u8],
    user_json: &[u8],
) -> Result<String, i32> {
    // SAFETY: it takes any numbers.
    let bound = unsafe { pusher_response_bound(config.as_bytes().len(), user_json.len()) };
    let by_signer = sign(config, socket_id, user_json, bound);
    if let (Ok(socket_id), Ok(user_json)) = (CString::new(socket_id), CString::new(user_json)) {
        // SAFETY: the strings are terminated, and the buffer is of this size.
        let in_one_call = filled(bound, |buffer, size| unsafe {
            pusher_authenticate_user(
                config.as_ptr(),
                socket_id.as_ptr(),
                user_json.as_ptr(),
                buffer,
                size,
            )
        });
        assert_eq!(in_one_call, by_signer);
    }
    by_signer
}

fn sign(config: &CString, socket_id: &[u8], user_json: &[u8], bound: usize) -> Result<String, i32> {
    // Memory of exactly their lengths, for the sanitizer to see what is read behind.
    let (socket_id, user_json) = (Box::<[u8]>::from(socket_id), Box::<[u8]>::from(user_json));
    let signer = Signer::new(config)?;
    // SAFETY: all are of these sizes, and the signer is not freed yet.
    filled(bound, |buffer, size| unsafe {
        pusher_signer_authenticate_user(
            signer.0,
            socket_id.as_ptr().cast(),
            socket_id.len(),
            user_json.as_ptr().cast(),
            user_json.len(),
            buffer,
            size,
        )
    })
}

pub fn authorize_channel(
    config: &str,
    socket_id: &[u8],
    channel: &[u8],
    channel_data: &[u8],
) -> Result<String, i32> {
    let [socket_id, channel, channel_data] =
        [socket_id, channel, channel_data].map(Box::<[u8]>::from);
    let signer = Signer::new(&CString::new(config).expect("no NUL"))?;
    // SAFETY: it takes any numbers.
    let bound = unsafe { pusher_response_bound(config.len(), channel_data.len()) };
    // SAFETY: all are of these sizes, and the signer is not freed yet.
    filled(bound, |buffer, size| unsafe {
        pusher_signer_authorize_channel(
            signer.0,
            socket_id.as_ptr().cast(),
            socket_id.len(),
            channel.as_ptr().cast(),
            channel.len(),
            channel_data.as_ptr().cast(),
            channel_data.len(),
            buffer,
            size,
        )
    })
}

pub fn sign_request(
    config: &CString,
    [method, path, query]: &[CString; 3],
    body: &[u8],
    timestamp: i64,
) -> Result<String, i32> {
    let body = Box::<[u8]>::from(body);
    let signer = Signer::new(config)?;
    let bound = [config, path, query].map(|text| text.as_bytes().len());
    // SAFETY: the strings are terminated, all else is of these sizes, the signer is not freed yet.
    filled(bound.iter().sum::<usize>() + 256, |buffer, size| unsafe {
        pusher_signer_sign_request(
            signer.0,
            method.as_ptr(),
            path.as_ptr(),
            query.as_ptr(),
            body.as_ptr().cast(),
            body.len(),
            timestamp,
            buffer,
            size,
        )
    })
}

pub fn verify_webhook(config: &CString, key: &str, signature: &str, body: &[u8]) -> i32 {
    let [key, signature, body] =
        [key.as_bytes(), signature.as_bytes(), body].map(Box::<[u8]>::from);
    let signer = Signer::new(config).expect("a valid config");
    // SAFETY: all are of these sizes, and the signer is not freed yet.
    unsafe {
        pusher_signer_verify_webhook(
            signer.0,
            key.as_ptr().cast(),
            key.len(),
            signature.as_ptr().cast(),
            signature.len(),
            body.as_ptr().cast(),
            body.len(),
        )
    }
}

struct Signer(*mut c_void);

impl Signer {
    fn new(config: &CString) -> Result<Self, i32> {
        let mut signer = ptr::dangling_mut();
        // SAFETY: the string is terminated.
        match unsafe { pusher_signer_new(config.as_ptr(), &mut signer) } {
            0 => Ok(Self(signer)),
            code => {
                assert!(signer.is_null());
                Err(code)
            }
        }
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        // SAFETY: nobody else frees it.
        unsafe { pusher_signer_free(self.0) }
    }
}

pub fn jsonp(callback: &CString, response: &CString) -> Result<String, i32> {
    let bound = 2 * response.as_bytes().len() + callback.as_bytes().len() + 8;
    // SAFETY: the strings are terminated, and the buffer is of this size.
    filled(bound, |buffer, size| unsafe {
        pusher_jsonp(callback.as_ptr(), response.as_ptr(), buffer, size)
    })
}

/// What is written into a buffer of the size that always suffices, of just the size needed, and of
/// one byte less.
fn filled(bound: usize, write: impl Fn(*mut c_char, usize) -> i32) -> Result<String, i32> {
    let into = |size| {
        let mut buffer = vec![0xA5; size];
        let result = write(buffer.as_mut_ptr().cast(), size);
        let len = usize::try_from(result).unwrap_or(0);
        let rest = buffer.split_off(len);
        assert_eq!(rest.first().unwrap_or(&0), &0, "the result is terminated");
        assert!(
            rest.iter().skip(1).all(|&byte| byte == 0xA5),
            "nothing is written behind it"
        );
        if result < 0 { Err(result) } else { Ok(buffer) }
    };
    let result = into(bound)?;
    assert_eq!(into(result.len() + 1), Ok(result.clone()));
    assert_eq!(into(result.len()), Err(-2));
    Ok(String::from_utf8(result).expect("UTF-8"))
}
