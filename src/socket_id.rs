//! The id that Pusher gave a connection.

use crate::error::Error;

/// A socket id: ASCII digits, a dot and ASCII digits, and nothing else.
///
/// This check is the security boundary: the id comes from the browser and is the first part of the
/// string to sign. A looser check would let a client obtain the signature of another string.
#[derive(Clone, Copy)]
pub struct SocketId<'a>(&'a [u8]);

impl<'a> SocketId<'a> {
    /// Rejects everything else with [`Error::SOCKET_ID`].
    #[inline(always)]
    pub fn parse(text: &'a [u8]) -> Result<Self, Error> {
        let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        let dot = text.iter().position(|&byte| byte == b'.');
        match dot.and_then(|dot| text.split_at_checked(dot)) {
            Some((left, [_, right @ ..])) if digits(left) && digits(right) => Ok(Self(text)),
            _ => Err(Error::SOCKET_ID),
        }
    }

    /// Returns the id as it was passed.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}
