//! The user to sign in.

use crate::{
    error::Error,
    json::{self, Members, Text, Value},
};

/// One JSON object with a non-empty string `id` and no member name given twice, byte for byte as
/// the application wrote it.
#[derive(Clone, Copy)]
pub struct UserData<'a>(&'a [u8]);

impl<'a> UserData<'a> {
    /// Refuses everything else, each with its own code.
    pub fn parse(user_json: &'a [u8]) -> Result<Self, Error> {
        // An id is read as the text that it must be: that saves 15 ns. What is wrong gets a second look.
        match json::object(user_json, ["id"]) {
            Ok(Members {
                values: [Some(Text(id))],
                distinct: true,
            }) if !id.is_empty() => Ok(Self(user_json)),
            _ => Err(Self::mistake(user_json)),
        }
    }

    /// What is wrong with it.
    fn mistake(user_json: &[u8]) -> Error {
        let Ok(Members {
            values: [id],
            distinct,
        }) = json::object(user_json, ["id"])
        else {
            return Error::UserInvalid;
        };
        match id.map(Value::string) {
            Some(Err(_)) => Error::UserInvalid,
            // Parsers disagree on which of two counts: a second "id" could be somebody else's.
            _ if !distinct => Error::UserDuplicateMember,
            None => Error::UserIdMissing,
            Some(Ok(None)) => Error::UserIdNotString,
            Some(Ok(Some(_))) => Error::UserIdEmpty,
        }
    }

    /// The JSON as it was given.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}
