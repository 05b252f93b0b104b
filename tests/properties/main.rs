//! Compares the library with the oracles of the fuzz targets, over random inputs that are valid,
//! invalid or nearly valid.

#[path = "../common/mod.rs"]
mod common;
#[path = "../../fuzz/oracle/mod.rs"]
mod oracle;

use std::{cell::RefCell, collections::BTreeSet, env};

use common::{CONFIG, SOCKET_ID, USER, api};
use oracle::{FULL_CONFIG, config, encryption, event, parameter, request};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::TestRunner,
};
use serde_json::{Value, json};

/// Runs `test` on random inputs, and checks that these and only these results occur: a generator of
/// invalid inputs only would prove little. PROPTEST_CASES takes fewer inputs, without that check.
fn check<S: Strategy>(inputs: S, results: &[i32], test: impl Fn(S::Value) -> i32) {
    let is_short = env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig::default();
    let config = ProptestConfig {
        cases: if is_short { default.cases } else { 2000 },
        // A failing input is printed. To keep it, add it as a seed or a test.
        failure_persistence: None,
        ..default
    };
    let seen = RefCell::new(BTreeSet::new());
    let run = TestRunner::new(config).run(&inputs, |input| {
        seen.borrow_mut().insert(test(input));
        Ok(())
    });
    run.unwrap_or_else(|failure| panic!("{failure}"));
    let (seen, expected) = (seen.into_inner(), results.iter().copied().collect());
    assert!(
        seen == expected || is_short && seen.is_subset(&expected),
        "{seen:?}"
    );
}

fn code<T>(result: &Result<T, i32>) -> i32 {
    *result.as_ref().err().unwrap_or(&0)
}

#[test]
fn socket_ids() {
    let signer = api().signer(CONFIG).unwrap();
    check(nearly("[0-9]{1,12}\\.[0-9]{1,12}"), &[0, -6], |socket_id| {
        let expected = oracle::response(CONFIG.as_bytes(), &socket_id, USER.as_bytes());
        let response = signer.authenticate_user(&socket_id, USER);
        assert_eq!(response, expected, "{}", socket_id.escape_ascii());
        code(&expected)
    });
}

#[test]
fn users() {
    let signer = api().signer(CONFIG).unwrap();
    let socket_id = SOCKET_ID.as_bytes();
    check(nearly(user()), &[0, -7, -8, -9, -10, -11], |user_json| {
        let expected = oracle::response(CONFIG.as_bytes(), socket_id, &user_json);
        let response = signer.authenticate_user(socket_id, &user_json);
        assert_eq!(
            response,
            expected,
            "{}",
            String::from_utf8_lossy(&user_json)
        );
        if let Ok(response) = response {
            let response: Value = serde_json::from_str(&response).expect("JSON");
            assert_eq!(
                response["user_data"].as_str().map(str::as_bytes),
                Some(&user_json[..])
            );
        }
        code(&expected)
    });
}

#[test]
fn configs() {
    let inputs = (credentials(), any::<bool>());
    check(inputs, &[0, -3, -4, -5, -16, -19], |(config, pretty)| {
        let config = if pretty {
            format!("{config:#}")
        } else {
            config.to_string()
        };
        let expected = oracle::response(config.as_bytes(), SOCKET_ID.as_bytes(), USER.as_bytes());
        let response = api().authenticate_user(&config, SOCKET_ID, USER);
        assert_eq!(response, expected, "{config}");
        code(&expected)
    });
}

