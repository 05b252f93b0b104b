//! The URL of a request.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

use super::{
    config::{Api, Config, config},
    sign,
};

regex!(METHOD = "^[A-Z]+$");
regex!(PATH = r"^(/([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)+$");
regex!(
    QUERY = r"^[A-Za-z0-9._~!$()*,;:@/-]+=[A-Za-z0-9._~!$()*,;:@/=-]*(&[A-Za-z0-9._~!$()*,;:@/-]+=[A-Za-z0-9._~!$()*,;:@/=-]*)*$"
);

/// The unreserved characters of RFC 3986.
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The characters that RFC 3986 allows in a segment of a path.
const SEGMENT: AsciiSet = UNRESERVED
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

/// Returns the URL, or the error code.
pub fn request_url(
    config_text: &[u8],
    [method, path, query]: [&[u8]; 3],
    body: &[u8],
    timestamp: i64,
) -> Result<String, i32> {
    let config = config(config_text)?;
    let api = config.api.as_ref().ok_or(-19)?;
    let is_valid = METHOD.is_match(method)
        && PATH.is_match(path)
        && !path.starts_with(b"/apps/")
        && path.split(|&byte| byte == b'/').all(is_harmless)
        && (query.is_empty() || QUERY.is_match(query))
        && timestamp > 0;
    if !is_valid {
        return Err(-20);
    }
    let text = |bytes| std::str::from_utf8(bytes).expect("it is ASCII");
    signed_url(
        &config,
        api,
        [method, path, query].map(text),
        body,
        timestamp,
    )
}

fn signed_url(
    config: &Config,
    Api { base, app }: &Api,
    [method, path, query]: [&str; 3],
    body: &[u8],
    timestamp: i64,
) -> Result<String, i32> {
    let mut pairs = BTreeMap::from([
        ("auth_key", config.key.clone()),
        ("auth_timestamp", timestamp.to_string()),
        ("auth_version", "1.0".to_owned()),
    ]);
    let key = percent_encode(config.key.as_bytes(), &UNRESERVED);
    let mut url = format!("auth_key={key}&auth_timestamp={timestamp}&auth_version=1.0");
    if !body.is_empty() {
        let md5 = format!("{:x}", md5_oracle::compute(body));
        url += &format!("&body_md5={md5}");
        pairs.insert("body_md5", md5);
    }
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let lower = name.to_lowercase();
        let is_reserved = lower.starts_with("auth_") || lower == "body_md5";
        if is_reserved || pairs.insert(name, value.to_owned()).is_some() {
            return Err(-20);
        }
    }
    if !query.is_empty() {
        url += &format!("&{query}");
    }
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let signed = format!("{method}\n{app}{path}\n{}", pairs.join("&"));
    let signature = sign(&config.secret, signed.as_bytes());
    Ok(format!(
        "{base}{app}{path}?{url}&auth_signature={signature}"
    ))
}

/// Returns whether a server that decodes a segment finds the same segment of the same path.
pub fn is_harmless(segment: &[u8]) -> bool {
    let decoded: Vec<u8> = percent_decode(segment).collect();
    let count = |bytes: &[u8], of: u8| bytes.iter().filter(|&&byte| byte == of).count();
    segment != b"."
        && segment != b".."
        && b"/\\.\0"
            .iter()
            .all(|&byte| count(&decoded, byte) == count(segment, byte))
}

/// Returns the URL that terminates a user's connections, or the error code.
pub fn terminate_user_url(
    config_text: &[u8],
    user_id: &[u8],
    timestamp: i64,
) -> Result<String, i32> {
    let config = config(config_text)?;
    let api = config.api.as_ref().ok_or(-19)?;
    let is_id = !matches!(user_id, b"" | b"." | b"..") && std::str::from_utf8(user_id).is_ok();
    if !is_id || timestamp <= 0 {
        return Err(-20);
    }
    let id = percent_encode(user_id, &SEGMENT);
    let path = format!("/users/{id}/terminate_connections");
    signed_url(&config, api, ["POST", &path, ""], b"{}", timestamp)
}

/// Verifies a request like a server that decodes its query, by the crate url.
pub fn verify(config_text: &[u8], method: &[u8], url: &str, body: &[u8]) {
    let config = config(config_text).expect("a valid config");
    let base = config.api.expect("an address").base;
    let target = url.strip_prefix(&base).expect("the base comes first");
    let url = url::Url::parse(&format!("https://server{target}")).expect("a URL");
    assert_eq!(
        &url[url::Position::BeforePath..],
        target,
        "a URL in normal form"
    );
    let mut pairs: BTreeMap<_, _> = url.query_pairs().collect();
    let mut take = |name| pairs.remove(name).map(|value| value.into_owned());
    let signature = take("auth_signature").expect("a signature");
    let md5 = (!body.is_empty()).then(|| format!("{:x}", md5_oracle::compute(body)));
    assert_eq!(pairs.get("body_md5").map(|md5| md5.to_string()), md5);
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let (path, pairs) = (url.path(), pairs.join("&"));
    let signed = [method, format!("\n{path}\n{pairs}").as_bytes()].concat();
    assert_eq!(signature, sign(&config.secret, &signed));
}
