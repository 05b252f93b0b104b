//! The error codes: the one list from which the header, the documentation and the bindings take
//! their names, meanings and messages.

use std::ffi::CStr;

/// An error code of the C API. Codes keep their values forever; new ones are appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error(i32);

/// A row of the list.
pub struct Entry {
    /// The code.
    pub code: i32,
    /// Its name in C.
    pub name: &'static CStr,
    /// A message that says what to do.
    pub message: &'static CStr,
}

/// Declares a constant for each code, the rows for the C API, and the meanings for the generators.
macro_rules! errors {
    ($(#[doc = $meaning:literal] $name:ident = $code:literal, $message:literal;)+) => {
        impl Error {
            $(#[doc = $meaning] pub const $name: Self = Self($code);)+
        }

        /// All codes, from -1 downwards.
        pub const LIST: &[Entry] = &[$(Entry {
            code: $code,
            name: c_str(concat!("PUSHER_ERROR_", stringify!($name), "\0")),
            message: $message,
        },)+];

        /// The meaning of each code, for its declaration in the header.
        #[allow(dead_code, reason = "only build.rs reads it")]
        pub const MEANINGS: &[&str] = &[$($meaning,)+];
    };
}

errors! {
    /// A pointer that must not be NULL is NULL.
    NULL_ARGUMENT = -1, c"an argument that must not be NULL is NULL";
    /// The result and its terminating NUL do not fit into the buffer.
    BUFFER_TOO_SMALL = -2, c"the buffer is too small for the result and its terminating NUL: allocate pusher_signer_bound(signer, total length of the inputs) bytes, or the bound that the function's documentation names";
    /// The config is neither a JSON object with unique keys and valid types, nor a PUSHER_URL.
    CONFIG_INVALID = -3, c"the config must be a JSON object in UTF-8 such as {\"key\":\"...\",\"secret\":\"...\"} with unique keys and values of the right types, or a URL such as https://KEY:SECRET@api-eu.pusher.com/apps/APP_ID";
    /// The config's "key" is missing, or has a byte that is : " \ or not printable ASCII.
    CONFIG_KEY = -4, c"the config must have the app's \"key\": printable ASCII without colon, quote and backslash";
    /// The config's "secret" is missing or empty, or ends in a line break.
    CONFIG_SECRET = -5, c"the config must have the app's \"secret\": a non-empty string that does not end in a line break";
    /// The socket id is not digits, a dot, digits.
    SOCKET_ID = -6, c"the socket id must be digits, a dot and digits, such as 1234.1234, and nothing else";
    /// The user is not one JSON object in UTF-8.
    USER_INVALID = -7, c"the user must be one JSON object in UTF-8, such as {\"id\":\"12345\"}";
    /// The user has no "id".
    USER_ID_MISSING = -8, c"the user must have an \"id\", such as {\"id\":\"12345\"}";
    /// The user's "id" is not a string: {"id":"12345"} is valid, {"id":12345} is not.
    USER_ID_NOT_STRING = -9, c"the user's \"id\" must be a JSON string: {\"id\":\"12345\"} and not {\"id\":12345}";
    /// The user's "id" is the empty string.
    USER_ID_EMPTY = -10, c"the user's \"id\" must not be empty";
    /// The user has a duplicate key.
    USER_DUPLICATE_MEMBER = -11, c"the user has a duplicate key: each key must be unique after unescaping";
    /// The JSONP callback is not a path such as Pusher.auth_callbacks['1'], or is too long.
    CALLBACK = -12, c"the JSONP callback must be a path of at most 128 bytes, such as Pusher.auth_callbacks['1']";
    /// The result would not fit into an int32_t, or a length is larger than any object can be.
    TOO_LARGE = -13, c"the input is too large: the result would not fit into an int32_t, or a length is impossible";
    /// A bug in this library: a panic was caught.
    INTERNAL = -14, c"internal error: this is a bug in pusher-auth, please report it";
    /// The response for JSONP is not one JSON object in UTF-8.
    RESPONSE_INVALID = -15, c"the response for JSONP must be one JSON object in UTF-8";
    /// The config's "encryptionMasterKeyBase64" is missing, or is not the base64 of 32 bytes.
    ENCRYPTION_KEY = -16, c"encrypted channels require \"encryptionMasterKeyBase64\" in the config: the base64 of exactly 32 random bytes, without whitespace";
    /// The channel's name is not valid for this function.
    CHANNEL = -17, c"the channel must be 1 to 200 of A-Z a-z 0-9 _ - = @ , . ; and begin with private- or presence- to be authorized, with private-encrypted- to encrypt or decrypt; an event can also go to #server-to-user-ID";
    /// The channel data are not an object with a "user_id", or are passed for a non-presence channel.
    CHANNEL_DATA = -18, c"the channel data, for presence channels only, must be one JSON object with unique keys and a \"user_id\" that is a non-empty string or an integer, such as {\"user_id\":\"12345\"}";
    /// The config's "appId" is missing or invalid, or the address of the REST API is invalid.
    CONFIG_APP = -19, c"requests require \"appId\" in the config; \"appId\" and \"cluster\" must be letters, digits, - and _, \"host\" a host name or an address, \"port\" 1 to 65535, \"path\" a path such as /prefix, \"scheme\" http or https";
    /// The method, path, query, timestamp or user id cannot be signed.
    REQUEST = -20, c"the request cannot be signed: the method must be upper case, such as POST; the path must be the part below the app, such as /events, percent-encoded, without empty or dot segments; the query must be name=value pairs of unreserved characters with unique names, none of them body_md5 or auth_...; the timestamp must be Unix seconds or 0; the user id must be non-empty UTF-8 and not . or ..";
    /// The webhook is for another app: its X-Pusher-Key is not the config's key.
    WEBHOOK_KEY = -21, c"the webhook is for another app: its X-Pusher-Key is not the config's \"key\"";
    /// Pusher did not send the webhook: its X-Pusher-Signature is missing or invalid.
    WEBHOOK_SIGNATURE = -22, c"the webhook's X-Pusher-Signature is missing or invalid: verify the body exactly as it was received, and respond with 401";
    /// The name, data, channels or shape of an event are invalid.
    EVENT = -23, c"the event is invalid: its name must be 1 to 200 characters, its data UTF-8 without characters below U+0020 other than tab, LF and CR; events must be {\"name\":...,\"channels\":[...],\"data\":...} with 1 to 100 channels or {\"batch\":[{\"name\":...,\"channel\":...,\"data\":...}]} with 1 to 10 events, with unique keys, and an encrypted channel must be the only one";
    /// The encrypted data are malformed or modified, or belong to another channel or master key.
    DECRYPTION = -24, c"the data cannot be decrypted: they must be {\"nonce\":\"...\",\"ciphertext\":\"...\"} as encrypted for this channel with this \"encryptionMasterKeyBase64\"";
    /// The system provided no random bytes, which encryption requires.
    RANDOM = -25, c"the system provided no random bytes, which encryption requires: allow the getrandom system call";
    /// The parameters are not what the content type says, are not UTF-8, or have a duplicate name.
    PARAMETERS = -26, c"the parameters must be a form or a JSON object, as the content type says, in UTF-8 and with unique names, and the value must be a string";
    /// The request has no parameter of this name.
    PARAMETER_MISSING = -27, c"the request has no parameter of this name";
}

impl Error {
    /// Returns the code as C functions return it.
    pub fn code(self) -> i32 {
        self.0
    }
}

/// Returns the name of a code, also of success and of an unknown code.
pub fn name(code: i32) -> &'static CStr {
    match find(code) {
        Some(entry) => entry.name,
        None if code >= 0 => c"PUSHER_OK",
        None => c"PUSHER_ERROR_UNKNOWN",
    }
}

/// Returns the message of a code, also of success and of an unknown code.
pub fn message(code: i32) -> &'static CStr {
    match find(code) {
        Some(entry) => entry.message,
        None if code >= 0 => c"success",
        None => c"unknown error code",
    }
}

fn find(code: i32) -> Option<&'static Entry> {
    LIST.iter().find(|entry| entry.code == code)
}

#[allow(clippy::panic, reason = "the compiler evaluates it")]
const fn c_str(text: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => panic!("a name contains a NUL"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_consecutive_from_minus_one() {
        let codes = LIST.iter().map(|entry| entry.code);
        assert!(codes.eq((1..).map(|code: i32| -code).take(LIST.len())));
    }
}
