//! A caller's buffer, filled to the byte or left empty.

use std::mem::{MaybeUninit, take};

use crate::{
    error::Error,
    escape::{escape, escape_chunk, is_plain},
};

/// The part of a caller's buffer that the result takes, its terminating NUL included.
///
/// The length is known before the first byte is written, so a result that does not fit writes nothing.
pub struct Output<'a> {
    rest: &'a mut [MaybeUninit<u8>],
    len: i32,
}

impl<'a> Output<'a> {
    /// Claims room for `len` bytes and the NUL.
    pub fn claim(buffer: &'a mut [MaybeUninit<u8>], len: usize) -> Result<Self, Error> {
        let result = i32::try_from(len).map_err(|_| Error::TooLarge)?;
        let rest = buffer.get_mut(..=len).ok_or(Error::BufferTooSmall)?;
        Ok(Self { rest, len: result })
    }

    /// Appends `bytes`. What goes past the claim is dropped, and [`finish`](Self::finish) tells.
    pub fn push(&mut self, bytes: &[u8]) {
        if let Some((room, rest)) = take(&mut self.rest).split_at_mut_checked(bytes.len()) {
            room.write_copy_of_slice(bytes);
            self.rest = rest;
        }
    }

    /// Appends valid JSON as it stands inside a JSON string.
    pub fn push_escaped(&mut self, json: &[u8]) {
        let (chunks, tail) = json.as_chunks();
        for chunk in chunks {
            if is_plain(chunk) {
                self.push(chunk);
            } else if let Some(room) = self.rest.first_chunk_mut() {
                let len = escape_chunk(chunk, room);
                self.rest = take(&mut self.rest).get_mut(len..).unwrap_or_default();
            } else {
                self.push_each_escaped(chunk);
            }
        }
        self.push_each_escaped(tail);
    }

    fn push_each_escaped(&mut self, json: &[u8]) {
        for &byte in json {
            let (escape, len) = escape(byte);
            self.push(escape.get(..len).unwrap_or_default());
        }
    }

    /// Writes the NUL. Gives the length before it.
    pub fn finish(self) -> Result<i32, Error> {
        match self.rest {
            [end] => {
                end.write(0);
                Ok(self.len)
            }
            _ => Err(Error::Internal),
        }
    }
}
