//! Who a member of a presence channel is to the others.

use crate::{
    channel::Channel,
    error::Error,
    json::{self, Invalid, Value},
};

/// One JSON object with a `user_id` that is a non-empty string or an integer, and no member name
/// given twice, byte for byte as the application wrote it; or nothing, which leaves it to the user
/// who is signed in.
#[derive(Clone, Copy)]
pub struct ChannelData<'a>(&'a [u8]);

impl<'a> ChannelData<'a> {
    /// Refuses everything else, and any data for a channel without presence, with
    /// [`Error::ChannelData`].
    pub fn parse(json: &'a [u8], channel: Channel) -> Result<Self, Error> {
        let fits = json.is_empty() || channel.is_presence() && has_user_id(json).unwrap_or(false);
        if fits {
            Ok(Self(json))
        } else {
            Err(Error::ChannelData)
        }
    }

    /// The JSON as it was given.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

fn has_user_id(json: &[u8]) -> Result<bool, Invalid> {
    let data = json::object::<Value, 1>(json, ["user_id"])?;
    let [Some(user_id)] = data.values else {
        return Ok(false);
    };
    let is_id = match user_id.number() {
        // The published examples have 10.
        Some(number) => !number.contains(['.', 'e', 'E']),
        None => user_id.string()?.is_some_and(|id| !id.is_empty()),
    };
    Ok(is_id && data.distinct)
}
