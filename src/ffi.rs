//! The C functions, and everything that is `unsafe`: only here pointers become slices.
//!
//! The doc comments become the header's comments, so they address C programmers.

use std::{
    ffi::CStr,
    mem::MaybeUninit,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr, slice,
    time::SystemTime,
};

use libc::{c_char, size_t};
use zeroize::zeroize_stack;

use crate::{
    channel::{Channel, ChannelData, EncryptedChannel, EventChannel},
    config::Config,
    encryption::{self, Encrypted},
    error::{self, Error},
    event::{Data, Event, Events, Name},
    jsonp::{self, Callback},
    parameter::{self, Format},
    request::Request,
    signer::Signer,
    socket_id::SocketId,
    user::User,
    webhook,
};

/// Authenticates a user in one call: writes the response body of an authentication endpoint. It reads
/// the config each time; a server should create a pusher_signer instead.
///
/// Parameters:
/// - config: the app's credentials, see CONFIG.
/// - socket_id: the socket_id that the client sent, see SOCKET ID.
/// - user_json: the user, see USER.
/// - response, response_size: the buffer and its size in bytes.
///   pusher_response_bound(strlen(config), strlen(user_json)) bytes are sufficient.
///
/// Returns the length of the response, or an error.
///
/// Client errors (respond with 403):
/// - PUSHER_ERROR_SOCKET_ID
///
/// Server errors (respond with 500):
/// - PUSHER_ERROR_NULL_ARGUMENT: any argument is NULL.
/// - PUSHER_ERROR_CONFIG_INVALID, PUSHER_ERROR_CONFIG_KEY, PUSHER_ERROR_CONFIG_SECRET,
///   PUSHER_ERROR_CONFIG_APP, PUSHER_ERROR_ENCRYPTION_KEY
/// - PUSHER_ERROR_USER_INVALID, PUSHER_ERROR_USER_ID_MISSING, PUSHER_ERROR_USER_ID_NOT_STRING,
///   PUSHER_ERROR_USER_ID_EMPTY, PUSHER_ERROR_USER_DUPLICATE_MEMBER
/// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
///
/// See: https://pusher.com/docs/channels/server_api/authenticating-users/
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_authenticate_user(
    config: *const c_char,
    socket_id: *const c_char,
    user_json: *const c_char,
    response: *mut c_char,
    response_size: size_t,
) -> i32 {
    // SAFETY: the caller guarantees the strings.
    let inputs = unsafe { c_strings([config, socket_id, user_json]) };
    // SAFETY: the caller guarantees the buffer.
    let buffer = unsafe { buffer(response, response_size) };
    let result = Call { inputs, buffer }.write(|[config, socket_id, user_json], buffer| {
        let signer = Signer::new(Config::parse(config?)?)?;
        let socket_id = SocketId::parse(socket_id?)?;
        User::parse(user_json?)?.authenticate(&signer, socket_id, buffer)
    });
    wipe::<SET_UP>();
    result
}

/// Creates a signer: reads the config and prepares it for any number of calls.
///
/// Parameters:
/// - config, config_len: the app's credentials, see CONFIG, and their length in bytes. You can free
///   them after the call.
/// - signer: receives the new signer, or NULL on an error.
///
/// Returns 0, or an error.
///
/// Server errors:
/// - PUSHER_ERROR_NULL_ARGUMENT
/// - PUSHER_ERROR_CONFIG_INVALID, PUSHER_ERROR_CONFIG_KEY, PUSHER_ERROR_CONFIG_SECRET,
///   PUSHER_ERROR_CONFIG_APP, PUSHER_ERROR_ENCRYPTION_KEY
/// - PUSHER_ERROR_TOO_LARGE: config_len is impossible.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_new(
    config: *const c_char,
    config_len: size_t,
    signer: *mut *mut Signer,
) -> i32 {
    if signer.is_null() {
        return Error::NULL_ARGUMENT.code();
    }
    // SAFETY: the caller guarantees the string.
    let [config] = unsafe { strings([(config, config_len)]) };
    let result = guard(|| {
        let signer = Signer::new(Config::parse(config?)?)?;
        Ok(Box::into_raw(Box::new(signer)))
    });
    let new = *result.as_ref().unwrap_or(&ptr::null_mut());
    // SAFETY: it is not NULL, and the caller guarantees that it can be written.
    unsafe { signer.write(new) };
    wipe::<SET_UP>();
    result.map_or_else(Error::code, |_| 0)
}

/// Frees a signer, and overwrites its secrets. No other thread may be using it.
///
/// Parameters:
/// - signer: from pusher_signer_new, and not freed yet. NULL is allowed and does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_free(signer: *mut Signer) {
    if !signer.is_null() {
        // SAFETY: it came from Box::into_raw, and the caller gives it up.
        drop(unsafe { Box::from_raw(signer) });
        wipe_registers();
    }
}

