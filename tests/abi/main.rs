//! Compares the public interface with tests/abi/abi.txt, and changes of that file with the rule in
//! docs/maintainers/abi.md.

#[path = "../common/mod.rs"]
mod common;

use std::{collections::BTreeSet, env, fs};

use common::{artifact, command, matches, path, read, run};
use regex::Regex;

/// The public interface, with a line for each symbol, function, type, code and macro.
#[derive(Clone)]
struct Abi {
    version: [u32; 3],
    lines: BTreeSet<String>,
}

impl Abi {
    fn of_this_build() -> Self {
        let mut elf = command("readelf --wide --dynamic --dyn-syms");
        let elf = run(elf.arg(&artifact().shared));
        let exported = r"(?m) (?:FUNC|OBJECT) +(?:GLOBAL|WEAK) +DEFAULT +\d+ (\S+)$";
        let mut lines = BTreeSet::new();
        for name in matches(r"SONAME.*\[(.*)\]", &elf) {
            lines.insert(format!("soname {name}"));
        }
        for name in matches(exported, &elf) {
            lines.insert(format!("symbol {name}"));
        }

        let header = read(path("include/pusher_auth.h"));
        let without = |pattern: &str, text: &str| {
            let pattern = Regex::new(pattern).unwrap();
            pattern.replace_all(text, "").into_owned()
        };
        let code = without(r"(?s)/\*.*?\*/|//[^\n]*|\\\n", &header);
        // The version has a line of its own. The include guard and the attributes do not affect
        // callers.
        for line in matches(r"(?m)^#define (PUSHER_\w+.*)$", &code) {
            let counts = |name| !line.starts_with(name);
            if [
                "PUSHER_AUTH_VERSION",
                "PUSHER_AUTH_H",
                "PUSHER_API",
                "PUSHER_MUST_USE",
            ]
            .into_iter()
            .all(counts)
            {
                lines.insert(format!("macro {}", spaced(line)));
            }
        }
        let code = without(
            r#"(?m)^#.*$|PUSHER_API|PUSHER_MUST_USE|extern "C" \{|^\} *$"#,
            &code,
        );
        let codes = Regex::new(r"(?s)typedef enum (\w+) \{(.*?)\} \w+;").unwrap();
        for found in codes.captures_iter(&code) {
            for line in found[2]
                .split(',')
                .map(spaced)
                .filter(|line| !line.is_empty())
            {
                lines.insert(format!("enum {} {line}", &found[1]));
            }
        }
        // Names of parameters can change, because callers do not use them.
        let parameter = Regex::new(r"([ *])\w+([,)])").unwrap();
        for statement in codes.replace_all(&code, "").split(';') {
            let line = parameter
                .replace_all(&spaced(statement), "$1$2")
                .replace(" ,", ",")
                .replace(" )", ")");
            if !line.is_empty() {
                lines.insert(line);
            }
        }
        Self {
            version: version(env!("CARGO_PKG_VERSION")),
            lines,
        }
    }

    fn parse(text: &str) -> Self {
        let (first, rest) = text.split_once('\n').expect("a version and lines");
        let version = version(first.strip_prefix("version ").expect("the version"));
        Self {
            version,
            lines: rest.lines().map(str::to_owned).collect(),
        }
    }

    fn write(&self) -> String {
        let [major, minor, patch] = self.version;
        let lines: String = self.lines.iter().map(|line| format!("{line}\n")).collect();
        format!("version {major}.{minor}.{patch}\n{lines}")
    }

    /// Returns the values of the codes, in increasing order.
    fn codes(&self) -> Vec<i32> {
        let lines = self
            .lines
            .iter()
            .filter(|line| line.starts_with("enum pusher_error "));
        let mut codes: Vec<i32> = lines
            .map(|line| line.rsplit("= ").next().unwrap().parse().expect("a code"))
            .collect();
        codes.sort_unstable();
        codes
    }

    /// Checks that docs/maintainers/abi.md allows a change to `next`.
    fn allows(&self, next: &Abi) -> Result<(), String> {
        let gone: Vec<_> = self.lines.difference(&next.lines).collect();
        let new: Vec<_> = next.lines.difference(&self.lines).collect();
        let (old_codes, new_codes) = (self.codes(), next.codes());
        let is_old = |code: &i32| old_codes.contains(code);
        let is_appended = |code: &i32| Some(code) < old_codes.first();
        if !old_codes.iter().all(|code| new_codes.contains(code))
            || !new_codes
                .iter()
                .all(|code| is_old(code) || is_appended(code))
            || new_codes.windows(2).any(|two| two[0] == two[1])
        {
            return Err(
                "codes keep their values forever, and new ones are only appended".to_owned(),
            );
        }
        let needed = if !gone.is_empty() {
            [self.version[0] + 1, 0, 0]
        } else if !new.is_empty() {
            [self.version[0], self.version[1] + 1, 0]
        } else {
            self.version
        };
        if next.version < needed {
            return Err(format!(
                "gone: {gone:#?}\nnew: {new:#?}\nthis needs version {needed:?} at least"
            ));
        }
        Ok(())
    }
}

