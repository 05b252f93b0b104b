//! JSON as RFC 8259 has it: checked in one pass, verbatim, without recursion.
//!
//! Not serde_json, since what is signed must be judged as a whole and at the speed of the hash:
//! serde_json lets lone surrogates pass in values that it skips, and needs 1.5 times what the
//! HMAC does to skip a user of 1 KB.

use std::{borrow::Cow, collections::HashSet};

use crate::escape::skip_plain;

/// The text is not one JSON object.
#[derive(Debug)]
pub struct Invalid;

/// The content of a JSON string, valid and still escaped. Two are equal if they are so unescaped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text<'a> {
    raw: &'a [u8],
    has_escapes: bool,
}

impl<'a> Text<'a> {
    /// The characters that the string stands for.
    pub fn unescaped(self) -> impl Iterator<Item = char> + 'a {
        // It was cut out of a str, at quotes.
        let mut rest = str::from_utf8(self.raw).unwrap_or_default();
        std::iter::from_fn(move || {
            let (char, len) = match rest.chars().next()? {
                '\\' => escaped(rest.as_bytes())?,
                plain => (plain, plain.len_utf8()),
            };
            rest = rest.get(len..)?;
            Some(char)
        })
    }

    /// The length before unescaping, which never lengthens.
    pub fn escaped_len(self) -> usize {
        self.raw.len()
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        if self.has_escapes || other.has_escapes {
            self.unescaped().eq(other.unescaped())
        } else {
            self.raw == other.raw
        }
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        *self
            == Text {
                raw: other.as_bytes(),
                has_escapes: false,
            }
    }
}

/// A member's value.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    String(Text<'a>),
    Number,
    Bool,
    /// `null`, an array or an object.
    Other,
}

/// Checks that `text` is exactly one object and gives its own members, in their order, to `member`.
///
/// One loop for all levels, inlined as a whole, so that the scanner lives in registers.
pub fn object<'a>(
    text: &'a str,
    mut member: impl FnMut(Text<'a>, Value<'a>),
) -> Result<(), Invalid> {
    let mut scanner = Scanner {
        rest: text.as_bytes(),
    };
    let mut open = Nesting::default();
    let mut token = scanner.token()?;
    if token != b'{' {
        return Err(Invalid);
    }
    // Of the members that are open, the outermost: the object's own.
    let mut name = Text::default();
    loop {
        let mut value = match token {
            b'"' => Value::String(scanner.string()?),
            b'{' => {
                token = scanner.token()?;
                if token != b'}' {
                    let inner = scanner.name(token)?;
                    if open.depth == 0 {
                        name = inner;
                    }
                    open.push(Container::Object);
                    token = scanner.token()?;
                    continue;
                }
                Value::Other
            }
            b'[' => {
                token = scanner.token()?;
                if token != b']' {
                    open.push(Container::Array);
                    continue;
                }
                Value::Other
            }
            _ => scanner.literal(token)?,
        };
        // A value has ended: so may those around it, up to the next comma.
        loop {
            match open.depth {
                0 => return scanner.end(),
                1 => member(name, value),
                _ => {}
            }
            match (open.last(), scanner.token()?) {
                (Container::Array, b',') => break,
                (Container::Object, b',') => {
                    let quote = scanner.token()?;
                    let next = scanner.name(quote)?;
                    if open.depth == 1 {
                        name = next;
                    }
                    break;
                }
                (Container::Array, b']') | (Container::Object, b'}') => {
                    open.pop();
                    value = Value::Other;
                }
                _ => return Err(Invalid),
            }
        }
        token = scanner.token()?;
    }
}

struct Scanner<'a> {
    rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    /// The next byte that is not blank.
    #[inline(always)]
    fn token(&mut self) -> Result<u8, Invalid> {
        loop {
            let (&byte, rest) = self.rest.split_first().ok_or(Invalid)?;
            self.rest = rest;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Ok(byte);
            }
        }
    }

    /// Nothing but blanks.
    fn end(&mut self) -> Result<(), Invalid> {
        match self.token() {
            Ok(_) => Err(Invalid),
            Err(Invalid) => Ok(()),
        }
    }

    /// A member's name, which starts with `quote`, and its colon.
    #[inline(always)]
    fn name(&mut self, quote: u8) -> Result<Text<'a>, Invalid> {
        if quote != b'"' {
            return Err(Invalid);
        }
        let name = self.string()?;
        if self.token()? != b':' {
            return Err(Invalid);
        }
        Ok(name)
    }

    /// A string after its opening quote.
    #[inline(always)]
    fn string(&mut self) -> Result<Text<'a>, Invalid> {
        let content = self.rest;
        let mut has_escapes = false;
        loop {
            let rest = skip_plain(self.rest);
            match rest {
                [b'"', tail @ ..] => {
                    self.rest = tail;
                    let len = content.len().saturating_sub(rest.len());
                    let raw = content.get(..len).unwrap_or_default();
                    return Ok(Text { raw, has_escapes });
                }
                // Told from the rest at once: which letter follows is anybody's guess.
                [
                    b'\\',
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't',
                    tail @ ..,
                ] => {
                    has_escapes = true;
                    self.rest = tail;
                }
                [b'\\', ..] => {
                    has_escapes = true;
                    let (_, len) = escaped(rest).ok_or(Invalid)?;
                    self.rest = rest.get(len..).unwrap_or_default();
                }
                _ => return Err(Invalid),
            }
        }
    }

    /// What is no string and no container, from its first byte on.
    #[inline(always)]
    fn literal(&mut self, first: u8) -> Result<Value<'a>, Invalid> {
        let (value, rest) = match first {
            b't' => (Value::Bool, self.rest.strip_prefix(b"rue")),
            b'f' => (Value::Bool, self.rest.strip_prefix(b"alse")),
            b'n' => (Value::Other, self.rest.strip_prefix(b"ull")),
            b'-' => (Value::Number, positive_number(self.rest)),
            b'0' => (Value::Number, fraction(self.rest)),
            b'1'..=b'9' => (Value::Number, fraction(skip_digits(self.rest))),
            _ => return Err(Invalid),
        };
        self.rest = rest.ok_or(Invalid)?;
        Ok(value)
    }
}