/// Returns a buffer size in bytes that is sufficient for the output of every function of this signer.
///
/// input_len is the total length of the strings that you pass to the function that writes the output.
/// You need not count the body that is passed to pusher_signer_request_url.
///
/// Parameters:
/// - signer: from pusher_signer_new. For NULL the result is 0.
/// - input_len: the total length in bytes.
///
/// Returns the size, about 3 * input_len plus a constant. It includes the terminating NUL. If it does
/// not fit into a size_t, the result is SIZE_MAX.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_bound(signer: *const Signer, input_len: size_t) -> size_t {
    // SAFETY: it is NULL or from pusher_signer_new, and not freed yet.
    unsafe { signer.as_ref() }.map_or(0, |signer| signer.bound(input_len))
}

/// Authenticates a user: writes the response body of an authentication endpoint, by default POST
/// /pusher/user-auth. It allocates nothing if the user has at most 16 top-level keys, no key
/// has escapes, and no member's value is deeper than {"a":1} or ["a"].
///
/// Parameters:
/// - signer: from pusher_signer_new.
/// - socket_id, socket_id_len: the socket_id that the client sent, see SOCKET ID.
/// - user_json, user_json_len: the user, see USER.
/// - response, response_size: the buffer and its size in bytes.
///   pusher_signer_bound(signer, socket_id_len + user_json_len) bytes are sufficient.
///
/// Returns the length of the response, or an error.
///
/// Client errors (respond with 403):
/// - PUSHER_ERROR_SOCKET_ID
///
/// Server errors (respond with 500):
/// - PUSHER_ERROR_NULL_ARGUMENT
/// - PUSHER_ERROR_USER_INVALID, PUSHER_ERROR_USER_ID_MISSING, PUSHER_ERROR_USER_ID_NOT_STRING,
///   PUSHER_ERROR_USER_ID_EMPTY, PUSHER_ERROR_USER_DUPLICATE_MEMBER
/// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
///
/// See: https://pusher.com/docs/channels/server_api/authenticating-users/
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
    // SAFETY: the caller guarantees the signer.
    let signer = unsafe { signer.as_ref() };
    // SAFETY: the caller guarantees the strings and the buffer.
    let call = unsafe {
        Call::new(
            [(socket_id, socket_id_len), (user_json, user_json_len)],
            response,
            response_size,
        )
    };
    call.write_signed(signer, |signer, [socket_id, user_json], buffer| {
        let socket_id = SocketId::parse(socket_id?)?;
        User::parse(user_json?)?.authenticate(signer, socket_id, buffer)
    })
}

/// Authorizes a subscription to a private, presence or encrypted channel: writes the response body of
/// an authorization endpoint, by default POST /pusher/auth. Check before the call that the user may
/// subscribe to the channel.
///
/// The response is {"auth":"..."}. It also has "channel_data" if channel data are passed, and
/// "shared_secret" if the channel begins with "private-encrypted-". This is a hash of the channel and
/// the master key: base64(SHA-256(channel + master key)).
///
/// Parameters:
/// - signer: from pusher_signer_new.
/// - socket_id, socket_id_len: the socket_id that the client sent, see SOCKET ID.
/// - channel, channel_len: the channel_name that the client sent. It begins with "private-" or
///   "presence-", consists of A-Z a-z 0-9 ; , . @ = _ - and has at most 200 characters. Other names
///   are rejected: with them, a client could choose what is signed.
/// - channel_data, channel_data_len: the member of a presence channel: one JSON object with
///   unique keys and a "user_id", a non-empty string or an integer. It is signed and returned
///   verbatim. Pass the length 0 for other channels. For a presence channel, pass 0 only if the
///   client has signed in: Pusher then takes the member from the signed-in user.
/// - response, response_size: the buffer and its size in bytes. pusher_signer_bound(signer,
///   socket_id_len + channel_len + channel_data_len) bytes are sufficient.
///
/// Returns the length of the response, or an error.
///
/// Client errors (respond with 403):
/// - PUSHER_ERROR_SOCKET_ID
/// - PUSHER_ERROR_CHANNEL
///
/// Server errors (respond with 500):
/// - PUSHER_ERROR_NULL_ARGUMENT
/// - PUSHER_ERROR_CHANNEL_DATA
/// - PUSHER_ERROR_ENCRYPTION_KEY: the channel is encrypted, and the config has no master key. It is
///   reported after errors of the arguments.
/// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
///
/// See: https://pusher.com/docs/channels/server_api/authorizing-users/
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
    // SAFETY: the caller guarantees the signer.
    let signer = unsafe { signer.as_ref() };
    // SAFETY: the caller guarantees the strings and the buffer.
    let call = unsafe {
        Call::new(
            [
                (socket_id, socket_id_len),
                (channel, channel_len),
                (channel_data, channel_data_len),
            ],
            response,
            response_size,
        )
    };
    let mut is_encrypted = false;
    let result = call.write_signed(signer, |signer, [socket_id, channel, data], buffer| {
        let socket_id = SocketId::parse(socket_id?)?;
        let channel = Channel::parse(channel?)?;
        is_encrypted = channel.encrypted().is_some();
        let data = ChannelData::parse(data?, channel)?;
        channel.authorize(signer, socket_id, data, buffer)
    });
    if is_encrypted {
        wipe::<ENCRYPTION>();
    }
    result
}

