//! Unknown properties, as a user of the crate sees them.
#![allow(clippy::unwrap_used)] // In tests, a broken set-up is a failed test.

use rhombus_kisi_runtime::{Extra, Masker};
use serde_json::json;

#[test]
fn a_property_that_is_set_again_is_returned() {
    let mut extra = Extra::default();
    assert!(extra.insert_value("a", json!(1)).is_none());
    assert_eq!(extra.insert_value("a", json!([2])).unwrap().get(), "1");
    let raw = |text: &str| serde_json::value::RawValue::from_string(text.to_owned()).unwrap();
    assert_eq!(extra.insert("a", raw("3.00")).unwrap().get(), "[2]");
    assert!(extra.insert("b", raw("4")).is_none());
    assert_eq!(serde_json::to_string(&extra).unwrap(), r#"{"a":3.00,"b":4}"#);
    assert_eq!(extra.remove("a").unwrap().get(), "3.00");
    assert_eq!(extra.remove("b").unwrap().get(), "4");
    assert!(extra.is_empty());
}

/// Values come from other formats too, which have no JSON text.
#[test]
fn any_value_of_any_format_is_kept() {
    for value in [
        json!(true),
        json!(-3),
        json!(u64::MAX),
        json!(1.5),
        json!("te\"xt"),
        json!(null),
        json!([1, [2, null], {}]),
        json!({"a": {"b": [false]}, "": -1}),
    ] {
        let extra: Extra = serde_json::from_value(json!({ "x": value, "y": 1 })).unwrap();
        assert_eq!(extra.value("x"), Some(value));
        assert_eq!(extra.value("y"), Some(json!(1)));
    }
}

#[test]
fn a_property_that_is_twice_there_is_the_last_one() {
    for count in [1, 2, 7, 40, 300] {
        let member = |number: usize| format!(r#""name{number}":{number}"#);
        let mut members: Vec<String> = (0..count).map(member).collect();
        let once: Extra = serde_json::from_str(&format!("{{{}}}", members.join(","))).unwrap();
        assert_eq!(once.len(), count);
        members.insert(0, format!(r#""name{}":"earlier""#, count - 1));
        let twice: Extra = serde_json::from_str(&format!("{{{}}}", members.join(","))).unwrap();
        assert_eq!((twice.len(), &twice), (count, &once));
    }
}

#[test]
fn debug_shows_names_and_no_value() {
    let extra: Extra = serde_json::from_value(json!({ "floor": "a value", "b": 1 })).unwrap();
    let shown = format!("{extra:?}");
    assert!(
        shown.contains("floor") && shown.contains('b') && !shown.contains("a value"),
        "{shown}"
    );
    assert!(format!("{:?}", Masker::new(["topsecret"])).starts_with("Masker"));
}
