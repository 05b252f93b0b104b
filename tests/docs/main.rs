//! Runs the examples of the documents, and checks the facts, links and tables in them.

#[path = "../common/mod.rs"]
mod common;

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use common::{
    RESPONSE, api, artifact, command, declared_functions, example, matches, path, read,
    readme_example, run, run_example, scratch,
};
use regex::Regex;

const HEADER: &str = "include/pusher_auth.h";

/// Returns the code blocks of a page in a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let pattern = format!("(?ms)^```{language}\n(.*?)^```$");
    matches(&pattern, &read(path(page)))
        .into_iter()
        .map(str::to_owned)
        .collect()
}

/// Returns the pages of the repository, without those of installed packages and builds.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules", "vendor"].contains(&&*name) {
                found.extend(pages(&path));
            }
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
    found
}

// ---- Examples ----

#[test]
fn readme_example_prints_the_documented_response() {
    let (source, printed) = readme_example();
    assert_eq!(printed, format!("{RESPONSE}\n"));
    assert_eq!(run_example("readme", &source), printed);
}

#[test]
fn guide_examples_print_the_documented_output() {
    for page in ["users", "channels", "events", "requests", "webhooks"] {
        let (source, printed) = example(&format!("docs/guide/{page}.md"));
        let output = run_example(&format!("guide-{page}"), &source);
        assert_eq!(output, printed, "{page}");
    }
}

/// Each task is wrapped in a function with the variables that the text names.
#[test]
fn readme_tasks_compile() {
    let tasks = &blocks("README.md", "c")[1..];
    assert_eq!(tasks.len(), 6, "one for each task");
    let mut source = "#include <pusher_auth.h>\n#include <string.h>\n\
        #define STR(s) s, strlen(s)\n#define BUF(b) b, sizeof(b)\n\
        void respond(int status, const char *body);\n\
        void post(const char *url, const char *body);\n"
        .to_owned();
    for (i, task) in tasks.iter().enumerate() {
        source += &format!(
            "void task{i}(const pusher_signer *s, const char *socket_id, const char *channel,\n\
               const char *key, const char *signature);\n\
             void task{i}(const pusher_signer *s, const char *socket_id, const char *channel,\n\
               const char *key, const char *signature) {{\n\
               char response[1024], body[1024] = \"\", url[1024];\n  int32_t n;\n\
             {task}\n\
               (void)s, (void)socket_id, (void)channel, (void)key, (void)signature, (void)n;\n\
               (void)response, (void)body, (void)url;\n}}\n"
        );
    }
    let file = scratch("readme-tasks.c");
    fs::write(&file, source).unwrap();
    run(command("cc -std=c99 -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only").arg(&file));
}

#[test]
fn cpp_example_prints_the_documented_response() {
    let source = &blocks("bindings/cpp/README.md", "cpp")[0];
    let (file, program) = (scratch("readme.cpp"), scratch("readme-cpp"));
    fs::write(&file, source).unwrap();
    run(
        command("c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -Iinclude -Ibindings/cpp")
            .arg(&file)
            .arg(&artifact().static_library)
            .arg("-o")
            .arg(&program),
    );
    assert_eq!(run(&mut Command::new(&program)), format!("{RESPONSE}\n"));
}

/// The listing on the page is a part of the program that the browser tests run.
#[test]
fn request_listing_is_part_of_the_program() {
    let page = blocks("docs/guide/requests.md", "c");
    let program = read(path("examples/c/request.c"));
    for listing in &page[1..] {
        assert!(
            program.contains(listing.as_str()),
            "docs/guide/requests.md shows other code"
        );
    }
}

