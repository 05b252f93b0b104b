//! The app's credentials, and where its API is.

use std::borrow::Cow;

use base64ct::{Base64, Encoding};

use crate::{
    error::Error,
    json::{self, Members, Value},
};

/// What is needed of the object that the official Node library takes. Not `Debug`: it holds the secret.
pub struct Config<'a> {
    /// Names the app: printable ASCII without `:`, `"` and `\`, so that it can stand in a token as it is.
    pub key: Cow<'a, str>,
    /// Signs for the app. Never empty.
    pub secret: Cow<'a, str>,
    /// The master key of encrypted channels, if there is a usable one.
    pub encryption_key: Option<[u8; 32]>,
    /// If there is a usable one.
    pub api: Option<Api>,
}

/// Where the app's REST API is.
pub struct Api {
    /// `https://api-eu.pusher.com`
    pub origin: String,
    /// `/apps/1`
    pub path: String,
}

/// The members that have a type.
const KNOWN: [&str; 8] = [
    "key",
    "secret",
    "encryptionMasterKeyBase64",
    "appId",
    "host",
    "cluster",
    "port",
    "useTLS",
];

impl<'a> Config<'a> {
    /// Refuses what is not such an object, then an unusable key, then an unusable secret. What only
    /// some jobs need is judged when they need it.
    pub fn parse(config: &'a [u8]) -> Result<Self, Error> {
        let Members { values, distinct } =
            json::object(config, KNOWN).map_err(|_| Error::ConfigInvalid)?;
        let [
            key,
            secret,
            encryption_key,
            app_id,
            host,
            cluster,
            port,
            use_tls,
        ] = values;
        let (key, secret, encryption_key) = (text(key)?, text(secret)?, text(encryption_key)?);
        let (app_id, port) = (text_or_number(app_id)?, text_or_number(port)?);
        let (host, cluster) = (text(host)?, text(cluster)?);
        let use_tls = use_tls.map_or(Some(true), Value::bool);
        let (true, Some(use_tls)) = (distinct, use_tls) else {
            return Err(Error::ConfigInvalid);
        };
        Ok(Self {
            key: key.filter(|key| is_key(key)).ok_or(Error::ConfigKey)?,
            secret: secret
                .filter(|secret| !secret.is_empty())
                .ok_or(Error::ConfigSecret)?,
            encryption_key: encryption_key.and_then(|base64| {
                let mut key = [0; 32];
                let len = Base64::decode(base64.as_bytes(), &mut key).ok()?.len();
                (len == key.len()).then_some(key)
            }),
            api: app_id.and_then(|app_id| api(&app_id, host, cluster, port, use_tls)),
        })
    }
}

type Text<'a> = Option<Cow<'a, str>>;

fn text(value: Option<Value<'_>>) -> Result<Text<'_>, Error> {
    match value.map(Value::string) {
        None => Ok(None),
        Some(Ok(Some(text))) => Ok(Some(text)),
        Some(_) => Err(Error::ConfigInvalid),
    }
}

/// The official types have the port as a string, its documentation as a number.
fn text_or_number(value: Option<Value<'_>>) -> Result<Text<'_>, Error> {
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

/// None where a part cannot stand in a URL as it is.
fn api(app_id: &str, host: Text, cluster: Text, port: Text, use_tls: bool) -> Option<Api> {
    let host = match (host, cluster) {
        (Some(host), _) => host.into_owned(),
        (None, Some(cluster)) => {
            format!("api-{}.pusher.com", Some(cluster).filter(|it| is_name(it))?)
        }
        (None, None) => "api.pusherapp.com".to_owned(),
    };
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let is_host = match address {
        Some(ipv6) => ipv6
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte)),
        None => host.split('.').all(is_name),
    };
    let port = match port {
        Some(port) => format!(":{}", port.parse::<u16>().ok().filter(|&port| port != 0)?),
        None => String::new(),
    };
    let scheme = if use_tls { "https" } else { "http" };
    (is_host && is_name(app_id)).then(|| Api {
        origin: format!("{scheme}://{host}{port}"),
        path: format!("/apps/{app_id}"),
    })
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
