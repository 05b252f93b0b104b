//! Names the shared library and generates its header.

use std::{env, path::Path};

fn main() {
    // Cargo gives a cdylib no SONAME; without one, programs record the file name they were linked with.
    if matches!(
        env::var("CARGO_CFG_TARGET_OS").as_deref(),
        Ok("linux" | "freebsd" | "netbsd" | "openbsd")
    ) {
        let major = env!("CARGO_PKG_VERSION_MAJOR");
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libpusher_auth.so.{major}");
    }

    // Into OUT_DIR, since a build must not change its sources: a test compares it with include/.
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=cbindgen.toml");
    let mut config = cbindgen::Config::from_file("cbindgen.toml").expect("cbindgen.toml is valid");
    config.after_includes = config
        .after_includes
        .map(|text| text.replace("@VERSION@", env!("CARGO_PKG_VERSION")));
    let header = Path::new(&env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("pusher_auth.h");
    cbindgen::Builder::new()
        .with_crate(env!("CARGO_MANIFEST_DIR"))
        .with_config(config)
        .generate()
        .expect("cbindgen reads the sources")
        .write_to_file(header);
}
