//! Compares user authentication with other libraries and with its lower bound, in interleaved rounds.
//!
//! Each candidate is a worker: a process that reads lines `CALLS FILE` from its input, authenticates
//! the user in that file so many times, and prints `NANOSECONDS RESPONSE`. In each round all workers
//! sign the same user, one after another, so that other load on the machine affects them equally. A
//! ratio compares two times of the same round.
//!
//! Every response is checked. `docs/maintainers/performance.md` explains the figures.

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
use users::Kind;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ROUNDS: usize = 101;
const ROUND_NANOSECONDS: f64 = 1e6;
const WARM_UP_NANOSECONDS: f64 = 20e6;

/// The users that workers sign.
const USERS: [(Kind, &[usize]); 5] = [
    (Kind::Plain, &[14, 158, 1024, 10_000]),
    (Kind::Escapes, &[14, 158, 1024, 10_000]),
    (Kind::RandomEscapes, &[1024]),
    (Kind::Cyrillic, &[1024]),
    (Kind::Japanese, &[1024]),
];

/// The response that a worker must give.
#[derive(Clone, Copy, PartialEq)]
enum Response {
    /// Any response: the worker does not sign.
    Any,
    /// A signature of the user's bytes.
    Verbatim,
    /// A signature of any encoding of the user: the worker takes an object and not text.
    Encoded,
}

/// The name in the tables, the response, and the command. `OUT` is the build folder.
#[rustfmt::skip]
const WORKERS: [(&str, Response, &[&str]); 14] = [
    ("lower bound", Response::Any, &["OUT/cargo/release/lower_bound"]),
    ("signer", Response::Verbatim, &["OUT/library", "signer"]),
    ("one-shot", Response::Verbatim, &["OUT/library", "one-shot"]),
    ("two threads", Response::Verbatim, &["OUT/library", "two-threads"]),
    ("C++", Response::Verbatim, &["OUT/cpp"]),
    ("Go", Response::Verbatim, &["OUT/go"]),
    ("PHP", Response::Verbatim, &["php", "workers/php.php"]),
    ("OpenSSL", Response::Verbatim, &["OUT/openssl"]),
    ("pushers", Response::Encoded, &["OUT/cargo/release/pushers", "call"]),
    ("npm", Response::Encoded, &["node", "workers/npm.mjs", "call"]),
    ("PyPI", Response::Encoded, &["OUT/venv/bin/python", "workers/pypi.py", "call"]),
    ("pushers, body", Response::Encoded, &["OUT/cargo/release/pushers", "body"]),
    ("npm, body", Response::Encoded, &["node", "workers/npm.mjs", "body"]),
    ("PyPI, body", Response::Encoded, &["OUT/venv/bin/python", "workers/pypi.py", "body"]),
];

/// A ratio of two workers' times.
type Ratio = (&'static str, &'static str);

/// A heading, and the columns.
#[rustfmt::skip]
const TABLES: [(&str, &[Ratio]); 6] = [
    ("Times the lower bound", &[("signer", "lower bound"), ("one-shot", "lower bound")]),
    ("Times the signer", &[
        ("OpenSSL", "signer"), ("pushers", "signer"), ("npm", "signer"), ("PyPI", "signer"),
    ]),
    ("Times the signer, the others with their response encoded as the body", &[
        ("pushers, body", "signer"), ("npm, body", "signer"), ("PyPI, body", "signer"),
    ]),
    ("Times the one-shot call", &[
        ("OpenSSL", "one-shot"), ("pushers, body", "one-shot"), ("npm, body", "one-shot"), ("PyPI, body", "one-shot"),
    ]),
    ("Times the signer's C call", &[("C++", "signer"), ("Go", "signer"), ("PHP", "signer")]),
    ("Two threads on one signer, in calls of one", &[("signer", "two threads")]),
];

enum Bound {
    AtMost(f64),
    AtLeast(f64),
}
use Bound::{AtLeast, AtMost};

