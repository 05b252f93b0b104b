//! Examines what users get: the libraries, the header, and what `make` installs.

#[path = "../common/mod.rs"]
mod common;

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use common::{
    Artifact, RESPONSE, SONAME, api, artifact, command, declared_functions, ffi::Functions,
    matches, output, path, read, readme_example, run, scratch,
};

/// Linux's numbers on x86-64 and AArch64.
const EPERM: i32 = 1;
const ENOSYS: i32 = 38;

const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

fn header() -> String {
    read(path("include/pusher_auth.h"))
}

fn functions() -> BTreeSet<&'static str> {
    let functions = BTreeSet::from_iter(Functions::NAMES.iter().copied());
    let header = header();
    assert_eq!(functions, BTreeSet::from_iter(declared_functions(&header)));
    functions
}

/// Writes README's first example to a file.
fn example(name: &str) -> PathBuf {
    let source = scratch(&format!("{name}.c"));
    fs::write(&source, readme_example().0).unwrap();
    source
}

/// Returns `make` in this repository, without the variables of a `make` that runs this test.
fn make() -> Command {
    let mut make = command("make --no-print-directory");
    for name in [
        "MAKEFLAGS",
        "MAKELEVEL",
        "MFLAGS",
        "DESTDIR",
        "PREFIX",
        "PUSHER_CONFIG",
        "SOCKET_ID",
        "USER_JSON",
    ] {
        make.env_remove(name);
    }
    make
}

#[test]
fn exports_are_the_functions_of_the_header() {
    let symbols = run(command("readelf --wide --dyn-syms").arg(&artifact().shared));
    let exported: BTreeSet<&str> = symbols
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|columns| matches!(columns[..], [_, _, _, _, "GLOBAL" | "WEAK", _, section, _] if section != "UND"))
        .map(|columns| columns[7])
        .collect();
    assert_eq!(exported, functions());
    println!("{exported:?}");
}

/// Otherwise, two Rust libraries in one program would clash.
#[test]
fn static_library_exports_only_the_functions_of_the_header() {
    let symbols =
        run(command("nm --defined-only --extern-only --format=posix")
            .arg(&artifact().static_library));
    let exported = BTreeSet::from_iter(matches(r"(?m)^(\S+) [A-Z]", &symbols));
    assert_eq!(exported, functions());
}

#[test]
fn soname_and_needed_libraries() {
    let dynamic = run(command("readelf --wide --dynamic").arg(&artifact().shared));
    assert_eq!(matches(r"\(SONAME\).*\[(.*)\]", &dynamic), [SONAME]);
    let needed = matches(r"\(NEEDED\).*\[(.*)\]", &dynamic);
    assert!(needed.contains(&"libc.so.6"), "{needed:?}");
    for library in &needed {
        let name = library.split('.').next().unwrap();
        // glibc before 2.34 has separate libraries for two of its parts.
        let allowed = if artifact().is_portable {
            ["libpthread", "libdl", "libc"]
        } else {
            ["libgcc_s", "libc", "libc"]
        };
        assert!(
            allowed.contains(&name) || name.starts_with("ld-linux"),
            "{needed:?}"
        );
    }
    println!("needs {needed:?}");
}

/// docs/maintainers/release.md states the versions.
#[test]
fn needs_no_newer_glibc() {
    let symbols = run(command("readelf --wide --dyn-syms").arg(&artifact().shared));
    let mut versions: Vec<(u32, u32)> = matches(r"@GLIBC_([0-9.]+)", &symbols)
        .into_iter()
        .map(|version| {
            let mut numbers = version.split('.').map(|number| number.parse().unwrap());
            (numbers.next().unwrap(), numbers.next().unwrap())
        })
        .collect();
    versions.sort_unstable();
    let highest = *versions.last().expect("it needs glibc");
    let allowed = if artifact().is_portable {
        (2, 17)
    } else {
        (2, 34)
    };
    assert!(highest <= allowed, "{highest:?}");
    println!("glibc {highest:?}");
}

