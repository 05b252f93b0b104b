//! Names the shared library and, for `make generate`, writes its header.

use std::env;

fn main() {
    // Without a SONAME, which cargo does not set, programs record the file name they were linked with.
    let os = env::var("CARGO_CFG_TARGET_OS");
    let version = env!("CARGO_PKG_VERSION_MAJOR");
    match os.as_deref() {
        Ok("linux" | "freebsd" | "netbsd" | "openbsd") => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libpusher_auth.so.{version}");
        }
        Ok("macos") => {
            let name = format!("@rpath/libpusher_auth.{version}.dylib");
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,{name}");
        }
        _ => {}
    }
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "generate")]
    header::generate();
}

#[cfg(feature = "generate")]
#[allow(dead_code)]
#[path = "src/error.rs"]
mod error;

#[cfg(feature = "generate")]
mod header {
    use std::{env, fs, path::Path};

    use crate::error;

    /// Fills in src/pusher_auth.h.in. The result is in OUT_DIR, since a build must not change the
    /// sources: tests/generated compares it with include/.
    pub fn generate() {
        println!("cargo::rerun-if-changed=src");
        println!("cargo::rerun-if-changed=cbindgen.toml");
        let mut functions = Vec::new();
        cbindgen::Builder::new()
            .with_crate(env!("CARGO_MANIFEST_DIR"))
            .with_config(
                cbindgen::Config::from_file("cbindgen.toml").expect("cbindgen.toml is valid"),
            )
            .generate()
            .expect("cbindgen reads the sources")
            .write(&mut functions);
        let functions = String::from_utf8(functions).expect("UTF-8");
        let version = env!("CARGO_PKG_VERSION");
        let number = version
            .split('.')
            .map(|part| part.parse::<u32>().expect("three numbers"))
            .fold(0, |number, part| (number << 8) | part);
        let header = fs::read_to_string("src/pusher_auth.h.in")
            .expect("src/pusher_auth.h.in")
            .replace("@VERSION@", version)
            .replace("@VERSION_NUMBER@", &format!("{number:#08x}"))
            .replace("@ERRORS@\n", &errors())
            .replace("@FUNCTIONS@", functions.trim());
        let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
        fs::write(Path::new(&out).join("pusher_auth.h"), header).expect("OUT_DIR is writable");
    }

    /// The members of the enum.
    fn errors() -> String {
        let rows = error::LIST.iter().zip(error::MEANINGS);
        rows.map(|(entry, meaning)| {
            let name = entry.name.to_str().expect("ASCII");
            format!("  //{meaning}\n  {name} = {},\n", entry.code)
        })
        .collect()
    }
}
