use serde_json::json;

use super::*;

fn error(file: &str, text: &str) -> String {
    Document::parse(file, text).unwrap_err().to_string()
}

#[test]
fn json_and_yaml_read_alike() {
    let yaml = "openapi: 3.0.1\npaths:\n  /a:\n    post: &p\n      responses:\n        200: {description: OK}\n        404: {}\n  /b:\n    post: *p\n";
    let json = r#"{"openapi": "3.0.1", "paths": {
        "/a": {"post": {"responses": {"200": {"description": "OK"}, "404": {}}}},
        "/b": {"post": {"responses": {"200": {"description": "OK"}, "404": {}}}}}}"#;
    let from_yaml = Document::parse("a.yaml", yaml).unwrap();
    assert_eq!(from_yaml.root, Document::parse("a.json", json).unwrap().root);
    assert_eq!(
        Document::parse("a", yaml).unwrap().root,
        Document::parse("a", json).unwrap().root
    );
    assert_eq!(from_yaml.version().unwrap(), Version::V3_0);
}

#[test]
fn numbers_and_texts_stay_what_they_are() {
    let yaml = "openapi: '3.1.0'\na: [1, -2, 1.5, 18446744073709551615, 'no', no, yes, true, ~, '1', 2026-03-01]\n";
    let read = Document::parse("a.yaml", yaml).unwrap();
    assert_eq!(
        read.root["a"],
        json!([1, -2, 1.5, u64::MAX, "no", "no", "yes", true, null, "1", "2026-03-01"])
    );
}

/// As it is written, in every kind of map; the values keep their types.
#[test]
fn a_key_is_text() {
    let keys = [
        "1.10",
        "010",
        "10",
        "0x10",
        "16",
        "0o17",
        "1e3",
        "1_000",
        "+1",
        "-0",
        ".5",
        "null",
        "Null",
        "~",
        "true",
        "True",
        "no",
        "y",
        "on",
        "2026-03-01",
        "12:30:45",
        ".inf",
        ".nan",
        "200",
        "2XX",
        "=",
        "a b",
        "é",
    ];
    let quoted = ["", "null", " a ", "#", "<<"].map(|key| format!("{key:?}"));
    let block: String = keys.iter().map(|key| format!("  {key}: 1.10\n")).collect();
    let flow: Vec<String> = keys.iter().map(|key| format!("{key}: 010")).collect();
    let text = format!(
        "openapi: 3.0.3\nblock:\n{block}flow: {{ {} }}\nlist:\n  - 1.10: null\n    010: true\nalias: &a {{ 0x1: 1 }}\nagain: *a\nquoted:\n  {}: 1\n? 1.50\n: 2026-03-01\n",
        flow.join(", "),
        quoted[..1].concat(),
    );
    let read = Document::parse("a.yaml", &text).unwrap().root;
    for (map, value) in [("block", 1.1), ("flow", 10.0)] {
        let map = read[map].as_object().unwrap();
        let mut expected = keys.to_vec();
        expected.sort_unstable();
        let mut found: Vec<&str> = map.keys().map(String::as_str).collect();
        found.sort_unstable();
        assert_eq!(found, expected);
        assert!(map.values().all(|found| found.as_f64() == Some(value)), "{map:?}");
    }
    assert_eq!(read["list"], json!([{ "1.10": null, "010": true }]));
    assert_eq!(
        (&read["alias"], &read["again"]),
        (&json!({ "0x1": 1 }), &json!({ "0x1": 1 }))
    );
    assert_eq!(read["quoted"], json!({ "": 1 }));
    assert_eq!(read["1.50"], "2026-03-01");
    // One text is one key, quoted or not; a list is none.
    for (keys, message) in [
        ("1: a\n'1': b", "\"1\" is there twice"),
        ("null: a\n'null': b", "\"null\" is there twice"),
        ("[a]: b", ""),
    ] {
        let error = error("a.yaml", &format!("openapi: 3.0.3\n{keys}\n"));
        assert!(error.contains(message), "{error}");
    }
}