/// Verifies that Pusher sent a webhook: that its signature is the HMAC-SHA256 of the body. The
/// comparison takes constant time. Compare the webhook's "time_ms" with the clock yourself.
///
/// Parameters:
/// - signer: from pusher_signer_new.
/// - key, key_len: the header X-Pusher-Key. The length is 0 if it is missing.
/// - signature, signature_len: the header X-Pusher-Signature. The length is 0 if it is missing.
/// - body, body_len: the request's body, exactly as it was received.
///
/// Returns 0 if the webhook is valid, or an error. It allocates nothing.
///
/// Client errors (respond with 401):
/// - PUSHER_ERROR_WEBHOOK_KEY
/// - PUSHER_ERROR_WEBHOOK_SIGNATURE
///
/// Server errors (respond with 500):
/// - PUSHER_ERROR_NULL_ARGUMENT
/// - PUSHER_ERROR_TOO_LARGE: a length is impossible.
///
/// See: https://pusher.com/docs/channels/server_api/webhooks/#authentication
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
    // SAFETY: the caller guarantees the signer.
    let signer = unsafe { signer.as_ref() };
    // SAFETY: the caller guarantees the strings.
    let inputs = unsafe { strings([(key, key_len), (signature, signature_len), (body, body_len)]) };
    let [key, signature, body] = inputs;
    let result = guard(|| {
        let signer = signer.ok_or(Error::NULL_ARGUMENT)?;
        reject_null(&inputs)?;
        webhook::verify_key(signer, key?)?;
        webhook::verify_signature(signer, signature?, body?)
    });
    result.map_or_else(Error::code, |()| 0)
}

/// Writes the signed URL of a request to Pusher's REST API. Send the request with your HTTP client: to
/// this URL, with the method and the body that you passed, and with the type application/json.
///
/// The URL consists of the REST API's address in the config, /apps/APP_ID, the path, and a query. It
/// has auth_key, auth_timestamp, auth_version, body_md5 if there is a body, the pairs that you passed,
/// and auth_signature. If query_len is 0, the function allocates nothing.
///
/// Parameters:
/// - signer: from pusher_signer_new, with "appId" in its config.
/// - method, method_len: the method in upper case, such as POST.
/// - path, path_len: the path below the app, such as /events: not /apps/1/events. It consists of
///   letters, digits, -._~!$&'()*+,;=:@ and %XX. Empty segments, the segments "." and "..", and
///   percent-encoded slashes, backslashes, dots and NUL are rejected: with them, an id in the path
///   could make it the path of another resource.
/// - query, query_len: name=value pairs, separated by &. Names and values consist of letters, digits
///   and -._~!$()*,;:@/; only values can have =. Names must be unique. They must not be body_md5 or
///   begin with auth_, in upper or lower case.
/// - body, body_len: the body that will be sent.
/// - timestamp: Unix time in seconds; 0 is now. Pusher rejects a request whose time differs from
///   its own by more than 600 seconds.
/// - url, url_size: the buffer and its size in bytes.
///   pusher_signer_bound(signer, method_len + path_len + query_len) bytes are sufficient.
///
/// Returns the length of the URL, or an error.
///
/// Server errors:
/// - PUSHER_ERROR_NULL_ARGUMENT
/// - PUSHER_ERROR_CONFIG_APP: the config has no "appId".
/// - PUSHER_ERROR_REQUEST: method, path, query or timestamp are invalid.
/// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
///
/// See: https://pusher.com/docs/channels/library_auth_reference/rest-api/
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_request_url(
    signer: *const Signer,
    method: *const c_char,
    method_len: size_t,
    path: *const c_char,
    path_len: size_t,
    query: *const c_char,
    query_len: size_t,
    body: *const c_char,
    body_len: size_t,
    timestamp: i64,
    url: *mut c_char,
    url_size: size_t,
) -> i32 {
    // SAFETY: the caller guarantees the signer.
    let signer = unsafe { signer.as_ref() };
    // SAFETY: the caller guarantees the strings and the buffer.
    let call = unsafe {
        Call::new(
            [
                (method, method_len),
                (path, path_len),
                (query, query_len),
                (body, body_len),
            ],
            url,
            url_size,
        )
    };
    call.write_signed(signer, |signer, [method, path, query, body], buffer| {
        let api = signer.api()?;
        let request = Request::new(method?)?
            .with_path(path?)?
            .with_query(query?)?;
        let body = body?;
        request.write_url(signer, api, body, unix_time(timestamp)?, buffer)
    })
}

