//! The app's credentials.

use std::borrow::Cow;

use crate::{
    error::Error,
    json::{self, Invalid, Members, Value},
};

/// What signing needs of the object that the official Node library takes. Not `Debug`: it holds the secret.
pub struct Config<'a> {
    /// Names the app: printable ASCII without `:`, `"` and `\`, so that it can stand in a token as it is.
    pub key: Cow<'a, str>,
    /// Signs for the app. Never empty.
    pub secret: Cow<'a, str>,
}

/// The members that have a type.
const KNOWN: [&str; 7] = [
    "key", "secret", "appId", "cluster", "host", "port", "useTLS",
];

impl<'a> Config<'a> {
    /// Refuses what is not such an object, then an unusable key, then an unusable secret.
    pub fn parse(config: &'a [u8]) -> Result<Self, Error> {
        let (key, secret) = read(config).map_err(|_| Error::ConfigInvalid)?;
        Ok(Self {
            key: key.filter(|key| is_key(key)).ok_or(Error::ConfigKey)?,
            secret: secret
                .filter(|secret| !secret.is_empty())
                .ok_or(Error::ConfigSecret)?,
        })
    }
}

type Text<'a> = Option<Cow<'a, str>>;

/// The key and the secret, once every known member is of its type and every member given once.
fn read(config: &[u8]) -> Result<(Text<'_>, Text<'_>), Invalid> {
    let Members { values, distinct } = json::object(config, KNOWN)?;
    let [key, secret, app_id, cluster, host, port, use_tls] = values;
    text_or_number(app_id)?;
    text(cluster)?;
    text(host)?;
    text_or_number(port)?;
    if !distinct || use_tls.is_some_and(|value| value.bool().is_none()) {
        return Err(Invalid);
    }
    Ok((text(key)?, text(secret)?))
}

fn text(value: Option<Value<'_>>) -> Result<Text<'_>, Invalid> {
    value
        .map(|value| value.string()?.ok_or(Invalid))
        .transpose()
}

/// The official types have the port as a string, its documentation as a number.
fn text_or_number(value: Option<Value<'_>>) -> Result<Text<'_>, Invalid> {
    match value.and_then(Value::number) {
        Some(number) => Ok(Some(Cow::Borrowed(number))),
        None => text(value),
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b':' | b'"' | b'\\'))
}