fn version(text: &str) -> [u32; 3] {
    let numbers: Vec<u32> = text
        .split('.')
        .map(|number| number.parse().expect("a number"))
        .collect();
    numbers.try_into().expect("three numbers")
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_public_interface_changes_by_the_rule() {
    let file = path("tests/abi/abi.txt");
    let recorded = Abi::parse(&read(&file));
    let current = Abi::of_this_build();
    if let Err(reason) = recorded.allows(&current) {
        panic!("docs/maintainers/abi.md does not allow this change: {reason}");
    }
    if env::var_os("UPDATE_ABI").is_some() {
        fs::write(&file, current.write()).unwrap();
    }
    assert_eq!(
        current.write(),
        read(&file),
        "tests/abi/abi.txt is out of date: run `make abi`"
    );
}

/// The description contains all public functions, types, codes and macros.
#[test]
fn the_description_is_complete() {
    let text = Abi::of_this_build().write();
    let header = read(path("include/pusher_auth.h"));
    let functions = common::declared_functions(&header);
    assert_eq!(functions.len(), text.matches("\nsymbol ").count());
    for name in functions {
        assert!(text.contains(&format!("\nsymbol {name}\n")), "{name}");
        assert!(text.contains(&format!("{name}(")), "{name}");
    }
    for part in [
        "soname libpusher_auth.so.",
        "macro PUSHER_RESPONSE_BOUND(",
        "typedef struct pusher_signer",
    ] {
        assert!(text.contains(&format!("\n{part}")), "{part}");
    }
}

#[test]
fn the_rule_is_enforced() {
    let old = Abi::of_this_build();
    let [major, minor, patch] = old.version;
    let change = |from: &str, to: &str, version: [u32; 3]| {
        let text = old.write();
        assert!(text.contains(from));
        let mut next = Abi::parse(&text.replace(from, to));
        next.version = version;
        old.allows(&next).is_ok()
    };
    let (fix, addition, break_) = (
        [major, minor, patch + 1],
        [major, minor + 1, 0],
        [major + 1, 0, 0],
    );

    // The interface is the same: any later version is allowed.
    assert!(change("", "", old.version) && change("", "", fix));
    // A new function or code requires a new minor version.
    let function = [
        "void pusher_signer_free(",
        "void pusher_new(void)\nvoid pusher_signer_free(",
    ];
    assert!(!change(function[0], function[1], fix) && change(function[0], function[1], addition));
    let codes = old.codes();
    let (lowest, highest) = (codes[0], codes[codes.len() - 1]);
    let any = "enum pusher_error PUSHER_ERROR_CALLBACK";
    let with_code = |code: i32| format!("enum pusher_error PUSHER_ERROR_NEW = {code}\n{any}");
    let next = with_code(lowest - 1);
    assert!(!change(any, &next, fix) && change(any, &next, addition));
    // A removed or changed symbol, type, parameter or macro requires a new major version.
    let bound = Regex::new(r"\+ (\d+)\)\n").unwrap();
    let text = old.write();
    let constant = bound.find(&text).expect("the macro's constant").as_str();
    for (from, to) in [
        ("symbol pusher_version\n", ""),
        (
            "size_t pusher_response_bound(size_t, size_t)",
            "int pusher_response_bound(size_t, size_t)",
        ),
        (
            "void pusher_signer_free(struct pusher_signer *)",
            "void pusher_signer_free(struct pusher_signer *, int)",
        ),
        (constant, "+ 1000)\n"),
    ] {
        assert!(
            !change(from, to, addition) && change(from, to, break_),
            "{from}"
        );
    }
    // A code that is used again, removed, or not appended is never allowed.
    let callback = format!("{any} = -12\n");
    for (from, to) in [
        (
            &callback[..],
            &callback.replace("-12", &highest.to_string())[..],
        ),
        (
            &callback,
            &callback.replace("-12", &(lowest - 1).to_string()),
        ),
        (&callback, ""),
        (any, &with_code(lowest)),
        (any, &with_code(highest)),
        (any, &with_code(0)),
        (any, &with_code(1)),
    ] {
        assert!(!change(from, to, break_), "{to}");
    }
}
