//! Compares every generated file with the sources. `make generate` writes the files.
//!
//! The list of error codes is in src/error.rs, and the functions are in src/ffi.rs. cbindgen makes
//! the header from both. The other files are made from the header and the library's messages.

#[path = "../common/mod.rs"]
mod common;

use std::{env, fs};

use common::{api, command, ffi::Functions, output, path, read, scratch};
use regex::Regex;

/// An error code, as the header declares it.
struct Code {
    /// The name without `PUSHER_ERROR_`.
    name: String,
    value: i32,
    /// The lines of its comment.
    meaning: Vec<String>,
}

/// Returns the header that build.rs makes with the feature `generate`.
fn header() -> String {
    read(concat!(env!("OUT_DIR"), "/pusher_auth.h"))
}

fn codes(header: &str) -> Vec<Code> {
    let pattern = Regex::new(r"(?m)^((?: *// .*\n)+) *PUSHER_ERROR_([A-Z_]+) = (-\d+),$").unwrap();
    let codes: Vec<Code> = pattern
        .captures_iter(header)
        .map(|found| Code {
            name: found[2].to_owned(),
            value: found[3].parse().expect("a code"),
            meaning: found[1]
                .lines()
                .map(|line| line.trim().trim_start_matches("// ").to_owned())
                .collect(),
        })
        .collect();
    let lines = header
        .lines()
        .filter(|line| line.starts_with("  PUSHER_ERROR_"));
    assert_eq!(codes.len(), lines.count());
    codes
}

/// Compares a file with its generated text, or writes the file.
fn check(file: &str, generated: &str) {
    if env::var_os("UPDATE_GENERATED").is_some() {
        if fs::read_to_string(path(file)).ok().as_deref() != Some(generated) {
            fs::write(path(file), generated).unwrap_or_else(|error| panic!("{file}: {error}"));
            println!("written: {file}");
        }
        return;
    }
    assert!(
        read(path(file)) == generated,
        "{file} is out of date: run `make generate`"
    );
}

/// Returns a file in which the part between two lines is replaced.
fn with_part(file: &str, start: &str, end: &str, part: &str) -> String {
    let text = read(path(file));
    let (before, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("{file} has no line {start:?}"));
    let (_, after) = rest
        .split_once(end)
        .unwrap_or_else(|| panic!("{file} has no {end:?} after {start:?}"));
    format!("{before}{start}{part}{end}{after}")
}

/// Returns the declarations of the header, for parsers without preprocessor and comments.
fn declarations(header: &str) -> String {
    let without = |pattern: &str, text: &str| {
        let pattern = Regex::new(pattern).unwrap();
        pattern.replace_all(text, "").into_owned()
    };
    let code = without(r"(?s)/\*.*?\*/|//[^\n]*|\\\n", header);
    let code = without(
        r#"(?m)^#.*$|PUSHER_(?:API|MUST_USE)\s|extern "C" \{|^\} *$"#,
        &code,
    )
    .replace("struct pusher_signer *", "pusher_signer *");
    let enumeration = Regex::new(r"(?s)typedef enum pusher_error \{.*?\} pusher_error;").unwrap();
    let found = enumeration.find(&code).expect("the enum");
    let codes: String = codes(header)
        .iter()
        .map(|code| format!("  PUSHER_ERROR_{} = {},\n", code.name, code.value))
        .collect();
    let rest = format!("{}{}", &code[..found.start()], &code[found.end()..]);
    let statements: String = rest
        .split(';')
        .map(|statement| statement.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|statement| !statement.is_empty())
        .map(|statement| format!("{statement};\n"))
        .collect();
    format!("typedef enum pusher_error {{\n{codes}}} pusher_error;\n\n{statements}")
}

#[test]
fn header_matches_the_sources() {
    check("include/pusher_auth.h", &header());
}

#[test]
fn declarations_for_other_languages_match_the_header() {
    let declarations = declarations(&header());
    check("include/pusher_auth.ffi.h", &declarations);
    // PHP's preloading takes the names from the file.
    let php = format!(
        "#define FFI_SCOPE \"PUSHER_AUTH\"\n#define FFI_LIB \"{}\"\n\n{declarations}",
        common::SONAME
    );
    check("bindings/php/pusher_auth.ffi.h", &php);

    for absent in ["//", "/*", "extern", "PUSHER_API", "PUSHER_MUST_USE", "..."] {
        assert!(!declarations.contains(absent), "{absent}");
    }
    assert!(!declarations.lines().any(|line| line.starts_with('#')));
    for name in Functions::NAMES {
        assert_eq!(
            declarations.matches(&format!("{name}(")).count(),
            1,
            "{name}"
        );
    }
}

