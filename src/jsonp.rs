//! A response as script.

use std::mem::MaybeUninit;

use crate::{
    callback::Callback,
    error::Error,
    json::{self, Value},
    output::Output,
};

/// Writes `/**/<callback>(<response>);` into `buffer`. Gives its length.
///
/// The empty comment keeps the client from choosing the file's first bytes, which would let it
/// pass for a file of another type.
pub fn wrap(
    callback: Callback,
    response: &[u8],
    buffer: &mut [MaybeUninit<u8>],
) -> Result<i32, Error> {
    json::object::<Value, 0>(response, []).map_err(|_| Error::ResponseInvalid)?;
    let response = std::str::from_utf8(response).map_err(|_| Error::ResponseInvalid)?;

    let (start, open, end) = (b"/**/", b"(", b");");
    let escapes = response.matches(is_separator).count();
    let len = [
        start.len(),
        callback.as_bytes().len(),
        open.len(),
        response.len(),
        end.len(),
    ]
    .into_iter()
    .fold(escapes.saturating_mul(3), usize::saturating_add);

    let mut output = Output::claim(buffer, len)?;
    output.push(start);
    output.push(callback.as_bytes());
    output.push(open);
    for run in response.split_inclusive(is_separator) {
        output.push(run.trim_end_matches(is_separator).as_bytes());
        match run.chars().last() {
            Some('\u{2028}') => output.push(br"\u2028"),
            Some('\u{2029}') => output.push(br"\u2029"),
            _ => {}
        }
    }
    output.push(end);
    output.finish()
}

/// What JSON allows in a string as it is, and JavaScript before 2019 takes for the end of a line.
fn is_separator(char: char) -> bool {
    matches!(char, '\u{2028}' | '\u{2029}')
}
