//! README.md, that of the C++ folder and docs/errors.md keep what they promise.

#[path = "../common/mod.rs"]
mod common;

use std::{collections::BTreeSet, fs, process::Command};

use common::{
    RESPONSE, api, artifact, command, declared_functions, matches, path, read, readme_example, run,
    run_example, scratch,
};

#[test]
fn example_prints_what_it_says() {
    let (source, printed) = readme_example();
    assert_eq!(printed, format!("{RESPONSE}\n"));
    assert_eq!(run_example("readme", &source), printed);
}

#[test]
fn readme_is_short() {
    assert!(read(path("README.md")).lines().count() <= 200);
}

/// The first is a program that prints what it says, the second is a part of the one that makes requests.
#[test]
fn cpp_code_does_what_it_says() {
    let page = read(path("bindings/cpp/README.md"));
    let [example, lines] = matches(r"(?ms)^```cpp\n(.*?)^```$", &page)[..] else {
        panic!("two blocks of C++")
    };
    let (file, program) = (scratch("readme.cpp"), scratch("readme-cpp"));
    fs::write(&file, example).unwrap();
    run(
        command("c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -Iinclude -Ibindings/cpp")
            .arg(&file)
            .arg(&artifact().archive)
            .arg("-o")
            .arg(&program),
    );
    let printed = run(&mut Command::new(&program));
    assert_eq!(printed, format!("{RESPONSE}\n"));
    assert!(page.contains(&format!("\n```\n{printed}```\n")));
    assert!(read(path("examples/cpp/request.cpp")).contains(lines));
}

/// The functions are those that the header documents.
#[test]
fn cpp_table_is_complete() {
    let (page, header) = (
        read(path("bindings/cpp/README.md")),
        read(path("bindings/cpp/pusher_auth.hpp")),
    );
    let table = matches(
        r"(?m)^\| `(?:pusher::|signer\.)([a-z_]+)(?:\(.*\))?` \|",
        &page,
    );
    let mut documented = BTreeSet::from_iter(matches(r"(?m)^ *// ([a-z_]+): ", &header));
    documented.remove("code"); // the error's, in whose row it is
    assert_eq!(BTreeSet::from_iter(table), documented);
}

/// So what holds for the one holds for the other.
#[test]
fn header_shows_the_same_example() {
    let comment: String = read(path("include/pusher_auth.h"))
        .lines()
        .map(|line| {
            format!(
                "{}\n",
                line.strip_prefix(" *   ")
                    .or(line.strip_prefix(" *"))
                    .unwrap_or(line)
            )
        })
        .collect();
    let (source, printed) = readme_example();
    assert!(comment.contains(&format!("Example:\n\n{source}\n prints\n\n{printed}")));
}

#[test]
fn error_table_is_the_enum() {
    let (page, header) = (
        read(path("docs/errors.md")),
        read(path("include/pusher_auth.h")),
    );
    let table = matches(
        r"(?m)^\| (`PUSHER_ERROR_[A-Z_]+` \| -[0-9]+) \| [^ ].* \|$",
        &page,
    );
    let list = matches(r"(?m)^ *(PUSHER_ERROR_[A-Z_]+ = -[0-9]+),$", &header);
    assert_eq!(
        table,
        list.iter()
            .map(|entry| format!("`{}", entry.replace(" = ", "` | ")))
            .collect::<Vec<_>>()
    );
    let codes: Vec<i32> = list
        .iter()
        .map(|entry| entry.split(" = ").last().unwrap().parse().unwrap())
        .collect();
    assert_eq!(codes, (-22..=-1).rev().collect::<Vec<_>>());

    let mut messages = BTreeSet::from([api().error_message(0), api().error_message(i32::MIN)]);
    assert_eq!(messages.len(), 2);
    for code in codes {
        let message = api().error_message(code);
        assert!(
            messages.insert(message),
            "{code} has no message of its own: {message}"
        );
        println!("{code}: {message}");
    }
    for other in [i32::MIN, -1000, -16, 0, 1, i32::MAX] {
        assert!(messages.contains(api().error_message(other)), "{other}");
    }
    assert!(
        api()
            .error_message(-9)
            .contains(r#"{"id":"12345"} and not {"id":12345}"#)
    );
}

#[test]
fn function_table_is_complete() {
    let (readme, header) = (read(path("README.md")), read(path("include/pusher_auth.h")));
    assert_eq!(
        matches(r"(?m)^\| `(pusher_[a-z_]+)` \|", &readme),
        declared_functions(&header)
    );
}
