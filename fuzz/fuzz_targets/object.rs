//! Valid or slightly damaged JSON for every function that reads an object.
#![no_main]

mod common;

use arbitrary::Arbitrary;

libfuzzer_sys::fuzz_target!(|object: Damaged| {
    common::checks::object(&common::API, &object.bytes());
});

/// An object in which a few bytes can be replaced.
#[derive(Arbitrary, Debug)]
struct Damaged {
    object: Vec<Member>,
    damage: Option<(u16, u16, Vec<u8>)>,
}

impl Damaged {
    fn bytes(&self) -> Vec<u8> {
        let mut json = Vec::new();
        write_object(&self.object, &mut json);
        if let Some((at, len, replacement)) = &self.damage {
            let at = usize::from(*at) % json.len();
            let end = json.len().min(at + usize::from(*len % 8));
            json.splice(at..end, replacement.iter().copied());
        }
        json
    }
}

#[derive(Arbitrary, Debug)]
struct Member {
    name: Name,
    value: Value,
    space: Space,
}

/// Names that have a meaning, and others. Some are equal.
#[derive(Arbitrary, Debug)]
enum Name {
    Known(u8),
    KnownWithEscape(u8, u8),
    Short(u8),
    Any(Vec<Piece>),
}

#[derive(Arbitrary, Debug)]
enum Value {
    Word(u8),
    Number(Number),
    String(Vec<Piece>),
    Array(Vec<(Value, Space)>),
    Object(Vec<Member>),
    Deep(u8, Vec<bool>),
}

#[derive(Arbitrary, Debug)]
struct Number {
    negative: bool,
    integer: Vec<u8>,
    fraction: Option<Vec<u8>>,
    exponent: Option<(u8, Vec<u8>)>,
}

/// A part of a string.
#[derive(Arbitrary, Debug)]
enum Piece {
    Char(char),
    Ascii(u8),
    Escape(u8),
    Unit(u16, bool),
    Pair(u16, u16),
}

#[derive(Arbitrary, Debug)]
struct Space(Option<u8>);

impl Space {
    fn write(&self, json: &mut Vec<u8>) {
        if let Some(at) = self.0 {
            json.push(pick(b" \t\n\r", at));
        }
    }
}

const KNOWN: [&str; 16] = [
    "id",
    "key",
    "secret",
    "appId",
    "cluster",
    "useTLS",
    "host",
    "port",
    "scheme",
    "encrypted",
    "path",
    "name",
    "channels",
    "channel",
    "data",
    "batch",
];

fn pick<T: Copy>(from: &[T], at: u8) -> T {
    from[usize::from(at) % from.len()]
}

fn write_object(members: &[Member], json: &mut Vec<u8>) {
    json.push(b'{');
    for (i, Member { name, value, space }) in members.iter().enumerate() {
        if i > 0 {
            json.push(b',');
        }
        space.write(json);
        name.write(json);
        space.write(json);
        json.push(b':');
        space.write(json);
        value.write(json);
        space.write(json);
    }
    json.push(b'}');
}

impl Name {
    fn write(&self, json: &mut Vec<u8>) {
        match self {
            Name::Known(at) => write_string(&plain(pick(&KNOWN, *at)), json),
            Name::KnownWithEscape(at, which) => {
                let name = pick(&KNOWN, *at);
                let mut pieces = plain(name);
                let which = usize::from(*which) % name.len();
                pieces[which] = Piece::Unit(name.as_bytes()[which].into(), false);
                write_string(&pieces, json);
            }
            Name::Short(letter) => write_string(&[Piece::Ascii(*letter)], json),
            Name::Any(pieces) => write_string(pieces, json),
        }
    }
}

fn plain(text: &str) -> Vec<Piece> {
    text.chars().map(Piece::Char).collect()
}

impl Value {
    fn write(&self, json: &mut Vec<u8>) {
        match self {
            Value::Word(at) => {
                json.extend_from_slice(pick(&["null", "true", "false"], *at).as_bytes())
            }
            Value::Number(number) => number.write(json),
            Value::String(pieces) => write_string(pieces, json),
            Value::Array(elements) => {
                json.push(b'[');
                for (i, (value, space)) in elements.iter().enumerate() {
                    if i > 0 {
                        json.push(b',');
                    }
                    space.write(json);
                    value.write(json);
                    space.write(json);
                }
                json.push(b']');
            }
            Value::Object(members) => write_object(members, json),
            // Nested objects and arrays in the order of `pattern`, with the number 0 inside.
            Value::Deep(depth, pattern) => {
                let is_object =
                    |level: u8| !pattern.is_empty() && pattern[usize::from(level) % pattern.len()];
                for level in 0..*depth {
                    json.extend_from_slice(if is_object(level) { br#"{"":"# } else { b"[" });
                }
                json.push(b'0');
                for level in (0..*depth).rev() {
                    json.push(if is_object(level) { b'}' } else { b']' });
                }
            }
        }
    }
}

impl Number {
    /// Writes the number, which can have leading zeros and missing digits.
    fn write(&self, json: &mut Vec<u8>) {
        let digits = |json: &mut Vec<u8>, from: &[u8]| {
            json.extend(from.iter().map(|digit| b'0' + digit % 10))
        };
        if self.negative {
            json.push(b'-');
        }
        digits(json, &self.integer);
        if let Some(fraction) = &self.fraction {
            json.push(b'.');
            digits(json, fraction);
        }
        if let Some((sign, exponent)) = &self.exponent {
            json.extend_from_slice(pick(&["e", "E", "e+", "E-"], *sign).as_bytes());
            digits(json, exponent);
        }
    }
}

fn write_string(pieces: &[Piece], json: &mut Vec<u8>) {
    json.push(b'"');
    for piece in pieces {
        match piece {
            // Only `damage` inserts characters that end the string or are invalid in it.
            Piece::Char(char @ ('"' | '\\' | '\0'..'\x20')) => {
                write_unit(*char as u16, false, json)
            }
            Piece::Char(char) => json.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
            Piece::Ascii(byte) => json.push(b'a' + byte % 26),
            Piece::Escape(at) => json.extend_from_slice(&[b'\\', pick(br#""\/bfnrt"#, *at)]),
            Piece::Unit(unit, upper) => write_unit(*unit, *upper, json),
            Piece::Pair(high, low) => {
                write_unit(0xD800 | high & 0x3FF, false, json);
                write_unit(0xDC00 | low & 0x3FF, true, json);
            }
        }
    }
    json.push(b'"');
}

fn write_unit(unit: u16, upper: bool, json: &mut Vec<u8>) {
    let escape = if upper {
        format!("\\u{unit:04X}")
    } else {
        format!("\\u{unit:04x}")
    };
    json.extend_from_slice(escape.as_bytes());
}
