//! A caller's buffer, filled to the byte or left empty.

use std::mem::{MaybeUninit, take};

use crate::{
    error::Error,
    escape::{CHUNK, FEW, WORD, escape, is_plain},
};

/// The part of a caller's buffer that a result may take, its terminating NUL included.
///
/// It is known before the first byte is written, so a result that does not fit writes nothing.
pub struct Output<'a> {
    rest: &'a mut [MaybeUninit<u8>],
    size: usize,
}

impl<'a> Output<'a> {
    /// Claims room for up to `len` bytes and the NUL.
    pub fn claim(buffer: &'a mut [MaybeUninit<u8>], len: usize) -> Result<Self, Error> {
        i32::try_from(len).map_err(|_| Error::TooLarge)?;
        let rest = buffer.get_mut(..=len).ok_or(Error::BufferTooSmall)?;
        let size = rest.len();
        Ok(Self { rest, size })
    }

    /// Appends `bytes`. What goes past the claim is dropped, and [`finish`](Self::finish) tells.
    pub fn push(&mut self, bytes: &[u8]) {
        if let Some((room, rest)) = take(&mut self.rest).split_at_mut_checked(bytes.len()) {
            for (place, &byte) in room.iter_mut().zip(bytes) {
                place.write(byte);
            }
            self.rest = rest;
        }
    }

    /// Appends valid JSON as it stands inside a JSON string.
    pub fn push_escaped(&mut self, json: &[u8]) {
        let (json, last) = json
            .split_at_checked(json.len().saturating_sub(FEW))
            .unwrap_or_default();
        let mut chunks = json.chunks_exact(CHUNK);
        for chunk in chunks.by_ref().filter_map(<[u8]>::first_chunk) {
            if is_plain(chunk) {
                self.push(chunk);
            } else {
                self.push_each_escaped(chunk);
            }
        }
        self.push_each_escaped(chunks.remainder());
        // To the byte: what a whole word leaves behind these could stand behind the result.
        let (escaped, len) = escape(last);
        self.push(escaped.get(..len).unwrap_or_default());
    }

    fn push_each_escaped(&mut self, json: &[u8]) {
        for few in json.chunks(FEW) {
            self.push_few_escaped(few);
        }
    }

    #[inline(always)]
    fn push_few_escaped(&mut self, few: &[u8]) {
        let (escaped, len) = escape(few);
        match self.rest.first_chunk_mut::<WORD>() {
            // The whole word at once: what comes next overwrites the bytes that don't count.
            Some(room) => {
                *room = escaped.map(MaybeUninit::new);
                self.rest = take(&mut self.rest).get_mut(len..).unwrap_or_default();
            }
            None => self.push(escaped.get(..len).unwrap_or_default()),
        }
    }

    /// Writes the NUL. Gives the length before it.
    pub fn finish(self) -> Result<i32, Error> {
        let len = self.size.saturating_sub(self.rest.len());
        let end = self.rest.first_mut().ok_or(Error::Internal)?;
        end.write(0);
        i32::try_from(len).map_err(|_| Error::Internal)
    }
}
