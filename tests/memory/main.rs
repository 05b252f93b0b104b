//! Builds and runs memory.c as users link programs: with the shared and with the static library,
//! with all functions bound at the start and with lazy binding.

#[path = "../common/mod.rs"]
mod common;

use std::path::Path;

use common::{artifact, command, run, scratch};

#[test]
fn with_shared_library() {
    check(
        "shared-now",
        &artifact().shared,
        "now",
        "thread_of_64_kilobytes",
    );
}

#[test]
fn with_static_library() {
    check(
        "static-now",
        &artifact().static_library,
        "now",
        "thread_of_64_kilobytes",
    );
}

#[test]
fn no_secret_remains_with_shared_library_and_lazy_binding() {
    check(
        "shared-lazy",
        &artifact().shared,
        "lazy",
        "nothing_remains_of_a_signer",
    );
}

#[test]
fn no_secret_remains_with_static_library_and_lazy_binding() {
    check(
        "static-lazy",
        &artifact().static_library,
        "lazy",
        "nothing_remains_of_a_signer",
    );
}

fn check(name: &str, library: &Path, binding: &str, last_check: &str) {
    let program = scratch(&format!("memory-{name}"));
    let rpath = library.parent().unwrap().display();
    run(
        command("cc -x c -std=gnu11 -O2 -g -Wall -Wextra -Wpedantic -Werror -pthread -I include tests/memory/memory.c")
            .args(["-x", "none"])
            .arg(library)
            .arg(format!("-Wl,-z,{binding},-rpath,{rpath}"))
            .arg("-o")
            .arg(&program),
    );
    let mut program = command(&program.display().to_string());
    if binding == "lazy" {
        // The dynamic linker looks a function up at every call, not only at the first one.
        program.env("LD_BIND_NOT", "1");
    }
    let printed = run(program.arg(binding));
    assert!(
        printed.ends_with(&format!("ok {last_check}\n")),
        "{printed}"
    );
    print!("{printed}");
}