#[test]
#[ignore = "make test-docs runs it, with systemd-analyze"]
fn systemd_accepts_the_unit() {
    let [unit] = &blocks("docs/guide/production.md", "ini")[..] else {
        panic!("not exactly one unit");
    };
    // The program and files of the unit do not exist here.
    let unit = unit.replace("/usr/local/bin/pusher-endpoint", "/bin/true");
    let file = scratch("pusher-endpoint.service");
    fs::write(&file, unit).unwrap();
    let output = common::output(command("systemd-analyze verify").arg(&file));
    let warnings: Vec<String> = String::from_utf8_lossy(&output.stderr)
        .lines()
        .filter(|line| line.contains("pusher-endpoint.service"))
        .map(str::to_owned)
        .collect();
    assert_eq!(warnings, Vec::<String>::new());
    // Fails above an exposure of 1.6 of 10.
    run(command("systemd-analyze security --offline=true --no-pager --threshold=16").arg(&file));
}

/// Each block of code in the guide, by page and language, and what runs it. Code that is added needs
/// a test, too.
#[test]
fn code_of_the_guide_is_run() {
    const RUN: [(&str, &str, usize); 17] = [
        ("channels", "c", 1),            // here
        ("endpoints", "sh", 4),          // tests/docs/guide.test.mjs
        ("events", "c", 1),              // here
        ("front-end", "html", 1),        // tests/e2e/clients.test.mjs
        ("front-end", "javascript", 3),  // the same
        ("front-end", "js", 12),         // the same
        ("front-end", "nginx", 1),       // tests/docs/guide.test.mjs
        ("installing", "cmake", 2),      // the same
        ("installing", "meson", 1),      // the same
        ("production", "caddy", 1),      // the same
        ("production", "dockerfile", 1), // tests/docs/container.sh
        ("production", "ini", 1),        // here
        ("production", "nginx", 1),      // tests/docs/guide.test.mjs
        ("requests", "c", 2),            // here
        ("requests", "sh", 1),           // tests/docs/guide.test.mjs
        ("users", "c", 1),               // here
        ("webhooks", "c", 1),            // here
    ];
    let mut counts = std::collections::BTreeMap::new();
    for page in pages(&path("docs/guide")) {
        let name = page.file_stem().unwrap().to_string_lossy().into_owned();
        for language in matches(r"(?m)^```(\S+)$", &read(&page)) {
            *counts
                .entry((name.clone(), language.to_owned()))
                .or_insert(0) += 1;
        }
    }
    // A format; and commands that build packages and images, as tests/packages and container.sh do.
    assert_eq!(counts.remove(&("events".into(), "json".into())), Some(1));
    assert_eq!(counts.remove(&("installing".into(), "sh".into())), Some(8));
    assert_eq!(counts.remove(&("production".into(), "sh".into())), Some(1));
    let run = RUN.map(|(page, language, count)| ((page.into(), language.into()), count));
    assert_eq!(counts, run.into_iter().collect());
}

/// `make` in a command, or in code within the text.
#[test]
fn targets_of_make_exist() {
    let makefiles =
        ["Makefile", "examples/Makefile", "tools/Makefile"].map(|file| read(path(file)));
    let targets =
        makefiles.map(|text| matches(r"(?m)^(?:\.PHONY: )?([a-z][^=]*)$", &text).join(" "));
    let targets = targets.join(" ");
    let targets = BTreeSet::from_iter(targets.split([' ', ':', '\n', '\\']));
    for page in pages(&path("")) {
        let text = read(&page);
        for target in matches(r"(?m)(?:^|`)(?:sudo )?make ([a-z][a-z-]*)(?:[` ]|$)", &text) {
            assert!(
                targets.contains(target),
                "{}: make {target}",
                page.display()
            );
        }
    }
}

/// The first column is the argument of `pusher_signer_events_body`.
#[test]
fn events_of_the_guide_are_valid() {
    let page = read(path("docs/guide/events.md"));
    let rows = matches(r"(?m)^\| `(\{.+\})` \| `POST /[a-z_]+` \|$", &page);
    assert_eq!(rows.len(), 2);
    let signer = api().signer(common::CONFIG).unwrap();
    for row in rows {
        assert!(signer.events_body(row).is_ok(), "{row}");
    }
}

