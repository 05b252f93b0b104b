//! The app's credentials, and the address of its REST API.

use std::{borrow::Cow, net::Ipv6Addr};

use base64ct::{Base64, Encoding};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{
    error::Error,
    json::{self, Members, Value},
    request::is_path,
};

/// What a value of a query can hold without percent-encoding (RFC 3986, section 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A validated config. Not `Debug`: it holds the secret.
pub struct Config<'a> {
    /// The app's key: printable ASCII without `:`, `"` and `\`, so that it needs no escaping.
    pub key: Cow<'a, str>,
    /// The app's secret, which is never empty.
    pub secret: Cow<'a, str>,
    /// The address of the REST API if the config has the app's id.
    pub api: Option<Api>,
    /// The master key of encrypted channels.
    pub encryption_key: Option<[u8; 32]>,
}

/// The address of the app's REST API.
pub struct Api {
    /// Scheme, host, port and path prefix, such as `https://api-eu.pusher.com`.
    pub base: String,
    /// The path that is signed, such as `/apps/1`.
    pub path: String,
    /// The app's key, percent-encoded.
    pub key: String,
}

/// The members that have a meaning, before they are validated. An empty text counts as absent.
#[derive(Default)]
struct Raw<'a> {
    key: Cow<'a, str>,
    secret: Cow<'a, str>,
    app_id: Cow<'a, str>,
    host: Cow<'a, str>,
    cluster: Cow<'a, str>,
    port: Cow<'a, str>,
    path: Cow<'a, str>,
    scheme: Cow<'a, str>,
    use_tls: Option<bool>,
    encryption_key: Option<Cow<'a, str>>,
}

impl<'a> Config<'a> {
    /// Reads a JSON object as the official Node library takes it, or a `PUSHER_URL`.
    pub fn parse(config: &'a [u8]) -> Result<Self, Error> {
        let raw = match config.first() {
            Some(b'h' | b'H') => Raw::from_url(config).ok_or(Error::CONFIG_INVALID)?,
            _ => Raw::from_json(config)?,
        };
        if !is_key(&raw.key) {
            return Err(Error::CONFIG_KEY);
        }
        // A secret read from a file with its line break would make every signature invalid.
        if raw.secret.is_empty() || raw.secret.ends_with(['\r', '\n']) {
            return Err(Error::CONFIG_SECRET);
        }
        let base = raw.base().ok_or(Error::CONFIG_APP)?;
        let api = match &*raw.app_id {
            "" => None,
            app_id if is_name(app_id) => Some(Api {
                base: base.concat(),
                path: ["/apps/", app_id].concat(),
                key: utf8_percent_encode(&raw.key, UNRESERVED).collect(),
            }),
            _ => return Err(Error::CONFIG_APP),
        };
        let encryption_key = raw.encryption_key.map(|base64| {
            let mut key = [0; 32];
            match Base64::decode(base64.as_bytes(), &mut key) {
                Ok(decoded) if decoded.len() == 32 => Ok(key),
                _ => Err(Error::ENCRYPTION_KEY),
            }
        });
        Ok(Self {
            key: raw.key,
            secret: raw.secret,
            api,
            encryption_key: encryption_key.transpose()?,
        })
    }
}

impl<'a> Raw<'a> {
    const KEYS: [&'static str; 11] = [
        "useTLS",
        "encrypted",
        "encryptionMasterKeyBase64",
        "appId",
        "port",
        "key",
        "secret",
        "host",
        "cluster",
        "path",
        "scheme",
    ];

    fn from_json(json: &'a [u8]) -> Result<Self, Error> {
        let Ok(Members {
            values,
            distinct: true,
        }) = json::object::<Value, 11>(json, Self::KEYS)
        else {
            return Err(Error::CONFIG_INVALID);
        };
        let [use_tls, encrypted, encryption_key, app_id, port, texts @ ..] =
            values.map(|value| value.filter(|value| !value.is_null()));
        let (use_tls, encrypted) = (boolean(use_tls)?, boolean(encrypted)?);
        let [app_id, port] = each([app_id, port], text_or_number)?;
        let [key, secret, host, cluster, path, scheme] = each(texts, text)?;
        Ok(Self {
            key,
            secret,
            app_id,
            host,
            cluster,
            port,
            path,
            use_tls: use_tls.or(encrypted.filter(|_| scheme.is_empty())),
            scheme,
            encryption_key: encryption_key.map(|key| text(Some(key))).transpose()?,
        })
    }

