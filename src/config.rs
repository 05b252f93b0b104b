//! The app's credentials.

use zeroize::Zeroizing;

use crate::{
    error::Error,
    json::{self, Names, Text, Value},
};

/// What signing needs of the object that the official Node library takes. Not `Debug`: it holds the secret.
pub struct Config {
    /// Names the app: printable ASCII without `:`, `"` and `\`, so that it can stand in a token as it is.
    pub key: String,
    /// Signs for the app. Never empty; wiped when dropped.
    pub secret: Zeroizing<String>,
}

/// The members that have a type.
const KNOWN: [&str; 7] = [
    "appId", "key", "secret", "cluster", "useTLS", "host", "port",
];

impl Config {
    /// Refuses what is not such an object, then an unusable key, then an unusable secret.
    pub fn parse(config: &[u8]) -> Result<Self, Error> {
        let text = str::from_utf8(config).map_err(|_| Error::ConfigInvalid)?;
        let mut names = Names::default();
        let mut valid = true;
        let (mut key, mut secret) = (None, None);
        json::object(text, |name, value| {
            valid &= names.insert(name);
            let is = |member: &str| name == *member;
            match value {
                Value::String(text) if is("key") => key = Some(text),
                Value::String(text) if is("secret") => secret = Some(text),
                // The official types have the port as a string, its documentation as a number.
                Value::String(_) if is("appId") || is("port") || is("cluster") || is("host") => {}
                Value::Number if is("appId") || is("port") => {}
                Value::Bool if is("useTLS") => {}
                _ => valid &= !KNOWN.into_iter().any(is),
            }
        })
        .map_err(|_| Error::ConfigInvalid)?;
        if !valid {
            return Err(Error::ConfigInvalid);
        }
        let key = key
            .map(|key| key.unescaped().collect::<String>())
            .filter(|key| is_key(key))
            .ok_or(Error::ConfigKey)?;
        let secret = secret
            .map(unescaped_secret)
            .filter(|secret| !secret.is_empty())
            .ok_or(Error::ConfigSecret)?;
        Ok(Self { key, secret })
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b':' | b'"' | b'\\'))
}

/// Into memory that never moves, since growing would leave a copy behind.
fn unescaped_secret(text: Text) -> Zeroizing<String> {
    let mut secret = Zeroizing::new(String::with_capacity(text.escaped_len()));
    secret.extend(text.unescaped());
    secret
}
