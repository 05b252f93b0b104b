//! Measures the crate `pushers`: pushers call | body. It takes the user as a parsed value. "body" also
//! encodes the result as the response's body, as callers must.

use std::{env, error::Error, fs, hint::black_box, io, time::Instant};

use pushers::{Config, Pusher};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let config: Value = serde_json::from_str(&env::var("PUSHER_CONFIG")?)?;
    let member = |name: &str| config[name].as_str().unwrap_or_default();
    let pusher = Pusher::new(Config::new("1", member("key"), member("secret")))?;
    let socket_id = env::var("SOCKET_ID")?;
    let body = env::args().nth(1).as_deref() == Some("body");
    for line in io::stdin().lines() {
        let line = line?;
        let (calls, file) = line.split_once(' ').ok_or("CALLS FILE")?;
        let calls: u64 = calls.parse()?;
        let user: sonic_rs::Value = sonic_rs::from_str(&fs::read_to_string(file)?)?;

        let mut response = pusher.authenticate_user(&socket_id, &user)?;
        let start = Instant::now();
        for _ in 0..calls {
            response = pusher.authenticate_user(&socket_id, &user)?;
            if body {
                black_box(serde_json::to_string(&response)?);
            }
        }
        let nanoseconds = start.elapsed().as_nanos();
        println!("{nanoseconds} {}", serde_json::to_string(&response)?);
    }
    Ok(())
}
