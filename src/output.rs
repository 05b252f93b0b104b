//! The caller's buffer: filled with a complete result or left empty.

use std::mem::{MaybeUninit, take};

use crate::error::Error;

/// The part of the caller's buffer for a result and its terminating NUL. It is claimed before the
/// first byte is written, so a result that does not fit writes nothing.
pub struct Output<'a> {
    /// The part that is still free.
    pub rest: &'a mut [MaybeUninit<u8>],
    size: usize,
}

impl<'a> Output<'a> {
    /// Claims up to `len` bytes and the NUL.
    pub fn claim(buffer: &'a mut [MaybeUninit<u8>], len: usize) -> Result<Self, Error> {
        i32::try_from(len).map_err(|_| Error::TOO_LARGE)?;
        let rest = buffer.get_mut(..=len).ok_or(Error::BUFFER_TOO_SMALL)?;
        let size = rest.len();
        Ok(Self { rest, size })
    }

    /// Appends `bytes`. If they exceed the claim they are dropped, and [`finish`](Self::finish) fails.
    pub fn push(&mut self, bytes: &[u8]) {
        if let Some((slot, rest)) = take(&mut self.rest).split_at_mut_checked(bytes.len()) {
            for (target, &byte) in slot.iter_mut().zip(bytes) {
                target.write(byte);
            }
            self.rest = rest;
        }
    }

    /// Reserves a slot of `len` bytes, to be written later.
    pub fn reserve(&mut self, len: usize) -> Self {
        let (slot, rest) = take(&mut self.rest)
            .split_at_mut_checked(len)
            .unwrap_or_default();
        self.rest = rest;
        Self {
            rest: slot,
            size: len,
        }
    }

    /// Writes the NUL and returns the length before it.
    pub fn finish(self) -> Result<i32, Error> {
        let len = self.size.saturating_sub(self.rest.len());
        let end = self.rest.first_mut().ok_or(Error::INTERNAL)?;
        end.write(0);
        i32::try_from(len).map_err(|_| Error::INTERNAL)
    }
}
