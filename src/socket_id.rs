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
        let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        let dot = text.iter().position(|&byte| byte == b'.');
        match dot.and_then(|dot| text.split_at_checked(dot)) {
            Some((left, [_, right @ ..])) if digits(left) && digits(right) => Ok(Self(text)),
            _ => Err(Error::SocketId),
        }
    }

    /// The id as it was given.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}
