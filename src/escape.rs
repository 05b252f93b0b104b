//! What a JSON string escapes, in the form that `JSON.stringify` uses: found, counted and written
//! many bytes at a time.

/// How many bytes are escaped to at most in one go.
pub const WORD: usize = size_of::<u64>();

/// How many bytes are looked at in one go.
pub const CHUNK: usize = 4 * WORD;

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
pub fn escape(few: &[u8]) -> ([u8; WORD], usize) {
    let (mut word, mut bits) = (0, 0u32);
    for &byte in few {
        let (escape, len) = ESCAPES.get(usize::from(byte)).copied().unwrap_or_default();
        word |= u64::from(escape).wrapping_shl(bits);
        bits = bits.saturating_add(len.into());
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
    let (words, _) = chunk.as_chunks();
    words.iter().fold(0, |all, word| all | marks(word)) == 0
}

/// What follows the bytes before the first quote, backslash or control character.
#[inline]
pub fn skip_plain(mut text: &[u8]) -> &[u8] {
    // Most runs end within a word; those that don't are often long.
    if let Some(marks) = text.first_chunk().map(marks)
        && marks != 0
    {
        return skip_to_mark(text, marks);
    }
    while let Some((chunk, rest)) = text.split_first_chunk()
        && is_plain(chunk)
    {
        text = rest;
    }
    while let Some((word, rest)) = text.split_first_chunk() {
        match marks(word) {
            0 => text = rest,
            marks => return skip_to_mark(text, marks),
        }
    }
    while let Some((&byte, rest)) = text.split_first()
        && !is_special(byte)
    {
        text = rest;
    }
    text
}

fn skip_to_mark(text: &[u8], marks: u64) -> &[u8] {
    let plain = marks.trailing_zeros() / u8::BITS;
    text.get(plain as usize..).unwrap_or_default()
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..b' ')
}

/// Sets the top bit of each special byte. A borrow may set others, but only after the first.
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
