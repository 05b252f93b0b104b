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

    /// Leaves room for `len` bytes, to be written later.
    pub fn leave(&mut self, len: usize) -> Self {
        let (room, rest) = take(&mut self.rest)
            .split_at_mut_checked(len)
            .unwrap_or_default();
        self.rest = rest;
        Self {
            rest: room,
            size: len,
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
        self.push_few_escaped(last);
    }

    /// Up to a chunk of it.
    #[inline(always)]
    fn push_each_escaped(&mut self, json: &[u8]) {
        let Some(room) = self.rest.first_chunk_mut::<{ 2 * CHUNK + WORD }>() else {
            return json.chunks(FEW).for_each(|few| self.push_few_escaped(few));
        };
        let mut at = 0;
        let mut write = |few: &[u8]| {
            let (escaped, len) = escape(few);
            // The whole word at once: what comes next overwrites the bytes that don't count. That it
            // fits, the remainder tells the compiler.
            let place = room.get_mut(at % (2 * CHUNK)..);
            if let Some(place) = place.and_then(<[_]>::first_chunk_mut) {
                *place = escaped.map(MaybeUninit::new);
            }
            at = at.wrapping_add(len);
        };
        let mut fours = json.chunks_exact(FEW);
        fours.by_ref().for_each(&mut write);
        if !fours.remainder().is_empty() {
            write(fours.remainder());
        }
        self.rest = take(&mut self.rest).get_mut(at..).unwrap_or_default();
    }

    /// To the byte: what a whole word leaves behind could stand behind the result.
    fn push_few_escaped(&mut self, few: &[u8]) {
        let (escaped, len) = escape(few);
        self.push(escaped.get(..len).unwrap_or_default());
    }

    /// Writes the NUL. Gives the length before it.
    pub fn finish(self) -> Result<i32, Error> {
        let len = self.size.saturating_sub(self.rest.len());
        let end = self.rest.first_mut().ok_or(Error::Internal)?;
        end.write(0);
        i32::try_from(len).map_err(|_| Error::Internal)
    }
}
