//! The codes that the C functions return, and what they tell a person.

use std::ffi::CStr;

/// What went wrong. Every code is negative, keeps its value for ever, and new ones are only
/// appended. pusher_error_message gives each in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum Error {
    /// A pointer that must not be NULL is NULL.
    NullArgument = -1,
    /// The result and its terminating NUL do not fit the buffer.
    BufferTooSmall = -2,
    /// The config is not one JSON object in UTF-8, or a member is of the wrong type or given twice.
    ConfigInvalid = -3,
    /// The config has no "key", or not one of printable ASCII without colon, quote and backslash.
    ConfigKey = -4,
    /// The config has no "secret", or an empty one.
    ConfigSecret = -5,
    /// The socket id is not digits, a dot, digits.
    SocketId = -6,
    /// The user is not one JSON object in UTF-8.
    UserInvalid = -7,
    /// The user has no member "id".
    UserIdMissing = -8,
    /// The user's "id" is not a string: {"id":"12345"} is right, {"id":12345} is not.
    UserIdNotString = -9,
    /// The user's "id" is the empty string.
    UserIdEmpty = -10,
    /// The user has two members of the same name, after unescaping.
    UserDuplicateMember = -11,
    /// The callback is not a member path such as Pusher.auth_callbacks['1'].
    Callback = -12,
    /// The result would not fit an int32_t, or a length given is impossible.
    TooLarge = -13,
    /// A bug in this library: a panic was caught at the border.
    Internal = -14,
    /// pusher_jsonp: the response is not one JSON object in UTF-8.
    ResponseInvalid = -15,
    /// A "private-encrypted-" channel, and the config has no "encryptionMasterKeyBase64" of 32 bytes.
    EncryptionKey = -16,
    /// The channel is not 1 to 200 of A-Z a-z 0-9 _ - = @ , . ; beginning with "private-" or "presence-".
    Channel = -17,
    /// The channel data are not one JSON object with a "user_id", or the channel takes none.
    ChannelData = -18,
    /// A request, and the config has no usable "appId", or an unusable "host", "cluster" or "port".
    ConfigApp = -19,
    /// The request's method, path, query or timestamp cannot be signed as it is.
    Request = -20,
    /// The webhook is for another app's key.
    WebhookKey = -21,
    /// The webhook's signature is missing or wrong: it is not Pusher's.
    WebhookSignature = -22,
}

impl Error {
    /// What a C function returns for it.
    pub fn code(self) -> i32 {
        self as i32
    }
}

/// What each tells a person.
#[rustfmt::skip]
const MESSAGES: [(Error, &CStr); 22] = [
    (Error::NullArgument, c"an argument that must not be NULL is NULL"),
    (Error::BufferTooSmall, c"the buffer is too small for the result and its NUL: use pusher_response_bound to size it"),
    (Error::ConfigInvalid, c"the config must be one JSON object in UTF-8, such as {\"key\":\"...\",\"secret\":\"...\"}, \
                  with every member of its type and given once"),
    (Error::ConfigKey, c"the config needs the app's \"key\": printable ASCII without colon, quote and backslash"),
    (Error::ConfigSecret, c"the config needs the app's \"secret\": a string that is not empty"),
    (Error::SocketId, c"the socket id must be digits, a dot and digits, such as 1234.1234, and nothing else"),
    (Error::UserInvalid, c"the user must be one JSON object in UTF-8, such as {\"id\":\"12345\"}"),
    (Error::UserIdMissing, c"the user needs a member \"id\", such as {\"id\":\"12345\"}"),
    (Error::UserIdNotString, c"the user's \"id\" must be a JSON string: {\"id\":\"12345\"} and not {\"id\":12345}"),
    (Error::UserIdEmpty, c"the user's \"id\" must not be empty"),
    (Error::UserDuplicateMember, c"the user has two members of the same name: each must be given once"),
    (Error::Callback, c"the callback must be a member path such as Pusher.auth_callbacks['1'], of 128 bytes at most"),
    (Error::TooLarge, c"the input is too large: the result would not fit an int32_t"),
    (Error::Internal, c"internal error: a bug in pusher-auth, please report it"),
    (Error::ResponseInvalid, c"the response to wrap must be one JSON object in UTF-8"),
    (Error::EncryptionKey, c"an encrypted channel needs \"encryptionMasterKeyBase64\" in the config: 32 random bytes in base64"),
    (Error::Channel, c"the channel must be 1 to 200 of A-Z a-z 0-9 _ - = @ , . ; and begin with private- or presence-"),
    (Error::ChannelData, c"the channel data, for presence channels only, must be one JSON object such as {\"user_id\":\"12345\"}, \
                  with every member given once"),
    (Error::ConfigApp, c"a request needs \"appId\" in the config, and \"host\", \"cluster\" and \"port\" fit for a URL if given"),
    (Error::Request, c"the request's method, path, query or timestamp cannot be signed: a path such as /events has no empty \
                  or dot segments, and nothing in it or in the query needs percent encoding"),
    (Error::WebhookKey, c"the webhook is for another app: its X-Pusher-Key is not the config's key"),
    (Error::WebhookSignature, c"the webhook is not Pusher's: its X-Pusher-Signature is missing or wrong"),
];

/// The words for whatever a C function returned, or for any other number.
pub fn message(code: i32) -> &'static CStr {
    match MESSAGES.iter().find(|(error, _)| error.code() == code) {
        Some((_, message)) => message,
        None if code >= 0 => c"success",
        None => c"unknown error code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_consecutive_from_minus_one() {
        let codes: Vec<i32> = MESSAGES.iter().map(|(error, _)| error.code()).collect();
        assert_eq!(codes, (-22..=-1).rev().collect::<Vec<_>>());
    }
}
