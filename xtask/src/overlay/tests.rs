use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Change, Overlay};
use crate::Error;

fn parse(text: &str) -> Result<Overlay, Error> {
    Overlay::parse(Path::new("spec/overlay.yaml"), text)
}

/// An overlay with these actions, written as YAML with an indentation of two.
fn with(actions: &str) -> Result<Overlay, Error> {
    parse(&format!(
        "overlay: 1.0.0\ninfo: {{ title: t, version: v }}\nactions:\n{actions}"
    ))
}

fn applied(actions: &str, mut document: Value) -> Result<Value, Error> {
    let misfits = with(actions)?.apply(&mut document);
    assert_eq!(misfits, []);
    Ok(document)
}

/// The message of the error that there has to be.
fn message<T>(result: Result<T, Error>) -> String {
    result.err().expect("an error").to_string()
}

#[test]
fn everything_that_the_specification_knows_is_read() {
    let overlay = parse(
        "overlay: 1.0.1\n\
         info: { title: Ours, version: '2', x-by: us }\n\
         extends: kisi.json\n\
         x-more: [1]\n\
         actions:\n\
         - { target: $.a, description: why, update: { b: 1 }, x-note: 1 }\n\
         - { target: '$.c', remove: true }\n\
         - { target: '$.d', remove: false, update: null }\n",
    )
    .unwrap();
    assert_eq!((overlay.title.as_str(), overlay.version.as_str()), ("Ours", "2"));
    assert_eq!(overlay.extends.as_deref(), Some("kisi.json"));
    let changes: Vec<_> = overlay.actions.iter().map(|action| action.change.clone()).collect();
    assert_eq!(
        changes,
        [
            Change::Update(json!({ "b": 1 })),
            Change::Remove,
            Change::Update(Value::Null)
        ]
    );
}

#[test]
fn json_is_read_as_well() {
    let text = r#"{"overlay":"1.0.0","info":{"title":"t","version":"v"},"actions":[{"target":"$","update":{"a":1}}]}"#;
    for file in ["overlay.json", "overlay.yaml"] {
        let mut document = json!({});
        let misfits = Overlay::parse(Path::new(file), text).unwrap().apply(&mut document);
        assert_eq!(misfits, []);
        assert_eq!(document, json!({ "a": 1 }), "{file}");
    }
}

#[test]
fn an_update_reaches_every_match() {
    let document = json!({ "x": { "id": { "type": "string" } }, "y": { "z": { "id": {} } }, "id": { "a": 1 } });
    let expected = json!({ "x": { "id": { "type": "string", "d": 1 } }, "y": { "z": { "id": { "d": 1 } } }, "id": { "a": 1, "d": 1 } });
    assert_eq!(
        applied("- { target: $..id, update: { d: 1 } }", document).unwrap(),
        expected
    );
}

#[test]
fn an_update_of_an_array_is_one_more_entry() {
    let document = json!({ "a": [{ "b": 1 }] });
    let expected = json!({ "a": [{ "b": 1 }, { "c": 2 }, [3]] });
    let actions = "- { target: $.a, update: { c: 2 } }\n- { target: $.a, update: [3] }";
    assert_eq!(applied(actions, document).unwrap(), expected);
}

#[test]
fn updates_of_nested_matches_all_happen() {
    let document = json!({ "a": { "a": { "a": {} } } });
    let expected = json!({ "a": { "n": 1, "a": { "n": 1, "a": { "n": 1 } } } });
    assert_eq!(
        applied("- { target: $..a, update: { n: 1 } }", document).unwrap(),
        expected
    );
}

#[test]
fn removing_several_of_an_array_removes_the_right_ones() {
    let entry = |r: u8| json!({ "r": r });
    let document = json!({ "a": [entry(1), entry(0), entry(1), entry(1), entry(2)] });
    let expected = json!({ "a": [entry(0), entry(2)] });
    assert_eq!(
        applied("- { target: '$.a[?@.r == 1]', remove: true }", document).unwrap(),
        expected
    );
}

#[test]
fn removing_what_is_inside_of_what_is_removed_is_fine() {
    let document = json!({ "a": { "a": {} }, "b": 1 });
    assert_eq!(
        applied("- { target: $..a, remove: true }", document).unwrap(),
        json!({ "b": 1 })
    );
}

#[test]
fn later_actions_see_what_earlier_ones_did() {
    let actions = "- { target: $, update: { a: { n: 1 } } }\n- { target: $.a, update: { n: 2 } }";
    assert_eq!(applied(actions, json!({})).unwrap(), json!({ "a": { "n": 2 } }));
}

#[test]
fn an_action_that_does_not_fit_is_left_out_and_the_rest_is_done() {
    let mut document = json!({ "a": { "n": true, "m": {} }, "b": { "n": { "o": 1 } } });
    let actions = "- { target: $.c, remove: true }\n- { target: '$[\"a\", \"b\"]', update: { k: 1, n: { o: 2 } } }\n- { target: $.a.m, update: { l: 1 } }";
    let misfits = with(actions).unwrap().apply(&mut document);
    // A place is changed as a whole or not at all.
    assert_eq!(
        document,
        json!({ "a": { "n": true, "m": { "l": 1 } }, "b": { "k": 1, "n": { "o": 2 } } })
    );
    let listed: Vec<_> = misfits
        .iter()
        .map(|misfit| (misfit.action, misfit.target.as_str()))
        .collect();
    assert_eq!(listed, [(1, "$.c"), (2, "$[\"a\", \"b\"]")]);
}

