//! The users that everybody signs: fixed bytes, so that a run can be compared with another.

/// A user of `len` bytes as JSON without blanks, names in alphabetical order: how every JSON writer
/// that can be told to writes it, so that peers which encode it anew sign the same bytes.
///
/// The shortest ones are an id alone, those with escapes on lines of their own, since a line end is
/// escaped in the response. The others have what an application gives a page to show, in
/// texts of a line each, and one id to watch for each 100 bytes; 100 of those is what Pusher allows.
/// `escapes` gives every text an escape for each four characters or so, as quoted speech, paths and
/// line ends do.
pub fn user(len: usize, escapes: bool) -> String {
    if len < 100 {
        let (start, end) = match escapes {
            false => (r#"{"id":""#, r#""}"#),
            true => ("{\n\t\"id\":\"", "\"\n}"),
        };
        let id = "1234567890"
            .chars()
            .cycle()
            .take(len - start.len() - end.len());
        return start.chars().chain(id).chain(end.chars()).collect();
    }
    // What a text is made of, in pieces that cannot be cut: a character or an escape.
    let line: &[&str] = match escapes {
        false => &["a", "n", "y", " ", "t", "e", "x", "t", ",", " "],
        true => &[
            "h", "i", r#"\""#, " ", "o", "k", r"\\", "n", "o", r"\n", "\\t",
        ],
    };
    let mut pieces = line.iter().cycle();
    let watchlist: Vec<String> = (0..len / 100)
        .map(|n| format!("\"{}\"", 20_000 + n))
        .collect();
    let mut json = String::from(
        r#"{"id":"12345","user_info":{"email":"alice@example.com","name":"Alice","texts":[""#,
    );
    let end = format!(r#""]}},"watchlist":[{}]}}"#, watchlist.join(","));
    let mut text = 0;
    while json.len() + end.len() < len {
        let left = len - json.len() - end.len();
        let piece = pieces.next().expect("a cycle has no end");
        if text >= 80 && left > 3 {
            json += r#"",""#;
            text = 0;
        } else if piece.len() <= left {
            json += piece;
            text += piece.len();
        }
    }
    json + &end
}