/// The project's targets: a ratio, the users (None for all), and the bound.
#[rustfmt::skip]
const TARGETS: [(Ratio, Option<(Kind, usize)>, Bound); 13] = [
    (("signer", "lower bound"), Some((Kind::Plain, 14)), AtMost(2.3)),
    (("signer", "lower bound"), Some((Kind::Plain, 158)), AtMost(3.0)),
    (("signer", "lower bound"), Some((Kind::Plain, 1024)), AtMost(2.1)),
    (("signer", "lower bound"), Some((Kind::Plain, 10_000)), AtMost(1.9)),
    (("signer", "lower bound"), Some((Kind::Cyrillic, 1024)), AtMost(2.0)),
    (("signer", "lower bound"), Some((Kind::Japanese, 1024)), AtMost(2.0)),
    (("one-shot", "signer"), Some((Kind::Plain, 14)), AtMost(3.0)),
    (("OpenSSL", "signer"), None, AtLeast(1.0)),
    (("pushers, body", "signer"), None, AtLeast(1.0)),
    (("npm, body", "signer"), None, AtLeast(1.0)),
    (("PyPI, body", "signer"), None, AtLeast(1.0)),
    (("Go", "signer"), None, AtMost(1.5)),
    (("signer", "two threads"), None, AtLeast(1.9)),
];

struct Worker {
    name: &'static str,
    expected: Response,
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Worker {
    fn start(
        folder: &str,
        name: &'static str,
        expected: Response,
        command: &[&str],
        app: &App,
    ) -> Result<Self> {
        let program = command[0].replace("OUT", folder);
        let mut process = Command::new(&program)
            .args(&command[1..])
            .env("PUSHER_KEY", &app.key)
            .env("PUSHER_SECRET", &app.secret)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name} does not start: {program}: {error}"))?;
        let input = process.stdin.take().ok_or("no input")?;
        let output = BufReader::new(process.stdout.take().ok_or("no output")?);
        Ok(Self {
            name,
            expected,
            process,
            input,
            output,
        })
    }

    /// Returns the nanoseconds per call, and the last response.
    fn measure(&mut self, file: &str, calls: u64) -> Result<(f64, String)> {
        // If the worker has ended, reading fails.
        let _ = writeln!(self.input, "{calls} {file}");
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        match line.trim_end().split_once(' ') {
            Some((nanoseconds, response)) => {
                let nanoseconds: f64 = nanoseconds.parse()?;
                Ok((nanoseconds / calls as f64, response.to_owned()))
            }
            None => Err(format!("{} failed: {}", self.name, self.process.wait()?).into()),
        }
    }

    /// Warms the worker up, checks its responses, and returns the calls that fill a round.
    fn calibrate(&mut self, app: &App, file: &str, user: &str) -> Result<u64> {
        let mut calls = 1;
        let mut fastest = f64::MAX;
        // At least twelve times, because a single measurement can be interrupted.
        for times in 1.. {
            let (per_call, response) = self.measure(file, calls)?;
            app.check(self.expected, user, &response)
                .map_err(|error| format!("{}: {error}: {response}", self.name))?;
            fastest = fastest.min(per_call);
            if fastest * (calls as f64) < WARM_UP_NANOSECONDS {
                calls *= 2;
            } else if times >= 12 {
                break;
            }
        }
        Ok((ROUND_NANOSECONDS / fastest).ceil() as u64)
    }
}

/// The app that all workers sign for.
struct App {
    key: String,
    secret: String,
    socket_id: String,
}

impl App {
    fn from_environment() -> Result<Self> {
        let config: Value = parsed(&variable("PUSHER_CONFIG")?)?;
        let member = |name: &str| {
            let text = config[name]
                .as_str()
                .ok_or("PUSHER_CONFIG: no key or secret")?;
            Ok::<_, Box<dyn Error>>(text.to_owned())
        };
        Ok(Self {
            key: member("key")?,
            secret: member("secret")?,
            socket_id: variable("SOCKET_ID")?,
        })
    }

    /// Checks the signature of the user in a response.
    fn check(&self, expected: Response, user: &str, response: &str) -> Result<()> {
        if expected == Response::Any {
            return Ok(());
        }
        let response: Value = serde_json::from_str(response)?;
        let user_data = response["user_data"].as_str().ok_or("no user_data")?;
        let same = match expected {
            Response::Encoded => parsed(user_data)? == parsed(user)?,
            _ => user_data == user,
        };
        if !same {
            return Err("another user".into());
        }
        let secret = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let signed = format!("{}::user::{user_data}", self.socket_id);
        let signature: String = hmac::sign(&secret, signed.as_bytes())
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if response["auth"] == format!("{}:{signature}", self.key) {
            Ok(())
        } else {
            Err("an invalid signature".into())
        }
    }
}

