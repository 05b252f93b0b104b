//! Generated inputs, right, wrong and nearly right, through the C ABI and judged by others: the oracle
//! that the fuzzers use too.

#[path = "../common/mod.rs"]
mod common;
#[path = "../../fuzz/fuzz_targets/oracle.rs"]
mod oracle;

use std::{cell::RefCell, collections::BTreeSet};

use common::{CONFIG, SOCKET_ID, USER, api};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::TestRunner,
};
use serde_json::{Value, json};

/// Runs `test` on generated inputs, and checks that these and only these results came up: a generator
/// that makes nothing but garbage proves little.
fn check<S: Strategy>(inputs: S, results: &[i32], test: impl Fn(S::Value) -> i32) {
    // A failing input is printed. To be kept, it becomes a test of its own.
    let config = ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let seen = RefCell::new(BTreeSet::new());
    let run = TestRunner::new(config).run(&inputs, |input| {
        seen.borrow_mut().insert(test(input));
        Ok(())
    });
    run.unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(
        seen.into_inner(),
        BTreeSet::from_iter(results.iter().copied())
    );
}

#[test]
fn socket_ids() {
    let signer = api().signer(CONFIG).unwrap();
    check(nearly("[0-9]{1,12}\\.[0-9]{1,12}"), &[0, -6], |socket_id| {
        let right = oracle::response(CONFIG.as_bytes(), &socket_id, USER.as_bytes());
        let answer = signer.authenticate_user(&socket_id, USER.as_bytes());
        assert_eq!(answer, right, "{}", socket_id.escape_ascii());
        right.err().unwrap_or(0)
    });
}

#[test]
fn users() {
    let signer = api().signer(CONFIG).unwrap();
    let socket_id = SOCKET_ID.as_bytes();
    check(nearly(user()), &[0, -7, -8, -9, -10, -11], |user_json| {
        let right = oracle::response(CONFIG.as_bytes(), socket_id, &user_json);
        let answer = signer.authenticate_user(socket_id, &user_json);
        assert_eq!(answer, right, "{}", String::from_utf8_lossy(&user_json));
        if let Ok(answer) = answer {
            let answer: Value = serde_json::from_str(&answer).expect("JSON");
            assert_eq!(
                answer["user_data"].as_str().map(str::as_bytes),
                Some(&user_json[..])
            );
        }
        right.err().unwrap_or(0)
    });
}

#[test]
fn configs() {
    check(
        (config(), any::<bool>()),
        &[0, -3, -4, -5],
        |(config, pretty)| {
            let text = if pretty {
                format!("{config:#}")
            } else {
                config.to_string()
            };
            let right = oracle::response(text.as_bytes(), SOCKET_ID.as_bytes(), USER.as_bytes());
            let answer = api().authenticate_user(&text, SOCKET_ID, USER);
            assert_eq!(answer, right, "{text}");
            right.err().unwrap_or(0)
        },
    );
}

