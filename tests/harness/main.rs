//! Builds and runs the C harness: as C and as C++, with the shared and with the static library.

#[path = "../common/mod.rs"]
mod common;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use common::{artifact, command, output, run, scratch};

/// Long checks of code that is the same in all builds: one build runs them.
const SLOW: [&str; 2] = ["too_large", "million_members"];

#[test]
fn c99_with_shared_library() {
    check(&build("c99-shared", C99, &artifact().shared), None, &[]);
}

#[test]
fn c99_with_static_library() {
    check(
        &build("c99-static", C99, &artifact().static_library),
        None,
        &SLOW,
    );
}

#[test]
fn cpp11_with_shared_library() {
    check(
        &build("cpp11-shared", CPP11, &artifact().shared),
        None,
        &SLOW,
    );
}

#[test]
fn cpp11_with_static_library() {
    check(
        &build("cpp11-static", CPP11, &artifact().static_library),
        None,
        &SLOW,
    );
}

#[test]
fn valgrind_finds_no_error_and_no_leak_with_shared_library() {
    valgrind(&build("valgrind-shared", C99, &artifact().shared));
}

#[test]
fn valgrind_finds_no_error_and_no_leak_with_static_library() {
    valgrind(&build("valgrind-static", C99, &artifact().static_library));
}

fn valgrind(harness: &Path) {
    let mut valgrind = command("valgrind --quiet --error-exitcode=99 --leak-check=full");
    valgrind.args(["--show-leak-kinds=all", "--errors-for-leak-kinds=all"]);
    // Under valgrind, a call takes fifty times as long.
    valgrind.env("CALLS", "5");
    // A child loses what the parent's other threads were using, which is a leak there. The last
    // check counts mappings, which valgrind changes.
    let left_out = [
        SLOW[0],
        SLOW[1],
        "child_after_fork_among_threads",
        "loaded_1000_times",
    ];
    check(harness, Some(valgrind), &left_out);
}

const C99: &str = "cc -x c -std=c99";
const CPP11: &str = "g++ -x c++ -std=c++11";

fn build(name: &str, compiler: &str, library: &Path) -> PathBuf {
    let program = scratch(&format!("harness-{name}"));
    run(command(compiler)
        .args([
            "-O1",
            "-g",
            "-Wall",
            "-Wextra",
            "-Wpedantic",
            "-Werror",
            "-pthread",
            "-Iinclude",
        ])
        .arg(format!(
            "-DSHARED_LIBRARY=\"{}\"",
            artifact().shared.display()
        ))
        .args(["tests/harness/harness.c", "-x", "none"])
        .arg(library)
        .arg(format!(
            "-Wl,-rpath,{}",
            artifact().shared.parent().unwrap().display()
        ))
        .arg("-o")
        .arg(&program));
    program
}

/// Runs the harness's checks except `left_out`, under `tool` if one is given. Nothing but the names
/// of the checks may be printed, neither by the harness nor by the library.
fn check(harness: &Path, tool: Option<Command>, left_out: &[&str]) {
    // This platform can run all checks.
    assert_eq!(run(Command::new(harness).arg("--left-out")), "");
    let all = run(Command::new(harness).arg("--list"));
    let (left, names): (Vec<&str>, Vec<&str>) =
        all.lines().partition(|name| left_out.contains(name));
    assert_eq!(left.len(), left_out.len(), "unknown check in {left_out:?}");

    let mut command = match tool {
        None => Command::new(harness),
        Some(mut program) => {
            program.arg(harness);
            program
        }
    };
    let output = output(command.args(&names));
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && errors.is_empty(),
        "{command:?}: {}\n{printed}{errors}",
        output.status
    );
    assert_eq!(
        printed,
        names
            .iter()
            .map(|name| format!("ok {name}\n"))
            .collect::<String>()
    );
    print!("{printed}");
}
