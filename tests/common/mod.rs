//! Functions for all tests: the library as users get it, and the tools that build and examine it.
#![allow(dead_code)] // Each test uses some of these functions.

#[path = "api.rs"]
mod in_rust;

use std::{
    env,
    ffi::c_void,
    fs, io, mem,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output},
    ptr,
    sync::OnceLock,
};

use ffi::Functions;
pub use in_rust::{Api, ffi};
use libloading::Library;
use regex::Regex;
use serde_json::Value;

/// Pusher's documented example.
pub const CONFIG: &str = r#"{"key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8"}"#;
pub const SOCKET_ID: &str = "1234.1234";
pub const USER: &str = r#"{"id":"12345"}"#;
pub const RESPONSE: &str = concat!(
    r#"{"auth":"278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba","#,
    r#""user_data":"{\"id\":\"12345\"}"}"#
);

/// Returns a path in the repository.
pub fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// Returns a path for files of a test.
pub fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

pub fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path.as_ref())
        .unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// Returns the pattern's group in every match.
pub fn matches<'a>(pattern: &str, text: &'a str) -> Vec<&'a str> {
    let pattern = Regex::new(pattern).unwrap_or_else(|error| panic!("{error}"));
    pattern
        .captures_iter(text)
        .map(|found| found.extract::<1>().1[0])
        .collect()
}

/// Returns the functions that the header declares, in its order.
pub fn declared_functions(header: &str) -> Vec<&str> {
    matches(r"(?m)^[^/ ].*[ *](pusher_[a-z_]+)\(", header)
}

/// Returns README's first example in C, and its output according to README.
pub fn readme_example() -> (String, String) {
    example("README.md")
}

/// Returns a page's first program in C, and its output according to the page.
pub fn example(page: &str) -> (String, String) {
    let page = read(path(page));
    let block = |text: &str, start: &str| {
        let (_, text) = text.split_once(start).expect(start);
        let (block, rest) = text.split_once("```\n").expect("the block's end");
        (block.to_owned(), rest.to_owned())
    };
    let (source, rest) = block(&page, "\n```c\n");
    let (printed, _) = block(&rest, "\n```\n");
    (source, printed)
}

/// Builds a C program with the shared library, and returns its output.
pub fn run_example(name: &str, source: &str) -> String {
    let (file, program) = (scratch(&format!("{name}.c")), scratch(name));
    fs::write(&file, source).expect("a file");
    let shared = &artifact().shared;
    run(
        command("cc -std=c99 -Wall -Wextra -Wpedantic -Werror -Iinclude")
            .arg(&file)
            .arg(shared)
            .arg(format!("-Wl,-rpath,{}", shared.parent().unwrap().display()))
            .arg("-o")
            .arg(&program),
    );
    run(&mut Command::new(&program))
}

/// Returns the command of a line, which is split at spaces.
pub fn command(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().expect("a program"));
    command.args(words).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs a program, which must be installed.
pub fn output(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            panic!(
                "this test needs {:?}, which is missing: run tools/install-deps.sh core",
                command.get_program()
            )
        }
        _ => panic!("{command:?}: {error}"),
    })
}

/// Runs a program, which must succeed. Returns its output.
pub fn run(command: &mut Command) -> String {
    let output = output(command);
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// The name of the shared library that programs record.
pub const SONAME: &str = concat!("libpusher_auth.so.", env!("CARGO_PKG_VERSION_MAJOR"));

/// The libraries that users get, built once by cargo and tools/static-library.sh. PORTABLE can name
/// the folder of libraries that tools/portable.sh has built.
pub struct Artifact {
    pub shared: PathBuf,
    pub static_library: PathBuf,
    pub is_portable: bool,
}

pub fn artifact() -> &'static Artifact {
    static ARTIFACT: OnceLock<Artifact> = OnceLock::new();
    ARTIFACT.get_or_init(|| {
        if let Some(folder) = env::var_os("PORTABLE") {
            let folder = path("").join(folder);
            return Artifact {
                shared: folder.join(SONAME),
                static_library: folder.join("static/libpusher_auth.a"),
                is_portable: true,
            };
        }
        let messages = run(command(env!("CARGO")).args([
            "build",
            "--release",
            "--lib",
            "--message-format=json",
        ]));
        let built: Vec<PathBuf> = messages
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("cargo prints JSON"))
            .filter(|message| {
                message["reason"] == "compiler-artifact"
                    && message["target"]["name"] == "pusher_auth"
            })
            .flat_map(|message| message["filenames"].as_array().expect("file names").clone())
            .map(|file| PathBuf::from(file.as_str().expect("a path")))
            .collect();
        let ending = |ending| {
            built
                .iter()
                .find(|file| file.extension().is_some_and(|it| it == ending))
                .unwrap()
                .clone()
        };
        // Programs find the shared library by its SONAME.
        let shared = scratch(SONAME);
        let _ = fs::remove_file(&shared);
        symlink(ending("so"), &shared).unwrap();
        let (from, static_library) = (ending("a"), scratch("libpusher_auth.a"));
        let modified = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
        if modified(&static_library) < modified(&from)
            || modified(&static_library) < modified(&path("tools/static-library.sh"))
        {
            run(command("tools/static-library.sh")
                .arg(&from)
                .arg(&static_library));
        }
        Artifact {
            shared,
            static_library,
            is_portable: false,
        }
    })
}

/// Returns the C functions of the shared library.
pub fn api() -> &'static Api {
    static API: OnceLock<Api> = OnceLock::new();
    API.get_or_init(|| {
        // SAFETY: the library runs no code when it is loaded.
        let library = unsafe { Library::new(&artifact().shared) }.expect("the library loads");
        let find = |name: &str| {
            // SAFETY: the address is used only for the function of this name.
            let found = unsafe { library.get::<*const c_void>(name.as_bytes()) };
            found.map_or(ptr::null(), |found| *found)
        };
        // SAFETY: the declarations are those of the header.
        let functions = unsafe { Functions::load(find) };
        // The library stays loaded until the program ends.
        mem::forget(library);
        Api(functions)
    })
}