/// Channels of every kind, with channel data or none.
#[test]
fn channels() {
    const KEY: &str =
        r#","encryptionMasterKeyBase64":"zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU="}"#;
    let with_key = CONFIG.replace('}', KEY);
    let channel = prop_oneof![
        4 => "(private|presence|private-encrypted)-(cache-)?[A-Za-z0-9_=@,.;-]{0,20}",
        1 => "(private|presence)-[a-z]{185,195}",
        1 => "[a-z-]{0,20}",
        1 => Just(r#":user::{"id":"admin"}"#.to_owned()),
    ];
    let user_id = prop_oneof![string(), value(), "-?[1-9][0-9]{0,30}"];
    let member = (
        select(vec!["user_id", "user_info", r"user\u005fid"]),
        user_id,
    )
        .prop_map(|(name, value)| format!("\"{name}\":{value}"));
    let data = vec(member, 0..4).prop_map(|members| format!("{{{}}}", members.join(",")));
    let data = prop_oneof![2 => nearly(data), 1 => Just(Vec::new())];
    let inputs = (nearly(channel), data, any::<bool>());
    check(inputs, &[0, -16, -17, -18], |(channel, data, encrypted)| {
        let config = if encrypted { &with_key } else { CONFIG };
        let socket_id = SOCKET_ID.as_bytes();
        let right = oracle::channel_response(config.as_bytes(), socket_id, &channel, &data);
        let signer = api().signer(config).unwrap();
        assert_eq!(
            signer.authorize_channel(socket_id, &channel, &data),
            right,
            "{} {}",
            channel.escape_ascii(),
            data.escape_ascii()
        );
        right.err().unwrap_or(0)
    });
}

/// Requests of every kind, with all that a config says of where the API is.
#[test]
fn requests() {
    let odd = select(vec![
        json!("a.b"),
        json!("a/b"),
        json!(""),
        json!(3),
        json!(-1),
        json!("[::1]"),
        json!("é"),
    ]);
    let app_id = prop_oneof![8 => Just(json!("3")), 1 => odd.clone()];
    let place = select(vec!["host", "cluster", "port", "useTLS", "other"]);
    let known = select(vec![
        json!("mt1"),
        json!("127.0.0.1"),
        json!("6001"),
        json!(8080),
        json!(70000),
        json!(false),
    ]);
    let places = vec((place, prop_oneof![4 => known, 1 => odd]), 0..3);
    let config = (app_id, places).prop_map(|(app_id, places)| {
        let mut config = json!({"key": "k", "secret": "s", "appId": app_id});
        for (name, value) in places {
            let fits = match name {
                "host" | "cluster" => value.is_string(),
                "port" => !value.is_boolean(),
                "useTLS" => value.is_boolean(),
                _ => true,
            };
            if fits {
                config[name] = value;
            }
        }
        config.to_string()
    });
    let c_text = |text: Vec<u8>| -> String {
        text.into_iter()
            .filter(|byte| (1..128).contains(byte))
            .map(char::from)
            .collect()
    };
    let path = nearly("(/[A-Za-z0-9._~!$&'()*+,;=:@-]{1,8}|/[.]{1,3}){0,4}").prop_map(c_text);
    let pair = "[a-c0-9.~]{1,2}=[A-Za-z0-9._~!$()*,;:@/-]{0,8}|[aA]uth_[a-z]{0,3}=1|body_md5=|c_zz=1|authz=1";
    let query = nearly(vec(pair, 0..5).prop_map(|pairs| pairs.join("&"))).prop_map(c_text);
    let method = select(vec!["GET", "POST", "post", "", "PUT\n"]);
    let timestamp = prop_oneof![8 => 1..i64::MAX, 1 => i64::MIN..0];
    let inputs = (
        config,
        method,
        path,
        query,
        vec(any::<u8>(), 0..100),
        timestamp,
    );
    check(
        inputs,
        &[0, -19, -20],
        |(config, method, path, query, body, timestamp)| {
            let request = [method, &path, &query];
            let signer = api().signer(&config).unwrap();
            let right = oracle::url(
                config.as_bytes(),
                request.map(str::as_bytes),
                &body,
                timestamp,
            );
            let answer = signer.sign_request(request, &body, timestamp);
            assert_eq!(answer, right, "{config} {request:?}");
            right.err().unwrap_or(0)
        },
    );
}

#[test]
fn scripts() {
    let c_text = |text: Vec<u8>| {
        text.into_iter()
            .filter(|&byte| byte != 0)
            .collect::<Vec<u8>>()
    };
    let inputs = (
        nearly(callback()).prop_map(c_text),
        nearly(user()).prop_map(c_text),
    );
    check(inputs, &[0, -12, -15], |(callback, response)| {
        let right = oracle::script(&callback, &response);
        assert_eq!(
            api().jsonp(&callback, &response),
            right,
            "{} {}",
            callback.escape_ascii(),
            String::from_utf8_lossy(&response)
        );
        right.err().unwrap_or(0)
    });
}

/// What `text` gives, as it is or with some of its bytes replaced, removed or joined by others.
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

/// A user object, mostly with an id, sometimes with a name given twice.
fn user() -> impl Strategy<Value = String> {
    let id = prop_oneof![
        6 => "\"[a-z0-9]{1,8}\"",
        2 => string(),
        1 => value(),
    ];
    // More names than are compared in place, some of them escaped.
    let many_names = prop_oneof!["[a-i][0-9]{2}", "\\\\u006[1-9][0-9]{2}"];
    let members = prop_oneof![
        4 => vec(member(name(), value().boxed()), 0..6),
        1 => vec(member(many_names.boxed(), Just("0".to_owned()).boxed()), 10..40),
    ];
    let id_name = select(vec!["id", r"\u0069d", r"i\u0064"]).prop_map(str::to_owned);
    let id = prop::option::weighted(0.9, member(id_name.boxed(), id.boxed()));
    (members, id, any::<Index>(), blank(), blank()).prop_map(
        |(mut members, id, place, before, after)| {
            if let Some(id) = id {
                members.insert(place.index(members.len() + 1), id);
            }
            format!("{before}{{{}}}{after}", members.join(","))
        },
    )
}

fn member(name: BoxedStrategy<String>, value: BoxedStrategy<String>) -> BoxedStrategy<String> {
    (blank(), name, blank(), blank(), value, blank())
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
            (blank(), inner.clone(), blank()).prop_map(|(a, item, b)| a + &item + &b),
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

/// What may stand between quotes, and a few halves of surrogate pairs that may not.
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

fn blank() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just(String::new()), 1 => "[ \t\r\n]{1,2}"]
}

fn callback() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        8 => "\\.[A-Za-z_$][A-Za-z0-9_$]{0,9}",
        8 => "\\[[0-9]{1,9}\\]",
        8 => "\\['[A-Za-z0-9_]{1,9}'\\]",
        8 => "\\[\"[A-Za-z0-9_]{1,9}\"\\]",
        // Any one character, which most of these places forbid.
        1 => "(\\.[ -~]|\\[[ -~]\\]|\\['[ -~]'\\]|\\[\"[ -~]\"\\])",
    ];
    ("[A-Za-z_$][A-Za-z0-9_$]{0,9}", vec(part, 0..20))
        .prop_map(|(first, parts)| first + &parts.concat())
}

/// A config, mostly with a key and a secret, sometimes with a member of a wrong type.
fn config() -> impl Strategy<Value = Value> {
    let text = |text: BoxedStrategy<String>| text.prop_map(Value::from);
    let odd = select(vec![
        json!(null),
        json!(true),
        json!(5),
        json!("5"),
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
        1 => text("".boxed()),
        1 => odd.clone(),
    ];
    let others = vec(
        (
            select(vec!["appId", "cluster", "useTLS", "host", "port", "other"]),
            odd,
        ),
        0..2,
    );
    let presence = prop::option::weighted;
    (presence(0.9, key), presence(0.9, secret), others).prop_map(|(key, secret, others)| {
        let members = others
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        let key = key.map(|key| ("key".to_owned(), key));
        let secret = secret.map(|secret| ("secret".to_owned(), secret));
        Value::Object(members.chain(key).chain(secret).collect())
    })
}