/// A C compiler accepts the declarations beside the header, so they are the same.
#[test]
fn declarations_agree_with_the_header() {
    let source = scratch("ffi_declarations.c");
    let functions: String = declarations(&header())
        .lines()
        .filter(|line| line.ends_with(");"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(functions.lines().count(), Functions::NAMES.len());
    fs::write(&source, format!("#include <pusher_auth.h>\n{functions}")).unwrap();
    let compiled = output(
        command("cc -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only")
            .arg("-I")
            .arg(env!("OUT_DIR"))
            .arg(&source),
    );
    let errors = String::from_utf8_lossy(&compiled.stderr);
    assert!(compiled.status.success(), "{errors}");
}

#[test]
fn rust_declares_the_functions_of_the_header() {
    let header = header();
    let mut declared = common::declared_functions(&header);
    let mut names = Functions::NAMES.to_vec();
    declared.sort_unstable();
    names.sort_unstable();
    assert_eq!(names, declared);
}

#[test]
fn errors_are_numbered_without_gaps_and_have_a_meaning() {
    let codes = codes(&header());
    for (code, value) in codes.iter().zip((i32::MIN..=-1).rev()) {
        assert_eq!(code.value, value, "{}", code.name);
        assert!(code.meaning.concat().ends_with('.'), "{}", code.name);
    }
}

#[test]
fn library_and_header_have_the_same_names_of_errors() {
    let codes = codes(&header());
    let mut messages = Vec::new();
    for code in &codes {
        let name = format!("PUSHER_ERROR_{}", code.name);
        assert_eq!(api().error_name(code.value), name);
        messages.push(api().error_message(code.value));
    }
    let last = codes.last().expect("codes").value;
    for other in [last - 1, i32::MIN] {
        assert!(!api().error_name(other).is_empty());
        messages.push(api().error_message(last - 1));
    }
    messages.dedup();
    messages.sort_unstable();
    let count = messages.len();
    messages.dedup();
    assert_eq!(messages.len(), count, "two codes have the same message");
    assert_eq!(count, codes.len() + 1);
}

#[test]
fn go_has_a_constant_for_each_error() {
    let mut text = "//go:build cgo\n\n\
        // Code generated by `make generate` from src/error.rs. DO NOT EDIT.\n\n\
        package pusherauth\n\n\
        // #include <pusher_auth.h>\n\
        import \"C\"\n\n\
        // The error codes, with the values of the header pusher_auth.h.\n\
        const (\n"
        .to_owned();
    for code in codes(&header()) {
        let name: String = code
            .name
            .split('_')
            .map(|word| match word {
                "ID" => word.to_owned(),
                _ => word[..1].to_owned() + &word[1..].to_lowercase(),
            })
            .collect();
        if !text.ends_with("(\n") {
            text += "\n";
        }
        let mut meaning = code.meaning.iter();
        let first = meaning.next().expect("a meaning");
        text += &format!("\t// Err{name}: {first}\n");
        for line in meaning {
            text += &format!("\t// {line}\n");
        }
        text += &format!("\tErr{name} Error = C.PUSHER_ERROR_{}\n", code.name);
    }
    check("bindings/go/errors_generated.go", &(text + ")\n"));
}

#[test]
fn php_has_a_constant_for_each_error() {
    let constants: String = codes(&header())
        .iter()
        .map(|code| {
            let meaning = match &code.meaning[..] {
                [line] => format!("    /** {line} */\n"),
                lines => {
                    let lines: String = lines
                        .iter()
                        .map(|line| format!("     * {line}\n"))
                        .collect();
                    format!("    /**\n{lines}     */\n")
                }
            };
            format!(
                "{meaning}    public const {} = {};\n",
                code.name, code.value
            )
        })
        .collect();
    let file = "bindings/php/src/PusherException.php";
    let start = "    // The following constants are PUSHER_ERROR_* of pusher_auth.h, written by `make generate`.\n";
    check(file, &with_part(file, start, "}\n", &constants));
}

#[test]
fn documentation_lists_each_error() {
    let cell = |text: &str| {
        text.replace('|', "\\|")
            .replace('*', "\\*")
            .replace('<', "&lt;")
            .replace("://", "&#58;//") // not a link
    };
    let mut table =
        "\n| code | value | meaning | message |\n| --- | --- | --- | --- |\n".to_owned();
    for code in codes(&header()) {
        table += &format!(
            "| `{}` | {} | {} | {} |\n",
            code.name,
            code.value,
            cell(&code.meaning.join(" ")),
            cell(api().error_message(code.value))
        );
    }
    let file = "docs/guide/errors.md";
    let start = "<!-- The table is written by `make generate`. -->\n";
    let end = "\n<!-- End of the generated table. -->\n";
    check(file, &with_part(file, start, end, &table));
}