#[test]
fn messages_of_a_bad_overlay() {
    let head = "overlay: 1.0.0\ninfo: { title: t, version: v }\n";
    let messages = [
        ("not YAML", message(parse("overlay: 1.0.0\nactions: [\n"))),
        ("a key twice", message(parse("overlay: 1.0.0\noverlay: 1.0.1\n"))),
        ("not an object", message(parse("- overlay\n"))),
        ("no version", message(parse("info: {}\n"))),
        ("another version", message(parse("overlay: 1.1.0\n"))),
        ("version is a number", message(parse("overlay: 1.0\n"))),
        ("no info", message(parse("overlay: 1.0.0\nactions: []\n"))),
        (
            "title is a number",
            message(parse("overlay: 1.0.0\ninfo: { title: 1, version: v }\n")),
        ),
        (
            "unknown key of info",
            message(parse("overlay: 1.0.0\ninfo: { title: t, version: v, titel: t }\n")),
        ),
        (
            "unknown key",
            message(parse(&format!("{head}actions: []\nextend: x\n"))),
        ),
        ("no actions", message(parse(head))),
        ("empty actions", message(parse(&format!("{head}actions: []\n")))),
        (
            "actions is an object",
            message(parse(&format!("{head}actions: {{}}\n"))),
        ),
    ];
    insta::assert_snapshot!(listed(&messages));
}

#[test]
fn messages_of_a_bad_action() {
    let messages = [
        ("not an object", message(with("- $.a"))),
        ("no target", message(with("- { remove: true }"))),
        ("target is a number", message(with("- { target: 1, remove: true }"))),
        ("bad JSONPath", message(with("- { target: '$.a[', remove: true }"))),
        (
            "unknown key, second",
            message(with("- { target: $, update: {} }\n- { target: $.a, updat: {} }")),
        ),
        ("nothing to do", message(with("- { target: $.a }"))),
        (
            "nothing to do either",
            message(with("- { target: $.a, remove: false }")),
        ),
        (
            "two things to do",
            message(with("- { target: $.a, update: {}, remove: true }")),
        ),
        ("remove is a string", message(with("- { target: $.a, remove: 'true' }"))),
        (
            "description is a list",
            message(with("- { target: $.a, remove: true, description: [] }")),
        ),
    ];
    insta::assert_snapshot!(listed(&messages));
}

#[test]
fn messages_of_an_action_that_does_not_apply() {
    let document = json!({ "info": { "title": "Rhombus" }, "tags": ["a"], "null": null, "strict": { "extra": false } });
    let message = |actions: &str| {
        let misfits = with(actions).unwrap().apply(&mut document.clone());
        let lines: Vec<_> = misfits.iter().map(ToString::to_string).collect();
        assert!(!lines.is_empty(), "it fits: {actions}");
        lines.join("\n  ")
    };
    let messages = [
        (
            "no match",
            message("- { target: $.info, update: {} }\n- { target: $.inof, update: {} }"),
        ),
        ("update of a scalar", message("- { target: $.info.title, update: x }")),
        (
            "removal of a scalar",
            message("- { target: $.info.title, remove: true }"),
        ),
        ("scalar among others", message("- { target: '$.*', update: {} }")),
        ("removal of the root", message("- { target: $, remove: true }")),
        ("array into object", message("- { target: $.info, update: [1] }")),
        ("scalar into object", message("- { target: $.info, update: x }")),
        (
            "object over scalar",
            message("- { target: $.strict, update: { extra: {} } }"),
        ),
        ("object over array", message("- { target: $, update: { tags: {} } }")),
    ];
    insta::assert_snapshot!(listed(&messages));
}

fn listed(messages: &[(&str, String)]) -> String {
    let lines = messages.iter().map(|(name, message)| format!("{name}:\n  {message}\n"));
    lines.collect()
}

/// JSON with few names, so that paths meet something.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i8>().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[abc]", inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn action() -> impl Strategy<Value = Value> {
    let target = prop_oneof![
        Just("$".to_owned()),
        Just("$.*".to_owned()),
        Just("$..*".to_owned()),
        Just("$..[?@.a]".to_owned()),
        Just("$..[0, -1, 0]".to_owned()),
        "\\$(\\.[abc]|\\.\\.[abc]|\\[[0-3]\\]){1,3}",
    ];
    (target, prop::option::of(value())).prop_map(|(target, update)| match update {
        Some(update) => json!({ "target": target, "update": update }),
        None => json!({ "target": target, "remove": true }),
    })
}

proptest! {
    /// Applying never panics, and returns the same each time.
    #[test]
    fn applying_is_a_function(document in value(), actions in prop::collection::vec(action(), 1..4)) {
        let text = json!({ "overlay": "1.0.0", "info": { "title": "t", "version": "v" }, "actions": actions });
        let overlay = Overlay::parse(Path::new("o.json"), &text.to_string()).unwrap();
        let (mut once, mut again) = (document.clone(), document.clone());
        prop_assert_eq!(overlay.apply(&mut once), overlay.apply(&mut again));
        prop_assert_eq!(&once, &again);
    }

    /// What is removed is gone, and nothing else is.
    #[test]
    fn a_removed_key_is_gone(mut document in value()) {
        let overlay = with("- { target: '$..[?@.a]', remove: true }").unwrap();
        if overlay.apply(&mut document).is_empty() {
            let misfits = overlay.apply(&mut document);
            prop_assert_eq!(misfits.len(), 1);
            prop_assert_eq!(misfits[0].message.as_str(), "the target matches nothing");
        }
    }

    /// Whatever the text, reading it gives an overlay or an error.
    #[test]
    fn reading_never_panics(text in "(overlay|info|actions|target|: |\\[|\\]|\\{|\\}|- |\n|1\\.0\\.0|&a|\\*a|!!str|'|\"){0,24}") {
        let _ = parse(&text);
    }
}
