//! The users that every worker signs: fixed bytes, so that runs can be compared.

/// What the texts of a user consist of.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// ASCII without escapes.
    Plain,
    /// An escape for each four characters or so, as in quoted speech and paths.
    Escapes,
    /// Escapes at random distances, which no processor predicts.
    RandomEscapes,
    /// Two bytes for each letter.
    Cyrillic,
    /// Three bytes for each letter.
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

    /// A text in pieces that cannot be cut: a character or an escape.
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
                // A linear congruential generator: the same users in each run.
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

/// A user of `len` bytes as JSON without whitespace, keys in alphabetical order: most JSON writers
/// can write it so, and libraries that encode it anew then sign the same bytes.
///
/// The shortest users are an id only. With escapes, its line breaks are escaped in the response. The
/// others have what an application gives a page to show, in texts of a line each, and one id to watch
/// for each 100 bytes; Pusher allows 100 of those.
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
            json += "."; // no letter of one byte ever comes
        }
    }
    json + &end
}