/// Writes the signed URL of the request that terminates all connections of a user. Send POST with the
/// body {} to it, as application/json.
///
/// Parameters:
/// - signer: from pusher_signer_new, with "appId" in its config.
/// - user_id, user_id_len: the user's id in UTF-8. Characters other than letters, digits and
///   -._~!$&'()*+,;=:@ are percent-encoded. Pusher decodes them, and so do the self-hosted servers
///   Sockudo and Reverb. soketi does not: users with such ids stay connected. The ids . and .. are
///   rejected.
/// - timestamp: Unix time in seconds; 0 is now.
/// - url, url_size: the buffer and its size in bytes. pusher_signer_bound(signer, user_id_len)
///   bytes are sufficient.
///
/// Returns the length of the URL, or an error.
///
/// Server errors:
/// - PUSHER_ERROR_NULL_ARGUMENT
/// - PUSHER_ERROR_CONFIG_APP: the config has no "appId".
/// - PUSHER_ERROR_REQUEST: user_id or timestamp are invalid.
/// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
///
/// See: https://pusher.com/docs/channels/server_api/terminating-user-connections/
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_terminate_user_url(
    signer: *const Signer,
    user_id: *const c_char,
    user_id_len: size_t,
    timestamp: i64,
    url: *mut c_char,
    url_size: size_t,
) -> i32 {
    // SAFETY: the caller guarantees the signer.
    let signer = unsafe { signer.as_ref() };
    // SAFETY: the caller guarantees the strings and the buffer.
    let call = unsafe { Call::new([(user_id, user_id_len)], url, url_size) };
    call.write_signed(signer, |signer, [user_id], buffer| {
        let api = signer.api()?;
        let request = Request::terminate_user(user_id?)?;
        request.write_url(signer, api, b"{}", unix_time(timestamp)?, buffer)
    })
}

/// Writes the body of POST /events, for an event on one channel or to one user. On a channel that
/// begins with "private-encrypted-", the data are encrypted.
///
/// Parameters:
/// - signer: from pusher_signer_new.
/// - channel, channel_len: #server-to-user-ID with the id of a user; or a channel of 1 to 200
///   characters A-Z a-z 0-9 ; , . @ = _ -
/// - name, name_len: the event's name: 1 to 200 characters in UTF-8.
/// - data, data_len: the event's data in UTF-8, usually JSON. The function encodes them as a
///   JSON string: do not encode them yourself. Pusher responds with 413 if they exceed the limit of
///   your plan, which is at least 10 KB. Name, data and the user's id must not contain characters
///   below U+0020 other than tab, LF and CR.
/// - socket_id, socket_id_len: a connection that does not receive the event, usually that of the
///   sender; or the length 0.
/// - body, body_size: the buffer and its size in bytes.
///   pusher_signer_bound(signer, channel_len + name_len + data_len + socket_id_len) bytes are
///   sufficient.
///
/// Returns the length of the body, or an error.
///
/// Server errors:
/// - PUSHER_ERROR_NULL_ARGUMENT
/// - PUSHER_ERROR_CHANNEL
/// - PUSHER_ERROR_EVENT: name or data are invalid.
/// - PUSHER_ERROR_SOCKET_ID
/// - PUSHER_ERROR_ENCRYPTION_KEY: the channel is encrypted, and the config has no master key. It is
///   reported after errors of the arguments.
/// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
/// - PUSHER_ERROR_RANDOM: the system provided no nonce. It is reported last.
///
/// See: https://pusher.com/docs/channels/library_auth_reference/rest-api/#post-event-trigger-an-event
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_event_body(
    signer: *const Signer,
    channel: *const c_char,
    channel_len: size_t,
    name: *const c_char,
    name_len: size_t,
    data: *const c_char,
    data_len: size_t,
    socket_id: *const c_char,
    socket_id_len: size_t,
    body: *mut c_char,
    body_size: size_t,
) -> i32 {
    // SAFETY: the caller guarantees the signer.
    let signer = unsafe { signer.as_ref() };
    // SAFETY: the caller guarantees the strings and the buffer.
    let call = unsafe {
        Call::new(
            [
                (channel, channel_len),
                (name, name_len),
                (data, data_len),
                (socket_id, socket_id_len),
            ],
            body,
            body_size,
        )
    };
    let mut is_encrypted = false;
    let result = call.write_signed(
        signer,
        |signer, [channel, name, data, socket_id], buffer| {
            let event = Event {
                channel: EventChannel::parse(channel?)?,
                name: Name::parse(name?)?,
                data: Data::parse(data?)?,
                socket_id: match socket_id? {
                    b"" => None,
                    socket_id => Some(SocketId::parse(socket_id)?),
                },
            };
            is_encrypted = event.channel.encrypted().is_some();
            event.write_body(signer, buffer)
        },
    );
    if is_encrypted {
        wipe::<ENCRYPTION>();
    }
    result
}

