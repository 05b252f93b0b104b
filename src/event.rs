//! The bodies of `POST /events` and `POST /batch_events`.
//! <https://pusher.com/docs/channels/library_auth_reference/rest-api/#post-event-trigger-an-event>

use std::{borrow::Cow, mem::MaybeUninit};

use crate::{
    channel::{EncryptedChannel, EventChannel},
    encryption::{Encrypted, SharedSecret},
    error::Error,
    escape::{escaped_len, is_text},
    json::{self, Members, Value},
    output::Output,
    signer::Signer,
    socket_id::SocketId,
};

const MAX_CHANNELS: usize = 100;
const MAX_BATCH: usize = 10;
const MAX_NAME_CHARS: usize = 200;

/// A quotation mark within a JSON string.
const QUOTE: &str = r#"\""#;

/// The text that is an event's data. Its control characters are tab, LF and CR.
#[derive(Clone, Copy)]
pub struct Data<'a>(&'a str);

impl<'a> Data<'a> {
    /// Rejects everything else with [`Error::EVENT`].
    pub fn parse(data: &'a [u8]) -> Result<Self, Error> {
        text(data).map(Self).ok_or(Error::EVENT)
    }

    /// Returns the data as they were passed.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0.as_bytes()
    }
}

/// The name of an event: 1 to 200 characters.
#[derive(Clone, Copy)]
pub struct Name<'a>(&'a str);

impl<'a> Name<'a> {
    /// Rejects everything else with [`Error::EVENT`].
    pub fn parse(name: &'a [u8]) -> Result<Self, Error> {
        let name = text(name).filter(|name| is_name(name));
        name.map(Self).ok_or(Error::EVENT)
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    let text = simdutf8::basic::from_utf8(bytes).ok()?;
    is_text(text).then_some(text)
}

fn is_name(name: &str) -> bool {
    // Counts at most one character more than allowed, however long the name is.
    let is_too_long = name.chars().nth(MAX_NAME_CHARS).is_some();
    !name.is_empty() && !is_too_long
}

/// An event for one channel or user.
pub struct Event<'a> {
    /// The channel, or the user.
    pub channel: EventChannel<'a>,
    /// The name.
    pub name: Name<'a>,
    /// The data.
    pub data: Data<'a>,
    /// The connection that does not receive the event.
    pub socket_id: Option<SocketId<'a>>,
}

impl Event<'_> {
    /// Writes the body into `buffer`, with the data encrypted if the channel is. Returns its length.
    pub fn write_body(
        &self,
        signer: &Signer,
        buffer: &mut [MaybeUninit<u8>],
    ) -> Result<i32, Error> {
        let (name, channel) = (self.name.0.as_bytes(), self.channel.as_bytes());
        let data = self.data.as_bytes();
        let secret = self.channel.encrypted();
        let secret = secret
            .map(|channel| signer.shared_secret(channel))
            .transpose()?;
        let socket_id: [&[u8]; 2] = match self.socket_id {
            Some(socket_id) => [br#"","socket_id":""#, socket_id.as_bytes()],
            None => [b"", b""],
        };
        let fixed: [&[u8]; 4] = [
            br#"{"name":""#,
            br#"","data":""#,
            br#"","channel":""#,
            br#""}"#,
        ];
        let [start, before_data, before_channel, end] = fixed;
        let data_len = match secret {
            Some(_) => Encrypted::json_len(data.len(), QUOTE),
            None => escaped_len(data),
        };
        let len = fixed
            .iter()
            .chain(&socket_id)
            .map(|part| part.len())
            .chain([escaped_len(name), escaped_len(channel), data_len])
            .fold(0, usize::saturating_add);

        let mut output = Output::claim(buffer, len)?;
        output.push(start);
        output.push_escaped(name);
        output.push(before_data);
        match secret {
            Some(secret) => secret.encrypt(data)?.write_json(QUOTE, &mut output),
            None => output.push_escaped(data),
        }
        output.push(before_channel);
        output.push_escaped(channel);
        socket_id.iter().for_each(|part| output.push(part));
        output.push(end);
        output.finish()
    }
}

/// An event for several channels, or a batch of events: JSON in which each event's data become a
/// string, encrypted if the channel is. Everything else stays as it is written.
pub struct Events<'a> {
    json: &'a str,
    /// The data of each event, in the order of the text.
    data: Vec<EventData<'a>>,
}

struct EventData<'a> {
    value: Value<'a>,
    encryption: Option<Encryption<'a>>,
}

struct Encryption<'a> {
    channel: Cow<'a, str>,
    plaintext: Cow<'a, str>,
}

