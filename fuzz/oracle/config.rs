//! A config, as a JSON object or a `PUSHER_URL`.

use base64::{Engine, prelude::BASE64_STANDARD as STANDARD};
use regex::bytes::Regex;

use super::json::{self, Json};

/// The part of a config that functions use.
#[derive(Clone)]
pub struct Config {
    pub key: String,
    pub secret: String,
    pub master_key: Option<[u8; 32]>,
    pub api: Option<Api>,
}

/// The URL of the app's part of the REST API.
#[derive(Clone)]
pub struct Api {
    /// Such as `https://api-eu.pusher.com/proxy`. It is not signed.
    pub base: String,
    /// Such as `/apps/3`.
    pub app: String,
}

regex!(KEY = r#"^[ !#-9;-\[\]-~]+$"#);
regex!(NAME = r"^[A-Za-z0-9_-]+$");
regex!(LABEL = r"^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?$");
regex!(PORT = r"^[0-9]+$");
regex!(PREFIX = r"^(/([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*/?$");
/// Returns the config, or the error code.
pub fn config(text: &[u8]) -> Result<Config, i32> {
    let is_url = text.first().is_some_and(u8::is_ascii_alphabetic);
    if is_url {
        from_url(text)
    } else {
        from_json(text)
    }
}

fn from_json(text: &[u8]) -> Result<Config, i32> {
    let (_, members) = json::object(text).ok_or(-3)?;
    if json::has_duplicate(&members) {
        return Err(-3);
    }
    let member = |name: &str| json::member(&members, name).filter(|value| value.json != Json::Null);
    let text = |name: &str| match member(name).map(|value| &value.json) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(-3),
    };
    let optional = |name: &str| {
        let text = text(name)?;
        Ok::<_, i32>(text.filter(|text| !text.is_empty()))
    };
    let text_or_number = |name: &str| match member(name) {
        Some(value) if value.json == Json::Number => Ok(Some(value.raw.to_owned())),
        _ => optional(name),
    };
    let flag = |name: &str| match member(name).map(|value| &value.json) {
        Some(Json::Bool(flag)) => Ok(Some(*flag)),
        None => Ok(None),
        Some(Json::String(text)) if text.is_empty() => Ok(None),
        Some(_) => Err(-3),
    };
    let (key, secret, master_key) = (
        text("key")?,
        text("secret")?,
        text("encryptionMasterKeyBase64")?,
    );
    let address = Address {
        app_id: text_or_number("appId")?,
        host: optional("host")?,
        cluster: optional("cluster")?,
        port: text_or_number("port")?,
        path: optional("path")?,
        scheme: optional("scheme")?,
        use_tls: flag("useTLS")?,
        encrypted: flag("encrypted")?,
    };
    let (key, secret) = (key_of(key)?, secret_of(secret)?);
    let (api, master_key) = (address.api(), decode(master_key));
    Ok(Config {
        key,
        secret,
        api: api?,
        master_key: master_key?,
    })
}

fn key_of(key: Option<String>) -> Result<String, i32> {
    key.filter(|key| KEY.is_match(key.as_bytes())).ok_or(-4)
}

fn secret_of(secret: Option<String>) -> Result<String, i32> {
    secret
        .filter(|secret| !secret.is_empty() && !secret.ends_with(['\r', '\n']))
        .ok_or(-5)
}

fn decode(master_key: Option<String>) -> Result<Option<[u8; 32]>, i32> {
    let Some(base64) = master_key else {
        return Ok(None);
    };
    let key = STANDARD.decode(base64).map_err(|_| -16)?;
    Ok(Some(key.try_into().map_err(|_| -16)?))
}

struct Address {
    app_id: Option<String>,
    host: Option<String>,
    cluster: Option<String>,
    port: Option<String>,
    path: Option<String>,
    scheme: Option<String>,
    use_tls: Option<bool>,
    encrypted: Option<bool>,
}