/// Writes the body of POST /events for up to 100 channels, or of POST /batch_events for up to 10
/// events. On channels that begin with "private-encrypted-", the data are encrypted.
///
/// Parameters:
/// - signer: from pusher_signer_new.
/// - events_json, events_json_len: one JSON object in UTF-8 with unique keys, either
///   {"name":...,"channels":[...],"data":...} or {"batch":[{"name":...,"channel":...,"data":...}]}.
///   Names and channels are as for pusher_signer_event_body. If "data" is a string, it is sent
///   unchanged. Any other value is converted to a string, its JSON text. Other members, such as
///   "socket_id" and "info", are not checked and are sent verbatim. An event on an encrypted channel
///   must have no other channel.
/// - body, body_size: the buffer and its size in bytes.
///   pusher_signer_bound(signer, events_json_len) bytes are sufficient.
///
/// Returns the length of the body, or an error.
///
/// Server errors:
/// - PUSHER_ERROR_NULL_ARGUMENT
/// - PUSHER_ERROR_EVENT: events_json is invalid, including its channels.
/// - PUSHER_ERROR_ENCRYPTION_KEY: a channel is encrypted, and the config has no master key.
/// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
/// - PUSHER_ERROR_RANDOM: the system provided no nonce.
///
/// See: https://pusher.com/docs/channels/library_auth_reference/rest-api/#post-batch-events-trigger-multiple-events
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_events_body(
    signer: *const Signer,
    events_json: *const c_char,
    events_json_len: size_t,
    body: *mut c_char,
    body_size: size_t,
) -> i32 {
    // SAFETY: the caller guarantees the signer.
    let signer = unsafe { signer.as_ref() };
    // SAFETY: the caller guarantees the strings and the buffer.
    let call = unsafe { Call::new([(events_json, events_json_len)], body, body_size) };
    let result = call.write_signed(signer, |signer, [events], buffer| {
        Events::parse(events?)?.write_body(signer, buffer)
    });
    wipe::<ENCRYPTION>();
    result
}

/// Encrypts data for a channel that begins with "private-encrypted-": XSalsa20-Poly1305 (NaCl's
/// secretbox) with the channel's shared secret and a random nonce. pusher_signer_event_body and
/// pusher_signer_events_body do this by themselves.
///
/// Parameters:
/// - signer: from pusher_signer_new, with "encryptionMasterKeyBase64" in its config.
/// - channel, channel_len: the channel.
/// - data, data_len: the data in UTF-8, without characters below U+0020 other than tab, LF and CR.
/// - encrypted, encrypted_size: the buffer for {"nonce":"<base64>","ciphertext":"<base64>"} and its
///   size in bytes. pusher_signer_bound(signer, channel_len + data_len) bytes are sufficient.
///
/// Returns the length of the encrypted data, or an error.
///
/// Server errors:
/// - PUSHER_ERROR_NULL_ARGUMENT
/// - PUSHER_ERROR_CHANNEL
/// - PUSHER_ERROR_EVENT: the data are invalid.
/// - PUSHER_ERROR_ENCRYPTION_KEY: the config has no master key. It is reported after errors of the
///   arguments.
/// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
/// - PUSHER_ERROR_RANDOM: the system provided no nonce. It is reported last.
///
/// See: https://pusher.com/docs/channels/using_channels/encrypted-channels/
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_encrypt(
    signer: *const Signer,
    channel: *const c_char,
    channel_len: size_t,
    data: *const c_char,
    data_len: size_t,
    encrypted: *mut c_char,
    encrypted_size: size_t,
) -> i32 {
    // SAFETY: the caller guarantees the signer.
    let signer = unsafe { signer.as_ref() };
    // SAFETY: the caller guarantees the strings and the buffer.
    let call = unsafe {
        Call::new(
            [(channel, channel_len), (data, data_len)],
            encrypted,
            encrypted_size,
        )
    };
    let result = call.write_signed(signer, |signer, [channel, data], buffer| {
        let channel = EncryptedChannel::parse(channel?)?;
        let data = Data::parse(data?)?.as_bytes();
        encryption::encrypt(&signer.shared_secret(channel)?, data, buffer)
    });
    wipe::<ENCRYPTION>();
    result
}

