//! The channel that a client wants to join.

use crate::error::Error;

/// A channel that needs authorization: 1 to 200 of `A-Z a-z 0-9 _ - = @ , . ;`, beginning with
/// `private-` or `presence-`.
///
/// It matters as much as the socket id: the name comes from the browser and stands in the string to
/// sign, where `:user::{…}` would make it the signature of a user.
/// <https://pusher.com/docs/channels/using_channels/channels/#channel-naming-conventions>
#[derive(Clone, Copy)]
pub struct Channel<'a>(&'a [u8]);

impl<'a> Channel<'a> {
    const MAX_LEN: usize = 200;

    /// Refuses everything else with [`Error::Channel`].
    pub fn parse(name: &'a [u8]) -> Result<Self, Error> {
        let is_channel = name.len() <= Self::MAX_LEN
            && (name.starts_with(b"private-") || name.starts_with(b"presence-"))
            && name
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-=@,.;".contains(byte));
        if is_channel {
            Ok(Self(name))
        } else {
            Err(Error::Channel)
        }
    }

    /// Whether its members are known to each other.
    pub fn is_presence(self) -> bool {
        self.0.starts_with(b"presence-")
    }

    /// Whether its events are encrypted, with a secret that comes with the authorization.
    pub fn is_encrypted(self) -> bool {
        self.0.starts_with(b"private-encrypted-")
    }

    /// The name as it was given.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_alphabet_passes() {
        for byte in 0..=u8::MAX {
            let allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-=@,.;"
                .contains(char::from(byte));
            for name in [vec![byte], vec![b'a', byte], vec![byte, b'a']] {
                let name = [b"private-", &name[..]].concat();
                assert_eq!(Channel::parse(&name).is_ok(), allowed, "{byte}");
            }
        }
    }
}
