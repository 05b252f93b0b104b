//! JSONP: a response as a script that calls the client's callback.

use std::mem::MaybeUninit;

use crate::{
    error::Error,
    json::{self, Value},
    output::Output,
};

/// An ASCII identifier followed by `.identifier`, `[digits]`, `['name']` or `["name"]` parts.
///
/// pusher-js sends `Pusher.auth_callbacks['1']`. The callback runs as script in the page, so it must
/// not be able to call, assign or compute anything.
#[derive(Clone, Copy)]
pub struct Callback<'a>(&'a [u8]);

impl<'a> Callback<'a> {
    const MAX_LEN: usize = 128;

    /// Rejects everything else, and more than 128 bytes, with [`Error::CALLBACK`].
    pub fn parse(text: &'a [u8]) -> Result<Self, Error> {
        let is_path = text.len() <= Self::MAX_LEN && identifier(text).and_then(parts).is_some();
        if is_path {
            Ok(Self(text))
        } else {
            Err(Error::CALLBACK)
        }
    }

    /// Returns the expression as it was passed.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

/// Writes `/**/<callback>(<response>);` into `buffer`. Returns its length.
///
/// The empty comment prevents the client from choosing the first bytes, which could make the script
/// look like a file of another type.
pub fn wrap(
    callback: Callback,
    response: &[u8],
    buffer: &mut [MaybeUninit<u8>],
) -> Result<i32, Error> {
    json::object::<Value, 0>(response, []).map_err(|_| Error::RESPONSE_INVALID)?;
    let response = std::str::from_utf8(response).map_err(|_| Error::RESPONSE_INVALID)?;

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

/// Returns whether JSON allows the character in a string, but JavaScript before 2019 did not.
fn is_separator(char: char) -> bool {
    matches!(char, '\u{2028}' | '\u{2029}')
}

/// Consumes all parts.
fn parts(mut rest: &[u8]) -> Option<()> {
    while let Some((&first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (b'.', _) => identifier(tail)?,
            (b'[', [b'\'', name @ ..]) => take(name, is_name)?.strip_prefix(b"']")?,
            (b'[', [b'"', name @ ..]) => take(name, is_name)?.strip_prefix(b"\"]")?,
            (b'[', _) => take(tail, u8::is_ascii_digit)?.strip_prefix(b"]")?,
            _ => return None,
        };
    }
    Some(())
}

/// Returns the rest after an identifier.
fn identifier(text: &[u8]) -> Option<&[u8]> {
    match text.first() {
        Some(b'0'..=b'9') => None,
        _ => take(text, |byte| is_name(byte) || *byte == b'$'),
    }
}

/// Returns the rest after the longest run of `allowed` bytes, which must not be empty.
fn take(text: &[u8], allowed: impl Fn(&u8) -> bool) -> Option<&[u8]> {
    let rest = text
        .iter()
        .position(|byte| !allowed(byte))
        .map_or(&[][..], |end| text.get(end..).unwrap_or_default());
    (rest.len() < text.len()).then_some(rest)
}

fn is_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn member_paths_pass_and_scripts_do_not() {
        let paths =
            r#"f _ $ $.a a.b.c Pusher.auth_callbacks['1'] a[0] a["b_1"] a[007]['x'].y a['0']"#;
        for path in paths.split(' ') {
            assert!(Callback::parse(path.as_bytes()).is_ok(), "{path}");
        }
        let scripts = r#"1 a. .a a..b a() a;b a=b a[b] a['b a['b"] a[''] a[""] a[] a['$'] a[-1] a[1 a] a.1
            a[1]b a['b-c'] é a/**/ a<b alert`1` a['b\'] a['b'']"#;
        for script in scripts
            .split_whitespace()
            .chain(["", "a b", " a", "a\n", "a\0"])
        {
            assert!(Callback::parse(script.as_bytes()).is_err(), "{script}");
        }
        assert!(Callback::parse(&[b'a'; 128]).is_ok());
        assert!(Callback::parse(&[b'a'; 129]).is_err());
    }
}
