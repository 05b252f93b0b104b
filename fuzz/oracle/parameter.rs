//! A parameter of a request. The library decodes forms with the crate form_urlencoded.

use super::json::{self, Json};

regex!(FORM = r"(?is-u)^[ \t\n\x0c\r]*application/x-www-form-urlencoded[ \t\n\x0c\r]*(;.*)?$");
regex!(JSON = r"(?is-u)^[ \t\n\x0c\r]*application/json[ \t\n\x0c\r]*(;.*)?$");

/// Returns the value, or the error code.
pub fn request_parameter(content_type: &[u8], text: &[u8], name: &[u8]) -> Result<String, i32> {
    let name = std::str::from_utf8(name);
    if content_type.is_empty() || FORM.is_match(content_type) {
        find(form(text).ok_or(-26)?, name.map_err(|_| -27))
    } else if JSON.is_match(content_type) {
        let (_, members) = json::object(text).ok_or(-26)?;
        let members = members
            .into_iter()
            .map(|(name, value)| (name, value.json))
            .collect();
        match find(members, name.map_err(|_| -27))? {
            Json::String(value) => Ok(value),
            _ => Err(-26),
        }
    } else {
        Err(-26)
    }
}

fn find<T>(pairs: Vec<(String, T)>, wanted: Result<&str, i32>) -> Result<T, i32> {
    let mut names: Vec<&String> = pairs.iter().map(|pair| &pair.0).collect();
    names.sort();
    if names.windows(2).any(|two| two[0] == two[1]) {
        return Err(-26);
    }
    let wanted = wanted?;
    let found = pairs.into_iter().find(|pair| pair.0 == wanted);
    found.map(|pair| pair.1).ok_or(-27)
}

/// Parses a form by the WHATWG URL standard. Returns None if a pair is not UTF-8.
fn form(text: &[u8]) -> Option<Vec<(String, String)>> {
    text.split(|&byte| byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let end = pair.iter().position(|&byte| byte == b'=');
            let (name, value) = match end {
                Some(end) => (&pair[..end], &pair[end + 1..]),
                None => (pair, &b""[..]),
            };
            Some((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &[u8]) -> Option<String> {
    let digit = |at: usize| text.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match (text[at], digit(at + 1), digit(at + 2)) {
            (b'+', ..) => bytes.push(b' '),
            (b'%', Some(high), Some(low)) => {
                bytes.push((16 * high + low) as u8);
                at += 2;
            }
            (byte, ..) => bytes.push(byte),
        }
        at += 1;
    }
    String::from_utf8(bytes).ok()
}
