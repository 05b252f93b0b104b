//! What a JSON string escapes, in the form that `JSON.stringify` uses: found, counted and written
//! many bytes at a time.

use std::mem::MaybeUninit;

const WORD: usize = size_of::<u64>();

/// How many bytes are looked at in one go.
pub const CHUNK: usize = 4 * WORD;

/// What stands for each byte of valid JSON: itself, or a backslash and a letter. The only control
/// characters of valid JSON are the blank ones.
#[allow(clippy::indexing_slicing, reason = "the compiler evaluates it")]
const ESCAPES: [[u8; 2]; 256] = {
    let mut escapes = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        escapes[byte] = match byte as u8 {
            b'"' => *b"\\\"",
            b'\\' => *b"\\\\",
            b'\n' => *b"\\n",
            b'\r' => *b"\\r",
            b'\t' => *b"\\t",
            plain => [plain, 0],
        };
        byte += 1;
    }
    escapes
};

/// What stands for `byte`, and its length.
pub fn escape(byte: u8) -> ([u8; 2], usize) {
    let [first, second] = ESCAPES.get(usize::from(byte)).copied().unwrap_or_default();
    ([first, second], if first == b'\\' { 2 } else { 1 })
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

/// Writes what stands for each byte of `chunk` to the start of `room`, without a branch that a
/// processor could guess wrong. Gives its length.
pub fn escape_chunk(chunk: &[u8; CHUNK], room: &mut [MaybeUninit<u8>; 2 * CHUNK]) -> usize {
    let mut end = 0;
    for &byte in chunk {
        let (escape, len) = escape(byte);
        // Always both bytes: what comes next overwrites the one that doesn't count.
        if let Some(([room, ..], _)) = room.get_mut(end..).map(<[_]>::as_chunks_mut::<2>) {
            room.write_copy_of_slice(&escape);
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

/// How many bytes come before the first quote, backslash or control character.
pub fn plain_len(text: &[u8]) -> usize {
    let mut rest = text;
    let before = |rest: &[u8]| text.len().saturating_sub(rest.len());
    while let Some((chunk, tail)) = rest.split_first_chunk()
        && is_plain(chunk)
    {
        rest = tail;
    }
    while let Some((word, tail)) = rest.split_first_chunk() {
        match marks(word) {
            0 => rest = tail,
            marks => {
                return before(rest).saturating_add((marks.trailing_zeros() / u8::BITS) as usize);
            }
        }
    }
    let plain = rest
        .iter()
        .position(|&byte| is_special(byte))
        .unwrap_or(rest.len());
    before(rest).saturating_add(plain)
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
                    assert_eq!(Some(plain_len(&text)), plain);
                    assert_eq!(plain_len(&text[..at]), at);
                }
            }
        }
    }
}
