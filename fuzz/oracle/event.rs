//! Bodies of events.

use std::collections::BTreeMap;

use super::{
    config::config,
    encryption,
    json::{self, Json, Value},
};

regex!(CHANNEL = r"(?-u)^[A-Za-z0-9_=@,.;-]+$");

/// The members of an event, each as its JSON text, in any order.
pub type Event = BTreeMap<String, String>;

/// The events of a body, with decrypted data.
#[derive(Debug, PartialEq)]
pub enum Events {
    Single(Event),
    /// The events of a batch, and the members beside it.
    Batch(Vec<Event>, Event),
}

/// Returns the event that the body must have, or the error code.
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
    if !is_name(name) || !is_data(name) || !is_data(data) {
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

/// Returns the events that the body must have, or the error code.
pub fn events(config_text: &[u8], events: &[u8]) -> Result<Events, i32> {
    let config = config(config_text)?;
    let (_, members) = json::object(events).ok_or(-23)?;
    let events = if json::member(&members, "batch").is_some() {
        batch(&members).ok_or(-23)?
    } else {
        let channels = json::member(&members, "channels").and_then(|it| json::array(it.raw));
        let channels = channels
            .filter(|channels| channels.len() <= 100)
            .ok_or(-23)?;
        Events::Single(expected(&members, &channels, "channel").ok_or(-23)?)
    };
    let all = match &events {
        Events::Single(event) => std::slice::from_ref(event),
        Events::Batch(events, _) => events,
    };
    if config.master_key.is_none() && all.iter().any(|event| encrypted_channel(event).is_some()) {
        return Err(-16);
    }
    Ok(events)
}

fn batch(members: &[(String, Value)]) -> Option<Events> {
    let mut others = raw(members)?;
    others.remove("batch");
    let is_event = |name: &&str| others.contains_key(*name);
    let batch = json::array(json::member(members, "batch")?.raw)?;
    if !(1..=10).contains(&batch.len())
        || ["name", "channel", "channels", "data"].iter().any(is_event)
    {
        return None;
    }
    let events = batch.iter().map(|event| {
        let (_, members) = json::object(event.raw.as_bytes())?;
        let channel = json::member(&members, "channel")?.clone();
        expected(&members, &[channel], "channels")
    });
    Some(Events::Batch(events.collect::<Option<_>>()?, others))
}

/// Returns each member's JSON text, or None if a key is duplicate.
fn raw(members: &[(String, Value)]) -> Option<Event> {
    let raw = members
        .iter()
        .map(|(name, value)| (name.clone(), value.raw.to_owned()));
    (!json::has_duplicate(members)).then(|| raw.collect())
}

fn expected(members: &[(String, Value)], channels: &[Value], not: &str) -> Option<Event> {
    let mut event = raw(members)?;
    let names: Vec<&str> = channels.iter().map(Value::string).collect::<Option<_>>()?;
    let data = json::member(members, "data")?;
    let text = match &data.json {
        Json::String(text) => text,
        Json::UnpairedSurrogate => return None,
        _ => data.raw,
    };
    let is_valid = is_name(json::member(members, "name")?.string()?)
        && !event.contains_key(not)
        && !names.is_empty()
        && names.iter().all(|name| is_channel(name.as_bytes()))
        && (names.len() == 1 || !names.iter().any(|name| is_encrypted(name)));
    let is_encrypted = names.iter().any(|name| is_encrypted(name));
    // Data that are a string are not changed.
    if is_encrypted || data.string().is_none() {
        event.insert("data".to_owned(), json::quoted(text));
    }
    is_valid.then_some(event)
}

/// Returns the channel if the event must be encrypted.
fn encrypted_channel(event: &Event) -> Option<String> {
    let channels = event.get("channels").map(|channels| json::array(channels));
    let channel = match channels {
        Some(channels) => channels?.first()?.string()?.to_owned(),
        None => serde_json::from_str(event.get("channel")?).ok()?,
    };
    is_encrypted(&channel).then_some(channel)
}

/// Reads the events of a body.
pub fn read(config_text: &[u8], body: &str) -> Events {
    let config = config(config_text).expect("a valid config");
    let one = |json: &str| {
        let (_, members) = json::object(json.as_bytes()).expect("a JSON object");
        let mut event = raw(&members).expect("no duplicates");
        if let Some(channel) = encrypted_channel(&event) {
            let data: String = serde_json::from_str(&event["data"]).expect("a string");
            let key = config.master_key.as_ref().expect("a master key");
            let data = encryption::open(data.as_bytes(), channel.as_bytes(), key);
            event.insert("data".to_owned(), json::quoted(&data.expect("it opens")));
        }
        event
    };
    let (_, members) = json::object(body.as_bytes()).expect("a JSON object");
    match json::member(&members, "batch") {
        None => Events::Single(one(body)),
        Some(batch) => {
            let batch = json::array(batch.raw).expect("an array");
            let mut others = raw(&members).expect("no duplicates");
            others.remove("batch");
            Events::Batch(batch.iter().map(|event| one(event.raw)).collect(), others)
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
    (1..=200).contains(&name.chars().count())
}

pub fn is_data(data: &str) -> bool {
    data.chars()
        .all(|char| char >= ' ' || "\t\n\r".contains(char))
}