/// All members of a config that determine the address of the REST API.
#[test]
fn addresses() {
    let texts = |texts: &[&str]| select(texts.iter().map(|text| json!(text)).collect::<Vec<_>>());
    let odd = select(vec![
        json!(null),
        json!(""),
        json!([]),
        json!(-1),
        json!("é"),
        json!("a/b"),
    ]);
    let known = prop_oneof![
        (
            Just("appId"),
            select(vec![
                json!("3"),
                json!(3),
                json!("app_1"),
                json!("a/b"),
                json!(1.5)
            ])
        ),
        (
            Just("host"),
            texts(&[
                "127.0.0.1",
                "[::1]",
                "a.b-c.example",
                "[]",
                "[.]",
                "-",
                "a..b",
                "a.",
                "host:1"
            ]),
        ),
        (Just("cluster"), texts(&["eu", "ap-1", "-", "a.b", "eu/"])),
        (
            Just("port"),
            select(vec![
                json!("6001"),
                json!(8080),
                json!("+443"),
                json!(0),
                json!(65536),
                json!(4.0)
            ]),
        ),
        (
            Just("path"),
            texts(&["/a", "/a/", "/a/b%20c", "a", "/..", "//", "/a?b", "/%2e"])
        ),
        (Just("scheme"), texts(&["http", "https", "HTTP", "wss"])),
        (Just("useTLS"), select(vec![json!(true), json!(false)])),
        (Just("encrypted"), select(vec![json!(true), json!(false)])),
    ];
    let name = select(vec![
        "appId",
        "host",
        "cluster",
        "port",
        "path",
        "scheme",
        "useTLS",
        "encrypted",
    ]);
    let members = vec(prop_oneof![12 => known, 1 => (name, odd)], 0..5);
    check((members, "[a-z]{0,3}"), &[0, -3, -19], |(members, key)| {
        let mut config = json!({"key": format!("k{key}"), "secret": "s"});
        if !key.is_empty() {
            config["appId"] = json!("3");
        }
        config.as_object_mut().unwrap().extend(
            members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        compare_address(config.to_string().as_bytes())
    });
}

#[test]
fn pusher_urls() {
    let url = (
        select(vec![
            "https://", "http://", "HTTP://", "ws://", "https:", "",
        ]),
        prop_oneof![
            8 => "[a-z0-9]{1,8}:[a-z0-9]{1,8}@",
            2 => "[a-z%26+=/]{0,8}:?[a-z%25@:]{0,8}@?",
            1 => Just("%3a:s@".to_owned()),
            1 => Just("k:s%0A@".to_owned()),
        ],
        select(vec![
            "api-eu.pusher.com",
            "127.0.0.1:6001",
            "[::1]:8080",
            "[::1]",
            "a:",
            "h:443/a/b",
            "h/",
            "h/apps/1",
            "h:0",
            "h:+1",
            "",
            "[1]",
            "-",
            "h:70000",
            "a%2eb",
            "a%2fb",
            "h//",
            "h/%2e%2e",
        ]),
        select(vec![
            "/apps/3",
            "/apps/a%5F1",
            "/apps/",
            "/apps/3/",
            "/apps/3?a=b",
            "/apps/3#",
            "/app/3",
        ]),
    );
    let url = url
        .prop_map(|(scheme, credentials, host, app)| format!("{scheme}{credentials}{host}{app}"));
    check(nearly(url), &[0, -3, -4, -5, -19], |url| {
        compare_address(&url)
    });
}

fn compare_address(config: &[u8]) -> i32 {
    let text = String::from_utf8_lossy(config);
    let request: [&[u8]; 3] = [b"GET", b"/channels", b""];
    let expected = request::request_url(config, request, b"", 1);
    let signer = api().signer(config);
    assert_eq!(
        code(&signer.as_ref().map_err(|&code| code)),
        code(&config::config(config)),
        "{text}"
    );
    let url = signer.and_then(|signer| signer.request_url("GET", "/channels", "", "", 1));
    assert_eq!(url, expected, "{text}");
    if let Ok(url) = url {
        request::verify(config, b"GET", &url, b"");
    }
    code(&expected)
}

/// Channels of every kind, with and without channel data.
#[test]
fn channels() {
    let channel = prop_oneof![
        4 => "(private|presence|private-encrypted)-(cache-)?[A-Za-z0-9_=@,.;-]{0,20}",
        1 => "(private|presence)-[a-z]{185,195}",
        1 => "[a-z-]{0,20}",
        1 => Just(r#":user::{"id":"admin"}"#.to_owned()),
    ];
    let user_id = prop_oneof![string(), value(), "-?[1-9][0-9]{0,30}", "[1-9][eE][1-9]"];
    let member = (
        select(vec!["user_id", "user_info", r"user\u005fid"]),
        user_id,
    )
        .prop_map(|(name, value)| format!("\"{name}\":{value}"));
    let data = vec(member, 0..4).prop_map(|members| format!("{{{}}}", members.join(",")));
    let data = prop_oneof![2 => nearly(data), 1 => Just(Vec::new())];
    let inputs = (nearly(channel), data, any::<bool>());
    let signers = [CONFIG, FULL_CONFIG].map(|config| (config, api().signer(config).unwrap()));
    check(inputs, &[0, -16, -17, -18], |(channel, data, encrypted)| {
        let (config, signer) = &signers[usize::from(encrypted)];
        let socket_id = SOCKET_ID.as_bytes();
        let expected = oracle::channel_response(config.as_bytes(), socket_id, &channel, &data);
        assert_eq!(
            signer.authorize_channel(socket_id, &channel, &data),
            expected,
            "{} {}",
            channel.escape_ascii(),
            data.escape_ascii()
        );
        code(&expected)
    });
}

#[test]
fn requests() {
    let segment =
        "/[A-Za-z0-9._~!$&'()*+,;=:@-]{1,8}|/[.]{1,3}|/apps|/(a|%[0-9A-Fa-f]{2}|%2[EFef]){1,4}";
    let path = nearly(vec(segment, 0..4).prop_map(|segments| segments.concat()));
    // Names that are prefixes of one another have another order than whole pairs.
    let pair = "a[0-9.~-]{0,2}=[A-Za-z0-9._~!$()*,;:@/=-]{0,8}|[a-c0-9.~]{1,2}=[a-z]?|[aA]uth_[a-z]{0,3}=1|body_md5=|c_zz=1|authz=1";
    let query = nearly(vec(pair, 0..5).prop_map(|pairs| pairs.join("&")));
    let method = select(vec!["GET", "GET", "POST", "POST", "post", "", "PUT\n"]);
    let timestamp = prop_oneof![8 => 1..i64::MAX, 1 => i64::MIN..0];
    let key = prop_oneof!["[a-z0-9]{1,8}", "[ !#-9;-\\[\\]-~]{1,8}"];
    let inputs = (
        key,
        method,
        path,
        query,
        vec(any::<u8>(), 0..100),
        timestamp,
    );
    check(
        inputs,
        &[0, -20],
        |(key, method, path, query, body, timestamp)| {
            let config = json!({"key": key, "secret": "s", "appId": 3}).to_string();
            let signer = api().signer(&config).unwrap();
            let parts = [method.as_bytes(), &path, &query];
            let expected = request::request_url(config.as_bytes(), parts, &body, timestamp);
            let url = signer.request_url(method, &path, &query, &body, timestamp);
            assert_eq!(
                url,
                expected,
                "{key} {method:?} {} {}",
                path.escape_ascii(),
                query.escape_ascii()
            );
            if let Ok(url) = url {
                request::verify(config.as_bytes(), method.as_bytes(), &url, &body);
            }
            code(&expected)
        },
    );
}

#[test]
fn terminations() {
    let id = prop_oneof![
        Just("..".to_owned()),
        Just(".".to_owned()),
        Just(String::new()),
        "[ -~]{1,10}",
        ".{1,10}",
        "[./\\\\%?#|]{1,5}",
    ];
    let signer = api().signer(FULL_CONFIG).unwrap();
    let timestamp = prop_oneof![8 => 1..i64::MAX, 1 => i64::MIN..0];
    check((id, timestamp), &[0, -20], |(id, timestamp)| {
        let expected =
            request::terminate_user_url(FULL_CONFIG.as_bytes(), id.as_bytes(), timestamp);
        let url = signer.terminate_user_url(&id, timestamp);
        assert_eq!(url, expected, "{id:?}");
        if let Ok(url) = url {
            request::verify(FULL_CONFIG.as_bytes(), b"POST", &url, b"{}");
        }
        code(&expected)
    });
}

#[test]
fn events() {
    let name = prop_oneof![4 => ".{1,20}", 1 => "(é|𝄞){199,201}", 1 => Just(String::new())];
    let data = prop_oneof![2 => value().boxed(), 1 => "(.|\n|\t|\r){0,30}".boxed()];
    let socket_id = prop_oneof![3 => "", 3 => "[0-9]{1,3}[.][0-9]{1,3}", 1 => ".{0,5}"];
    let inputs = (
        nearly(event_channel()),
        nearly(name),
        nearly(data),
        socket_id,
        any::<bool>(),
    );
    let signers = [CONFIG, FULL_CONFIG].map(|config| (config, api().signer(config).unwrap()));
    check(
        inputs,
        &[0, -6, -16, -17, -23],
        |(channel, name, data, socket_id, has_master_key)| {
            let (config, signer) = &signers[usize::from(has_master_key)];
            let parts = [&channel, &name, &data, socket_id.as_bytes()];
            let expected = event::event(config.as_bytes(), parts).map(event::Events::Single);
            let body = signer.event_body(&channel, &name, &data, &socket_id);
            let body = body.map(|body| event::read(config.as_bytes(), &body));
            assert_eq!(
                body,
                expected,
                "{} {} {} {socket_id}",
                channel.escape_ascii(),
                name.escape_ascii(),
                data.escape_ascii()
            );
            code(&expected)
        },
    );
}

/// Events in JSON, one on several channels or a batch.
#[test]
fn events_in_json() {
    let member = |name: &'static str, value: BoxedStrategy<String>| {
        prop::option::weighted(
            0.97,
            value.prop_map(move |value| format!("\"{name}\":{value}")),
        )
    };
    let name = prop_oneof![20 => string(), 1 => value(), 1 => "\"[a-z]{195,205}\""].boxed();
    let data = prop_oneof![string(), value()].boxed();
    let other = (
        select(vec!["socket_id", "info", "tags", r"n\u0061me", "x"]),
        prop_oneof![3 => "\"[0-9]{1,3}[.][0-9]{1,3}\"", 2 => value()],
    )
        .prop_map(|(name, value)| format!("\"{name}\":{value}"));
    let channel = prop_oneof![
        20 => event_channel().prop_map(|name| json!(name).to_string()).boxed(),
        1 => value().boxed(),
    ];
    let channels = prop_oneof![
        4 => vec(channel.clone(), 1..3).boxed(),
        1 => vec(channel.clone(), 0..4).boxed(),
        1 => vec(Just("\"a\"".to_owned()), 99..102).boxed(),
    ];
    let channels = channels.prop_map(|channels| format!("[{}]", channels.join(",")));
    let event = |key: &'static str, channels: BoxedStrategy<String>| {
        let others = vec(other.clone(), 0..2);
        (
            member("name", name.clone()),
            member(key, channels),
            member("data", data.clone()),
            others,
            space(),
        )
            .prop_map(|(name, channel, data, others, space)| {
                let members = [name, data, channel].into_iter().flatten().chain(others);
                let members: Vec<String> = members.collect();
                format!("{{{}}}", members.join(&format!(",{space}")))
            })
    };
    let batch = vec(event("channel", channel.boxed()), 1..12).prop_map(|mut events| {
        if events.len() < 10 {
            events.truncate(2);
        }
        format!("{{\"batch\":[{}]}}", events.join(","))
    });
    let events = prop_oneof![event("channels", channels.boxed()).boxed(), batch.boxed()];
    let edited = prop_oneof![6 => events.clone().prop_map(String::into_bytes), 1 => nearly(events)];
    let signers = [CONFIG, FULL_CONFIG].map(|config| (config, api().signer(config).unwrap()));
    check(
        (edited, any::<bool>()),
        &[0, -16, -23],
        |(events, has_master_key)| {
            let (config, signer) = &signers[usize::from(has_master_key)];
            let expected = event::events(config.as_bytes(), &events);
            let body = signer.events_body(&events);
            let body = body.map(|body| event::read(config.as_bytes(), &body));
            assert_eq!(body, expected, "{}", String::from_utf8_lossy(&events));
            code(&expected)
        },
    );
}

