//! A request to Pusher's REST API.

use crate::error::Error;

/// A method, a path below the app and a query of which every byte can stand in a URL as it is.
///
/// Paths are often made with a user's id, which must not lead to another resource: so there are no
/// dot segments, no empty ones, no `?`, `#` or `%`.
pub struct Request<'a> {
    /// `POST`.
    pub method: &'a [u8],
    /// `/events`.
    pub path: &'a [u8],
    /// `info=user_count`; empty if there is none.
    pub query: &'a [u8],
    /// The query's, sorted by name.
    pub pairs: Vec<Pair<'a>>,
}

/// A parameter of the query.
pub struct Pair<'a> {
    /// `info`.
    pub name: &'a [u8],
    /// `info=user_count`.
    pub text: &'a [u8],
}

impl<'a> Request<'a> {
    /// Refuses everything else with [`Error::Request`].
    pub fn parse(method: &'a [u8], path: &'a [u8], query: &'a [u8]) -> Result<Self, Error> {
        let is_method = !method.is_empty() && method.iter().all(u8::is_ascii_uppercase);
        if !is_method || !is_path(path) {
            return Err(Error::Request);
        }
        Ok(Self {
            method,
            path,
            query,
            pairs: pairs(query).ok_or(Error::Request)?,
        })
    }
}

fn is_path(path: &[u8]) -> bool {
    let mut segments = path.split(|&byte| byte == b'/');
    segments.next().is_some_and(<[u8]>::is_empty)
        && path.len() > 1
        && segments.all(|segment| {
            !matches!(segment, b"" | b"." | b"..")
                && segment
                    .iter()
                    .all(|&byte| is_plain(byte) || b"&=+'".contains(&byte))
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
    // Given twice, which one counts?
    let distinct = pairs.windows(2).all(|two| match two {
        [one, other] => one.name != other.name,
        _ => true,
    });
    distinct.then_some(pairs)
}

fn pair(text: &[u8]) -> Option<Pair<'_>> {
    let equals = text.iter().position(|&byte| byte == b'=')?;
    let (name, value) = (text.get(..equals)?, text.get(equals.checked_add(1)?..)?);
    let is_pair = !name.is_empty()
        && !is_ours(name)
        && name
            .iter()
            .chain(value)
            .all(|&byte| is_plain(byte) || byte == b'/');
    is_pair.then_some(Pair { name, text })
}

/// Whether it is a parameter that signing adds, or can be taken for one: Pusher lowers names.
fn is_ours(name: &[u8]) -> bool {
    let is_auth = |start: &[u8]| start.eq_ignore_ascii_case(b"auth_");
    name.get(..5).is_some_and(is_auth) || name.eq_ignore_ascii_case(b"body_md5")
}

/// What needs no encoding in a path or a query, and means nothing in either (RFC 3986, section 3).
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$()*,;:@".contains(&byte)
}