#[test]
fn is_hardened() {
    let segments = run(command("readelf --wide --segments").arg(&artifact().shared));
    // The flags are `RW `, `R E` or `RWE`, for example.
    let flags = |segment: &str| {
        matches(
            &format!(r"(?m)^ +{segment}(?: +0x[0-9a-f]+){{5}} ([R ][W ][E ])"),
            &segments,
        )
    };
    assert_eq!(flags("GNU_STACK"), ["RW "], "{segments}");
    assert_eq!(flags("GNU_RELRO"), ["R  "], "{segments}");
    let loaded = flags("LOAD");
    assert!(
        loaded.contains(&"R E") && !loaded.contains(&"RWE"),
        "{segments}"
    );
    // Relocated data are read-only before any code runs, and no code is relocated.
    let dynamic = run(command("readelf --wide --dynamic").arg(&artifact().shared));
    assert!(
        dynamic.contains("BIND_NOW") && !dynamic.contains("TEXTREL"),
        "{dynamic}"
    );
    // No object of the static library requests an executable stack.
    let objects = run(command("readelf --wide --sections").arg(&artifact().static_library));
    let notes = matches(
        r"(?m)\.note\.GNU-stack +PROGBITS(?: +[0-9a-f]+){4} ([A-Z ]*)",
        &objects,
    );
    assert!(!notes.is_empty());
    assert!(notes.iter().all(|flags| !flags.contains('X')), "{notes:?}");
}

#[test]
fn a_panic_becomes_an_error() {
    let Artifact {
        shared,
        static_library,
        ..
    } = artifact();
    let program = scratch("panic");
    for (link, library) in [
        ("cc", shared),
        ("cc", static_library),
        ("cc -static", static_library),
    ] {
        run(command(link)
            .args(["-std=gnu99", "-Iinclude", "tests/artifact/panic.c"])
            .args(WARNINGS)
            .arg("-o")
            .arg(&program)
            .arg(library)
            .arg(format!("-Wl,-rpath,{}", shared.parent().unwrap().display())));
        assert_eq!(
            run(&mut Command::new(&program)),
            "PUSHER_ERROR_INTERNAL, and the next is signed\n".repeat(3),
            "{link} {}",
            library.display()
        );
    }
}

/// A sandbox can forbid getrandom. Only encryption requires it, and then returns an error.
#[test]
fn works_in_a_sandbox_without_random_bytes() {
    let Artifact {
        shared,
        static_library,
        ..
    } = artifact();
    let program = scratch("sandbox");
    for library in [shared, static_library] {
        run(
            command("cc -std=c99 -D_GNU_SOURCE -Iinclude tests/artifact/sandbox.c")
                .args(WARNINGS)
                .arg("-o")
                .arg(&program)
                .arg(library)
                .arg(format!("-Wl,-rpath,{}", shared.parent().unwrap().display())),
        );
        for mode in ["kill".to_owned(), EPERM.to_string(), ENOSYS.to_string()] {
            let output = output(Command::new(&program).arg(&mode));
            assert!(
                output.status.success() && output.stderr.is_empty(),
                "{mode}: {output:?}"
            );
            println!("ok {mode}");
        }
    }
}

#[test]
fn shared_library_is_small() {
    let sections = run(command("readelf --wide --sections").arg(&artifact().shared));
    assert!(
        !sections.contains(".symtab") && !sections.contains(".debug_"),
        "it is not stripped"
    );
    let size = fs::metadata(&artifact().shared).unwrap().len();
    // Most of the size is Rust's standard library, which is 50 KB larger in Rust 1.85 than in 1.95.
    let most = if artifact().is_portable {
        240_000
    } else {
        560_000
    };
    assert!(size <= most, "{size} bytes");
    println!("{size} bytes");
}

/// cbindgen exports every public constant.
#[test]
fn header_defines_only_its_own_names() {
    let header = header();
    for name in matches(r"(?m)^#define ([A-Za-z0-9_]+)", &header) {
        assert!(name.starts_with("PUSHER_"), "{name}");
    }
    assert_eq!(
        matches(r"(?m)^typedef .* ([a-z_]+) *[{;]$", &header),
        ["pusher_error", "pusher_signer"]
    );
}

