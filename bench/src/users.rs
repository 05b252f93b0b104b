//! The users that every worker signs. Their bytes are fixed, so that runs can be compared.

/// The contents of a user's texts.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// ASCII without escapes.
    Plain,
    /// An escape about every four characters, as in quoted speech and paths.
    Escapes,
    /// Escapes at random distances, which branch prediction cannot learn.
    RandomEscapes,
    /// Letters of two bytes.
    Cyrillic,
    /// Letters of three bytes.
    Japanese,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Escapes => "escapes",
            Self::RandomEscapes => "random escapes",
            Self::Cyrillic => "Cyrillic",
            Self::Japanese => "Japanese",
        }
    }

    /// Returns endless text in pieces: characters and escapes.
    fn pieces(self) -> Box<dyn Iterator<Item = &'static str>> {
        let cycle = |pieces: &'static [&'static str]| Box::new(pieces.iter().copied().cycle());
        match self {
            Self::Plain => cycle(&["a", "n", "y", " ", "t", "e", "x", "t", ",", " "]),
            Self::Escapes => cycle(&[
                "h", "i", r#"\""#, " ", "o", "k", r"\\", "n", "o", r"\n", "\\t",
            ]),
            Self::Cyrillic => cycle(&["п", "р", "и", "в", "е", "т", " ", "м", "и", "р", ",", " "]),
            Self::Japanese => cycle(&["こ", "ん", "に", "ち", "は", "世", "界", "、"]),
            Self::RandomEscapes => {
                // A linear congruential generator gives the same users in each run.
                let mut state = 1_u32;
                Box::new(std::iter::repeat_with(move || {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    match state >> 24 {
                        0..24 => r#"\""#,
                        24..40 => r"\n",
                        40..52 => r"\\",
                        52..64 => r"\u00e9",
                        _ => "a",
                    }
                }))
            }
        }
    }
}

/// Returns a user of `len` bytes as JSON without whitespace, with keys in alphabetical order. Most JSON
/// writers can write it so, and libraries that encode it again then sign the same bytes.
///
/// The shortest users have only an id. With escapes, its line breaks are escaped in the response. The
/// others have an email address, a name, texts of one line each, and a watchlist with one id for every
/// 100 bytes. Pusher allows 100 ids.
pub fn user(len: usize, kind: Kind) -> String {
    if len < 100 {
        let (start, end) = match kind {
            Kind::Escapes => ("{\n\t\"id\":\"", "\"\n}"),
            _ => (r#"{"id":""#, r#""}"#),
        };
        let id = "1234567890"
            .chars()
            .cycle()
            .take(len - start.len() - end.len());
        return start.chars().chain(id).chain(end.chars()).collect();
    }
    let watchlist: Vec<String> = (0..len / 100)
        .map(|n| format!("\"{}\"", 20_000 + n))
        .collect();
    let mut json = String::from(
        r#"{"id":"12345","user_info":{"email":"alice@example.com","name":"Alice","texts":[""#,
    );
    let end = format!(r#""]}},"watchlist":[{}]}}"#, watchlist.join(","));
    let mut pieces = kind.pieces();
    let mut text = 0;
    while json.len() + end.len() < len {
        let left = len - json.len() - end.len();
        let piece = pieces.next().expect("it has no end");
        if text >= 80 && left > 3 {
            json += r#"",""#;
            text = 0;
        } else if piece.len() <= left {
            json += piece;
            text += piece.len();
        } else if kind == Kind::Japanese {
            json += "."; // all letters have three bytes
        }
    }
    json + &end
}