/// Decrypts data of a channel that begins with "private-encrypted-", such as those of a client event
/// in a webhook.
///
/// Parameters:
/// - signer: from pusher_signer_new, with "encryptionMasterKeyBase64" in its config.
/// - channel, channel_len: the channel.
/// - encrypted, encrypted_len: {"nonce":"<base64>","ciphertext":"<base64>"}.
/// - data, data_size: the buffer for the data and its size in bytes.
///   pusher_signer_bound(signer, channel_len + encrypted_len) bytes are sufficient.
///
/// Returns the length of the data, which are UTF-8 and can contain NUL, or an error.
///
/// Client errors:
/// - PUSHER_ERROR_DECRYPTION
///
/// Server errors:
/// - PUSHER_ERROR_NULL_ARGUMENT
/// - PUSHER_ERROR_CHANNEL
/// - PUSHER_ERROR_ENCRYPTION_KEY: the config has no master key. It is reported after errors of the
///   arguments and before PUSHER_ERROR_DECRYPTION.
/// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
///
/// See: https://pusher.com/docs/channels/using_channels/encrypted-channels/
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_signer_decrypt(
    signer: *const Signer,
    channel: *const c_char,
    channel_len: size_t,
    encrypted: *const c_char,
    encrypted_len: size_t,
    data: *mut c_char,
    data_size: size_t,
) -> i32 {
    // SAFETY: the caller guarantees the signer.
    let signer = unsafe { signer.as_ref() };
    // SAFETY: the caller guarantees the strings and the buffer.
    let call = unsafe {
        Call::new(
            [(channel, channel_len), (encrypted, encrypted_len)],
            data,
            data_size,
        )
    };
    let result = call.write_signed(signer, |signer, [channel, encrypted], buffer| {
        let channel = EncryptedChannel::parse(channel?)?;
        let encrypted = Encrypted::parse(encrypted?)?;
        encryption::decrypt(&signer.shared_secret(channel)?, encrypted, buffer)
    });
    wipe::<ENCRYPTION>();
    result
}

/// Reads one parameter of a request, such as "socket_id" or "channel_name".
///
/// Forms and query strings are decoded as the URL standard requires. An invalid % stands for itself.
/// Every name must be unique after decoding, since programs disagree on which of two equal names
/// counts.
///
/// Parameters:
/// - content_type, content_type_len: the header Content-Type, application/x-www-form-urlencoded or
///   application/json, each with or without parameters such as charset=utf-8. The length is 0 for a
///   query string.
/// - text, text_len: the request's body, or its query string without the "?".
/// - name, name_len: the parameter's name.
/// - value, value_size: the buffer for the value and its size in bytes. text_len + 1 bytes are
///   sufficient.
///
/// Returns the length of the value, or an error. The value is UTF-8. It comes from the client and can
/// contain NUL, so pass it on with its length.
///
/// Client errors (respond with 400):
/// - PUSHER_ERROR_PARAMETERS: content_type is unsupported, the text does not match it or is not
///   UTF-8, a name is duplicate, or the value in a JSON object is not a string.
/// - PUSHER_ERROR_PARAMETER_MISSING
///
/// Server errors (respond with 500):
/// - PUSHER_ERROR_NULL_ARGUMENT
/// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
///
/// See: https://url.spec.whatwg.org/#application/x-www-form-urlencoded
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_request_parameter(
    content_type: *const c_char,
    content_type_len: size_t,
    text: *const c_char,
    text_len: size_t,
    name: *const c_char,
    name_len: size_t,
    value: *mut c_char,
    value_size: size_t,
) -> i32 {
    // SAFETY: the caller guarantees the strings and the buffer.
    let call = unsafe {
        Call::new(
            [
                (content_type, content_type_len),
                (text, text_len),
                (name, name_len),
            ],
            value,
            value_size,
        )
    };
    call.write(|[content_type, text, name], buffer| {
        let format = Format::parse(content_type?)?;
        let (text, name) = (text?, name?);
        parameter::write_value(format, text, name, buffer)
    })
}

/// Writes the script with which a JSONP endpoint responds: an empty comment, then callback(response);
///
/// pusher-js sends GET with a callback if its transport is "jsonp". Send the script as
/// "application/javascript; charset=utf-8" with "X-Content-Type-Options: nosniff".
///
/// Any site can include the script with the visitor's cookies: check a CSRF token before the call.
///
/// Parameters:
/// - callback, callback_len: the callback that the client sent, at most 128 bytes: an ASCII
///   identifier followed by .identifier, [digits], ['name'] or ["name"] parts. A name consists of
///   letters, digits and _.
/// - response, response_len: one JSON object, for example the output of
///   pusher_signer_authenticate_user.
/// - script, script_size: the buffer and its size in bytes. callback_len + 2 * response_len + 8
///   bytes are sufficient.
///
/// Returns the length of the script, or an error.
///
/// Client errors (respond with 403):
/// - PUSHER_ERROR_CALLBACK
///
/// Server errors (respond with 500):
/// - PUSHER_ERROR_NULL_ARGUMENT
/// - PUSHER_ERROR_RESPONSE_INVALID
/// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pusher_jsonp(
    callback: *const c_char,
    callback_len: size_t,
    response: *const c_char,
    response_len: size_t,
    script: *mut c_char,
    script_size: size_t,
) -> i32 {
    // SAFETY: the caller guarantees the strings and the buffer.
    let call = unsafe {
        Call::new(
            [(callback, callback_len), (response, response_len)],
            script,
            script_size,
        )
    };
    call.write(|[callback, response], buffer| {
        let callback = Callback::parse(callback?)?;
        jsonp::wrap(callback, response?, buffer)
    })
}

