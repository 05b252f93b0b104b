//! The user to sign in.

use crate::{
    error::Error,
    json::{self, Value},
};

/// One JSON object with a non-empty string `id` and no member name given twice, byte for byte as
/// the application wrote it.
#[derive(Clone, Copy)]
pub struct UserData<'a>(&'a [u8]);

impl<'a> UserData<'a> {
    /// Refuses everything else, each with its own code.
    pub fn parse(user_json: &'a [u8]) -> Result<Self, Error> {
        let user = json::object(user_json, ["id"]).map_err(|_| Error::UserInvalid)?;
        let [id] = user.values;
        let id = id
            .map(Value::string)
            .transpose()
            .map_err(|_| Error::UserInvalid)?;
        match id {
            // Parsers disagree on which of two counts: a second "id" could be somebody else's.
            _ if !user.distinct => Err(Error::UserDuplicateMember),
            None => Err(Error::UserIdMissing),
            Some(None) => Err(Error::UserIdNotString),
            Some(Some(id)) if id.is_empty() => Err(Error::UserIdEmpty),
            Some(Some(_)) => Ok(Self(user_json)),
        }
    }

    /// The JSON as it was given.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}