#[test]
fn encrypted_data() {
    let channel =
        prop_oneof![4 => "private-encrypted-[A-Za-z0-9_=@,.;-]{0,20}", 1 => event_channel()];
    let inputs = (
        nearly(channel),
        prop_oneof![".{0,200}", "(.|\n|\t|\u{7f}|\u{0}){0,20}"],
    );
    let signer = api().signer(FULL_CONFIG).unwrap();
    let master_key = config::config(FULL_CONFIG.as_bytes())
        .unwrap()
        .master_key
        .unwrap();
    check(inputs, &[0, -17, -23], |(channel, data)| {
        let expected = encryption::is_valid(&channel, data.as_bytes());
        let encrypted = signer.encrypt(&channel, &data);
        assert_eq!(
            code(&encrypted),
            code(&expected),
            "{} {data:?}",
            channel.escape_ascii()
        );
        if let Ok(encrypted) = encrypted {
            let open = |text: &str| encryption::open(text.as_bytes(), &channel, &master_key);
            assert_eq!(open(&encrypted), Some(data.clone()));
            let again = signer.encrypt(&channel, &data).unwrap();
            assert_ne!(again, encrypted, "a nonce is used once");
            assert_eq!(signer.decrypt(&channel, &encrypted), Ok(data));
        }
        code(&expected)
    });
}

