//! A request to Pusher's REST API, and its signed URL.

use std::{borrow::Cow, mem::MaybeUninit};

use md5::{Digest as _, Md5};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::{
    config::Api,
    error::Error,
    output::Output,
    signer::{SIGNATURE_LEN, Signer, hex},
};

/// A validated method, path below the app, and query.
///
/// Paths often contain a user's id, which must not reach another resource. So there are no empty
/// segments and no dot segments, and `/`, `\`, `.` and NUL are not percent-encoded.
pub struct Request<'a> {
    method: &'a [u8],
    path: Cow<'a, [u8]>,
    query: &'a [u8],
    /// The pairs of the query, sorted by name.
    pairs: Vec<Pair<'a>>,
}

/// A parameter of the query.
struct Pair<'a> {
    /// `info`.
    name: &'a [u8],
    /// `info=user_count`.
    text: &'a [u8],
}

impl<'a> Request<'a> {
    /// Rejects everything but a method in upper case with [`Error::REQUEST`].
    pub fn new(method: &'a [u8]) -> Result<Self, Error> {
        let is_method = !method.is_empty() && method.iter().all(u8::is_ascii_uppercase);
        is_method
            .then_some(Self {
                method,
                path: Cow::Borrowed(b""),
                query: b"",
                pairs: Vec::new(),
            })
            .ok_or(Error::REQUEST)
    }

    /// Rejects everything but a path below the app with [`Error::REQUEST`].
    pub fn with_path(self, path: &'a [u8]) -> Result<Self, Error> {
        // Passing the whole path is a common mistake: it would be signed below the app again.
        let is_below_app = is_path(path) && !path.starts_with(b"/apps/");
        is_below_app
            .then_some(Self {
                path: path.into(),
                ..self
            })
            .ok_or(Error::REQUEST)
    }

    /// Rejects everything but pairs with unique names with [`Error::REQUEST`].
    pub fn with_query(self, query: &'a [u8]) -> Result<Self, Error> {
        let pairs = pairs(query).ok_or(Error::REQUEST)?;
        Ok(Self {
            query,
            pairs,
            ..self
        })
    }

    /// Returns the request that terminates a user's connections. Percent-encodes the id as one path
    /// segment (RFC 3986, section 3.3), and rejects ids that cannot be one with [`Error::REQUEST`].
    pub fn terminate_user(user_id: &[u8]) -> Result<Self, Error> {
        const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
            .remove(b'-')
            .remove(b'.')
            .remove(b'_')
            .remove(b'~')
            .remove(b'!')
            .remove(b'$')
            .remove(b'&')
            .remove(b'\'')
            .remove(b'(')
            .remove(b')')
            .remove(b'*')
            .remove(b'+')
            .remove(b',')
            .remove(b';')
            .remove(b'=')
            .remove(b':')
            .remove(b'@');
        if matches!(user_id, b"" | b"." | b"..") || simdutf8::basic::from_utf8(user_id).is_err() {
            return Err(Error::REQUEST);
        }
        let id = Cow::from(percent_encode(user_id, SEGMENT));
        Ok(Self {
            method: b"POST",
            path: ["/users/", &*id, "/terminate_connections"]
                .concat()
                .into_bytes()
                .into(),
            query: b"",
            pairs: Vec::new(),
        })
    }