impl Address {
    fn api(&self) -> Result<Option<Api>, i32> {
        let is = |regex: &Regex, text: &Option<String>| {
            text.as_ref()
                .is_none_or(|text| regex.is_match(text.as_bytes()))
        };
        let scheme = self.scheme.as_deref();
        let is_valid = is(&NAME, &self.app_id)
            && is(&LABEL, &self.cluster)
            && self.host.as_deref().is_none_or(is_host)
            && is(&PORT, &self.port)
            && is(&PREFIX, &self.path)
            && matches!(scheme, None | Some("http" | "https"));
        if !is_valid || !self.path.as_deref().is_none_or(is_prefix) {
            return Err(-19);
        }
        let port = match &self.port {
            None => String::new(),
            Some(port) => {
                let number: u32 = port.parse().map_err(|_| -19)?;
                let is_valid = (1..65536).contains(&number);
                is_valid.then(|| format!(":{port}")).ok_or(-19)?
            }
        };
        let is_tls = self
            .use_tls
            .or(scheme.map(|scheme| scheme == "https"))
            .or(self.encrypted)
            .unwrap_or(true);
        let scheme = if is_tls { "https" } else { "http" };
        let host = match (&self.host, &self.cluster) {
            (Some(host), _) => host.clone(),
            (None, Some(cluster)) => format!("api-{cluster}.pusher.com"),
            (None, None) => "api.pusherapp.com".to_owned(),
        };
        let path = self
            .path
            .as_deref()
            .unwrap_or_default()
            .trim_end_matches('/');
        Ok(self.app_id.as_ref().map(|app_id| Api {
            base: format!("{scheme}://{host}{port}{path}"),
            app: format!("/apps/{app_id}"),
        }))
    }
}

fn is_host(host: &str) -> bool {
    match host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            host.len() <= 253
                && host
                    .split('.')
                    .all(|label| LABEL.is_match(label.as_bytes()))
        }
    }
}

/// Returns whether a proxy that decodes the path finds the same segments.
fn is_prefix(path: &str) -> bool {
    path.split('/')
        .all(|segment| super::request::is_harmless(segment.as_bytes()))
}

regex!(
    URL = r"^(?<scheme>[Hh][Tt][Tt][Pp][Ss]?)://(?<key>[!-~&&[^:/?#\\]]+):(?<secret>[!-~&&[^/?#\\]]+)@(?<address>[!-~&&[^@/?#\\]]+)(?<path>/[!-~&&[^?#\\]]*)?/apps/(?<app>[!-~&&[^/?#\\]]+)$"
);
// Without a match, the address has no port. A colon in brackets does not begin one.
regex!(ADDRESS = r"^(?<host>.*):(?<port>[^:\]]*)$");

/// Parses a URL by a regex, and its escapes by the crate percent-encoding.
fn from_url(text: &[u8]) -> Result<Config, i32> {
    let parts = URL.captures(text).ok_or(-3)?;
    let part = |name| {
        let part = parts.name(name)?;
        Some(std::str::from_utf8(part.as_bytes()).expect("it is ASCII"))
    };
    let decoded = |text: Option<&str>| {
        let text = text.expect("a part that every URL has");
        if !ESCAPES.is_match(text.as_bytes()) {
            return Err(-3);
        }
        let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
        Ok(decoded.map_err(|_| -3)?.into_owned())
    };
    let address = part("address").expect("every URL has one");
    let (host, port) = match ADDRESS.captures(address.as_bytes()) {
        Some(parts) => address.split_at(parts["host"].len()),
        None => (address, ""),
    };
    if host.is_empty() {
        return Err(-3);
    }
    let address = Address {
        app_id: Some(decoded(part("app"))?),
        host: Some(decoded(Some(host))?),
        cluster: None,
        port: Some(port.trim_start_matches(':').to_owned()).filter(|port| !port.is_empty()),
        path: part("path").map(str::to_owned),
        scheme: part("scheme").map(str::to_lowercase),
        use_tls: None,
        encrypted: None,
    };
    let (key, secret) = (decoded(part("key"))?, decoded(part("secret"))?);
    Ok(Config {
        key: key_of(Some(key))?,
        secret: secret_of(Some(secret))?,
        api: address.api()?,
        master_key: None,
    })
}

regex!(ESCAPES = r"^([^%]|%[0-9A-Fa-f]{2})*$");