#[test]
fn decrypted_data() {
    const CHANNEL: &[u8] = b"private-encrypted-a";
    let signer = api().signer(FULL_CONFIG).unwrap();
    let master_key = config::config(FULL_CONFIG.as_bytes())
        .unwrap()
        .master_key
        .unwrap();
    let sealed = (vec(any::<u8>(), 0..40), any::<[u8; 24]>(), any::<bool>());
    let sealed = sealed.prop_map(move |(data, nonce, is_text)| {
        let text = String::from_utf8_lossy(&data);
        let data = if is_text { text.as_bytes() } else { &data };
        encryption::seal(data, &nonce, CHANNEL, &master_key)
    });
    check(nearly(sealed), &[0, -24], |encrypted| {
        let expected = encryption::open(&encrypted, CHANNEL, &master_key).ok_or(-24);
        let data = signer.decrypt(CHANNEL, &encrypted);
        assert_eq!(data, expected, "{}", String::from_utf8_lossy(&encrypted));
        code(&expected)
    });
}

#[test]
fn parameters() {
    let content_type = select(vec![
        "",
        "application/x-www-form-urlencoded",
        "application/json",
        "Application/JSON; charset=UTF-8",
        "application/x-www-form-urlencoded;charset=utf-8",
        "application/jsonp",
        "text/plain",
        " application/json",
        ";",
    ]);
    let form = vec(
        "(socket_id|a|b|%61|%ff|%zz|[a-z+%]{0,3})(=[ -~]{0,8}|=(%[0-9a-f]{2}){1,3})?",
        0..5,
    )
    .prop_map(|pairs| pairs.join("&"));
    let json = vec(
        (
            select(vec!["socket_id", "a", r"\u0061", "b", r"\ud800"]),
            prop_oneof![3 => string(), 1 => value()],
        )
            .prop_map(|(name, value)| format!("\"{name}\":{value}")),
        0..5,
    )
    .prop_map(|members| format!("{{{}}}", members.join(",")));
    let text = prop_oneof![
        form.boxed(),
        json.boxed(),
        Just("\u{feff}{}".to_owned()).boxed()
    ];
    let name = select(vec!["socket_id", "a", "b", "", "+"]);
    check(
        (content_type, nearly(text), name),
        &[0, -26, -27],
        |(content_type, text, name)| {
            let expected =
                parameter::request_parameter(content_type.as_bytes(), &text, name.as_bytes());
            let value = api().request_parameter(content_type, &text, name);
            let text = String::from_utf8_lossy(&text);
            assert_eq!(value, expected, "{content_type} {name} {text}");
            code(&expected)
        },
    );
}