impl<'a> Events<'a> {
    /// Rejects everything that is not one of the two forms with [`Error::EVENT`].
    pub fn parse(json: &'a [u8]) -> Result<Self, Error> {
        let json = simdutf8::basic::from_utf8(json).map_err(|_| Error::EVENT)?;
        Self::read(json).ok_or(Error::EVENT)
    }

    fn read(json: &'a str) -> Option<Self> {
        let keys = ["batch", "name", "channels", "channel", "data"];
        let members = json::object_in::<Value, 5>(json, keys).ok()?;
        let data = match members {
            Members {
                values: [Some(batch), None, None, None, None],
                distinct: true,
            } => json::array(batch.as_str(), MAX_BATCH)
                .ok()?
                .into_iter()
                .map(Self::read_event)
                .collect::<Option<Vec<_>>>()?,
            Members {
                values: [None, Some(name), Some(channels), None, Some(data)],
                distinct: true,
            } => {
                let channels = json::array(channels.as_str(), MAX_CHANNELS).ok()?;
                vec![EventData::read(name, &channels, data)?]
            }
            _ => return None,
        };
        (!data.is_empty()).then_some(Self { json, data })
    }

    fn read_event(event: Value<'a>) -> Option<EventData<'a>> {
        let keys = ["name", "channel", "channels", "data"];
        match json::object_in::<Value, 4>(event.as_str(), keys).ok()? {
            Members {
                values: [Some(name), Some(channel), None, Some(data)],
                distinct: true,
            } => EventData::read(name, &[channel], data),
            _ => None,
        }
    }

    /// Writes the body into `buffer`. Returns its length.
    pub fn write_body(
        &self,
        signer: &Signer,
        buffer: &mut [MaybeUninit<u8>],
    ) -> Result<i32, Error> {
        let secrets = self
            .data
            .iter()
            .map(|data| data.secret(signer))
            .collect::<Result<Vec<_>, _>>()?;
        let len = self.data.iter().fold(self.json.len(), |len, data| {
            len.saturating_sub(data.value.as_str().len())
                .saturating_add(data.len())
        });

        let mut output = Output::claim(buffer, len)?;
        let mut rest = self.json;
        for (data, secret) in self.data.iter().zip(secrets) {
            let value = data.value.as_str();
            // The value is a part of the text, so the addresses give its position.
            let start = value.as_ptr().addr().wrapping_sub(rest.as_ptr().addr());
            let (before, after) = rest.split_at_checked(start).ok_or(Error::INTERNAL)?;
            output.push(before.as_bytes());
            rest = after.get(value.len()..).ok_or(Error::INTERNAL)?;
            match (secret, &data.encryption) {
                (Some(secret), Some(encryption)) => {
                    output.push(b"\"");
                    let encrypted = secret.encrypt(encryption.plaintext.as_bytes())?;
                    encrypted.write_json(QUOTE, &mut output);
                    output.push(b"\"");
                }
                _ if value.starts_with('"') => output.push(value.as_bytes()),
                _ => {
                    output.push(b"\"");
                    output.push_escaped(value.as_bytes());
                    output.push(b"\"");
                }
            }
        }
        output.push(rest.as_bytes());
        output.finish()
    }
}

impl<'a> EventData<'a> {
    fn read(name: Value<'a>, channels: &[Value<'a>], data: Value<'a>) -> Option<Self> {
        let name = name.string().ok()??;
        let channels = channels
            .iter()
            .map(|channel| channel.string().ok()?)
            .collect::<Option<Vec<_>>>()?;
        let mut encrypted = None;
        for channel in &channels {
            let parsed = EventChannel::parse(channel.as_bytes()).ok()?;
            if parsed.encrypted().is_some() {
                encrypted = Some(channel.clone());
            }
        }
        let plaintext = match data.string().ok()? {
            Some(text) => text,
            None => Cow::Borrowed(data.as_str()),
        };
        // Each channel has its own secret, so an event for several cannot be encrypted.
        let is_valid =
            is_name(&name) && !channels.is_empty() && (encrypted.is_none() || channels.len() == 1);
        is_valid.then_some(Self {
            value: data,
            encryption: encrypted.map(|channel| Encryption { channel, plaintext }),
        })
    }

    fn secret(&self, signer: &Signer) -> Result<Option<SharedSecret>, Error> {
        let Some(encryption) = &self.encryption else {
            return Ok(None);
        };
        let channel = EncryptedChannel::parse(encryption.channel.as_bytes())?;
        signer.shared_secret(channel).map(Some)
    }

    /// Returns the length of the string that replaces the data.
    fn len(&self) -> usize {
        let value = self.value.as_str();
        match &self.encryption {
            Some(encryption) => {
                Encrypted::json_len(encryption.plaintext.len(), QUOTE).saturating_add(2)
            }
            None if value.starts_with('"') => value.len(),
            None => escaped_len(value.as_bytes()).saturating_add(2),
        }
    }
}