#[test]
fn every_dialect_compiles_without_a_warning() {
    let source = example("dialects");
    for (compiler, dialects) in [
        ("cc -x c", ["c99", "c11", "c17"]),
        ("g++ -x c++", ["c++11", "c++17", "c++20"]),
    ] {
        for dialect in dialects {
            run(command(compiler)
                .args(WARNINGS)
                .args(["-Iinclude", "-include", "pusher_auth.h", "-fsyntax-only"])
                .arg(format!("-std={dialect}"))
                .arg(&source));
            println!("ok {dialect}");
        }
    }
}

#[test]
fn an_ignored_result_is_a_warning() {
    let declarations = read(path("include/pusher_auth.ffi.h"));
    // All functions except this one, which returns nothing.
    for name in functions()
        .into_iter()
        .filter(|name| *name != "pusher_signer_free")
    {
        let parameters = matches(&format!(r"{name}\((.*)\);"), &declarations)[0];
        let arguments: Vec<&str> = parameters
            .split(',')
            .filter(|parameter| *parameter != "void")
            .map(|parameter| if parameter.contains("*") { "NULL" } else { "0" })
            .collect();
        let call = format!("{name}({})", arguments.join(", "));
        let source = scratch("ignored_result.c");
        let compiled = |statement: &str| {
            let program = format!(
                "#include <pusher_auth.h>\n\
                 int main(void) {{ {statement}; return 0; }}\n"
            );
            fs::write(&source, program).unwrap();
            output(
                command("cc -std=c99 -Iinclude -c -o /dev/null")
                    .args(WARNINGS)
                    .arg(&source),
            )
        };
        assert!(
            compiled(&format!("return {call} != 0")).status.success(),
            "{call}"
        );
        let ignored = compiled(&call);
        assert!(!ignored.status.success(), "{call}");
        assert!(
            String::from_utf8_lossy(&ignored.stderr).contains("unused-result"),
            "{call}"
        );
    }
}

#[test]
fn static_library_links_alone_and_statically() {
    let source = example("static_library");
    for link in ["cc", "cc -static"] {
        let program = scratch("static_library");
        run(command(link)
            .arg("-Iinclude")
            .arg(&source)
            .arg(&artifact().static_library)
            .arg("-o")
            .arg(&program));
        assert_eq!(
            run(&mut Command::new(&program)),
            format!("{RESPONSE}\n"),
            "{link}"
        );
        println!("ok {link}");
    }
}

#[test]
fn static_library_links_into_position_independent_code() {
    let source = example("position_independent");
    let Artifact { static_library, .. } = artifact();
    let program = scratch("position_independent");
    run(command("cc -pie -fPIE -Iinclude -Wl,-z,text -o")
        .arg(&program)
        .arg(&source)
        .arg(static_library));
    assert_eq!(run(&mut Command::new(&program)), format!("{RESPONSE}\n"));

    // The same in a plugin, such as an extension of an interpreter.
    let module = scratch("position_independent.so");
    run(
        command("cc -shared -fPIC -Dmain=module -Iinclude -Wl,-z,text,-z,defs -o")
            .arg(&module)
            .arg(&source)
            .arg(static_library),
    );
    let main = scratch("position_independent_main.c");
    fs::write(
        &main,
        "int module(void);\nint main(void) { return module(); }\n",
    )
    .unwrap();
    run(command("cc -o").arg(&program).arg(&main).arg(&module));
    assert_eq!(run(&mut Command::new(&program)), format!("{RESPONSE}\n"));
}

