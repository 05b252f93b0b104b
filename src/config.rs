//! The app's credentials, and the address of its REST API.

use std::{borrow::Cow, net::Ipv6Addr};

use base64ct::{Base64, Encoding};
use percent_encoding::percent_decode_str;

use crate::{
    error::Error,
    json::{self, Members, Value},
    request::is_path,
};

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
}

/// The members that have a meaning, before they are validated.
#[derive(Default)]
struct Raw<'a> {
    key: Text<'a>,
    secret: Text<'a>,
    app_id: Text<'a>,
    host: Text<'a>,
    cluster: Text<'a>,
    port: Text<'a>,
    path: Text<'a>,
    scheme: Text<'a>,
    use_tls: Option<bool>,
    encryption_key: Text<'a>,
}

type Text<'a> = Option<Cow<'a, str>>;

impl<'a> Config<'a> {
    /// Reads a JSON object as the official Node library takes it, or a `PUSHER_URL`.
    pub fn parse(config: &'a [u8]) -> Result<Self, Error> {
        let mut raw = match config.first() {
            Some(b'h' | b'H') => Raw::from_url(config)?,
            _ => Raw::from_json(config)?,
        };
        let key = raw
            .key
            .take()
            .filter(|key| is_key(key))
            .ok_or(Error::CONFIG_KEY)?;
        let secret = raw.secret.take().ok_or(Error::CONFIG_SECRET)?;
        // A secret read from a file with its line break would make every signature invalid.
        if secret.is_empty() || secret.ends_with(['\r', '\n']) {
            return Err(Error::CONFIG_SECRET);
        }
        let address = Address::parse(&raw).ok_or(Error::CONFIG_APP)?;
        let api = match raw.app_id.as_deref() {
            None => None,
            Some(app_id) if is_name(app_id) => Some(Api {
                base: address.to_base(),
                path: ["/apps/", app_id].concat(),
            }),
            Some(_) => return Err(Error::CONFIG_APP),
        };
        let encryption_key = raw.encryption_key.map(|base64| {
            let mut key = [0; 32];
            match Base64::decode(base64.as_bytes(), &mut key) {
                Ok(decoded) if decoded.len() == 32 => Ok(key),
                _ => Err(Error::ENCRYPTION_KEY),
            }
        });
        Ok(Self {
            key,
            secret,
            api,
            encryption_key: encryption_key.transpose()?,
        })
    }
}

impl<'a> Raw<'a> {
    const KEYS: [&'static str; 11] = [
        "key",
        "secret",
        "appId",
        "host",
        "cluster",
        "port",
        "path",
        "scheme",
        "useTLS",
        "encrypted",
        "encryptionMasterKeyBase64",
    ];

    fn from_json(json: &'a [u8]) -> Result<Self, Error> {
        let Ok(Members {
            values,
            distinct: true,
        }) = json::object::<Value, 11>(json, Self::KEYS)
        else {
            return Err(Error::CONFIG_INVALID);
        };
        let [
            key,
            secret,
            app_id,
            host,
            cluster,
            port,
            path,
            scheme,
            use_tls,
            encrypted,
            encryption_key,
        ] = values.map(|value| value.filter(|value| !value.is_null()));
        let (use_tls, encrypted) = (boolean(use_tls)?, boolean(encrypted)?);
        let scheme = non_empty(text(scheme)?);
        Ok(Self {
            key: text(key)?,
            secret: text(secret)?,
            app_id: non_empty(text_or_number(app_id)?),
            host: non_empty(text(host)?),
            cluster: non_empty(text(cluster)?),
            port: non_empty(text_or_number(port)?),
            path: non_empty(text(path)?),
            use_tls: use_tls.or(if scheme.is_some() { None } else { encrypted }),
            scheme,
            encryption_key: text(encryption_key)?,
        })
    }

