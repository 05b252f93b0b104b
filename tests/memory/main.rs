//! Builds and runs memory.c, with the shared library and with the archive.

#[path = "../common/mod.rs"]
mod common;

use std::path::Path;

use common::{artifact, command, run, scratch};

#[test]
fn with_shared_library() {
    check("shared", &artifact().shared);
}

#[test]
fn with_archive() {
    check("archive", &artifact().archive);
}

fn check(name: &str, library: &Path) {
    let program = scratch(&format!("memory-{name}"));
    let rpath = library.parent().unwrap().display();
    run(
        command("cc -x c -std=gnu11 -O1 -g -Wall -Wextra -Wpedantic -Werror -pthread -I include tests/memory/memory.c")
            .args(["-x", "none"])
            .arg(library)
            .arg(format!("-Wl,-z,now,-rpath,{rpath}"))
            .arg("-o")
            .arg(&program),
    );
    let printed = run(&mut command(&program.display().to_string()));
    assert!(
        printed.ends_with("\nok thread_of_64_kilobytes\n"),
        "{printed}"
    );
    print!("{printed}");
}
