//! A parameter of a request: of its query string, form or JSON object.

use std::{borrow::Cow, mem::MaybeUninit};

use crate::{
    error::Error,
    json::{self, Members, Names, Value},
    output::Output,
};

/// The format of a request's parameters.
#[derive(Clone, Copy)]
pub enum Format {
    /// `application/x-www-form-urlencoded`, also that of a query string.
    Form,
    /// `application/json`.
    Json,
}

impl Format {
    /// Returns the format of a Content-Type, or of a query string if that is empty. Ignores the
    /// charset: both formats are UTF-8 by definition. Rejects other types with [`Error::PARAMETERS`].
    pub fn parse(content_type: &[u8]) -> Result<Self, Error> {
        let mime = content_type.split(|&byte| byte == b';').next();
        let mime = mime.unwrap_or_default().trim_ascii();
        if content_type.is_empty()
            || mime.eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
        {
            Ok(Self::Form)
        } else if mime.eq_ignore_ascii_case(b"application/json") {
            Ok(Self::Json)
        } else {
            Err(Error::PARAMETERS)
        }
    }

    /// Returns the value of the parameter `name`. Rejects text that is not in this format, or has a
    /// duplicate name, with [`Error::PARAMETERS`].
    pub fn find<'a>(self, text: &'a [u8], name: &[u8]) -> Result<Cow<'a, str>, Error> {
        let value = match self {
            Self::Form => value_in_form(text, name),
            Self::Json => value_in_json(text, name),
        };
        value
            .ok_or(Error::PARAMETERS)?
            .ok_or(Error::PARAMETER_MISSING)
    }
}

/// Writes the value of the parameter into `buffer`. Returns its length.
pub fn write_value(
    format: Format,
    text: &[u8],
    name: &[u8],
    buffer: &mut [MaybeUninit<u8>],
) -> Result<i32, Error> {
    let value = format.find(text, name)?;
    let mut output = Output::claim(buffer, value.len())?;
    output.push(value.as_bytes());
    output.finish()
}

/// Parses a form by the URL standard, but rejects invalid UTF-8 instead of replacing it.
/// <https://url.spec.whatwg.org/#application/x-www-form-urlencoded>
fn value_in_form<'a>(text: &'a [u8], name: &[u8]) -> Option<Option<Cow<'a, str>>> {
    // Separators are ASCII, so the parts are UTF-8 exactly if the whole is.
    percent_encoding::percent_decode(text).decode_utf8().ok()?;
    let mut value = None;
    let mut names = Names::default();
    for (found, text) in form_urlencoded::parse(text) {
        if found.as_bytes() == name {
            value = Some(text);
        }
        names.insert(found);
    }
    names.are_distinct().then_some(value)
}

fn value_in_json<'a>(text: &'a [u8], name: &[u8]) -> Option<Option<Cow<'a, str>>> {
    // No key equals a name that is not UTF-8, but the object must be valid in any case.
    let (keys, is_text) = match std::str::from_utf8(name) {
        Ok(name) => ([name], true),
        Err(_) => ([""], false),
    };
    let Members {
        values: [value],
        distinct: true,
    } = json::object::<Value, 1>(text, keys).ok()?
    else {
        return None;
    };
    match value.filter(|_| is_text) {
        None => Some(None),
        Some(value) => value.string().ok()?.map(Some),
    }
}
