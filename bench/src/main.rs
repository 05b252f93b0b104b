//! Measures a signature against everything it should be measured against, in interleaved rounds.
//!
//! Every contestant is a worker: a process of its own that reads `CALLS FILE` from each line of its
//! input, signs the user in that file so many times, and answers `NANOSECONDS RESPONSE`. In each
//! round all of them sign the same user, one after the other, so that whatever else the machine does
//! meets all alike; a ratio is one of two times from the same round.
//!
//! Every answer is checked. `docs/performance.md` explains the figures.

mod users;

use std::{
    env,
    error::Error,
    fs,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use ring::hmac;
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ROUNDS: usize = 51;
const ROUND_NANOSECONDS: f64 = 3e6;
const WARM_UP_NANOSECONDS: f64 = 50e6;
const SIZES: [usize; 4] = [14, 158, 1024, 10_000];

/// What a worker's answers are held to.
#[derive(Clone, Copy, PartialEq)]
enum Answer {
    /// None: it does not sign.
    None,
    /// The response for the user's very bytes.
    Verbatim,
}
use Answer::*;

/// The name in the tables, what its answers must be, and the command, whose first word is a
/// program in the build folder.
const WORKERS: [(&str, Answer, &[&str]); 3] = [
    ("floor", None, &["floor"]),
    ("signer", Verbatim, &["library", "signer"]),
    ("one-shot", Verbatim, &["library", "one-shot"]),
];

/// A heading, and the columns: a ratio of two workers' times, and its bound where there is one.
const TABLES: [(&str, &[(&str, &str)]); 1] = [(
    "times the floor",
    &[("signer", "floor"), ("one-shot", "floor")],
)];

struct Worker {
    name: &'static str,
    answer: Answer,
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Worker {
    fn start(folder: &str, name: &'static str, answer: Answer, command: &[&str]) -> Result<Self> {
        let mut process = Command::new(format!("{folder}/{}", command[0]))
            .args(&command[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name} does not start: {error}"))?;
        let input = process.stdin.take().ok_or("no input")?;
        let output = BufReader::new(process.stdout.take().ok_or("no output")?);
        Ok(Self {
            name,
            answer,
            process,
            input,
            output,
        })
    }

    /// The nanoseconds per call, and the last answer.
    fn measure(&mut self, file: &str, calls: u64) -> Result<(f64, String)> {
        writeln!(self.input, "{calls} {file}").and_then(|()| self.input.flush())?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        match line.trim_end().split_once(' ') {
            Some((nanoseconds, response)) => Ok((
                nanoseconds.parse::<f64>()? / calls as f64,
                response.to_owned(),
            )),
            Option::None => Err(format!("{} ended: {}", self.name, self.process.wait()?).into()),
        }
    }

    /// Warms the worker up, checks its answer, and gives the calls that fill a round.
    fn calibrate(&mut self, app: &App, file: &str, user: &str) -> Result<u64> {
        let mut calls = 1;
        loop {
            let (per_call, response) = self.measure(file, calls)?;
            app.check(self.answer, user, &response)
                .map_err(|error| format!("{}: {error}: {response}", self.name))?;
            if per_call * calls as f64 > WARM_UP_NANOSECONDS {
                return Ok((ROUND_NANOSECONDS / per_call).ceil() as u64);
            }
            calls *= 2;
        }
    }
}

/// What all sign with.
struct App {
    key: String,
    secret: hmac::Key,
    socket_id: String,
}

impl App {
    fn from_environment() -> Result<Self> {
        let config: Value = serde_json::from_str(&env::var("PUSHER_CONFIG")?)?;
        let member = |name: &str| {
            config[name]
                .as_str()
                .ok_or("PUSHER_CONFIG: no key or secret")
        };
        Ok(Self {
            key: member("key")?.to_owned(),
            secret: hmac::Key::new(hmac::HMAC_SHA256, member("secret")?.as_bytes()),
            socket_id: env::var("SOCKET_ID")?,
        })
    }

    /// Refuses anything but a right signature of the user.
    fn check(&self, answer: Answer, user: &str, response: &str) -> Result<()> {
        if answer == None {
            return Ok(());
        }
        let response: Value = serde_json::from_str(response)?;
        let user_data = response["user_data"].as_str().ok_or("no user_data")?;
        if user_data != user {
            return Err("another user".into());
        }
        let signed = format!("{}::user::{user_data}", self.socket_id);
        let hex: String = hmac::sign(&self.secret, signed.as_bytes())
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if response["auth"] == format!("{}:{hex}", self.key) {
            Ok(())
        } else {
            Err("a wrong signature".into())
        }
    }
}

/// The middle one, and those a quarter from either end.
fn median_and_quartiles(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |quarter: usize| values[(values.len() - 1) * quarter / 4];
    (at(2), at(1), at(3))
}

fn main() -> Result<()> {
    let folder = env::args().nth(1).ok_or("usage: bench FOLDER")?;
    let app = App::from_environment()?;
    let mut workers = Vec::new();
    for (name, answer, command) in WORKERS {
        workers.push(Worker::start(&folder, name, answer, command)?);
    }

    // For each user: a name, and each worker's times, round by round.
    let mut times: Vec<(String, Vec<Vec<f64>>)> = Vec::new();
    for escapes in [false, true] {
        for size in SIZES {
            let kind = if escapes { "escapes" } else { "plain" };
            let user = users::user(size, escapes);
            assert_eq!(user.len(), size);
            let file = format!("{folder}/{kind}-{size}.json");
            fs::write(&file, &user)?;

            let mut calls = Vec::new();
            for worker in &mut workers {
                calls.push(worker.calibrate(&app, &file, &user)?);
            }
            let mut rounds = vec![Vec::new(); workers.len()];
            for _ in 0..ROUNDS {
                for ((worker, calls), rounds) in workers.iter_mut().zip(&calls).zip(&mut rounds) {
                    rounds.push(worker.measure(&file, *calls)?.0);
                }
            }
            times.push((format!("{size} bytes, {kind}"), rounds));
        }
    }

    let index = |name| {
        WORKERS
            .iter()
            .position(|worker| worker.0 == name)
            .expect(name)
    };
    for (heading, columns) in TABLES {
        println!("\n### {heading}\n");
        let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
        println!("| user | {} |", names.join(" | "));
        println!("|---|{}", "---:|".repeat(columns.len()));
        for (user, rounds) in &times {
            print!("| {user} |");
            for (name, base) in columns {
                let ratios = rounds[index(name)].iter().zip(&rounds[index(base)]);
                let (median, low, high) =
                    median_and_quartiles(ratios.map(|(time, base)| time / base).collect());
                print!(" {median:.2} ({low:.2} to {high:.2}) |");
            }
            println!();
        }
    }
    Ok(())
}