/// In a program with its own malloc, or with another Rust library that has an allocator, each part
/// uses its own.
#[test]
fn static_library_links_beside_other_allocators() {
    let program = scratch("other_allocators");
    let link = || {
        let mut link = command("cc -std=c99 -O2 -Iinclude");
        link.args(WARNINGS).arg("-o").arg(&program);
        link
    };
    run(link()
        .args(["-DOWN_MALLOC", "tests/artifact/allocators/main.c"])
        .arg(&artifact().static_library));
    assert_eq!(run(&mut Command::new(&program)), format!("{RESPONSE}\n"));

    let other = scratch("libother.a");
    run(command(
        "rustc --edition 2021 --crate-type staticlib -O tests/artifact/allocators/other.rs -o",
    )
    .arg(&other));
    // Both contain Rust's standard library, and the linker must not mix them.
    let static_library = &artifact().static_library;
    for libraries in [[&other, static_library], [static_library, &other]] {
        run(link()
            .arg("tests/artifact/allocators/main.c")
            .args(libraries));
        assert_eq!(run(&mut Command::new(&program)), format!("{RESPONSE}\n"));
    }
}

#[test]
fn make_run_prints_a_published_response() {
    let last_line = |make: &mut Command| run(make).lines().last().unwrap_or_default().to_owned();
    assert_eq!(last_line(make().arg("run")), RESPONSE);
    // This is a published answer of Pusher's PHP library.
    assert_eq!(
        last_line(
            make()
                .args(["run", "SOCKET_ID=12345.6789", r#"USER_JSON={"id":"123"}"#])
                .env(
                    "PUSHER_CONFIG",
                    r#"{"key":"thisisaauthkey","secret":"thisisasecret"}"#
                )
        ),
        concat!(
            r#"{"auth":"thisisaauthkey:fc713f433deb729d0d96f9e26ef054285cbc3e833ebe840b93722a2fa16a6a18","#,
            r#""user_data":"{\"id\":\"123\"}"}"#
        )
    );
}

#[test]
fn make_install_suffices_for_pkg_config() {
    let (root, prefix) = (scratch("root"), "/opt/pusher");
    let lib = root.join("opt/pusher/lib");
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    run(make()
        .args(["install", &format!("PREFIX={prefix}")])
        .arg(format!("DESTDIR={}", root.display())));

    let version = env!("CARGO_PKG_VERSION");
    for (link, target) in [
        ("libpusher_auth.so", SONAME),
        (SONAME, &format!("libpusher_auth.so.{version}")),
    ] {
        assert_eq!(fs::read_link(lib.join(link)).unwrap(), Path::new(target));
    }
    assert_eq!(
        read(root.join("opt/pusher/include/pusher_auth.h")),
        header()
    );

    let pkg_config = |line: &str| {
        let mut command = command(line);
        command
            .env("PKG_CONFIG_PATH", lib.join("pkgconfig"))
            .env("PKG_CONFIG_SYSROOT_DIR", &root);
        command
    };
    assert_eq!(
        run(&mut pkg_config("pkg-config --modversion pusher_auth")).trim(),
        version
    );
    let source = example("installed");
    for options in ["--cflags --libs", "--static --cflags --libs"] {
        let flags = run(&mut pkg_config(&format!(
            "pkg-config {options} pusher_auth"
        )));
        let program = scratch("installed");
        let link = if options.contains("--static") {
            "cc -static"
        } else {
            "cc"
        };
        run(command(link)
            .arg(&source)
            .args(flags.split_whitespace())
            .arg("-o")
            .arg(&program));
        assert_eq!(
            run(Command::new(&program).env("LD_LIBRARY_PATH", &lib)),
            format!("{RESPONSE}\n")
        );
        println!("ok {link} with {flags}");
    }

    run(make()
        .args(["uninstall", &format!("PREFIX={prefix}")])
        .arg(format!("DESTDIR={}", root.display())));
    let left = run(command("find -type f -o -type l").current_dir(&root));
    assert_eq!(left, "", "uninstall left these");
}

/// Other tests check the `.pc` file and the installed names.
#[test]
fn one_version_everywhere() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        matches(r#"#define PUSHER_AUTH_VERSION "(.*)""#, &header()),
        [version]
    );
    assert_eq!(api().version(), version);
    assert_eq!(
        matches(r"(?m)^## ([0-9.]+) ", &read(path("CHANGELOG.md")))[0],
        version
    );
}
