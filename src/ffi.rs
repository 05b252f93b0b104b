//! Every C function, and all that is `unsafe`: pointers become slices here and nowhere else.
//!
//! The doc comments become the C header's, so they speak to C programmers.

use std::{
    ffi::CStr,
    hint::black_box,
    mem::MaybeUninit,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr, slice,
    time::SystemTime,
};

use libc::{c_char, size_t};
use zeroize::Zeroize;

use crate::{
    callback::Callback,
    channel::Channel,
    channel_data::ChannelData,
    config::Config,
    error::{self, Error},
    jsonp,
    request::Request,
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
        let signer = Signer::new(Config::parse(config)?)?;
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
        let signer = Signer::new(Config::parse(config)?)?;
        Ok(Box::into_raw(Box::new(signer)))
    });
    let new = *result.as_ref().unwrap_or(&ptr::null_mut());
    // SAFETY: it is not NULL, and the caller vouches for the rest.
    unsafe { signer.write(new) };
    wipe_stack();
    result.map_or_else(Error::code, |_| 0)
}

/// pusher_signer_authenticate_user writes the body with which an authentication endpoint answers.
/// It allocates nothing to sign a user of up to 16 members whose names have no escapes and whose
/// values are no deeper than an array or an object of plain ones.
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

/// pusher_signer_authorize_channel writes the body with which POST /pusher/auth answers, by default:
/// whether the client may join a private, presence or encrypted channel. Whether it may is yours to
/// decide, before this call.
/// https://pusher.com/docs/channels/server_api/authorizing-users/
///
/// signer: from pusher_signer_new; any number of threads may use it at once.
/// socket_id, socket_id_len: the connection, as the client sent it, and its length in bytes.
/// channel, channel_len: the channel_name that the client sent, and its length in bytes: 1 to 200 of
/// A-Z a-z 0-9 _ - = @ , . ; beginning with "private-" or "presence-". All else is refused, since it
/// could make the signature of something else.
/// channel_data, channel_data_len: for "presence-" alone, who the member is to the others, and its
/// length in bytes: one JSON object with a "user_id", a string that is not empty or an integer, no
/// name given twice. It is signed and sent verbatim. A length of 0 where the user is signed in, which
/// tells it, and for all other channels.
/// response, response_size: the buffer for the result and its size in bytes;
/// pusher_response_bound(strlen(config), channel_data_len) always suffices.
///
/// The strings are as for pusher_signer_authenticate_user. It allocates nothing for channel data as
/// described there.
///
/// The result is {"auth":"..."}, with "channel_data" where there are any, and with "shared_secret"
/// for "private-encrypted-": base64 of SHA-256(channel, "encryptionMasterKeyBase64" of the config).
///
/// Returns the response's length, or an error: PUSHER_ERROR_NULL_ARGUMENT for any other NULL, else
/// PUSHER_ERROR_SOCKET_ID, PUSHER_ERROR_CHANNEL, PUSHER_ERROR_CHANNEL_DATA,
/// PUSHER_ERROR_ENCRYPTION_KEY, PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_authorize_channel(
    signer: *const Signer,
    socket_id: *const c_char,
    socket_id_len: size_t,
    channel: *const c_char,
    channel_len: size_t,
    channel_data: *const c_char,
    channel_data_len: size_t,
    response: *mut c_char,
    response_size: size_t,
) -> i32 {
    // SAFETY: the caller vouches for the buffer.
    let buffer = unsafe { buffer(response, response_size) };
    let mut uses_encryption_key = false;
    let result = fill(buffer, |buffer| {
        // SAFETY: it is NULL or from pusher_signer_new, and not freed yet.
        let signer = unsafe { signer.as_ref() }.ok_or(Error::NullArgument)?;
        if is_missing(socket_id, socket_id_len)
            || is_missing(channel, channel_len)
            || is_missing(channel_data, channel_data_len)
        {
            return Err(Error::NullArgument);
        }
        // SAFETY: not missing, and the caller vouches for the rest.
        let socket_id = SocketId::parse(unsafe { string(socket_id, socket_id_len) }?)?;
        // SAFETY: as above.
        let channel = Channel::parse(unsafe { string(channel, channel_len) }?)?;
        uses_encryption_key = channel.is_encrypted();
        // SAFETY: as above.
        let data = unsafe { string(channel_data, channel_data_len) }?;
        let data = ChannelData::parse(data, channel)?;
        signer.authorize_channel(socket_id, channel, data, buffer)
    });
    if uses_encryption_key {
        wipe_stack();
    }
    result
}