    /// Reads `https://KEY:SECRET@HOST[:PORT][/PREFIX]/apps/APP_ID`.
    fn from_url(url: &'a [u8]) -> Result<Self, Error> {
        Self::split_url(url).ok_or(Error::CONFIG_INVALID)
    }

    fn split_url(url: &'a [u8]) -> Option<Self> {
        let url = std::str::from_utf8(url).ok()?;
        let is_url = |byte: u8| byte.is_ascii_graphic() && !b"?#\\".contains(&byte);
        let (scheme, rest) = url.split_once("://").filter(|_| url.bytes().all(is_url))?;
        let scheme = scheme.to_ascii_lowercase();
        let (authority, path) = rest.split_at_checked(rest.find('/')?)?;
        let (credentials, address) = authority.rsplit_once('@')?;
        let (key, secret) = credentials.split_once(':')?;
        let (prefix, app_id) = path.rsplit_once("/apps/")?;
        // The colon of a port follows the bracket of an IPv6 address.
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port),
            _ => (address, ""),
        };
        let is_complete = ![key, secret, host, app_id].contains(&"") && !app_id.contains('/');
        (is_complete && matches!(&*scheme, "http" | "https")).then_some(Self {
            key: Some(decoded(key)?),
            secret: Some(decoded(secret)?),
            app_id: Some(decoded(app_id)?),
            host: Some(decoded(host)?),
            port: non_empty(Some(port.into())),
            path: non_empty(Some(prefix.into())),
            scheme: Some(scheme.into()),
            ..Self::default()
        })
    }
}

fn text(value: Option<Value<'_>>) -> Result<Text<'_>, Error> {
    match value.map(Value::string) {
        None => Ok(None),
        Some(Ok(Some(text))) => Ok(Some(text)),
        Some(_) => Err(Error::CONFIG_INVALID),
    }
}

/// Reads a port or an id. Node's types declare ports as strings, its documentation shows numbers.
fn text_or_number(value: Option<Value<'_>>) -> Result<Text<'_>, Error> {
    match value.and_then(Value::number) {
        Some(number) => Ok(Some(Cow::Borrowed(number))),
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

fn non_empty(text: Text<'_>) -> Text<'_> {
    text.filter(|text| !text.is_empty())
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

/// The address of the REST API, for any app.
struct Address<'a> {
    scheme: &'a str,
    host: Option<&'a str>,
    /// Determines the host if `host` is None.
    cluster: Option<&'a str>,
    port: Option<&'a str>,
    path: &'a str,
}

impl<'a> Address<'a> {
    /// Returns None if a part is invalid, even one that another part overrides.
    fn parse(raw: &'a Raw) -> Option<Self> {
        let scheme = match (raw.scheme.as_deref(), raw.use_tls) {
            (None | Some("http" | "https"), Some(true)) | (None, None) => "https",
            (None | Some("http" | "https"), Some(false)) => "http",
            (Some(scheme @ ("http" | "https")), None) => scheme,
            (Some(_), _) => return None,
        };
        let (host, cluster) = (raw.host.as_deref(), raw.cluster.as_deref());
        let (port, path) = (raw.port.as_deref(), raw.path.as_deref());
        let path = path.map_or("", |path| path.strip_suffix('/').unwrap_or(path));
        let is_valid = host.is_none_or(is_host)
            && cluster.is_none_or(is_label)
            && port.is_none_or(is_port)
            && (path.is_empty() || is_path(path.as_bytes()));
        is_valid.then_some(Self {
            scheme,
            host,
            cluster,
            port,
            path,
        })
    }

    fn to_base(&self) -> String {
        let host = match (self.host, self.cluster) {
            (Some(host), _) => ["", host, ""],
            (None, Some(cluster)) => ["api-", cluster, ".pusher.com"],
            (None, None) => ["", "api.pusherapp.com", ""],
        };
        let port = self.port.map_or(["", ""], |port| [":", port]);
        [&[self.scheme, "://"], &host[..], &port, &[self.path]]
            .concat()
            .concat()
    }
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