#[test]
fn webhooks() {
    let signer = api().signer(CONFIG).unwrap();
    let inputs = (vec(any::<u8>(), 0..200), any::<Index>(), any::<u8>(), 0..4);
    check(inputs, &[0, -21, -22], |(body, at, byte, kind)| {
        let (key, right) = oracle::webhook(CONFIG.as_bytes(), &body).unwrap();
        let (mut key, mut signature) = (key.into_bytes(), right.clone().into_bytes());
        let edited = if kind == 0 { &mut key } else { &mut signature };
        let at = at.index(edited.len());
        match kind {
            0 | 1 => edited[at] = byte,
            2 => edited.truncate(at),
            _ => {}
        }
        let expected = if key
            != oracle::webhook(CONFIG.as_bytes(), b"")
                .unwrap()
                .0
                .as_bytes()
        {
            -21
        } else if !signature.eq_ignore_ascii_case(right.as_bytes()) {
            -22
        } else {
            0
        };
        assert_eq!(signer.verify_webhook(&key, &signature, &body), expected);
        expected
    });
}

#[test]
fn scripts() {
    let inputs = (nearly(callback()), nearly(user()));
    check(inputs, &[0, -12, -15], |(callback, response)| {
        let expected = oracle::script(&callback, &response);
        assert_eq!(
            api().jsonp(&callback, &response),
            expected,
            "{} {}",
            callback.escape_ascii(),
            String::from_utf8_lossy(&response)
        );
        code(&expected)
    });
}