/// Returns a buffer size in bytes that is sufficient for the response of pusher_authenticate_user.
/// For static buffers, use the macro PUSHER_RESPONSE_BOUND.
///
/// Parameters:
/// - config_len: the length of the config in bytes.
/// - user_json_len: the length of the user in bytes.
///
/// Returns the size, including the terminating NUL. If it does not fit into a size_t, the result is
/// SIZE_MAX.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn pusher_response_bound(config_len: size_t, user_json_len: size_t) -> size_t {
    // In the worst case every byte of the user is escaped, and the key is the whole config.
    user_json_len
        .saturating_mul(2)
        .saturating_add(config_len)
        .saturating_add(92)
}

/// Returns the name of an error code, such as "PUSHER_ERROR_SOCKET_ID".
///
/// Parameters:
/// - code: the result of a function.
///
/// Returns a static string, never NULL: "PUSHER_OK" for 0 or more, "PUSHER_ERROR_UNKNOWN" for an
/// unknown code.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn pusher_error_name(code: i32) -> *const c_char {
    error::name(code).as_ptr()
}

/// Returns an English message that says what to do about an error code. It contains no input.
///
/// Parameters:
/// - code: the result of a function.
///
/// Returns a static string, never NULL.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn pusher_error_message(code: i32) -> *const c_char {
    error::message(code).as_ptr()
}

/// Returns the version of the loaded library. PUSHER_AUTH_VERSION is the version of the header.
///
/// Returns a static string, never NULL.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn pusher_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// A string that was passed: its bytes, or `NULL_ARGUMENT` or `TOO_LARGE`.
type Input<'a> = Result<&'a [u8], Error>;

/// The arguments of a function that writes its result into the caller's buffer.
struct Call<'a, const N: usize> {
    inputs: [Input<'a>; N],
    /// None for NULL. It may be uninitialised.
    buffer: Option<&'a mut [MaybeUninit<u8>]>,
}

impl<'a, const N: usize> Call<'a, N> {
    /// # Safety
    /// The same as for [`strings`] and [`buffer`].
    unsafe fn new(inputs: [(*const c_char, size_t); N], start: *mut c_char, size: size_t) -> Self {
        Self {
            // SAFETY: the caller guarantees the strings.
            inputs: unsafe { strings(inputs) },
            // SAFETY: the caller guarantees the buffer.
            buffer: unsafe { buffer(start, size) },
        }
    }

