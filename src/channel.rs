//! Channels, and the data of a presence channel's members.

use std::mem::MaybeUninit;

use crate::{
    error::Error,
    escape::is_text,
    json::{self, Invalid, Members, Value},
    signer::Signer,
    socket_id::SocketId,
};

const MAX_LEN: usize = 200;

/// A channel that requires authorization: 1 to 200 of `A-Z a-z 0-9 _ - = @ , . ;`, beginning with
/// `private-` or `presence-`.
///
/// This check matters as much as the socket id's: the name comes from the browser and is part of the
/// string to sign. An unchecked `:user::{…}` would give the signature of a user.
/// <https://pusher.com/docs/channels/using_channels/channels/#channel-naming-conventions>
#[derive(Clone, Copy)]
pub struct Channel<'a>(&'a [u8]);

impl<'a> Channel<'a> {
    /// Rejects everything else with [`Error::CHANNEL`].
    pub fn parse(name: &'a [u8]) -> Result<Self, Error> {
        let requires_authorization =
            name.starts_with(b"private-") || name.starts_with(b"presence-");
        if requires_authorization && is_name(name) {
            Ok(Self(name))
        } else {
            Err(Error::CHANNEL)
        }
    }

    /// The channel if its events are encrypted.
    pub fn encrypted(self) -> Option<EncryptedChannel<'a>> {
        self.0
            .starts_with(b"private-encrypted-")
            .then_some(EncryptedChannel(self.0))
    }

    /// Writes `{"auth":"<key>:<signature>"}` into `buffer`, with `channel_data` if there are any, and
    /// with `shared_secret` for an encrypted channel. Returns its length.
    pub fn authorize(
        self,
        signer: &Signer,
        socket_id: SocketId,
        data: ChannelData,
        buffer: &mut [MaybeUninit<u8>],
    ) -> Result<i32, Error> {
        let (separator, mut middle): (&[u8], &[u8]) = match data.0 {
            b"" => (b"", b""),
            _ => (b":", br#"","channel_data":""#),
        };
        // Base64 needs no escaping, and the secret must not index the escaper's table.
        let mut secret = *br#"","shared_secret":"............................................"#;
        if let Some(channel) = self.encrypted() {
            let base64 = secret.last_chunk_mut::<44>().ok_or(Error::INTERNAL)?;
            signer.shared_secret(channel)?.encode(base64)?;
            middle = &secret;
        }
        let message = [socket_id.as_bytes(), b":", self.0, separator, data.0];
        signer.respond(message, middle, data.0, buffer)
    }

    fn is_presence(self) -> bool {
        self.0.starts_with(b"presence-")
    }
}

/// A channel that begins with `private-encrypted-`.
#[derive(Clone, Copy)]
pub struct EncryptedChannel<'a>(&'a [u8]);

impl<'a> EncryptedChannel<'a> {
    /// Rejects everything else with [`Error::CHANNEL`].
    pub fn parse(name: &'a [u8]) -> Result<Self, Error> {
        Channel::parse(name)?.encrypted().ok_or(Error::CHANNEL)
    }

    /// The name as it was passed.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

/// A channel that an event can be triggered on: any valid name, or `#server-to-user-<id>`.
#[derive(Clone, Copy)]
pub struct EventChannel<'a>(&'a str);

impl<'a> EventChannel<'a> {
    /// Rejects everything else with [`Error::CHANNEL`]. Allows user ids that Pusher does not allow,
    /// because other servers do.
    pub fn parse(name: &'a [u8]) -> Result<Self, Error> {
        let text = simdutf8::basic::from_utf8(name).map_err(|_| Error::CHANNEL)?;
        let is_valid = match text.strip_prefix("#server-to-user-") {
            Some(id) => !id.is_empty() && is_text(id),
            None => is_name(name),
        };
        is_valid.then_some(Self(text)).ok_or(Error::CHANNEL)
    }

    /// The channel if its events are encrypted.
    pub fn encrypted(self) -> Option<EncryptedChannel<'a>> {
        EncryptedChannel::parse(self.0.as_bytes()).ok()
    }

    /// The name as it was passed.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0.as_bytes()
    }
}

fn is_name(name: &[u8]) -> bool {
    (1..=MAX_LEN).contains(&name.len())
        && name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-=@,.;".contains(byte))
}

/// A JSON object with unique keys and a `user_id` that is a non-empty string or an integer, exactly
/// as the application wrote it; or nothing, if the member is the user who has signed in.
#[derive(Clone, Copy)]
pub struct ChannelData<'a>(&'a [u8]);

impl<'a> ChannelData<'a> {
    /// Rejects everything else, and any data for other than presence channels, with
    /// [`Error::CHANNEL_DATA`].
    pub fn parse(json: &'a [u8], channel: Channel) -> Result<Self, Error> {
        let is_valid =
            json.is_empty() || channel.is_presence() && has_user_id(json).unwrap_or(false);
        is_valid.then_some(Self(json)).ok_or(Error::CHANNEL_DATA)
    }
}

fn has_user_id(json: &[u8]) -> Result<bool, Invalid> {
    let Members {
        values: [Some(user_id)],
        distinct,
    } = json::object::<Value, 1>(json, ["user_id"])?
    else {
        return Ok(false);
    };
    let is_id = match user_id.number() {
        // Pusher's own examples have integers.
        Some(number) => !number.contains(['.', 'e', 'E']),
        None => user_id.string()?.is_some_and(|id| !id.is_empty()),
    };
    Ok(is_id && distinct)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_alphabet_passes() {
        for byte in 0..=u8::MAX {
            let allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-=@,.;"
                .contains(char::from(byte));
            for name in [vec![byte], vec![b'a', byte], vec![byte, b'a']] {
                let name = [b"private-", &name[..]].concat();
                assert_eq!(Channel::parse(&name).is_ok(), allowed, "{byte}");
                assert_eq!(EventChannel::parse(&name).is_ok(), allowed, "{byte}");
            }
        }
    }
}
