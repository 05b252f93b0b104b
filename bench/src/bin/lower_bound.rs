//! Measures the lower bound of a signature: only the SHA-256 compressions that its message requires.
//!
//! HMAC starts from states that a key's set-up has computed. Each message then takes its own blocks,
//! padding included, and one block for the outer hash, which needs the inner one's result. So each
//! compression here starts from the previous state. Otherwise the processor would overlap
//! compressions, which is impossible within a message.

use std::{env, hint::black_box, io, time::Instant};

use sha2::block_api::compress256;

fn main() -> io::Result<()> {
    let signed_before_user = env::var("SOCKET_ID").expect("SOCKET_ID").len() + "::user::".len();
    for line in io::stdin().lines() {
        let line = line?;
        let (calls, path) = line.split_once(' ').expect("CALLS FILE");
        let user = std::fs::read(path)?;
        // The padding is at least nine bytes: one ends the message, eight are its length.
        let blocks = (signed_before_user + user.len() + 9).div_ceil(64);
        let inner: Vec<[u8; 64]> = vec![[0x55; 64]; blocks];
        let outer = [[0x55; 64]];
        let mut state = [0; 8];

        let start = Instant::now();
        for _ in 0..calls.parse().expect("CALLS") {
            compress256(&mut state, black_box(&inner));
            compress256(&mut state, black_box(&outer));
        }
        let nanoseconds = start.elapsed().as_nanos();
        println!("{nanoseconds} {state:?}");
    }
    Ok(())
}
