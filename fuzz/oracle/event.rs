//! Bodies of events.

use std::collections::BTreeMap;

use super::{
    config::{Config, config},
    encryption,
    json::{self, Json, Value},
};

regex!(CHANNEL = r"(?-u)^[A-Za-z0-9_=@,.;-]+$");

/// The members of an event, each as its JSON text, in any order.
pub type Event = BTreeMap<String, String>;

/// The events of a body, with encrypted data decrypted.
#[derive(Debug, PartialEq)]
pub enum Events {
    Single(Event),
    Batch(Vec<Event>),
}

/// The event that the body must hold, or the error code.
pub fn event(
    config_text: &[u8],
    [channel, name, data, socket_id]: [&[u8]; 4],
) -> Result<Event, i32> {
    let config = config(config_text)?;
    if !is_channel(channel) {
        return Err(-17);
    }
    let text = |bytes| std::str::from_utf8(bytes).map_err(|_| -23);
    let (name, data) = (text(name)?, text(data)?);
    if !is_name(name) || !is_data(data) {
        return Err(-23);
    }
    if !socket_id.is_empty() && !super::SOCKET_ID.is_match(socket_id) {
        return Err(-6);
    }
    let text = |bytes| std::str::from_utf8(bytes).expect("UTF-8");
    if is_encrypted(text(channel)) && config.master_key.is_none() {
        return Err(-16);
    }
    let mut event = Event::from([
        ("channel".to_owned(), json::quoted(text(channel))),
        ("name".to_owned(), json::quoted(name)),
        ("data".to_owned(), json::quoted(data)),
    ]);
    if !socket_id.is_empty() {
        event.insert("socket_id".to_owned(), json::quoted(text(socket_id)));
    }
    Ok(event)
}

/// The events that the body must hold, or the error code.
pub fn events(config_text: &[u8], events: &[u8]) -> Result<Events, i32> {
    let config = config(config_text)?;
    let (_, members) = json::object(events).ok_or(-23)?;
    if let Some(batch) = json::member(&members, "batch") {
        if members.len() > 1 {
            return Err(-23);
        }
        let batch = json::array(batch.raw).ok_or(-23)?;
        if batch.is_empty() || batch.len() > 10 {
            return Err(-23);
        }
        let events = batch.iter().map(|event| {
            let (_, members) = json::object(event.raw.as_bytes()).ok_or(-23)?;
            let channel = json::member(&members, "channel").ok_or(-23)?;
            let has_channels = json::member(&members, "channels").is_some();
            expected(&config, &members, &[channel.clone()], has_channels)
        });
        Ok(Events::Batch(events.collect::<Result<_, _>>()?))
    } else {
        let channels = json::member(&members, "channels").ok_or(-23)?;
        let channels = json::array(channels.raw).ok_or(-23)?;
        if channels.is_empty() || channels.len() > 100 {
            return Err(-23);
        }
        let has_channel = json::member(&members, "channel").is_some();
        Ok(Events::Single(expected(&config, &members, &channels, has_channel)?))
    }
}

fn expected(
    config: &Config,
    members: &[(String, Value)],
    channels: &[Value],
    has_both: bool,
) -> Result<Event, i32> {
    let names: Vec<&str> = channels
        .iter()
        .map(|channel| channel.string().ok_or(-23))
        .collect::<Result<_, i32>>()?;
    if names.iter().any(|name| !is_channel(name.as_bytes())) {
        return Err(-17);
    }
    let name = json::member(members, "name").ok_or(-23)?.string().ok_or(-23)?;
    let data = json::member(members, "data").ok_or(-23)?;
    let text = match &data.json {
        Json::String(text) => text,
        Json::UnpairedSurrogate => return Err(-23),
        _ => data.raw,
    };
    let socket_id = json::member(members, "socket_id");
    let is_encrypted = names.iter().any(|name| is_encrypted(name));
    if has_both
        || json::has_duplicate(members)
        || !is_name(name)
        || is_encrypted && names.len() > 1
    {
        return Err(-23);
    }
    if let Some(socket_id) = socket_id.filter(|value| value.json != Json::Null) {
        let id = socket_id.string().ok_or(-6)?;
        if !super::SOCKET_ID.is_match(id.as_bytes()) {
            return Err(-6);
        }
    }
    if is_encrypted && config.master_key.is_none() {
        return Err(-16);
    }
    let mut event: Event = members
        .iter()
        .map(|(name, value)| (name.clone(), value.raw.to_owned()))
        .collect();
    event.insert("data".to_owned(), json::quoted(text));
    Ok(event)
}

/// The events that a body holds.
pub fn read(config_text: &[u8], body: &str) -> Events {
    let config = config(config_text).expect("a valid config");
    let (_, members) = json::object(body.as_bytes()).expect("a JSON object");
    let one = |members: &[(String, Value)]| {
        assert!(!json::has_duplicate(members), "a duplicate member: {body}");
        let mut event: Event = members
            .iter()
            .map(|(name, value)| (name.clone(), value.raw.to_owned()))
            .collect();
        let channel = json::member(members, "channel").map(|channel| channel.raw.to_owned());
        let channel = channel.or_else(|| {
            let channels = json::array(json::member(members, "channels")?.raw)?;
            (channels.len() == 1).then(|| channels[0].raw.to_owned())
        });
        let channel: Option<String> = channel.map(|channel| serde_json::from_str(&channel).unwrap());
        if let Some(channel) = channel.filter(|channel| is_encrypted(channel)) {
            let data = json::member(members, "data").and_then(|data| data.string());
            let key = config.master_key.as_ref().expect("a master key");
            let data = encryption::open(data.expect("data").as_bytes(), channel.as_bytes(), key);
            event.insert("data".to_owned(), json::quoted(&data.expect("our ciphertext opens")));
        }
        event
    };
    match json::member(&members, "batch") {
        None => Events::Single(one(&members)),
        Some(batch) => {
            assert_eq!(members.len(), 1);
            let batch = json::array(batch.raw).expect("an array");
            let event = |event: &Value| one(&json::object(event.raw.as_bytes()).expect("an object").1);
            Events::Batch(batch.iter().map(event).collect())
        }
    }
}

pub fn is_encrypted(channel: &str) -> bool {
    channel.starts_with("private-encrypted-")
}

fn is_channel(channel: &[u8]) -> bool {
    match channel.strip_prefix(b"#server-to-user-") {
        Some(id) => std::str::from_utf8(id).is_ok_and(|id| !id.is_empty() && is_data(id)),
        None => channel.len() <= 200 && CHANNEL.is_match(channel),
    }
}

fn is_name(name: &str) -> bool {
    (1..=200).contains(&name.chars().count()) && !name.chars().any(|char| char < ' ')
}

pub fn is_data(data: &str) -> bool {
    data.chars().all(|char| char >= ' ' && char != '\u{7f}' || "\t\n\r".contains(char))
}
