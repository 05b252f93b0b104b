//! Every C function, and all that is `unsafe`: pointers become slices here and nowhere else.
//!
//! The doc comments become the C header's, so they speak to C programmers.

use std::{
    ffi::CStr,
    hint::black_box,
    mem::MaybeUninit,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr, slice,
};

use libc::{c_char, size_t};
use zeroize::Zeroize;

use crate::{
    callback::Callback,
    config::Config,
    error::{self, Error},
    jsonp,
    signer::Signer,
    socket_id::SocketId,
    user_data::UserData,
};

/// pusher_authenticate_user writes the body with which an authentication endpoint answers, in one
/// call. It reads the config each time: a server keeps a pusher_signer instead.
///
/// config: the app's credentials, see "The config" above.
/// socket_id: the connection, as the client sent it.
/// user_json: the user, see "The user" above.
/// response, response_size: the buffer for the result and its size in bytes;
/// pusher_response_bound(strlen(config), strlen(user_json)) always suffices.
///
/// Returns the response's length, or an error: PUSHER_ERROR_NULL_ARGUMENT for any NULL, else
/// PUSHER_ERROR_CONFIG_*, PUSHER_ERROR_SOCKET_ID, PUSHER_ERROR_USER_*,
/// PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_authenticate_user(
    config: *const c_char,
    socket_id: *const c_char,
    user_json: *const c_char,
    response: *mut c_char,
    response_size: size_t,
) -> i32 {
    // SAFETY: the caller vouches for the buffer.
    let buffer = unsafe { buffer(response, response_size) };
    let result = fill(buffer, |buffer| {
        // SAFETY: the caller vouches for each string.
        let config = unsafe { c_string(config) }?;
        // SAFETY: as above.
        let socket_id = unsafe { c_string(socket_id) }?;
        // SAFETY: as above.
        let user_json = unsafe { c_string(user_json) }?;
        let signer = Signer::new(&Config::parse(config)?)?;
        signer.authenticate_user(
            SocketId::parse(socket_id)?,
            UserData::parse(user_json)?,
            buffer,
        )
    });
    wipe_stack();
    result
}

/// pusher_signer_new reads the config and sets the key up once, for any number of signatures.
///
/// config: the app's credentials, see "The config" above. It can be freed or wiped afterwards.
/// signer: receives the new signer, to be freed with pusher_signer_free; NULL on error.
///
/// Returns 0, or an error: PUSHER_ERROR_NULL_ARGUMENT for any NULL, else PUSHER_ERROR_CONFIG_*.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_new(config: *const c_char, signer: *mut *mut Signer) -> i32 {
    if signer.is_null() {
        return Error::NullArgument.code();
    }
    let result = guard(|| {
        // SAFETY: the caller vouches for the string.
        let config = unsafe { c_string(config) }?;
        let signer = Signer::new(&Config::parse(config)?)?;
        Ok(Box::into_raw(Box::new(signer)))
    });
    let new = *result.as_ref().unwrap_or(&ptr::null_mut());
    // SAFETY: it is not NULL, and the caller vouches for the rest.
    unsafe { signer.write(new) };
    wipe_stack();
    result.map_or_else(Error::code, |_| 0)
}

/// pusher_signer_authenticate_user writes the body with which an authentication endpoint answers.
/// It allocates nothing for a user of up to 16 members whose names have no escapes and whose values
/// are no deeper than an array or an object of plain ones.
///
/// signer: from pusher_signer_new; any number of threads may use it at once.
/// socket_id, socket_id_len: the connection, as the client sent it, and its length in bytes.
/// user_json, user_json_len: the user, see "The user" above, and its length in bytes.
/// response, response_size: the buffer for the result and its size in bytes;
/// pusher_response_bound(strlen(config), user_json_len) always suffices.
///
/// The strings need no terminating NUL, and one within is an error like any other wrong byte. With a
/// length of 0 the pointer is not looked at.
///
/// Returns the response's length, or an error: PUSHER_ERROR_NULL_ARGUMENT for any other NULL, else
/// PUSHER_ERROR_SOCKET_ID, PUSHER_ERROR_USER_*, PUSHER_ERROR_BUFFER_TOO_SMALL,
/// PUSHER_ERROR_TOO_LARGE.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_authenticate_user(
    signer: *const Signer,
    socket_id: *const c_char,
    socket_id_len: size_t,
    user_json: *const c_char,
    user_json_len: size_t,
    response: *mut c_char,
    response_size: size_t,
) -> i32 {
    // SAFETY: the caller vouches for the buffer.
    let buffer = unsafe { buffer(response, response_size) };
    fill(buffer, |buffer| {
        // SAFETY: it is NULL or from pusher_signer_new, and not freed yet.
        let signer = unsafe { signer.as_ref() }.ok_or(Error::NullArgument)?;
        if is_missing(socket_id, socket_id_len) || is_missing(user_json, user_json_len) {
            return Err(Error::NullArgument);
        }
        // SAFETY: not missing, and the caller vouches for the rest.
        let socket_id = SocketId::parse(unsafe { string(socket_id, socket_id_len) }?)?;
        // SAFETY: as above.
        let user = UserData::parse(unsafe { string(user_json, user_json_len) }?)?;
        signer.authenticate_user(socket_id, user, buffer)
    })
}

/// pusher_signer_free wipes the secret and frees the signer. No thread may still use it, nor free it
/// again.
///
/// signer: from pusher_signer_new; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_free(signer: *mut Signer) {
    if !signer.is_null() {
        // SAFETY: it came from Box::into_raw, and the caller gives it up.
        drop(unsafe { Box::from_raw(signer) });
    }
}