fn variable(name: &str) -> Result<String> {
    env::var(name).map_err(|error| format!("{name}: {error}").into())
}

fn parsed(json: &str) -> Result<Value> {
    Ok(serde_json::from_str(json)?)
}

/// One user, and each worker's nanoseconds per call, round by round.
struct Times {
    size: usize,
    kind: Kind,
    rounds: Vec<Vec<f64>>,
}

impl Times {
    fn user(&self) -> String {
        format!("{} bytes, {}", self.size, self.kind.name())
    }

    fn of(&self, name: &str) -> &[f64] {
        let index = WORKERS.iter().position(|worker| worker.0 == name);
        &self.rounds[index.expect(name)]
    }

    /// Returns the median and the quartiles of the rounds' ratios.
    fn ratio(&self, (name, base): Ratio) -> [f64; 3] {
        let times = self.of(name).iter().zip(self.of(base));
        quartiles(times.map(|(time, base)| time / base).collect())
    }
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [2, 1, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
}

/// Checks that the lower bound uses the library's version of `sha2`.
fn check_same_sha2() -> Result<()> {
    let versions = |lock: &str| -> Vec<String> {
        let mut lines = lock.lines();
        let mut versions = Vec::new();
        while lines.by_ref().any(|line| line == "name = \"sha2\"") {
            versions.extend(lines.next().map(str::to_owned));
        }
        versions
    };
    let library = versions(&fs::read_to_string("../Cargo.lock")?);
    if library
        .iter()
        .all(|version| versions(include_str!("../Cargo.lock")).contains(version))
    {
        Ok(())
    } else {
        Err("bench/Cargo.lock has another sha2 than Cargo.lock: cargo update sha2".into())
    }
}

fn measure(folder: &str) -> Result<Vec<Times>> {
    let app = App::from_environment()?;
    let mut workers = Vec::new();
    for (name, expected, command) in WORKERS {
        workers.push(Worker::start(folder, name, expected, command, &app)?);
    }
    let mut all = Vec::new();
    for (kind, sizes) in USERS {
        for &size in sizes {
            let user = users::user(size, kind);
            let file = format!("{folder}/{}-{size}.json", kind.name().replace(' ', "-"));
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
            all.push(Times { size, kind, rounds });
        }
    }
    Ok(all)
}

fn main() -> Result<()> {
    let folder = env::args().nth(1).ok_or("usage: bench FOLDER")?;
    check_same_sha2()?;
    let times = measure(&folder)?;

    println!("\nMedians of {ROUNDS} interleaved rounds, and the range of the middle half.");
    println!("\n### Nanoseconds per call\n");
    table(
        &times,
        &["lower bound", "signer", "one-shot"],
        |times, name| {
            let [median, low, high] = quartiles(times.of(name).to_vec());
            format!("{median:.0} ({low:.0} to {high:.0})")
        },
    );
    for (heading, columns) in TABLES {
        println!("\n### {heading}\n");
        let names: Vec<_> = columns.iter().map(|column| column.0).collect();
        table(&times, &names, |times, name| {
            let column = columns.iter().find(|column| column.0 == name);
            let [median, low, high] = times.ratio(*column.expect(name));
            format!("{median:.2} ({low:.2} to {high:.2})")
        });
    }

    println!("\n### Targets\n");
    println!("| ratio | user | target | measured | |\n|---|---|---:|---:|---|");
    for (ratio, user, bound) in TARGETS {
        for times in &times {
            if user.is_some_and(|user| user != (times.kind, times.size)) {
                continue;
            }
            let [median, ..] = times.ratio(ratio);
            let (target, is_met) = match bound {
                AtMost(most) => (format!("≤ {most}"), median <= most),
                AtLeast(least) => (format!("≥ {least}"), median >= least),
            };
            let met = if is_met { "met" } else { "missed" };
            let (name, base) = ratio;
            println!(
                "| {name} / {base} | {} | {target} | {median:.2} | {met} |",
                times.user()
            );
        }
    }
    Ok(())
}

/// Prints a row for each user and a column for each name.
fn table(times: &[Times], names: &[&str], cell: impl Fn(&Times, &str) -> String) {
    println!("| user | {} |", names.join(" | "));
    println!("|---|{}", "---:|".repeat(names.len()));
    for times in times {
        let cells: Vec<_> = names.iter().map(|name| cell(times, name)).collect();
        println!("| {} | {} |", times.user(), cells.join(" | "));
    }
}
