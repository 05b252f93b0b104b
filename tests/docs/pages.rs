//! The pages on each job keep what they promise.

#[path = "../common/mod.rs"]
mod common;

use common::{example, matches, path, read, run_example};

#[test]
fn examples_print_what_they_say() {
    for job in ["users", "channels", "requests", "webhooks"] {
        let (source, printed) = example(&format!("docs/{job}.md"));
        assert_eq!(
            run_example(&format!("docs-{job}"), &source),
            printed,
            "{job}"
        );
    }
}

/// The programs are run by the browser tests.
#[test]
fn lines_that_send_a_request_are_those_of_the_programs() {
    let page = read(path("docs/requests.md"));
    let (_, lines) = page.split_once("## The lines that send it").unwrap();
    let programs = matches(r"\(\.\./(bindings/[a-z./]+)\)", lines);
    let shown = matches(r"(?s)```[a-z]+\n(.*?)```\n", lines);
    assert_eq!((programs.len(), shown.len()), (4, 4));
    for (program, shown) in programs.into_iter().zip(shown) {
        assert!(read(path(program)).contains(shown), "{program}");
    }
}
