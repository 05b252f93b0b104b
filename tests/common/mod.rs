//! What the tests share: the library as its users get it, and the programs that build and look at it.
//! Each test uses a part of this.
#![allow(dead_code)]

use std::{
    env,
    ffi::{CStr, CString, c_char, c_void},
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output},
    ptr,
    sync::OnceLock,
};

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

/// A path in the repository.
pub fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// A path for a test's own files.
pub fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

pub fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path.as_ref())
        .unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// What the pattern's group is in every match.
pub fn matches<'a>(pattern: &str, text: &'a str) -> Vec<&'a str> {
    let pattern = Regex::new(pattern).unwrap_or_else(|error| panic!("{error}"));
    pattern
        .captures_iter(text)
        .map(|found| found.extract::<1>().1[0])
        .collect()
}

/// The functions that the header declares.
pub fn declared_functions(header: &str) -> Vec<&str> {
    matches(r"(?m)^[^/ ].*[ *](pusher_[a-z_]+)\(", header)
}

/// README's first example in C, and what it says that the example prints.
pub fn readme_example() -> (String, String) {
    example("README.md")
}

/// A page's first program in C, and what the page says it prints.
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

/// What a program in C prints, with the shared library.
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

/// A program with these arguments, which are parted by blanks.
pub fn command(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().expect("a program"));
    command.args(words).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs a program, which must be there.
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

/// Runs a program, which must succeed. Gives what it printed.
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

/// The release artifact, built once; or the one of `tools/portable.sh`, in the folder that PORTABLE names.
pub struct Artifact {
    pub shared: PathBuf,
    pub archive: PathBuf,
    pub is_portable: bool,
}

pub fn artifact() -> &'static Artifact {
    static ARTIFACT: OnceLock<Artifact> = OnceLock::new();
    ARTIFACT.get_or_init(|| {
        if let Some(folder) = env::var_os("PORTABLE") {
            let folder = path("").join(folder);
            return Artifact {
                shared: folder.join("libpusher_auth.so.0"),
                archive: folder.join("libpusher_auth.a"),
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
        // Programs that are linked with it look for it by its SONAME.
        let shared = scratch("libpusher_auth.so.0");
        let _ = fs::remove_file(&shared);
        symlink(ending("so"), &shared).unwrap();
        Artifact {
            shared,
            archive: ending("a"),
            is_portable: false,
        }
    })
}

/// The C functions, by way of the shared library and in Rust's terms: an error is its code.
pub struct Api(Library);

pub fn api() -> &'static Api {
    static API: OnceLock<Api> = OnceLock::new();
    // SAFETY: loading it runs nothing of its own.
    API.get_or_init(|| Api(unsafe { Library::new(&artifact().shared) }.expect("the library loads")))
}

impl Api {
    /// A function by its name. `T` must be its type in the header.
    fn function<T: Copy>(&self, name: &str) -> T {
        // SAFETY: each caller below states the type that the header has.
        *unsafe { self.0.get(name.as_bytes()) }.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn authenticate_user(
        &self,
        config: &str,
        socket_id: &str,
        user_json: &str,
    ) -> Result<String, i32> {
        type Function = unsafe extern "C" fn(
            *const c_char,
            *const c_char,
            *const c_char,
            *mut c_char,
            usize,
        ) -> i32;
        let function: Function = self.function("pusher_authenticate_user");
        let (config, socket_id, user_json) =
            (c_string(config), c_string(socket_id), c_string(user_json));
        let size = self.response_bound(config.as_bytes().len(), user_json.as_bytes().len());
        // SAFETY: the strings are terminated, and the buffer is of this size.
        filled(size, |buffer| unsafe {
            function(
                config.as_ptr(),
                socket_id.as_ptr(),
                user_json.as_ptr(),
                buffer,
                size,
            )
        })
    }

    pub fn signer(&self, config: &str) -> Result<Signer<'_>, i32> {
        let function: unsafe extern "C" fn(*const c_char, *mut *mut c_void) -> i32 =
            self.function("pusher_signer_new");
        let mut signer = ptr::dangling_mut();
        let config = c_string(config);
        // SAFETY: the string is terminated.
        match unsafe { function(config.as_ptr(), &mut signer) } {
            0 => Ok(Signer {
                api: self,
                signer,
                config_len: config.as_bytes().len(),
            }),
            code => {
                assert!(signer.is_null());
                Err(code)
            }
        }
    }

    pub fn jsonp(&self, callback: &[u8], response: &[u8]) -> Result<String, i32> {
        let function: unsafe extern "C" fn(
            *const c_char,
            *const c_char,
            *mut c_char,
            usize,
        ) -> i32 = self.function("pusher_jsonp");
        let size = 2 * response.len() + callback.len() + 8;
        let (callback, response) = (c_string(callback), c_string(response));
        // SAFETY: the strings are terminated, and the buffer is of this size.
        filled(size, |buffer| unsafe {
            function(callback.as_ptr(), response.as_ptr(), buffer, size)
        })
    }

    pub fn response_bound(&self, config_len: usize, user_json_len: usize) -> usize {
        let function: extern "C" fn(usize, usize) -> usize = self.function("pusher_response_bound");
        function(config_len, user_json_len)
    }

