//! What a JSON string escapes, in the form that `JSON.stringify` uses: found, counted and written
//! many bytes at a time.

use std::mem::MaybeUninit;

/// How many bytes are escaped in one go.
pub const WORD: usize = size_of::<u64>();

/// How many bytes are looked at in one go.
pub const CHUNK: usize = 4 * WORD;

/// What stands for each byte of valid JSON: itself, or a backslash and a letter; and its length. The
/// only control characters of valid JSON are the blank ones.
#[allow(clippy::indexing_slicing, reason = "the compiler evaluates it")]
const ESCAPES: [([u8; 2], u8); 256] = {
    let mut escapes = [([0; 2], 1); 256];
    let mut byte = 0;
    while byte < 256 {
        escapes[byte] = match byte as u8 {
            b'"' => (*b"\\\"", 2),
            b'\\' => (*b"\\\\", 2),
            b'\n' => (*b"\\n", 2),
            b'\r' => (*b"\\r", 2),
            b'\t' => (*b"\\t", 2),
            plain => ([plain, 0], 1),
        };
        byte += 1;
    }
    escapes
};

/// What stands for `byte`, and its length.
pub fn escape(byte: u8) -> ([u8; 2], usize) {
    let (escape, len) = ESCAPES.get(usize::from(byte)).copied().unwrap_or_default();
    (escape, len.into())
}

/// The length of valid JSON once it is escaped.
pub fn escaped_len(json: &[u8]) -> usize {
    // Bytes are added up in bytes, as many at a time as a vector holds.
    let escapes = json.chunks(u8::MAX.into()).map(|chunk| {
        usize::from(chunk.iter().fold(0, |count: u8, &byte| {
            count.wrapping_add(is_special(byte).into())
        }))
    });
    escapes.fold(json.len(), usize::saturating_add)
}

/// Writes what stands for each byte of `word` to the start of `room`, without a branch that a
/// processor could guess wrong. Gives its length.
#[inline]
pub fn escape_word(word: &[u8; WORD], room: &mut [MaybeUninit<u8>; 2 * WORD]) -> usize {
    let mut end = 0;
    for &byte in word {
        let (escape, len) = escape(byte);
        // Always both bytes: what comes next overwrites the one that doesn't count.
        if let Some([first, second, ..]) = room.get_mut(end..) {
            first.write(escape[0]);
            second.write(escape[1]);
        }
        end = end.saturating_add(len);
    }
    end
}

/// Whether a chunk of JSON can stand in a string as it is.
pub fn is_plain(chunk: &[u8; CHUNK]) -> bool {
    let (words, _) = chunk.as_chunks();
    words.iter().fold(0, |all, word| all | marks(word)) == 0
}

/// What follows the bytes before the first quote, backslash or control character.
#[inline]
pub fn skip_plain(mut text: &[u8]) -> &[u8] {
    while let Some((chunk, rest)) = text.split_first_chunk()
        && is_plain(chunk)
    {
        text = rest;
    }
    while let Some((word, rest)) = text.split_first_chunk() {
        match marks(word) {
            0 => text = rest,
            marks => {
                let plain = marks.trailing_zeros() / u8::BITS;
                return text.get(plain as usize..).unwrap_or_default();
            }
        }
    }
    while let Some((&byte, rest)) = text.split_first()
        && !is_special(byte)
    {
        text = rest;
    }
    text
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..b' ')
}

/// Sets the top bit of each special byte. A borrow may set others, but only after the first.
fn marks(word: &[u8; WORD]) -> u64 {
    const EACH: u64 = u64::from_ne_bytes([1; WORD]);
    const TOP: u64 = u64::from_ne_bytes([0x80; WORD]);
    let word = u64::from_le_bytes(*word);
    let below =
        |word: u64, limit: u8| word.wrapping_sub(EACH.wrapping_mul(limit.into())) & !word & TOP;
    let equal = |byte: u8| below(word ^ EACH.wrapping_mul(byte.into()), 1);
    below(word, b' ') | equal(b'"') | equal(b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_is_found() {
        for len in 0..=2 * CHUNK + WORD {
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    // A tail of quotes: what comes after the first special byte must not matter.
                    let mut text = vec![b'a'; len];
                    text[at] = byte;
                    text.extend([b'"'; 3]);
                    let plain = text
                        .iter()
                        .position(|byte| *byte < b' ' || [b'"', b'\\'].contains(byte));
                    assert_eq!(Some(text.len() - skip_plain(&text).len()), plain);
                    assert!(skip_plain(&text[..at]).is_empty());
                }
            }
        }
    }
}
