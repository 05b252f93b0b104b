//! The user to sign in.

use crate::{
    error::Error,
    json::{self, Names, Value},
};

/// One JSON object with a non-empty string `id` and no member name given twice, byte for byte as
/// the application wrote it.
#[derive(Clone, Copy)]
pub struct UserData<'a>(&'a str);

impl<'a> UserData<'a> {
    /// Refuses everything else, each with its own code.
    pub fn parse(user_json: &'a [u8]) -> Result<Self, Error> {
        let text = str::from_utf8(user_json).map_err(|_| Error::UserInvalid)?;
        let mut names = Names::default();
        let mut duplicate = false;
        let mut id = None;
        json::object(text, |name, value| {
            // Parsers disagree on which of two counts: a second "id" could be somebody else's.
            duplicate |= !names.insert(name);
            if name == *"id" {
                id = Some(value);
            }
        })
        .map_err(|_| Error::UserInvalid)?;
        match id {
            _ if duplicate => Err(Error::UserDuplicateMember),
            None => Err(Error::UserIdMissing),
            Some(Value::String(id)) if id == *"" => Err(Error::UserIdEmpty),
            Some(Value::String(_)) => Ok(Self(text)),
            Some(_) => Err(Error::UserIdNotString),
        }
    }

    /// The JSON as it was given.
    pub fn as_str(self) -> &'a str {
        self.0
    }
}
