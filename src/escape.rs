//! Escaping for JSON strings, in the form that `JSON.stringify` uses, many bytes at a time.

use std::mem::{MaybeUninit, take};

use crate::output::Output;

/// The largest number of bytes that an escaped batch has.
const WORD: usize = size_of::<u64>();

/// The number of bytes that are examined at once: two words, since most short texts have no quotes.
const CHUNK: usize = 2 * WORD;

/// The number of bytes that are escaped at once: they fill a word if each becomes two.
const BATCH: usize = WORD / 2;

/// Maps each byte to itself or its escape of two bytes, and to the length of that in bits. The only
/// control characters in valid JSON, and in text by [`is_text`], are tab, LF and CR.
#[allow(clippy::indexing_slicing, reason = "the compiler evaluates it")]
const ESCAPES: [(u16, u16); 256] = {
    let mut escapes = [(0, 8); 256];
    let mut byte = 0;
    while byte < 256 {
        escapes[byte] = match byte as u8 {
            b'"' => (u16::from_le_bytes(*b"\\\""), 16),
            b'\\' => (u16::from_le_bytes(*b"\\\\"), 16),
            b'\n' => (u16::from_le_bytes(*b"\\n"), 16),
            b'\r' => (u16::from_le_bytes(*b"\\r"), 16),
            b'\t' => (u16::from_le_bytes(*b"\\t"), 16),
            plain => (plain as u16, 8),
        };
        byte += 1;
    }
    escapes
};

impl Output<'_> {
    /// Appends `text` as the content of a JSON string. [`is_text`] must be true for it.
    pub fn push_escaped(&mut self, text: &[u8]) {
        let (text, last) = text
            .split_at_checked(text.len().saturating_sub(BATCH))
            .unwrap_or_default();
        let mut chunks = text.chunks_exact(CHUNK);
        for chunk in chunks.by_ref().filter_map(<[u8]>::first_chunk) {
            if is_plain(chunk) {
                self.push(chunk);
            } else {
                self.push_chunk_escaped(chunk);
            }
        }
        self.push_chunk_escaped(chunks.remainder());
        self.push_batch_escaped(last);
    }

    /// Appends up to a chunk.
    #[inline(always)]
    fn push_chunk_escaped(&mut self, text: &[u8]) {
        let Some(slots) = self.rest.first_chunk_mut::<{ 2 * CHUNK + WORD }>() else {
            return text
                .chunks(BATCH)
                .for_each(|batch| self.push_batch_escaped(batch));
        };
        let mut at = 0;
        let mut write = |batch: &[u8]| {
            let (escaped, len) = escape(batch);
            // Writes the whole word: the next one overwrites the bytes past `len`. The remainder shows
            // the compiler that it fits.
            let word = slots.get_mut(at % (2 * CHUNK)..);
            if let Some(word) = word.and_then(<[_]>::first_chunk_mut) {
                *word = escaped.map(MaybeUninit::new);
            }
            at = at.wrapping_add(len);
        };
        let mut batches = text.chunks_exact(BATCH);
        batches.by_ref().for_each(&mut write);
        if !batches.remainder().is_empty() {
            write(batches.remainder());
        }
        self.rest = take(&mut self.rest).get_mut(at..).unwrap_or_default();
    }

    /// Appends a batch without writing past it, as a whole word would.
    #[inline(always)]
    fn push_batch_escaped(&mut self, batch: &[u8]) {
        let (escaped, len) = escape(batch);
        self.push(escaped.get(..len).unwrap_or_default());
    }
}

/// Escapes up to [`BATCH`] bytes, and returns the length. It has no branches, because the positions
/// of quotes are unpredictable.
#[inline(always)]
fn escape(batch: &[u8]) -> ([u8; WORD], usize) {
    let (mut word, mut bits) = (0, 0u32);
    for &byte in batch {
        let (escape, len) = ESCAPES.get(usize::from(byte)).copied().unwrap_or_default();
        word |= u64::from(escape).wrapping_shl(bits);
        bits = bits.wrapping_add(len.into());
    }
    (word.to_le_bytes(), (bits / u8::BITS) as usize)
}

/// Returns the length of `json` after escaping.
pub fn escaped_len(json: &[u8]) -> usize {
    // Counting in bytes lets the compiler use whole vectors.
    let escapes = json.chunks(u8::MAX.into()).map(|chunk| {
        usize::from(chunk.iter().fold(0, |count: u8, &byte| {
            count.wrapping_add(is_special(byte).into())
        }))
    });
    escapes.fold(json.len(), usize::saturating_add)
}

/// Returns whether a chunk needs no escaping.
fn is_plain(chunk: &[u8; CHUNK]) -> bool {
    chunk
        .chunks_exact(WORD)
        .filter_map(<[u8]>::first_chunk)
        .fold(0, |all, word| all | special_mask(word))
        == 0
}

/// Returns whether all control characters in a text are tab, LF or CR, which have escapes of two bytes.
pub fn is_text(text: &str) -> bool {
    // Whole chunks let the compiler use vectors.
    text.as_bytes().chunks(64).all(|chunk| {
        chunk.iter().fold(true, |all, &byte| {
            all & (byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r'))
        })
    })
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..b' ')
}

/// Returns a nonzero number if any byte of the word is special.
fn special_mask(word: &[u8; WORD]) -> u64 {
    let each = |byte: u8| u64::from_ne_bytes([byte; WORD]);
    let word = u64::from_le_bytes(*word);
    // With bit 1 flipped, the quote directly follows the control characters.
    let control_or_quote = (word ^ each(2)).wrapping_sub(each(b' ' + 1));
    let backslash = (word ^ each(b'\\')).wrapping_sub(each(1));
    (control_or_quote | backslash) & !word & each(0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_special_byte_is_found_at_every_offset() {
        for at in 0..CHUNK {
            for byte in 0..=u8::MAX {
                let mut chunk = [b'a'; CHUNK];
                chunk[at] = byte;
                assert_eq!(is_plain(&chunk), !is_special(byte), "{byte} at {at}");
            }
        }
    }
}