/// What follows a number without its sign.
fn positive_number(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'0', rest @ ..] => fraction(rest),
        [b'1'..=b'9', rest @ ..] => fraction(skip_digits(rest)),
        _ => None,
    }
}

/// What follows a number after its integer part.
fn fraction(mut rest: &[u8]) -> Option<&[u8]> {
    if let [b'.', fraction @ ..] = rest {
        rest = digits(fraction)?;
    }
    if let [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] = rest {
        rest = digits(exponent)?;
    }
    Some(rest)
}

/// What follows one digit or more.
fn digits(text: &[u8]) -> Option<&[u8]> {
    let rest = skip_digits(text);
    (rest.len() < text.len()).then_some(rest)
}

fn skip_digits(mut text: &[u8]) -> &[u8] {
    while let [b'0'..=b'9', rest @ ..] = text {
        text = rest;
    }
    text
}

/// The character that the escape at the start of `text` stands for, and the escape's length.
fn escaped(text: &[u8]) -> Option<(char, usize)> {
    let char = match text.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return escaped_unicode(text),
        _ => return None,
    };
    Some((char, 2))
}

fn escaped_unicode(text: &[u8]) -> Option<(char, usize)> {
    let (first, rest) = code_unit(text)?;
    match char::from_u32(first.into()) {
        Some(char) => Some((char, 6)),
        // Half of a pair: the other half must follow at once.
        None => {
            let (second, _) = code_unit(rest)?;
            let char = char::decode_utf16([first, second]).next()?.ok()?;
            Some((char, 12))
        }
    }
}

/// `\u` and four hexadecimal digits, and what follows.
fn code_unit(text: &[u8]) -> Option<(u16, &[u8])> {
    let (digits, rest) = text.strip_prefix(b"\\u")?.split_at_checked(4)?;
    let unit = digits.iter().try_fold(0, |unit: u32, &digit| {
        Some(unit << 4 | char::from(digit).to_digit(16)?)
    })?;
    Some((u16::try_from(unit).ok()?, rest))
}

#[derive(Clone, Copy, PartialEq)]
enum Container {
    Array,
    Object,
}

/// The containers that are open: a bit each, of which only the deeper ones need memory.
#[derive(Default)]
struct Nesting {
    depth: usize,
    /// The innermost ones, up to 64, the last lowest; a 1 is an object.
    inner: u64,
    /// The others, 64 to an element.
    outer: Vec<u64>,
}

impl Nesting {
    /// Whether `inner` holds all it can, and `outer` the rest.
    fn is_full(&self) -> bool {
        self.depth != 0 && self.depth.is_multiple_of(64)
    }

    fn last(&self) -> Container {
        if self.inner & 1 == 1 {
            Container::Object
        } else {
            Container::Array
        }
    }

    #[inline(always)]
    fn push(&mut self, container: Container) {
        if self.is_full() {
            spill(&mut self.outer, self.inner);
        }
        self.inner = self.inner << 1 | u64::from(container == Container::Object);
        self.depth = self.depth.saturating_add(1);
    }

    #[inline(always)]
    fn pop(&mut self) {
        self.inner >>= 1;
        self.depth = self.depth.saturating_sub(1);
        if self.is_full() {
            self.inner = unspill(&mut self.outer);
        }
    }
}

// Apart from the rest, which would keep its state in memory for them.

#[cold]
#[inline(never)]
fn spill(outer: &mut Vec<u64>, inner: u64) {
    outer.push(inner);
}

#[cold]
#[inline(never)]
fn unspill(outer: &mut Vec<u64>) -> u64 {
    outer.pop().unwrap_or_default()
}

/// The member names seen so far: a few are compared in place, only more than those need memory.
#[derive(Default)]
pub struct Names<'a> {
    few: [Option<Text<'a>>; 16],
    /// As they are unescaped.
    many: Option<HashSet<Cow<'a, [u8]>>>,
}

impl<'a> Names<'a> {
    /// Adds a name. False if it is there already.
    pub fn insert(&mut self, name: Text<'a>) -> bool {
        for slot in &mut self.few {
            match slot {
                Some(seen) if *seen == name => return false,
                Some(_) => {}
                None => {
                    *slot = Some(name);
                    return true;
                }
            }
        }
        let name = if name.has_escapes {
            Cow::from(name.unescaped().collect::<String>().into_bytes())
        } else {
            Cow::from(name.raw)
        };
        self.many.get_or_insert_default().insert(name)
    }
}
