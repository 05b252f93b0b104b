//! Holds the table of docs/assurance.md to what the library depends on.

#[path = "../common/mod.rs"]
mod common;

use std::collections::BTreeSet;

use common::{command, matches, path, read, run};

#[test]
fn every_dependency_is_in_the_table() {
    // What becomes part of the library, with what that brings along, and what builds and tests it.
    let tree = |edges: &str| {
        let mut tree = command(env!("CARGO"));
        tree.args(["tree", "--locked", "--prefix=none", "--format={p}"]);
        tree.args(edges.split(' '));
        run(&mut tree)
    };
    let crates = tree("--edges=normal") + &tree("--edges=build,dev --depth=1");
    let mut crates = BTreeSet::from_iter(matches(r"(?m)^(\S+) v", &crates));
    crates.remove(env!("CARGO_PKG_NAME"));

    let page = read(path("docs/assurance.md"));
    let (_, section) = page.split_once("\n## Dependencies\n").expect("the section");
    let table = BTreeSet::from_iter(matches(r"(?m)^\| `([a-z0-9_-]+)` \|", section));
    assert_eq!(table, crates);
}
