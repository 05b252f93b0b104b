//! The id that Pusher gave a connection.

use crate::error::Error;

/// ASCII digits, a dot, ASCII digits, over the whole input.
///
/// This is the security boundary: the id comes from the browser and stands first in the string to
/// sign, so anything looser lets a client have another string signed than the one that is meant.
#[derive(Clone, Copy)]
pub struct SocketId<'a>(&'a [u8]);

impl<'a> SocketId<'a> {
    /// Refuses everything else with [`Error::SocketId`].
    pub fn parse(text: &'a [u8]) -> Result<Self, Error> {
        let mut halves = text.split(|&byte| byte == b'.');
        let mut digits = || {
            halves
                .next()
                .is_some_and(|half| !half.is_empty() && half.iter().all(u8::is_ascii_digit))
        };
        if digits() && digits() && halves.next().is_none() {
            Ok(Self(text))
        } else {
            Err(Error::SocketId)
        }
    }

    /// The id as it was given.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}