/// Only a command that has the option advises it.
#[test]
fn what_can_be_done_of_a_key_that_is_there_twice_is_what_the_command_can_do() {
    for (duplicates, advised) in [(DuplicateKeys::Refuse, false), (DuplicateKeys::by(false), true)] {
        for (file, text) in [
            ("a.json", r#"{"openapi": "3.0.1", "a": 1, "a": 2}"#),
            ("a.yaml", "openapi: 3.0.1\na: 1\na: 2\n"),
        ] {
            let error = Document::parse_with(file, text, duplicates).unwrap_err().to_string();
            assert!(
                error.contains("twice") && error.contains("--lenient") == advised,
                "{error}"
            );
        }
    }
    assert_eq!(DuplicateKeys::by(true), DuplicateKeys::LastWins);
}

#[test]
fn an_error_names_file_line_column_and_pointer() {
    let errors = [
        error("a.json", "{\"openapi\": \"3.0.1\",\n \"paths\": {\"/a\": [1, nul]}}"),
        error(
            "a.json",
            "{\"openapi\": \"3.0.1\",\n \"paths\": {\"/a\": 1,\n \"/a\": 2}}",
        ),
        error("a.json", "{\"openapi\": \"3.0.1\"} x"),
        error("a.json", ""),
        error("a.yaml", "openapi: 3.0.1\npaths:\n  /a: [1, {]\n"),
        error("a.yaml", "openapi: 3.0.1\npaths:\n  /a: 1\n  /a: 2\n"),
        error("a.yaml", ""),
        error("a.yaml", "openapi: 3.0.1\npaths: *nowhere\n"),
        error("a.yaml", "openapi: 3.0.1\n---\nopenapi: 3.0.1\n"),
        error("a.yaml", "openapi: 3.0.1\nmaximum: .inf\n"),
    ];
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn a_version_that_is_not_read_is_named() {
    let errors = [
        error("a.json", r#"{"swagger": "2.0"}"#),
        error("a.json", r#"{"openapi": "4.0.0"}"#),
        error("a.json", r#"{"paths": {}}"#),
        error("a.json", "[]"),
    ];
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn a_key_that_stands_twice_is_taken_last_only_when_asked_for() {
    for (file, text) in [
        ("a.json", r#"{"openapi": "3.0.1", "a": {"b": 1, "b": 2}}"#),
        ("a.yaml", "openapi: 3.0.1\na:\n  b: 1\n  b: 2\n"),
    ] {
        let (document, warnings) = Document::parse_with(file, text, DuplicateKeys::LastWins).unwrap();
        assert_eq!(document.root["a"], json!({"b": 2}), "{file}");
        assert_eq!(warnings.len(), 1, "{file}");
        assert_eq!(warnings[0].pointer, "/a/b");
    }
}

#[test]
fn neither_depth_nor_aliases_bring_the_parser_down() {
    let deep = 100_000;
    let json = format!(
        "{{\"openapi\": \"3.0.1\", \"a\": {}{}}}",
        "[".repeat(deep),
        "]".repeat(deep)
    );
    assert!(
        error("a.json", &json).contains("nested deeper than"),
        "{}",
        error("a.json", &json)
    );
    let objects = format!("{{\"openapi\": \"3.0.1\", \"a\": {}", "{\"b\":".repeat(deep));
    assert!(error("a.json", &objects).contains("nested deeper than"));
    let flow = format!("openapi: 3.0.1\na: {}{}", "[".repeat(deep), "]".repeat(deep));
    assert!(
        error("a.yaml", &flow).starts_with("a.yaml#"),
        "{}",
        error("a.yaml", &flow)
    );
    let block = format!(
        "openapi: 3.0.1\na:\n{}",
        (1..2_000).map(|depth| format!("{:depth$}b:\n", "")).collect::<String>()
    );
    assert!(error("a.yaml", &block).starts_with("a.yaml#"));

    let mut bomb = String::from("openapi: 3.0.1\na0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..20 {
        let references = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{references}]\n"));
    }
    assert!(
        error("a.yaml", &bomb).starts_with("a.yaml#"),
        "{}",
        error("a.yaml", &bomb)
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Document::load("nowhere/a.json").unwrap_err().to_string();
    assert!(error.starts_with("nowhere/a.json: cannot read it: "), "{error}");
}

#[test]
fn a_long_text_may_be_anywhere() {
    for length in [900, 1_020, 1_030, 5_000] {
        let long = "a ".repeat(length / 2) + "b";
        let document = json!({ "openapi": "3.0.1", "info": { "title": long, "version": [long, { "a": long }] } });
        for text in [
            format!("{document}"),
            format!("{document:#}"),
            format!("openapi: 3.0.1\ninfo: {}\n", document["info"]),
            format!("openapi: 3.0.1\ninfo: {{ title: {long}, version: [\"{long}\", {{ a: '{long}' }}] }}\n"),
        ] {
            let read = Document::parse("a.yaml", &text).map(|read| read.root);
            assert_eq!(
                read.unwrap(),
                document,
                "{length}: {}",
                text.get(..80).unwrap_or_default()
            );
        }
    }
}