/// Generates `text` unchanged, or with some bytes replaced, removed or added.
fn nearly(text: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        select(
            b"\"\\{}[]:,.0123456789-+eEu()/*;'$ \t\n\r\0\x1f\x7f\x80\xbf\xc0\xed\xf4\xff".to_vec()
        ),
        any::<u8>()
    ];
    let edits = prop_oneof![
        Just(Vec::new()).boxed(),
        vec((any::<Index>(), vec(byte, 0..3)), 1..3).boxed()
    ];
    (text, edits).prop_map(|(text, edits)| {
        let mut bytes = text.into_bytes();
        for (place, replacement) in edits {
            let place = place.index(bytes.len() + 1);
            bytes.splice(place..(place + 1).min(bytes.len()), replacement);
        }
        bytes
    })
}

/// Generates a user object, mostly with an id, sometimes with a duplicate key.
fn user() -> impl Strategy<Value = String> {
    let id = prop_oneof![
        6 => "\"[a-z0-9]{1,8}\"",
        2 => string(),
        1 => value(),
    ];
    // Many names, some of them escaped.
    let many_names = prop_oneof!["[a-i][0-9]{2}", "\\\\u006[1-9][0-9]{2}"];
    let members = prop_oneof![
        4 => vec(member(name(), value().boxed()), 0..6),
        1 => vec(member(many_names.boxed(), Just("0".to_owned()).boxed()), 10..40),
    ];
    let id_name = select(vec!["id", r"\u0069d", r"i\u0064"]).prop_map(str::to_owned);
    let id = prop::option::weighted(0.9, member(id_name.boxed(), id.boxed()));
    (members, id, any::<Index>(), space(), space()).prop_map(
        |(mut members, id, place, before, after)| {
            if let Some(id) = id {
                members.insert(place.index(members.len() + 1), id);
            }
            format!("{before}{{{}}}{after}", members.join(","))
        },
    )
}

fn member(name: BoxedStrategy<String>, value: BoxedStrategy<String>) -> BoxedStrategy<String> {
    (space(), name, space(), space(), value, space())
        .prop_map(|(a, name, b, c, value, d)| format!("{a}\"{name}\"{b}:{c}{value}{d}"))
        .boxed()
}