    /// Reads `https://KEY:SECRET@HOST[:PORT][/PREFIX]/apps/APP_ID`.
    fn from_url(url: &'a [u8]) -> Option<Self> {
        let url = std::str::from_utf8(url).ok()?;
        let is_url = |byte: u8| byte.is_ascii_graphic() && !b"?#\\".contains(&byte);
        let (scheme, rest) = url.split_once(':').filter(|_| url.bytes().all(is_url))?;
        let is_scheme = |known: &&str| known.eq_ignore_ascii_case(scheme);
        let scheme = ["https", "http"].into_iter().find(is_scheme)?;
        let rest = rest.strip_prefix("//")?;
        let (authority, path) = rest.split_at_checked(rest.find('/')?)?;
        let (credentials, address) = authority.rsplit_once('@')?;
        let (key, secret) = credentials.split_once(':')?;
        let (path, app_id) = path.rsplit_once('/')?;
        let prefix = path.strip_suffix("/apps")?;
        // The colon of a port follows the bracket of an IPv6 address.
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port),
            _ => (address, ""),
        };
        let required = [key, secret, app_id, host];
        if required.contains(&"") {
            return None;
        }
        let decoded = each(required, |text| decoded(text).ok_or(Error::CONFIG_INVALID));
        let [key, secret, app_id, host] = decoded.ok()?;
        Some(Self {
            key,
            secret,
            app_id,
            host,
            port: port.into(),
            path: prefix.into(),
            scheme: scheme.into(),
            ..Self::default()
        })
    }

    /// Returns the parts of the REST API's address, for any app, or None if a member is invalid, even
    /// one that another member overrides.
    fn base(&self) -> Option<[&str; 8]> {
        let scheme = match (&*self.scheme, self.use_tls) {
            ("" | "http" | "https", Some(true)) | ("", None) => "https",
            ("" | "http" | "https", Some(false)) => "http",
            (scheme @ ("http" | "https"), None) => scheme,
            _ => return None,
        };
        let path = self.path.strip_suffix('/').unwrap_or(&self.path);
        let is_valid = (self.host.is_empty() || is_host(&self.host))
            && (self.cluster.is_empty() || is_label(&self.cluster))
            && (self.port.is_empty() || is_port(&self.port))
            && (path.is_empty() || is_path(path.as_bytes()));
        let [before, host, after] = match (&*self.host, &*self.cluster) {
            ("", "") => ["", "api.pusherapp.com", ""],
            ("", cluster) => ["api-", cluster, ".pusher.com"],
            (host, _) => ["", host, ""],
        };
        let colon = if self.port.is_empty() { "" } else { ":" };
        is_valid.then_some([scheme, "://", before, host, after, colon, &self.port, path])
    }
}

/// Reads an array of texts.
fn each<'a, T, const N: usize>(
    values: [T; N],
    read: impl Fn(T) -> Result<Cow<'a, str>, Error>,
) -> Result<[Cow<'a, str>; N], Error> {
    let mut texts = [const { Cow::Borrowed("") }; N];
    for (text, value) in texts.iter_mut().zip(values) {
        *text = read(value)?;
    }
    Ok(texts)
}

/// Reads a string. An absent one is empty.
fn text(value: Option<Value<'_>>) -> Result<Cow<'_, str>, Error> {
    match value.map(Value::string) {
        None => Ok(Cow::Borrowed("")),
        Some(Ok(Some(text))) => Ok(text),
        Some(_) => Err(Error::CONFIG_INVALID),
    }
}

/// Reads a port or an id. Node's types declare ports as strings, its documentation shows numbers.
fn text_or_number(value: Option<Value<'_>>) -> Result<Cow<'_, str>, Error> {
    match value.and_then(Value::number) {
        Some(number) => Ok(Cow::Borrowed(number)),
        None => text(value),
    }
}

/// Reads a boolean. An empty string counts as absent: it comes from an empty environment variable.
fn boolean(value: Option<Value<'_>>) -> Result<Option<bool>, Error> {
    match value {
        Some(value) if value.as_str() != r#""""# => {
            value.bool().map(Some).ok_or(Error::CONFIG_INVALID)
        }
        _ => Ok(None),
    }
}

/// Decodes percent-encoded text. Returns None for an invalid `%` and for invalid UTF-8.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    let mut parts = text.split('%');
    parts.next();
    let is_encoded = parts.all(|part| {
        part.get(..2)
            .is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    });
    is_encoded.then(|| percent_decode_str(text).decode_utf8().ok())?
}

fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b':' | b'"' | b'\\'))
}

fn is_host(host: &str) -> bool {
    match host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => host.len() <= 253 && host.split('.').all(is_label),
    }
}

/// A label of a host name (RFC 1123, section 2.1), or with the underscores that some networks use.
fn is_label(label: &str) -> bool {
    is_name(label) && !label.starts_with('-') && !label.ends_with('-')
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit())
        && port.parse::<u16>().is_ok_and(|port| port != 0)
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