    pub fn error_message(&self, code: i32) -> &str {
        let function: extern "C" fn(i32) -> *const c_char = self.function("pusher_error_message");
        // SAFETY: it is static and terminated.
        unsafe { CStr::from_ptr(function(code)) }
            .to_str()
            .expect("English")
    }

    pub fn version(&self) -> &str {
        let function: extern "C" fn() -> *const c_char = self.function("pusher_version");
        // SAFETY: it is static and terminated.
        unsafe { CStr::from_ptr(function()) }
            .to_str()
            .expect("English")
    }
}

/// A `pusher_signer`.
pub struct Signer<'a> {
    api: &'a Api,
    signer: *mut c_void,
    config_len: usize,
}

impl Signer<'_> {
    pub fn authenticate_user(&self, socket_id: &[u8], user_json: &[u8]) -> Result<String, i32> {
        type Function = unsafe extern "C" fn(
            *const c_void,
            *const c_char,
            usize,
            *const c_char,
            usize,
            *mut c_char,
            usize,
        ) -> i32;
        let function: Function = self.api.function("pusher_signer_authenticate_user");
        let size = self.api.response_bound(self.config_len, user_json.len());
        // SAFETY: all are of these sizes, and the signer is not freed yet.
        filled(size, |buffer| unsafe {
            function(
                self.signer,
                socket_id.as_ptr().cast(),
                socket_id.len(),
                user_json.as_ptr().cast(),
                user_json.len(),
                buffer,
                size,
            )
        })
    }
}

impl Signer<'_> {
    pub fn authorize_channel(
        &self,
        socket_id: &[u8],
        channel: &[u8],
        channel_data: &[u8],
    ) -> Result<String, i32> {
        type Function = unsafe extern "C" fn(
            *const c_void,
            *const c_char,
            usize,
            *const c_char,
            usize,
            *const c_char,
            usize,
            *mut c_char,
            usize,
        ) -> i32;
        let function: Function = self.api.function("pusher_signer_authorize_channel");
        let size = self.api.response_bound(self.config_len, channel_data.len());
        // SAFETY: all are of these sizes, and the signer is not freed yet.
        filled(size, |buffer| unsafe {
            function(
                self.signer,
                socket_id.as_ptr().cast(),
                socket_id.len(),
                channel.as_ptr().cast(),
                channel.len(),
                channel_data.as_ptr().cast(),
                channel_data.len(),
                buffer,
                size,
            )
        })
    }

    /// An empty query is NULL.
    pub fn sign_request(
        &self,
        [method, path, query]: [&str; 3],
        body: &[u8],
        timestamp: i64,
    ) -> Result<String, i32> {
        type Function = unsafe extern "C" fn(
            *const c_void,
            *const c_char,
            *const c_char,
            *const c_char,
            *const c_char,
            usize,
            i64,
            *mut c_char,
            usize,
        ) -> i32;
        let function: Function = self.api.function("pusher_signer_sign_request");
        let size = self.config_len + path.len() + query.len() + 256;
        let (method, path) = (c_string(method), c_string(path));
        let query = (!query.is_empty()).then(|| c_string(query));
        // SAFETY: the strings are terminated, the rest is of these sizes, the signer is not freed yet.
        filled(size, |buffer| unsafe {
            function(
                self.signer,
                method.as_ptr(),
                path.as_ptr(),
                query.as_ref().map_or(ptr::null(), |query| query.as_ptr()),
                body.as_ptr().cast(),
                body.len(),
                timestamp,
                buffer,
                size,
            )
        })
    }

    pub fn verify_webhook(&self, key: &[u8], signature: &[u8], body: &[u8]) -> i32 {
        type Function = unsafe extern "C" fn(
            *const c_void,
            *const c_char,
            usize,
            *const c_char,
            usize,
            *const c_char,
            usize,
        ) -> i32;
        let function: Function = self.api.function("pusher_signer_verify_webhook");
        // SAFETY: all are of these sizes, and the signer is not freed yet.
        unsafe {
            function(
                self.signer,
                key.as_ptr().cast(),
                key.len(),
                signature.as_ptr().cast(),
                signature.len(),
                body.as_ptr().cast(),
                body.len(),
            )
        }
    }
}

impl Drop for Signer<'_> {
    fn drop(&mut self) {
        let function: unsafe extern "C" fn(*mut c_void) = self.api.function("pusher_signer_free");
        // SAFETY: this is the only one who frees it, and does so once.
        unsafe { function(self.signer) }
    }
}

fn c_string(text: impl AsRef<[u8]>) -> CString {
    CString::new(text.as_ref()).expect("no NUL within")
}

/// What a function writes into a buffer of this size, or the code that it returns.
fn filled(size: usize, write: impl FnOnce(*mut c_char) -> i32) -> Result<String, i32> {
    let mut buffer = vec![0xA5; size];
    let result = write(buffer.as_mut_ptr().cast());
    let len = usize::try_from(result).unwrap_or(0);
    assert_eq!(buffer[len], 0, "the result is terminated");
    buffer.truncate(len);
    if result < 0 {
        Err(result)
    } else {
        Ok(String::from_utf8(buffer).expect("UTF-8"))
    }
}