/// pusher_jsonp wraps a response for a JSONP endpoint: an empty comment, the callback, "(", the
/// response, ");". pusher-js asks for it by GET with transport "jsonp". Send it as
/// "application/javascript; charset=utf-8", since a script is else read in the page's own charset,
/// and with "X-Content-Type-Options: nosniff".
///
/// Any site can include a script with the visitor's cookies. Before you answer, check a CSRF token.
///
/// callback: as the client sent it, 128 bytes at most: an ASCII identifier followed by .identifier,
/// [digits], ['name'] or ["name"] parts, where a name is of letters, digits and "_".
/// response: a JSON object, such as pusher_authenticate_user writes.
/// script, script_size: the buffer for the result and its size in bytes; 2 * strlen(response) +
/// strlen(callback) + 8 always suffices.
///
/// Returns the script's length, or an error: PUSHER_ERROR_NULL_ARGUMENT for any NULL, else
/// PUSHER_ERROR_CALLBACK, PUSHER_ERROR_RESPONSE_INVALID, PUSHER_ERROR_BUFFER_TOO_SMALL,
/// PUSHER_ERROR_TOO_LARGE.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_jsonp(
    callback: *const c_char,
    response: *const c_char,
    script: *mut c_char,
    script_size: size_t,
) -> i32 {
    // SAFETY: the caller vouches for the buffer.
    let buffer = unsafe { buffer(script, script_size) };
    fill(buffer, |buffer| {
        // SAFETY: the caller vouches for each string.
        let callback = unsafe { c_string(callback) }?;
        // SAFETY: as above.
        let response = unsafe { c_string(response) }?;
        jsonp::wrap(Callback::parse(callback)?, response, buffer)
    })
}

/// pusher_response_bound gives a size in bytes that always suffices for a response, its terminating
/// NUL included. PUSHER_RESPONSE_BOUND is the same as a macro, for static buffers: it wraps around
/// where this gives SIZE_MAX.
///
/// config_len: the config's length in bytes.
/// user_json_len: the user's length in bytes.
///
/// It cannot fail: where the size would exceed SIZE_MAX, it is SIZE_MAX.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn pusher_response_bound(config_len: size_t, user_json_len: size_t) -> size_t {
    // At worst every byte of the user is escaped, and the key is all there is in the config.
    user_json_len
        .saturating_mul(2)
        .saturating_add(config_len)
        .saturating_add(92)
}

/// pusher_error_message says in English what a code means and what to do. The text is static: it
/// is never freed and names nothing of the input.
///
/// code: a result of any function here, or any other number.
///
/// Returns a string, never NULL.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn pusher_error_message(code: i32) -> *const c_char {
    error::message(code).as_ptr()
}

/// pusher_version gives the version of the library that is loaded, for comparison with
/// PUSHER_AUTH_VERSION, that of the header it was compiled with. The text is static and never NULL.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn pusher_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Turns a panic into an error: past the C border it would end the host.
// Not inlined, so that whatever `run` leaves on the stack lies where `wipe_stack` overwrites it.
#[inline(never)]
fn guard<T>(run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // Nothing that a panic could leave half done is seen again: it is dropped, or the caller's buffer.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(Error::Internal))
}

/// Runs what fills the caller's buffer. Where it fails, however it does, the buffer holds the empty string.
fn fill(
    buffer: Option<&mut [MaybeUninit<u8>]>,
    run: impl FnOnce(&mut [MaybeUninit<u8>]) -> Result<i32, Error>,
) -> i32 {
    let Some(buffer) = buffer else {
        return Error::NullArgument.code();
    };
    guard(|| run(buffer)).unwrap_or_else(|error| {
        if let Some(first) = buffer.first_mut() {
            first.write(0);
        }
        error.code()
    })
}

/// # Safety
/// `text` is NULL or a C string that stays as it is for `'a`.
unsafe fn c_string<'a>(text: *const c_char) -> Result<&'a [u8], Error> {
    if text.is_null() {
        return Err(Error::NullArgument);
    }
    // SAFETY: not NULL, and the rest is this function's own condition.
    Ok(unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// NULL, and not for the empty string.
fn is_missing(text: *const c_char, len: size_t) -> bool {
    text.is_null() && len != 0
}

/// # Safety
/// `len` is 0, or `text` points to `len` bytes that stay as they are for `'a`.
unsafe fn string<'a>(text: *const c_char, len: size_t) -> Result<&'a [u8], Error> {
    if len == 0 {
        return Ok(&[]);
    }
    // No object is larger than this: the length is a mistake, such as -1.
    if isize::try_from(len).is_err() {
        return Err(Error::TooLarge);
    }
    // SAFETY: not too long, and the rest is this function's own condition.
    Ok(unsafe { slice::from_raw_parts(text.cast(), len) })
}

/// The caller's buffer, or None for NULL. What it holds may be uninitialised.
///
/// # Safety
/// `start` is NULL or points to `size` bytes that nobody else uses for `'a`.
unsafe fn buffer<'a>(start: *mut c_char, size: size_t) -> Option<&'a mut [MaybeUninit<u8>]> {
    if start.is_null() {
        return None;
    }
    // No result and its NUL are longer, nor is any object; and a caller may have said SIZE_MAX.
    let size = size.min(1 << 31).min(isize::MAX.unsigned_abs());
    // SAFETY: not NULL, not too long, and the rest is this function's own condition.
    Some(unsafe { slice::from_raw_parts_mut(start.cast(), size) })
}

/// Overwrites the stack below the caller, where setting up a key left the secret.
#[inline(never)]
fn wipe_stack() {
    let mut stack = [0u64; 512];
    stack.zeroize();
    black_box(&stack);
}
