//! Builds and runs the C harness: as C and as C++, with the shared library and with the archive.

#[path = "../common/mod.rs"]
mod common;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use common::{artifact, command, output, run, scratch};

/// Half a minute of hashing, of code that all builds have in common: one of them runs it.
const GIGABYTES: &str = "too_large";

#[test]
fn c99_with_shared_library() {
    check(&build("c99-shared", C99, &artifact().shared), None, &[]);
}

#[test]
fn c99_with_archive() {
    check(
        &build("c99-archive", C99, &artifact().archive),
        None,
        &[GIGABYTES],
    );
}

#[test]
fn cpp11_with_shared_library() {
    check(
        &build("cpp11-shared", CPP11, &artifact().shared),
        None,
        &[GIGABYTES],
    );
}

#[test]
fn cpp11_with_archive() {
    check(
        &build("cpp11-archive", CPP11, &artifact().archive),
        None,
        &[GIGABYTES],
    );
}

#[test]
fn valgrind_finds_no_error_and_no_leak_with_shared_library() {
    valgrind(&build("valgrind-shared", C99, &artifact().shared));
}

#[test]
fn valgrind_finds_no_error_and_no_leak_with_archive() {
    valgrind(&build("valgrind-archive", C99, &artifact().archive));
}

fn valgrind(harness: &Path) {
    let mut valgrind = command("valgrind --quiet --error-exitcode=99 --leak-check=full");
    valgrind.args(["--show-leak-kinds=all", "--errors-for-leak-kinds=all"]);
    // Fifty times slower, the big ones take minutes. What the parent's other threads were just using
    // is lost to a child. And valgrind itself comes and goes in the list of mappings.
    let left_out = [
        GIGABYTES,
        "million_members",
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

/// Runs the harness's checks, by way of another program if one is given. Nothing but the checks'
/// names may be printed, by them or by the library.
fn check(harness: &Path, by_way_of: Option<Command>, left_out: &[&str]) {
    // Here, none is left out for want of a way to make it.
    assert_eq!(run(Command::new(harness).arg("--left-out")), "");
    let all = run(Command::new(harness).arg("--list"));
    let (left, names): (Vec<&str>, Vec<&str>) =
        all.lines().partition(|name| left_out.contains(name));
    assert_eq!(
        left.len(),
        left_out.len(),
        "a check to leave out is not there: {left_out:?}"
    );

    let mut command = match by_way_of {
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
