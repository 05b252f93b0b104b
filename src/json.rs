//! JSON as RFC 8259 has it: checked in one pass, verbatim, without recursion.
//!
//! Not serde_json, since what is signed must be judged as a whole and at the speed of the hash:
//! serde_json lets lone surrogates pass in values that it skips, and needs 1.5 times what the
//! HMAC does to skip a user of 1 KB.

use std::{
    collections::HashSet,
    hash::{Hash, Hasher},
};

use crate::escape::plain_len;

/// The text is not one JSON object.
#[derive(Debug)]
pub struct Invalid;

/// The content of a JSON string, valid and still escaped. Two are equal if they are so unescaped.
#[derive(Clone, Copy, Debug, Eq)]
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

impl Hash for Text<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.unescaped().for_each(|char| char.hash(state));
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
pub fn object<'a>(
    text: &'a str,
    mut member: impl FnMut(Text<'a>, Value<'a>),
) -> Result<(), Invalid> {
    let mut scanner = Scanner {
        rest: text.as_bytes(),
    };
    scanner.skip_whitespace();
    scanner.expect(b'{')?;
    if scanner.opens(b'}') {
        loop {
            let name = scanner.name()?;
            member(name, scanner.value()?);
            match scanner.next_token()? {
                b',' => scanner.skip_whitespace(),
                b'}' => break,
                _ => return Err(Invalid),
            }
        }
    }
    scanner.skip_whitespace();
    if scanner.rest.is_empty() {
        Ok(())
    } else {
        Err(Invalid)
    }
}

struct Scanner<'a> {
    rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn skip(&mut self, len: usize) {
        self.rest = self.rest.get(len..).unwrap_or_default();
    }

    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.skip(1);
        }
    }

    fn next(&mut self) -> Result<u8, Invalid> {
        let (&byte, rest) = self.rest.split_first().ok_or(Invalid)?;
        self.rest = rest;
        Ok(byte)
    }

    fn next_token(&mut self) -> Result<u8, Invalid> {
        self.skip_whitespace();
        self.next()
    }

    fn expect(&mut self, byte: u8) -> Result<(), Invalid> {
        if self.next()? == byte {
            Ok(())
        } else {
            Err(Invalid)
        }
    }

    /// After an opening bracket: whether there is something inside; if not, passes the closing one.
    fn opens(&mut self, closing: u8) -> bool {
        self.skip_whitespace();
        let empty = self.peek() == Some(closing);
        if empty {
            self.skip(1);
        }
        !empty
    }

    /// A member's name, its colon, and what is blank before the value.
    fn name(&mut self) -> Result<Text<'a>, Invalid> {
        self.expect(b'"')?;
        let name = self.string()?;
        self.skip_whitespace();
        self.expect(b':')?;
        self.skip_whitespace();
        Ok(name)
    }

    /// Any value, however deep.
    fn value(&mut self) -> Result<Value<'a>, Invalid> {
        let mut open = Nesting::default();
        loop {
            let value = match self.next()? {
                b'"' => Value::String(self.string()?),
                b'-' => self.number()?,
                b'0' => self.fraction()?,
                b'1'..=b'9' => {
                    self.skip_digits();
                    self.fraction()?
                }
                b't' => self.literal("rue", Value::Bool)?,
                b'f' => self.literal("alse", Value::Bool)?,
                b'n' => self.literal("ull", Value::Other)?,
                b'[' => {
                    if self.opens(b']') {
                        open.push(Container::Array);
                        continue;
                    }
                    Value::Other
                }
                b'{' => {
                    if self.opens(b'}') {
                        open.push(Container::Object);
                        self.name()?;
                        continue;
                    }
                    Value::Other
                }
                _ => return Err(Invalid),
            };
            if open.is_empty() {
                return Ok(value);
            }
            // A value inside others has ended: so may they, up to the next comma.
            loop {
                match (open.last(), self.next_token()?) {
                    (Container::Array, b']') | (Container::Object, b'}') => open.pop(),
                    (Container::Array, b',') => {
                        self.skip_whitespace();
                        break;
                    }
                    (Container::Object, b',') => {
                        self.skip_whitespace();
                        self.name()?;
                        break;
                    }
                    _ => return Err(Invalid),
                }
                if open.is_empty() {
                    return Ok(Value::Other);
                }
            }
        }
    }

    fn literal(&mut self, tail: &str, value: Value<'a>) -> Result<Value<'a>, Invalid> {
        self.rest = self.rest.strip_prefix(tail.as_bytes()).ok_or(Invalid)?;
        Ok(value)
    }

    /// A number after its minus sign.
    fn number(&mut self) -> Result<Value<'a>, Invalid> {
        match self.next()? {
            b'0' => {}
            b'1'..=b'9' => self.skip_digits(),
            _ => return Err(Invalid),
        }
        self.fraction()
    }

    /// What may follow a number's integer part.
    fn fraction(&mut self) -> Result<Value<'a>, Invalid> {
        if self.peek() == Some(b'.') {
            self.skip(1);
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.skip(1);
            if let Some(b'+' | b'-') = self.peek() {
                self.skip(1);
            }
            self.digits()?;
        }
        Ok(Value::Number)
    }

    fn digits(&mut self) -> Result<(), Invalid> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(Invalid);
        }
        self.skip_digits();
        Ok(())
    }

    fn skip_digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.skip(1);
        }
    }

    /// A string after its opening quote.
    fn string(&mut self) -> Result<Text<'a>, Invalid> {
        let content = self.rest;
        let mut has_escapes = false;
        loop {
            let (_, rest) = self
                .rest
                .split_at_checked(plain_len(self.rest))
                .ok_or(Invalid)?;
            match rest {
                [b'"', tail @ ..] => {
                    self.rest = tail;
                    let len = content.len().saturating_sub(rest.len());
                    return Ok(Text {
                        raw: content.get(..len).unwrap_or_default(),
                        has_escapes,
                    });
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
    fn is_empty(&self) -> bool {
        self.depth == 0
    }

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

    fn push(&mut self, container: Container) {
        if self.is_full() {
            self.outer.push(self.inner);
        }
        self.inner = self.inner << 1 | u64::from(container == Container::Object);
        self.depth = self.depth.saturating_add(1);
    }

    fn pop(&mut self) {
        self.inner >>= 1;
        self.depth = self.depth.saturating_sub(1);
        if self.is_full() {
            self.inner = self.outer.pop().unwrap_or_default();
        }
    }
}

/// The member names seen so far: a few are compared in place, only more than those need memory.
#[derive(Default)]
pub struct Names<'a> {
    few: [Option<Text<'a>>; 16],
    many: Option<HashSet<Text<'a>>>,
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
        self.many.get_or_insert_default().insert(name)
    }
}
