//! What a JSON string escapes, in the form that `JSON.stringify` uses: found, counted and written
//! many bytes at a time.

/// How many bytes are escaped to at most in one go.
pub const WORD: usize = size_of::<u64>();

/// How many bytes are looked at in one go: two words, so that the short texts of JSON are often plain.
pub const CHUNK: usize = 2 * WORD;

/// How many bytes are escaped in one go: as many as fill a word if all are.
pub const FEW: usize = WORD / 2;

/// What stands for each byte of valid JSON, itself or a backslash and a letter, and its length in
/// bits. The only control characters of valid JSON are the blank ones.
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

/// What stands for up to [`FEW`] bytes of valid JSON, and its length. Without a branch, since quotes
/// come where no processor guesses them.
#[inline(always)]
pub fn escape(few: &[u8]) -> ([u8; WORD], usize) {
    let (mut word, mut bits) = (0, 0u32);
    for &byte in few {
        let (escape, len) = ESCAPES.get(usize::from(byte)).copied().unwrap_or_default();
        word |= u64::from(escape).wrapping_shl(bits);
        bits = bits.wrapping_add(len.into());
    }
    (word.to_le_bytes(), (bits / u8::BITS) as usize)
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

/// Whether a chunk of JSON can stand in a string as it is.
pub fn is_plain(chunk: &[u8; CHUNK]) -> bool {
    chunk
        .chunks_exact(WORD)
        .filter_map(<[u8]>::first_chunk)
        .fold(0, |all, word| all | marks(word))
        == 0
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..b' ')
}

/// Not 0 if any byte is special.
fn marks(word: &[u8; WORD]) -> u64 {
    let each = |byte: u8| u64::from_ne_bytes([byte; WORD]);
    let word = u64::from_le_bytes(*word);
    // With bit 1 flipped, the quote comes right after the control characters.
    let control_or_quote = (word ^ each(2)).wrapping_sub(each(b' ' + 1));
    let backslash = (word ^ each(b'\\')).wrapping_sub(each(1));
    (control_or_quote | backslash) & !word & each(0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_is_found() {
        for at in 0..CHUNK {
            for byte in 0..=u8::MAX {
                let mut chunk = [b'a'; CHUNK];
                chunk[at] = byte;
                assert_eq!(is_plain(&chunk), !is_special(byte), "{byte} at {at}");
            }
        }
    }
}