fn name() -> BoxedStrategy<String> {
    prop_oneof![
        1 => select(vec!["id", "ID", "a", r"\u0061", "user_info", "watchlist"]).prop_map(str::to_owned),
        3 => characters(),
    ]
    .boxed()
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => string(),
        2 => "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,4})?",
        1 => select(vec!["null", "true", "false"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(6, 24, 4, |inner| {
        let items = vec(
            (space(), inner.clone(), space()).prop_map(|(a, item, b)| a + &item + &b),
            0..4,
        );
        prop_oneof![
            items.prop_map(|items| format!("[{}]", items.join(","))),
            vec(member(name(), inner.boxed()), 0..4)
                .prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

fn string() -> impl Strategy<Value = String> + Clone {
    characters().prop_map(|content| format!("\"{content}\""))
}

/// Generates the content of a string, sometimes with an unpaired surrogate.
fn characters() -> BoxedStrategy<String> {
    let character = prop_oneof![
        4 => "[ !#-\\[\\]-~]",
        2 => "[^\u{0}-\u{1f}\"\\\\]",
        1 => "[\u{7f}\u{2028}\u{2029}\u{feff}\u{10ffff}]",
        2 => select(br#""\/bfnrt"#.to_vec()).prop_map(|letter| format!("\\{}", char::from(letter))),
        1 => any::<char>().prop_map(|char| {
            char.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
        }),
        1 => "[a-z]{8,40}",
        1 => any::<u16>().prop_map(|unit| format!("\\u{unit:04X}")),
    ];
    vec(character, 0..5)
        .prop_map(|characters| characters.concat())
        .boxed()
}

fn space() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just(String::new()), 1 => "[ \t\r\n]{1,2}"]
}

fn callback() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        8 => "\\.[A-Za-z_$][A-Za-z0-9_$]{0,9}",
        8 => "\\[[0-9]{1,9}\\]",
        8 => "\\['[A-Za-z0-9_]{1,9}'\\]",
        8 => "\\[\"[A-Za-z0-9_]{1,9}\"\\]",
        // Any character, which is invalid in most of these positions.
        1 => "(\\.[ -~]|\\[[ -~]\\]|\\['[ -~]'\\]|\\[\"[ -~]\"\\])",
    ];
    ("[A-Za-z_$][A-Za-z0-9_$]{0,9}", vec(part, 0..20))
        .prop_map(|(first, parts)| first + &parts.concat())
}

fn event_channel() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        4 => "[A-Za-z0-9_=@,.;-]{1,20}",
        2 => "private-encrypted-[a-z]{0,9}",
        1 => "#server-to-user-.{0,9}",
        1 => "[a-z]{199,201}",
        1 => "[ -~]{0,9}",
    ]
}

/// Generates a config, mostly with a key and a secret, sometimes with a member of a wrong type.
fn credentials() -> impl Strategy<Value = Value> {
    let text = |text: BoxedStrategy<String>| text.prop_map(Value::from);
    let odd = select(vec![
        json!(null),
        json!(true),
        json!(5),
        json!("5"),
        json!(""),
        json!([]),
        json!({"key": "k"}),
    ]);
    let key = prop_oneof![
        8 => text("[ !#-9;-\\[\\]-~]{1,30}".boxed()),
        2 => text(".{0,8}".boxed()),
        1 => text("[0-9a-f]{1,4}[\u{0}\n\u{7f}:\"\\\\é]".boxed()),
        1 => odd.clone(),
    ];
    let secret = prop_oneof![
        8 => text("[0-9a-f]{20}".boxed()),
        4 => text("(.|\n|\u{0}){0,150}".boxed()),
        1 => text("[0-9a-f]{20}[\r\n ]".boxed()),
        1 => text("".boxed()),
        1 => odd.clone(),
    ];
    let other = (
        select(vec![
            "appId",
            "cluster",
            "useTLS",
            "encrypted",
            "host",
            "port",
            "path",
            "other",
        ]),
        odd.clone(),
    );
    let master_key = prop_oneof![
        4 => "[A-Za-z0-9+/]{42}[AQgw]=".prop_map(Value::from).boxed(),
        1 => "[A-Za-z0-9+/]{40,44}=?\n?".prop_map(Value::from).boxed(),
        1 => odd.boxed(),
    ];
    let master_key = (Just("encryptionMasterKeyBase64"), master_key);
    let others = vec(prop_oneof![2 => other, 1 => master_key], 0..2);
    let presence = prop::option::weighted;
    (
        presence(0.9, key.boxed()),
        presence(0.9, secret.boxed()),
        others,
    )
        .prop_map(|(key, secret, others)| {
            let members = others
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value));
            let key = key.map(|key| ("key".to_owned(), key));
            let secret = secret.map(|secret| ("secret".to_owned(), secret));
            Value::Object(members.chain(key).chain(secret).collect())
        })
}