    /// Writes the signed URL for a request at `timestamp`, in Unix seconds, into `buffer`. Returns its
    /// length. <https://pusher.com/docs/channels/library_auth_reference/rest-api/#authentication>
    pub fn write_url(
        &self,
        signer: &Signer,
        api: &Api,
        body: &[u8],
        timestamp: u64,
        buffer: &mut [MaybeUninit<u8>],
    ) -> Result<i32, Error> {
        let (mut digits, mut md5) = ([0; 20], [0; 32]);
        let timestamp = decimal(timestamp, &mut digits);
        let body: [&[u8]; 2] = if body.is_empty() {
            [b"", b""]
        } else {
            hex::encode_to_slice(Md5::digest(body), &mut md5).map_err(|_| Error::INTERNAL)?;
            [b"&body_md5=", &md5]
        };
        let app = [api.path.as_bytes(), &self.path];
        // The key is percent-encoded in the URL, but signed as it is.
        let auth = |key| -> [&[u8]; 5] {
            [
                b"auth_key=",
                key,
                b"&auth_timestamp=",
                timestamp,
                b"&auth_version=1.0",
            ]
        };
        let query: [&[u8]; 2] = [if self.query.is_empty() { b"" } else { b"&" }, self.query];
        let url: [&[&[u8]]; 7] = [
            &[api.base.as_bytes()],
            &app,
            &[b"?"],
            &auth(api.key.as_bytes()),
            &body,
            &query,
            &[b"&auth_signature="],
        ];
        let url = url.iter().copied().flatten();
        let len = url
            .clone()
            .map(|part| part.len())
            .fold(SIGNATURE_LEN, usize::saturating_add);
        let mut output = Output::claim(buffer, len)?;

        // No name of the query begins with "auth_", so these stay together when all pairs are sorted.
        let sorted = |from: &[u8], to: &[u8]| {
            let at = |name| self.pairs.partition_point(|pair| pair.name < name);
            self.pairs.get(at(from)..at(to)).unwrap_or_default().iter()
        };
        let mut message = [self.method, b"\n"]
            .into_iter()
            .chain(app)
            .chain([&b"\n"[..]])
            .chain(sorted(b"", b"auth_").flat_map(|pair| [pair.text, b"&"]))
            .chain(auth(signer.key()))
            .chain(sorted(b"auth_", b"body_md5").flat_map(|pair| [b"&", pair.text]))
            .chain(body)
            .chain(sorted(b"body_md5", b"\xff").flat_map(|pair| [b"&", pair.text]));
        // A reference: otherwise the compiler inlines the HMAC for each link of the chain.
        let message: &mut dyn Iterator<Item = &[u8]> = &mut message;
        let signature = hex(signer.sign(message).into());
        url.for_each(|part| output.push(part));
        output.push(signature.as_flattened());
        output.finish()
    }
}

/// Returns whether a path has only characters of URLs, and no empty segments or dot segments.
pub fn is_path(path: &[u8]) -> bool {
    let mut segments = path.split(|&byte| byte == b'/');
    segments.next().is_some_and(<[u8]>::is_empty)
        && path.len() > 1
        && segments.all(|segment| !matches!(segment, b"" | b"." | b"..") && is_segment(segment))
}

fn is_segment(segment: &[u8]) -> bool {
    let mut parts = segment.split(|&byte| byte == b'%');
    let is_plain = |part: &[u8]| {
        part.iter()
            .all(|&byte| is_plain(byte) || b"&+'".contains(&byte))
    };
    parts.next().is_some_and(is_plain)
        && parts.all(|part| {
            let mut byte = [0];
            part.split_at_checked(2).is_some_and(|(encoded, rest)| {
                hex::decode_to_slice(encoded, &mut byte).is_ok()
                    && !b"/\\.\0".contains(&byte[0])
                    && is_plain(rest)
            })
        })
}

fn pairs(query: &[u8]) -> Option<Vec<Pair<'_>>> {
    if query.is_empty() {
        return Some(Vec::new());
    }
    let mut pairs = query
        .split(|&byte| byte == b'&')
        .map(pair)
        .collect::<Option<Vec<_>>>()?;
    pairs.sort_unstable_by_key(|pair| pair.name);
    // Servers disagree on which of two equal names counts.
    let distinct = pairs.windows(2).all(|two| match two {
        [one, other] => one.name != other.name,
        _ => true,
    });
    distinct.then_some(pairs)
}

fn pair(text: &[u8]) -> Option<Pair<'_>> {
    let equals = text.iter().position(|&byte| byte == b'=')?;
    let name = text.get(..equals)?;
    let is_pair = !name.is_empty()
        && !is_reserved(name)
        && text.iter().all(|&byte| is_plain(byte) || byte == b'/');
    is_pair.then_some(Pair { name, text })
}

/// Returns whether signing adds a parameter of this name. Ignores case, because Pusher does.
fn is_reserved(name: &[u8]) -> bool {
    let is_auth = |start: &[u8]| start.eq_ignore_ascii_case(b"auth_");
    name.get(..5).is_some_and(is_auth) || name.eq_ignore_ascii_case(b"body_md5")
}

/// Returns whether a byte needs no percent-encoding in a path or a query's value (RFC 3986,
/// section 3).
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$()*,;:@=".contains(&byte)
}

fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut start = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = (number % 10) as u8 | b'0';
        start = start.wrapping_sub(1);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits.get(start..).unwrap_or_default()
}