// ---- Tables ----

#[test]
fn readme_lists_every_function() {
    let readme = read(path("README.md"));
    assert!(
        readme.lines().count() <= 150,
        "README.md has 150 lines at most"
    );
    let (_, section) = readme.split_once("\n## Functions\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let listed = BTreeSet::from_iter(matches(r"`(pusher_[a-z_]+)`", section));
    let header = read(path(HEADER));
    assert_eq!(listed, BTreeSet::from_iter(declared_functions(&header)));
}

/// Patterns such as `USER_…` match all codes with this beginning.
#[test]
fn error_page_says_whose_fault_each_code_is() {
    let page = read(path("docs/guide/errors.md"));
    let (_, table) = page.split_once("\n## Whose fault is it?\n").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let listed = matches(r"`([A-Z_]+…?)`", table);
    for code in matches(r"(?m)^ *PUSHER_ERROR_([A-Z_]+) = ", &read(path(HEADER))) {
        let is_listed = listed.iter().any(|it| match it.strip_suffix('…') {
            Some(start) => code.starts_with(start),
            None => *it == code,
        });
        assert!(is_listed, "{code}");
    }
}

/// The first column has a complete config, or members that are added to one.
#[test]
fn requests_go_where_the_guide_says() {
    let page = read(path("docs/guide/requests.md"));
    let (_, section) = page.split_once("\n## Where requests go\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = Regex::new(r"(?m)^\| `(.+)` \| `(.+)…` \|$").unwrap();
    let mut count = 0;
    for row in rows.captures_iter(section) {
        let config = match &row[1] {
            url if url.starts_with("https:") => url.to_owned(),
            members => {
                let members = members.trim_matches(['{', '}', '…']).trim_end_matches(',');
                let members = members.trim_start_matches(r#""appId":"3""#);
                let comma = if members.is_empty() { "" } else { "," };
                format!(r#"{{"appId":"3","key":"k","secret":"s"{comma}{members}}}"#)
            }
        };
        let signer = api().signer(&config).unwrap();
        let url = signer.request_url("GET", "/channels", "", "", 1).unwrap();
        assert!(url.starts_with(&row[2]), "{config}: {url}");
        count += 1;
    }
    assert_eq!(count, 5);
}

#[test]
fn ids_are_mapped_as_the_guide_says() {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    let page = read(path("docs/guide/users.md"));
    let (_, table) = page.split_once("| your id | id for Pusher |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let rows = Regex::new(r"(?m)^\| `(.+)` \| `(.+)` \|$").unwrap();
    for row in rows.captures_iter(table) {
        let id = row[1].replace(r"\|", "|");
        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(id), &row[2]);
    }
    assert_eq!(rows.captures_iter(table).count(), 3);
}

#[test]
fn assurance_lists_every_dependency() {
    let tree = |edges: &str| {
        let mut tree = command(env!("CARGO"));
        tree.args([
            "tree",
            "--locked",
            "--prefix=none",
            "--format={p}",
            "--all-features",
        ]);
        run(tree.args(edges.split(' ')))
    };
    let crates = tree("--edges=normal") + &tree("--edges=build,dev --depth=1");
    let mut crates = BTreeSet::from_iter(matches(r"(?m)^(\S+) v", &crates));
    crates.remove(env!("CARGO_PKG_NAME"));

    let page = read(path("docs/maintainers/assurance.md"));
    let (_, section) = page.split_once("\n## Dependencies\n").unwrap();
    let table = BTreeSet::from_iter(matches(r"(?m)^\| `([a-z0-9_-]+)` \|", section));
    assert_eq!(table, crates);
}

#[test]
#[ignore = "make test-docs runs it, with pusher-js"]
fn front_end_names_the_events_of_pusher_js() {
    let script = read(path("tests/node_modules/pusher-js/dist/web/pusher.js"));
    let page = read(path("docs/guide/front-end.md"));
    for event in matches(r"'pusher:([a-z_]+)'", &page) {
        assert!(
            script.contains(&format!("\"pusher:{event}\""))
                || script.contains(&format!("pusher:{event}")),
            "{event}"
        );
    }
}

// ---- Links ----

/// Returns a heading's anchor, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let text = Regex::new(r"\[([^\]]*)\]\([^)]*\)")
        .unwrap()
        .replace_all(heading, "$1");
    text.to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// Returns a page without its code, in which brackets are not links.
fn prose(text: &str) -> String {
    let text = Regex::new(r"(?ms)^ *```.*?^ *```$")
        .unwrap()
        .replace_all(text, "")
        .into_owned();
    Regex::new(r"`[^`\n]*`")
        .unwrap()
        .replace_all(&text, "code")
        .into_owned()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let code = Regex::new(r"(?ms)^ *```.*?^ *```$").unwrap();
    let text = code.replace_all(text, "");
    let mut counts = HashMap::new();
    matches(r"(?m)^#+ (.*)$", &text)
        .into_iter()
        .map(|heading| {
            let anchor = anchor(&heading.replace('`', ""));
            let count = counts.entry(anchor.clone()).or_insert(0);
            *count += 1;
            match *count {
                1 => anchor,
                n => format!("{anchor}-{}", n - 1),
            }
        })
        .collect()
}

#[test]
fn links_resolve() {
    let mut broken = Vec::new();
    for page in pages(&path("")) {
        let name = page.display().to_string();
        let text = prose(&read(&page));
        let links = matches(r#"\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)"#, &text);
        for link in links.into_iter().filter(|link| !link.contains("://")) {
            let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => page.clone(),
                _ => page.parent().unwrap().join(file),
            };
            if !target.exists() {
                broken.push(format!("{name}: {link} does not exist"));
            } else if !fragment.is_empty() && !anchors(&read(&target)).contains(fragment) {
                broken.push(format!("{name}: {link} has no such heading"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn conformance_names_existing_tests() {
    let page = read(path("docs/conformance.md"));
    let exists = |kind: &str, name: &str| match kind {
        "harness" => read(path("tests/harness/harness.c")).contains(&format!("NAMED({name})")),
        "`tests/properties`" => {
            read(path("tests/properties/main.rs")).contains(&format!("\nfn {name}()"))
        }
        "`tests/official`" => {
            read(path("tests/official/official.py")).contains(&format!("\ndef {name}()"))
        }
        _ => path("fuzz/seeds").join(name).exists(),
    };
    for kind in [
        "harness",
        "`tests/properties`",
        "`tests/official`",
        "seeds?",
    ] {
        let lists = matches(&format!(r"{kind}((?:,?\s`[a-z_/]+`)+)"), &page);
        assert!(!lists.is_empty(), "{kind}");
        for name in lists.iter().flat_map(|list| matches("`(.+?)`", list)) {
            assert!(exists(kind, name), "{kind} {name}");
        }
    }
}

// ---- Manual pages ----

#[test]
fn manual_has_a_page_for_each_function() {
    let folder = scratch("man");
    let _ = fs::remove_dir_all(&folder);
    run(command("tools/packaging/man.sh").arg(&folder));
    assert!(folder.join("man7/pusher_auth.7").exists());
    let header = read(path(HEADER));
    for function in declared_functions(&header) {
        let text = read(folder.join(format!("man3/{function}.3")));
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "\"SEE ALSO\""] {
            assert!(
                text.contains(&format!("\n.SH {section}\n")),
                "{function}: {section}"
            );
        }
        if text.contains("int32_t pusher_") && !function.contains("signer_free") {
            assert!(text.contains("\n.SH \"RETURN VALUE\"\n"), "{function}");
        }
    }
}