/// pusher_signer_sign_request writes the whole URL of a request to Pusher's REST API, signed, for
/// your HTTP client. Send the same method and body with it, the latter as application/json.
/// https://pusher.com/docs/channels/library_auth_reference/rest-api/
///
/// Where the API is comes from the config: "appId", and "host", or "cluster" (api-CLUSTER.pusher.com),
/// or api.pusherapp.com; "port" where there is one; https unless "useTLS" is false.
///
/// signer: from pusher_signer_new; any number of threads may use it at once.
/// method: in upper case, such as "POST".
/// path: below the app, such as "/events" or "/users/alice/terminate_connections". No segment is
/// empty, "." or "..", and every character stands in a URL as it is: letters, digits and
/// -._~!$&'()*+,;=:@ alone. So a user's id in it reaches no other resource, as long as it has no "/".
/// query: NULL, or name=value pairs with "&" between them, of letters, digits and -._~!$()*,;:@/
/// alone. No name is given twice, is "body_md5" or begins with "auth_", in upper case or lower.
/// body, body_len: what will be sent, and its length in bytes; 0 where there is none.
/// timestamp: when, in Unix seconds; 0 is now. Pusher refuses what is 600 seconds off.
/// url, url_size: the buffer for the result and its size in bytes; strlen(config) + strlen(path) +
/// strlen(query) + 256 always suffices.
///
/// It allocates nothing without a query. Its time grows with the body's length, and with n log n for
/// the n pairs of a query.
///
/// Returns the URL's length, or an error: PUSHER_ERROR_NULL_ARGUMENT for any other NULL, else
/// PUSHER_ERROR_CONFIG_APP, PUSHER_ERROR_REQUEST, PUSHER_ERROR_BUFFER_TOO_SMALL,
/// PUSHER_ERROR_TOO_LARGE.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_sign_request(
    signer: *const Signer,
    method: *const c_char,
    path: *const c_char,
    query: *const c_char,
    body: *const c_char,
    body_len: size_t,
    timestamp: i64,
    url: *mut c_char,
    url_size: size_t,
) -> i32 {
    // SAFETY: the caller vouches for the buffer.
    let buffer = unsafe { buffer(url, url_size) };
    fill(buffer, |buffer| {
        // SAFETY: it is NULL or from pusher_signer_new, and not freed yet.
        let signer = unsafe { signer.as_ref() }.ok_or(Error::NullArgument)?;
        // SAFETY: the caller vouches for each string.
        let method = unsafe { c_string(method) }?;
        // SAFETY: as above.
        let path = unsafe { c_string(path) }?;
        let query = if query.is_null() {
            &[]
        } else {
            // SAFETY: as above.
            unsafe { c_string(query) }?
        };
        if is_missing(body, body_len) {
            return Err(Error::NullArgument);
        }
        let api = signer.api()?;
        let request = Request::parse(method, path, query)?;
        // SAFETY: not missing, and the caller vouches for the rest.
        let body = unsafe { string(body, body_len) }?;
        let timestamp = match timestamp {
            0 => now()?,
            given => u64::try_from(given).map_err(|_| Error::Request)?,
        };
        signer.sign_request(api, &request, body, timestamp, buffer)
    })
}

/// pusher_signer_verify_webhook tells whether a webhook is Pusher's, in constant time: the comparison
/// takes the same wherever the signatures differ. How old "time_ms" in it may be is yours to decide.
/// https://pusher.com/docs/channels/server_api/webhooks/#authentication
///
/// signer: from pusher_signer_new; any number of threads may use it at once.
/// key, key_len: the header X-Pusher-Key and its length in bytes; NULL and 0 where it is missing.
/// signature, signature_len: the header X-Pusher-Signature, in the same way.
/// body, body_len: the request's body, byte for byte as it came, and its length in bytes.
///
/// It allocates nothing.
///
/// Returns 0 if it is, or an error: PUSHER_ERROR_NULL_ARGUMENT for any other NULL, else
/// PUSHER_ERROR_WEBHOOK_KEY, PUSHER_ERROR_WEBHOOK_SIGNATURE.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_verify_webhook(
    signer: *const Signer,
    key: *const c_char,
    key_len: size_t,
    signature: *const c_char,
    signature_len: size_t,
    body: *const c_char,
    body_len: size_t,
) -> i32 {
    let result = guard(|| {
        // SAFETY: it is NULL or from pusher_signer_new, and not freed yet.
        let signer = unsafe { signer.as_ref() }.ok_or(Error::NullArgument)?;
        if is_missing(key, key_len)
            || is_missing(signature, signature_len)
            || is_missing(body, body_len)
        {
            return Err(Error::NullArgument);
        }
        // SAFETY: not missing, and the caller vouches for the rest.
        let key = unsafe { string(key, key_len) }?;
        // SAFETY: as above.
        let signature = unsafe { string(signature, signature_len) }?;
        // SAFETY: as above.
        let body = unsafe { string(body, body_len) }?;
        signer.verify_webhook(key, signature, body)
    });
    result.map_or_else(Error::code, |()| 0)
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

/// In Unix seconds.
fn now() -> Result<u64, Error> {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map(|since| since.as_secs())
        .map_err(|_| Error::Internal)
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
    // No result and its NUL are longer, nor is any object, and none goes on past the last address, which on
    // 32 bits is near; and a caller may have said SIZE_MAX.
    let size = size
        .min(1 << 31)
        .min(isize::MAX.unsigned_abs())
        .min(!start.addr());
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