    /// Runs the function. If it fails, the buffer holds the empty string.
    fn write(
        self,
        run: impl FnOnce([Input<'a>; N], &mut [MaybeUninit<u8>]) -> Result<i32, Error>,
    ) -> i32 {
        let Some(buffer) = self.buffer else {
            return Error::NULL_ARGUMENT.code();
        };
        let result = guard(|| {
            reject_null(&self.inputs)?;
            run(self.inputs, buffer)
        });
        result.unwrap_or_else(|error| {
            if let Some(first) = buffer.first_mut() {
                first.write(0);
            }
            error.code()
        })
    }

    /// Runs a function of a signer.
    fn write_signed(
        self,
        signer: Option<&Signer>,
        run: impl FnOnce(&Signer, [Input<'a>; N], &mut [MaybeUninit<u8>]) -> Result<i32, Error>,
    ) -> i32 {
        self.write(|inputs, buffer| run(signer.ok_or(Error::NULL_ARGUMENT)?, inputs, buffer))
    }
}

/// Rejects NULL pointers, which are reported before all other errors.
fn reject_null(inputs: &[Input<'_>]) -> Result<(), Error> {
    if inputs.contains(&Err(Error::NULL_ARGUMENT)) {
        return Err(Error::NULL_ARGUMENT);
    }
    Ok(())
}

/// Turns a panic into an error: it must not unwind into C.
// Not inlined, so that the stack that `run` uses is below the frame of `wipe`'s caller.
#[inline(never)]
fn guard<T>(run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // Data that a panic leaves inconsistent are dropped, except for the buffer, which is emptied.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(Error::INTERNAL))
}

/// Returns the timestamp as it was passed, or the current time for 0.
fn unix_time(timestamp: i64) -> Result<u64, Error> {
    match timestamp {
        0 => SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map(|since| since.as_secs())
            .map_err(|_| Error::INTERNAL),
        timestamp => u64::try_from(timestamp).map_err(|_| Error::REQUEST),
    }
}

/// # Safety
/// Each is NULL, or a C string that is not changed during `'a`.
unsafe fn c_strings<'a, const N: usize>(texts: [*const c_char; N]) -> [Input<'a>; N] {
    texts.map(|text| {
        if text.is_null() {
            return Err(Error::NULL_ARGUMENT);
        }
        // SAFETY: it is not NULL, and the caller guarantees the rest.
        Ok(unsafe { CStr::from_ptr(text) }.to_bytes())
    })
}

/// # Safety
/// Each pointer is NULL, or points to as many bytes that are not changed during `'a`.
unsafe fn strings<'a, const N: usize>(texts: [(*const c_char, size_t); N]) -> [Input<'a>; N] {
    texts.map(|(text, len)| {
        if len == 0 {
            return Ok(&[][..]);
        }
        if text.is_null() {
            return Err(Error::NULL_ARGUMENT);
        }
        // No object is larger, so the length is a mistake, such as -1.
        if isize::try_from(len).is_err() {
            return Err(Error::TOO_LARGE);
        }
        // SAFETY: it is neither NULL nor too long, and the caller guarantees the rest.
        Ok(unsafe { slice::from_raw_parts(text.cast(), len) })
    })
}

/// Returns the caller's buffer, which may be uninitialised, or None for NULL.
///
/// # Safety
/// `start` is NULL, or points to `size` bytes that nothing else uses during `'a`.
unsafe fn buffer<'a>(start: *mut c_char, size: size_t) -> Option<&'a mut [MaybeUninit<u8>]> {
    if start.is_null() {
        return None;
    }
    // No result is longer, no object is larger, and none extends past the last address. Some
    // callers pass SIZE_MAX.
    let size = size
        .min(1 << 31)
        .min(isize::MAX.unsigned_abs())
        .min(!start.addr());
    // SAFETY: it is neither NULL nor too long, and the caller guarantees the rest.
    Some(unsafe { slice::from_raw_parts_mut(start.cast(), size) })
}

/// Overwrites registers, and `STACK` bytes of the stack below the caller, where a key was in use.
#[inline(never)]
fn wipe<const STACK: usize>() {
    // First: a lazily bound memset would have the dynamic linker save them below those bytes.
    wipe_registers();
    zeroize_stack::<STACK>();
}

/// More than setting up a key uses, including the dynamic linker, which saves the vector registers.
const SET_UP: usize = 4096;

/// More than encryption uses.
const ENCRYPTION: usize = 8192;

/// Clears the registers that a call may change. Lazy binding and signal handlers save them to the
/// stack.
#[inline(never)]
fn wipe_registers() {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::{asm, is_x86_feature_detected};
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the processor has these registers, and the compiler does not use them here.
            unsafe {
                asm!(
                    ".irp n,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
                    "vpxord zmm\\n, zmm\\n, zmm\\n",
                    ".endr",
                    options(nomem, nostack, preserves_flags),
                );
            }
        }
        macro_rules! clear {
            ($($instruction:literal),+) => {
                asm!(
                    $($instruction),+,
                    out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _,
                    out("xmm4") _, out("xmm5") _, out("xmm6") _, out("xmm7") _,
                    out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _,
                    out("xmm12") _, out("xmm13") _, out("xmm14") _, out("xmm15") _,
                    options(nomem, nostack, preserves_flags),
                )
            };
        }
        if is_x86_feature_detected!("avx") {
            // SAFETY: the processor has the instruction, and all registers it changes are named.
            unsafe { clear!("vzeroall") };
        } else {
            // SAFETY: every x86-64 has these registers, and all are named.
            unsafe {
                clear!(
                    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
                    "xorps xmm\\n, xmm\\n",
                    ".endr"
                )
            };
        }
        // SAFETY: it has no instruction of its own. The compiler writes the zeros.
        unsafe {
            asm!(
                "",
                inout("rax") 0_u64 => _, inout("rcx") 0_u64 => _, inout("rdx") 0_u64 => _,
                inout("rsi") 0_u64 => _, inout("rdi") 0_u64 => _, inout("r8") 0_u64 => _,
                inout("r9") 0_u64 => _, inout("r10") 0_u64 => _, inout("r11") 0_u64 => _,
                options(nomem, nostack, preserves_flags),
            );
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        // SAFETY: every AArch64 that has a standard library has these registers, and all are named.
        unsafe {
            std::arch::asm!(
                ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
                "mov x\\n, xzr",
                ".endr",
                ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
                "movi v\\n\\().2d, #0",
                ".endr",
                out("x0") _, out("x1") _, out("x2") _, out("x3") _, out("x4") _, out("x5") _,
                out("x6") _, out("x7") _, out("x8") _, out("x9") _, out("x10") _, out("x11") _,
                out("x12") _, out("x13") _, out("x14") _, out("x15") _, out("x16") _, out("x17") _,
                out("v0") _, out("v1") _, out("v2") _, out("v3") _, out("v4") _, out("v5") _,
                out("v6") _, out("v7") _, out("v8") _, out("v9") _, out("v10") _, out("v11") _,
                out("v12") _, out("v13") _, out("v14") _, out("v15") _, out("v16") _, out("v17") _,
                out("v18") _, out("v19") _, out("v20") _, out("v21") _, out("v22") _, out("v23") _,
                out("v24") _, out("v25") _, out("v26") _, out("v27") _, out("v28") _, out("v29") _,
                out("v30") _, out("v31") _,
                options(nomem, nostack, preserves_flags),
            );
        }
    }
}
