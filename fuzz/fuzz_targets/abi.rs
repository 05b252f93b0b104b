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
    let mut signer = ptr::dangling_mut();
    // SAFETY: the string is terminated.
    match unsafe { pusher_signer_new(config.as_ptr(), &mut signer) } {
        0 => {}
        code => {
            assert!(signer.is_null());
            return Err(code);
        }
    }
    // SAFETY: all are of these sizes, and the signer is not freed yet.
    let result = filled(bound, |buffer, size| unsafe {
        pusher_signer_authenticate_user(
            signer,
            socket_id.as_ptr().cast(),
            socket_id.len(),
            user_json.as_ptr().cast(),
            user_json.len(),
            buffer,
            size,
        )
    });
    // SAFETY: nobody else frees it.
    unsafe { pusher_signer_free(signer) };
    result
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
