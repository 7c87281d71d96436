//! Settings files, held against the loader and against the JSON Schemas: both accept or both refuse, or the row says why a schema
//! cannot say it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends there")]

use jsonschema::Validator;
use proptest::prelude::*;
use rhombus_kisi::file::{
    Format, SCHEMA, SETTINGS_SCHEMA, SETTINGS_V2_SCHEMA, SettingsFile, parse_settings, parse_settings_v2,
};
use rhombus_kisi_tests::cases;
use serde_json::Value;

/// Which kind of file a row is.
#[derive(Clone, Copy, Debug)]
enum Of {
    File,
    Settings,
    /// Of the second version of the API.
    Second,
}
use Of::{File, Second, Settings};

/// What becomes of a row.
#[derive(Clone, Copy, Debug)]
enum Is {
    /// Loader and schema accept it.
    Right,
    /// Both refuse it, the loader with this in its message.
    Wrong(&'static str),
    /// The loader refuses it with this in its message; why a schema cannot.
    WrongToLoader(
        &'static str,
        #[allow(dead_code, reason = "for those who read the table, and its failures")] &'static str,
    ),
    /// The loader accepts it, the schema cannot be asked: why.
    RightToLoader(#[allow(dead_code, reason = "for those who read the table, and its failures")] &'static str),
}
use Is::{Right, RightToLoader, Wrong, WrongToLoader};

const ID: &str = "AAAAAAAAAAAAAAAAAAAAAQ";
const WHOLE: &str = "expected a whole number from -2147483648 to 2147483647";
const KISI_ID: &str = "expected the id of a door or a place";
const ONE_ID: &str = "an id has one spelling: write `42`";
const UUID: &str = "a Rhombus id";
const ONLY_NUMBERS: &str = "JSON has no such number";
const OTHER_PLACE: &str = "a schema does not compare values of different properties";
const YAML_ONLY: &str = "in JSON it is a usual value";
const YAML_1_1: &str = "the reader that makes JSON of it knows YAML 1.1's words, too";
const TWICE: &str = "JSON readers drop the first of two keys";

/// JSON, which is YAML as well: each row is tried as both.
const JSON: &[(Of, &str, Is)] = &[
    (Second, "{}", Right),
    (Second, r#"{"integration": "KISI", "enabled": true}"#, Right),
    (
        Second,
        r#"{"placeToSettingsMap": {"7": {"saveClips": null, "doorInfoMap": {"42": {"clipDuration": 20}}}}}"#,
        Right,
    ),
    (Second, r#"{"apiSecretKey": "****abcd"}"#, Wrong("mask")),
    (Second, r#"{"doorInfoMap": {}}"#, Wrong("unknown key")),
    (Second, r#"{"placeToSettingsMap": {"HQ": {}}}"#, Wrong(KISI_ID)),
    (Second, r#"{"enabled": "yes"}"#, Wrong("expected `true` or `false`")),
    (Settings, "{}", Right),
    (File, "{}", Right),
    (Settings, r#"{"$schema": "s"}"#, Right),
    (File, r#"{"$schema": "s"}"#, Right),
    (Settings, r#"{"$schema": null}"#, Wrong("`$schema`: expected text")),
    (File, r#"{"$schema": 1}"#, Wrong("`$schema`: expected text")),
    (Settings, "null", Wrong("expected a table of settings")),
    (Settings, "[]", Wrong("expected a table of settings")),
    (Settings, "7", Wrong("expected a table of settings")),
    (Settings, r#""text""#, Wrong("expected a table of settings")),
    (File, "null", Wrong("expected a table of settings")),
    (File, "[]", Wrong("expected a table of settings")),
    (Settings, r#"{"enabled": true}"#, Right),
    (Settings, r#"{"enabled": null}"#, Right),
    (
        Settings,
        r#"{"enabled": "true"}"#,
        Wrong("`enabled`: expected `true` or `false`"),
    ),
    (
        Settings,
        r#"{"enabled": 1}"#,
        Wrong("`enabled`: expected `true` or `false`"),
    ),
    (
        Settings,
        r#"{"enabled": []}"#,
        Wrong("`enabled`: expected `true` or `false`"),
    ),
    (
        Settings,
        r#"{"enabled": {}}"#,
        Wrong("`enabled`: expected `true` or `false`"),
    ),
    (
        Settings,
        r#"{"enabld": true}"#,
        Wrong("unknown key `enabld`; did you mean `enabled`?"),
    ),
    (
        Settings,
        r#"{"zzzzzzzzzzzz": true}"#,
        Wrong("unknown key; known here are"),
    ),
    (Settings, r#"{"settings": {}}"#, Wrong("unknown key")),
    (File, r#"{"enabled": true}"#, Wrong("unknown key")),
    (
        Settings,
        r#"{"enabled": true, "enabled": true}"#,
        WrongToLoader("the same key is in line 1 already", TWICE),
    ),
    (Settings, r#"{"webhookId": 7}"#, Right),
    (Settings, r#"{"webhookId": 7.0}"#, Right),
    (Settings, r#"{"webhookId": 7e0}"#, Right),
    (Settings, r#"{"webhookId": 70e-1}"#, Right),
    (Settings, r#"{"webhookId": -0}"#, Right),
    (Settings, r#"{"webhookId": -0.0}"#, Right),
    (Settings, r#"{"webhookId": 7.5}"#, Wrong(WHOLE)),
    (Settings, r#"{"webhookId": 2147483647}"#, Right),
    (Settings, r#"{"webhookId": -2147483648}"#, Right),
    (Settings, r#"{"webhookId": 2147483648}"#, Wrong(WHOLE)),
    (Settings, r#"{"webhookId": -2147483649}"#, Wrong(WHOLE)),
    (Settings, r#"{"webhookId": 1e300}"#, Wrong(WHOLE)),
    (
        Settings,
        r#"{"webhookId": 1e400}"#,
        WrongToLoader("the number is too large", ONLY_NUMBERS),
    ),
    (
        Settings,
        r#"{"webhookId": -1e400}"#,
        WrongToLoader("the number is too large", ONLY_NUMBERS),
    ),
    (
        Settings,
        r#"{"webhookId": 123456789012345678901234567890}"#,
        Wrong(WHOLE),
    ),
    (Settings, r#"{"webhookId": "7"}"#, Wrong(WHOLE)),
    (Settings, r#"{"webhookId": true}"#, Wrong(WHOLE)),
    (Settings, r#"{"enabledTimestampMs": 9223372036854775807}"#, Right),
    (Settings, r#"{"enabledTimestampMs": -9223372036854775808}"#, Right),
    (
        Settings,
        r#"{"enabledTimestampMs": 9223372036854775808}"#,
        Wrong("expected a whole number from -9223372036854775808 to"),
    ),
    (
        Settings,
        r#"{"enabledTimestampMs": 1.5}"#,
        Wrong("`enabledTimestampMs`: expected a whole number"),
    ),
    (Settings, r#"{"enablingUser": "Ann"}"#, Right),
    (Settings, r#"{"enablingUser": ""}"#, Right),
    (
        Settings,
        r#"{"enablingUser": 7}"#,
        Wrong("`enablingUser`: expected text"),
    ),
    (
        Settings,
        r#"{"enablingUser": false}"#,
        Wrong("`enablingUser`: expected text"),
    ),
    (Settings, r#"{"enablingUserUuid": "AAAAAAAAAAAAAAAAAAAAAQ"}"#, Right),
    (Settings, r#"{"enablingUserUuid": null}"#, Right),
    (
        Settings,
        r#"{"enablingUserUuid": "AAAAAAAAAAAAAAAAAAAAAB"}"#,
        Wrong("a Rhombus id ends in A, Q, g or w"),
    ),
    (
        Settings,
        r#"{"enablingUserUuid": "AAAAAAAAAAAAAAAAAAAAAQ.v0"}"#,
        Wrong(UUID),
    ),
    (
        Settings,
        r#"{"enablingUserUuid": "AAAAAAAAAAAAAAAAAAAA/Q"}"#,
        Wrong(UUID),
    ),
    (
        Settings,
        r#"{"enablingUserUuid": "AAAAAAAAAAAAAAAAAAAAAQ\n"}"#,
        Wrong(UUID),
    ),
    (Settings, r#"{"enablingUserUuid": ""}"#, Wrong(UUID)),
    (Settings, r#"{"enablingUserUuid": 7}"#, Wrong(UUID)),
    (Settings, r#"{"apiSecretKey": "0123456789abcdef"}"#, Right),
    (Settings, r#"{"apiSecretKey": null}"#, Right),
    (
        Settings,
        r#"{"apiSecretKey": ""}"#,
        Wrong("`apiSecretKey`: the secret is empty"),
    ),
    (Settings, r#"{"apiSecretKey": "hunter2 "}"#, Wrong("not visible ASCII")),
    (Settings, r#"{"apiSecretKey": "hunter2\n"}"#, Wrong("not visible ASCII")),
    (
        Settings,
        r#"{"apiSecretKey": "h\u00fcnter2"}"#,
        Wrong("not visible ASCII"),
    ),
    (Settings, r#"{"apiSecretKey": "'hunter2'"}"#, Wrong("quotes of its own")),
    (Settings, r#"{"apiSecretKey": "\"hunter2"}"#, Wrong("quotes of its own")),
    (Settings, r#"{"apiSecretKey": "hunter2`"}"#, Wrong("quotes of its own")),
    (Settings, r#"{"apiSecretKey": "****abcd"}"#, Wrong("this is a mask")),
    (Settings, r#"{"apiSecretKey": "abcd****"}"#, Wrong("this is a mask")),
    (Settings, r#"{"apiSecretKey": "***"}"#, Wrong("this is a mask")),
    (Settings, r#"{"apiSecretKey": "xxx"}"#, Wrong("this is a mask")),
    (Settings, r#"{"apiSecretKey": "XXXXXXXX1234"}"#, Wrong("this is a mask")),
    (Settings, r#"{"apiSecretKey": "...."}"#, Wrong("this is a mask")),
    (Settings, r#"{"apiSecretKey": "<Redacted>"}"#, Wrong("this is a mask")),
    (Settings, r#"{"apiSecretKey": "hidden]"}"#, Wrong("this is a mask")),
    (Settings, r#"{"apiSecretKey": "REDACTED"}"#, Wrong("this is a mask")),
    (
        Settings,
        r#"{"apiSecretKey": 123456789}"#,
        Wrong("`apiSecretKey`: expected text"),
    ),
    (Settings, r#"{"apiSecretKey": ["hunter2"]}"#, Wrong("expected text")),
    (
        Settings,
        r#"{"rhombusToken": ""}"#,
        Wrong("`rhombusToken`: the secret is empty"),
    ),
    (
        Settings,
        r#"{"placeToSettingsMap": {"7": {"rhombusToken": "****abcd"}}}"#,
        Wrong("this is a mask"),
    ),
    (Settings, r#"{"defaultOptions": null}"#, Right),
    (Settings, r#"{"defaultOptions": {"saveClips": true}}"#, Right),
    (
        Settings,
        r#"{"defaultOptions": {"saveClips": 1}}"#,
        Wrong("`saveClips`: expected `true` or `false`"),
    ),
    (
        Settings,
        r#"{"defaultOptions": true}"#,
        Wrong("expected a table of settings"),
    ),
    (
        Settings,
        r#"{"defaultOptions": {"$schema": "s"}}"#,
        Wrong("unknown key"),
    ),
    (Settings, r#"{"doorInfoMap": null}"#, Right),
    (
        Settings,
        r#"{"doorInfoMap": []}"#,
        Wrong("expected a table by the ids of doors or places"),
    ),
    (Settings, r#"{"doorInfoMap": {"42": {}}}"#, Right),
    (Settings, r#"{"doorInfoMap": {"42": null}}"#, Right),
    (
        Settings,
        r#"{"doorInfoMap": {"0": {}, "-1": {}, "2147483647": {}, "-2147483648": {}}}"#,
        Right,
    ),
    (Settings, r#"{"doorInfoMap": {"042": {}}}"#, Wrong(ONE_ID)),
    (Settings, r#"{"doorInfoMap": {"+42": {}}}"#, Wrong(ONE_ID)),
    (Settings, r#"{"doorInfoMap": {" 42": {}}}"#, Wrong(ONE_ID)),
    (Settings, r#"{"doorInfoMap": {"42\n": {}}}"#, Wrong(ONE_ID)),
    (Settings, r#"{"doorInfoMap": {"4_2": {}}}"#, Wrong(ONE_ID)),
    (Settings, r#"{"doorInfoMap": {"42.0": {}}}"#, Wrong(ONE_ID)),
    (
        Settings,
        r#"{"doorInfoMap": {"-0": {}}}"#,
        Wrong("an id has one spelling: write `0`"),
    ),
    (Settings, r#"{"doorInfoMap": {"0x2a": {}}}"#, Wrong(KISI_ID)),
    (Settings, r#"{"doorInfoMap": {"": {}}}"#, Wrong(KISI_ID)),
    (Settings, r#"{"doorInfoMap": {"lobby": {}}}"#, Wrong(KISI_ID)),
    (Settings, r#"{"doorInfoMap": {"2147483648": {}}}"#, Wrong(KISI_ID)),
    (Settings, r#"{"doorInfoMap": {"-2147483649": {}}}"#, Wrong(KISI_ID)),
    (
        Settings,
        r#"{"doorInfoMap": {"42": {"doorName": 7}}}"#,
        Wrong("`doorName`: expected text"),
    ),
    (
        Settings,
        r#"{"doorInfoMap": {"42": {"door_name": "x"}}}"#,
        Wrong("did you mean `doorName`?"),
    ),
    (Settings, r#"{"doorInfoMap": {"42": {"clipDuration": 20.0}}}"#, Right),
    (
        Settings,
        r#"{"doorInfoMap": {"42": {"clipDuration": "20"}}}"#,
        Wrong(WHOLE),
    ),
    (
        Settings,
        r#"{"doorInfoMap": {"42": {"assignedCameraList": []}}}"#,
        Right,
    ),
    (
        Settings,
        r#"{"doorInfoMap": {"42": {"assignedCameraList": ["AAAAAAAAAAAAAAAAAAAAAQ", null]}}}"#,
        Right,
    ),
    (
        Settings,
        r#"{"doorInfoMap": {"42": {"assignedCameraList": ["lobby"]}}}"#,
        Wrong(UUID),
    ),
    (
        Settings,
        r#"{"doorInfoMap": {"42": {"assignedCameraList": "AAAAAAAAAAAAAAAAAAAAAQ"}}}"#,
        Wrong("expected a list of Rhombus ids"),
    ),
    (
        Settings,
        r#"{"doorToCameraMap": {"42": ["AAAAAAAAAAAAAAAAAAAAAQ"]}}"#,
        Right,
    ),
    (Settings, r#"{"doorToCameraMap": {"42": null}}"#, Right),
    (Settings, r#"{"doorToCameraMap": {"042": []}}"#, Wrong(ONE_ID)),
    (
        Settings,
        r#"{"doorToCameraMap": {"42": {}}}"#,
        Wrong("expected a list of Rhombus ids"),
    ),
    (
        Settings,
        r#"{"placeToSettingsMap": {"7": {"placeName": "HQ", "doorInfoMap": {"42": {}}}}}"#,
        Right,
    ),
    (
        Settings,
        r#"{"placeToSettingsMap": {"7": {"doorInfoMap": {"042": {}}}}}"#,
        Wrong(ONE_ID),
    ),
    (Settings, r#"{"placeToSettingsMap": {"+42": null}}"#, Wrong(ONE_ID)),
    (
        Settings,
        r#"{"placeToSettingsMap": {"7": {"misconfiguredDoors": [1, 2.0, null]}}}"#,
        Right,
    ),
    (
        Settings,
        r#"{"placeToSettingsMap": {"7": {"misconfiguredDoors": [1, "2"]}}}"#,
        Wrong(WHOLE),
    ),
    (
        Settings,
        r#"{"placeToSettingsMap": {"7": {"misconfiguredDoors": [[1]]}}}"#,
        Wrong(WHOLE),
    ),
    (
        Settings,
        r#"{"placeToSettingsMap": {"7": {"misconfiguredDoors": [{}]}}}"#,
        Wrong(WHOLE),
    ),
    (
        Settings,
        r#"{"placeToSettingsMap": {"7": {"misconfiguredDoors": 1}}}"#,
        Wrong("expected a list"),
    ),
    (File, r#"{"settings": {"enabled": true}}"#, Right),
    (File, r#"{"settings": {}}"#, Right),
    (
        File,
        r#"{"settings": null}"#,
        Wrong("`settings`: expected a table of settings"),
    ),
    (File, r#"{"settings": []}"#, Wrong("expected a table of settings")),
    (
        File,
        r#"{"settings": {"enabled": 1}}"#,
        Wrong("`enabled`: expected `true` or `false`"),
    ),
    (File, r#"{"clear": []}"#, Right),
    (
        File,
        r#"{"clear": null}"#,
        Wrong("`clear`: expected a list of dotted paths"),
    ),
    (
        File,
        r#"{"clear": "enablingUser"}"#,
        Wrong("`clear`: expected a list of dotted paths"),
    ),
    (File, r#"{"clear": [null]}"#, Wrong("expected the dotted path")),
    (File, r#"{"clear": [7]}"#, Wrong("expected the dotted path")),
    (File, r#"{"clear": ["enablingUser", "apiSecretKey"]}"#, Right),
    (
        File,
        r#"{"clear": ["enablingUsr"]}"#,
        Wrong("did you mean `enablingUser`?"),
    ),
    (File, r#"{"clear": [""]}"#, Wrong("unknown key")),
    (File, r#"{"clear": ["$schema"]}"#, Wrong("unknown key")),
    (File, r#"{"clear": ["enablingUser\n"]}"#, Wrong("unknown key")),
    (File, r#"{"clear": ["enabled.x"]}"#, Wrong("nothing inside")),
    (File, r#"{"clear": ["enabled."]}"#, Wrong("nothing inside")),
    (File, r#"{"clear": ["doorInfoMap", "defaultOptions"]}"#, Right),
    (
        File,
        r#"{"clear": ["doorInfoMap.42", "doorInfoMap.-1.doorName", "defaultOptions.saveClips"]}"#,
        Right,
    ),
    (
        File,
        r#"{"clear": ["placeToSettingsMap.7.doorInfoMap.42.clipDuration", "doorToCameraMap.42"]}"#,
        Right,
    ),
    (File, r#"{"clear": ["doorInfoMap.042"]}"#, Wrong(ONE_ID)),
    (File, r#"{"clear": ["doorInfoMap.+42"]}"#, Wrong(ONE_ID)),
    (
        File,
        r#"{"clear": ["placeToSettingsMap.7.doorInfoMap.042.doorName"]}"#,
        Wrong(ONE_ID),
    ),
    (File, r#"{"clear": ["doorInfoMap.2147483648"]}"#, Wrong(KISI_ID)),
    (File, r#"{"clear": ["doorInfoMap.lobby"]}"#, Wrong(KISI_ID)),
    (
        File,
        r#"{"clear": ["doorInfoMap.42.assignedCameraList.0"]}"#,
        Wrong("nothing inside"),
    ),
    (File, r#"{"clear": ["doorToCameraMap.42.0"]}"#, Wrong("nothing inside")),
    (
        File,
        r#"{"clear": ["enablingUser", "enablingUser"]}"#,
        Wrong("the same path is in line 1 already"),
    ),
    (
        File,
        r#"{"clear": ["doorInfoMap", "doorInfoMap.42"]}"#,
        WrongToLoader("includes this already", OTHER_PLACE),
    ),
    (
        File,
        r#"{"clear": ["enablingUser"], "settings": {"enablingUser": "Ann"}}"#,
        WrongToLoader("line 1 sets what this clears", OTHER_PLACE),
    ),
    (
        File,
        r#"{"clear": ["doorInfoMap"], "settings": {"doorInfoMap": {"42": {}}}}"#,
        WrongToLoader("line 1 sets what this clears", OTHER_PLACE),
    ),
    (
        File,
        r#"{"clear": ["doorInfoMap.42.doorName"], "settings": {"doorInfoMap": null}}"#,
        WrongToLoader("line 1 sets what this clears", OTHER_PLACE),
    ),
    (
        File,
        r#"{"clear": ["enablingUser"], "settings": {"enablingUser": null}}"#,
        Right,
    ),
    (
        File,
        r#"{"clear": ["doorInfoMap.42.doorName"], "settings": {"doorInfoMap": {"42": {"clipDuration": 1}}}}"#,
        Right,
    ),
    (
        File,
        r#"{"organizations": null}"#,
        Wrong("`organizations`: expected a list"),
    ),
    (File, r#"{"organizations": []}"#, Wrong("names no organisation")),
    (File, r#"{"organizations": {}}"#, Wrong("expected a list")),
    (
        File,
        r#"{"organizations": [null]}"#,
        Wrong("expected a table of settings"),
    ),
    (File, r#"{"organizations": [{}]}"#, Wrong("`id` is missing here")),
    (
        File,
        r#"{"organizations": [{"name": "Acme"}]}"#,
        Wrong("`id` is missing here"),
    ),
    (
        File,
        r#"{"organizations": [{"id": null}]}"#,
        Wrong("`id`: expected a Rhombus id"),
    ),
    (
        File,
        r#"{"organizations": [{"id": 7}]}"#,
        Wrong("`id`: expected a Rhombus id"),
    ),
    (
        File,
        r#"{"organizations": [{"id": "AAAAAAAAAAAAAAAAAAAAAB"}]}"#,
        Wrong("`id`: a Rhombus id ends in"),
    ),
    (File, r#"{"organizations": [{"id": "AAAAAAAAAAAAAAAAAAAAAQ"}]}"#, Right),
    (
        File,
        r#"{"organizations": [{"id": "AAAAAAAAAAAAAAAAAAAAAQ", "name": null}]}"#,
        Wrong("`name`: expected text"),
    ),
    (
        File,
        r#"{"organizations": [{"id": "AAAAAAAAAAAAAAAAAAAAAQ", "name": 7}]}"#,
        Wrong("`name`: expected text"),
    ),
    (
        File,
        r#"{"organizations": [{"id": "AAAAAAAAAAAAAAAAAAAAAQ", "settings": null}]}"#,
        Wrong("`settings`: expected a table"),
    ),
    (
        File,
        r#"{"organizations": [{"id": "AAAAAAAAAAAAAAAAAAAAAQ", "clear": null}]}"#,
        Wrong("`clear`: expected a list"),
    ),
    (
        File,
        r#"{"organizations": [{"id": "AAAAAAAAAAAAAAAAAAAAAQ", "clear": ["doorInfoMap.042"]}]}"#,
        Wrong(ONE_ID),
    ),
    (
        File,
        r#"{"organizations": [{"id": "AAAAAAAAAAAAAAAAAAAAAQ", "organizations": []}]}"#,
        Wrong("unknown key"),
    ),
    (
        File,
        r#"{"organizations": [{"id": "AAAAAAAAAAAAAAAAAAAAAQ", "$schema": "s"}]}"#,
        Wrong("unknown key"),
    ),
    (
        File,
        r#"{"organizations": [{"id": "AAAAAAAAAAAAAAAAAAAAAQ", "name": "A"}, {"id": "AAAAAAAAAAAAAAAAAAAAAQ"}]}"#,
        WrongToLoader("the same organisation is in line 1 already", OTHER_PLACE),
    ),
    (
        File,
        r#"{"organizations": [{"id": "AAAAAAAAAAAAAAAAAAAAAQ"}, {"id": "AAAAAAAAAAAAAAAAAAAAAg"}]}"#,
        Right,
    ),
];

/// What is JSON's own.
const JSON_ALONE: &[(Of, &str, Is)] = &[
    (Settings, "\u{feff}{\"enabled\": true}", Right),
    (
        Settings,
        "",
        RightToLoader("no JSON, and nothing is wanted, as in TOML"),
    ),
    (File, " \n", RightToLoader("no JSON, and nothing is wanted, as in TOML")),
    (
        Settings,
        "\u{feff}",
        RightToLoader("no JSON, and nothing is wanted, as in TOML"),
    ),
    (Settings, "// note\n{}", Wrong("comments are not JSON")),
    (
        Settings,
        "{\"webhookId\": 020}",
        Wrong("this is not JSON: invalid number"),
    ),
    (Settings, "{\"webhookId\": NaN}", Wrong("this is not JSON")),
    (
        Settings,
        "{\"enabled\": true,}",
        Wrong("this is not JSON: key must be a string"),
    ),
    (Settings, "{} {}", Wrong("this is not JSON: trailing characters")),
    (Settings, "{\"\\ud800\": 1}", Wrong("this is not JSON: invalid text")),
];

const TOML: &[(Of, &str, Is)] = &[
    (Settings, "", Right),
    (Settings, "\u{feff}enabled = true", Right),
    (File, "# all of it is commented out\n", Right),
    (Settings, "enabled = true\r\nsaveClips = false\r\n", Right),
    (
        Settings,
        "webhookId = inf",
        WrongToLoader("infinity and NaN", ONLY_NUMBERS),
    ),
    (
        Settings,
        "enabled = -inf",
        WrongToLoader("infinity and NaN", ONLY_NUMBERS),
    ),
    (
        Settings,
        "apiSecretKey = nan",
        WrongToLoader("infinity and NaN", ONLY_NUMBERS),
    ),
    (
        Settings,
        "apiSecretKey = +nan",
        WrongToLoader("infinity and NaN", ONLY_NUMBERS),
    ),
    (
        Settings,
        "[doorInfoMap.42]\nclipDuration = inf",
        WrongToLoader("infinity and NaN", ONLY_NUMBERS),
    ),
    (
        Settings,
        "[placeToSettingsMap.7]\nmisconfiguredDoors = [1, nan]",
        WrongToLoader("infinity and NaN", ONLY_NUMBERS),
    ),
    (
        Settings,
        "webhookId = 1e400",
        WrongToLoader("the number is too large", ONLY_NUMBERS),
    ),
    (Settings, "webhookId = 7.0", Right),
    (Settings, "webhookId = +7", Right),
    (Settings, "webhookId = -0", Right),
    (Settings, "webhookId = 1_000", Right),
    (Settings, "webhookId = 0x2a", Right),
    (Settings, "webhookId = 0o17", Right),
    (Settings, "webhookId = 0b11", Right),
    (Settings, "webhookId = 0x80000000", Wrong(WHOLE)),
    (Settings, "webhookId = 9223372036854775807", Wrong(WHOLE)),
    (Settings, "webhookId = 99999999999999999999", Wrong(WHOLE)),
    (Settings, "webhookId = 020", Wrong("this is not TOML")),
    (
        Settings,
        "enablingUser = 2024-01-01",
        WrongToLoader("`enablingUser`: a date is not a setting", "JSON has no dates"),
    ),
    (Settings, "enablingUserUuid = 2024-01-01T00:00:00Z", Wrong(UUID)),
    (Settings, "doorInfoMap.042.doorName = 'x'", Wrong(ONE_ID)),
    (Settings, "[doorInfoMap.\"+42\"]", Wrong(ONE_ID)),
    (Settings, "[doorInfoMap.\" 42\"]", Wrong(ONE_ID)),
    (Settings, "[doorInfoMap.4_2]", Wrong(ONE_ID)),
    (Settings, "[doorInfoMap.-0]", Wrong("write `0`")),
    (Settings, "[doorInfoMap.-5]", Right),
    (Settings, "[doorInfoMap.0x2a]", Wrong(KISI_ID)),
    (Settings, "[doorInfoMap.42.0]\ndoorName = 'x'", Wrong("unknown key")),
    (Settings, "[placeToSettingsMap.7.doorInfoMap.007]", Wrong("write `7`")),
    (
        Settings,
        "enabled = true\nenabled = true",
        Wrong("this is not TOML: duplicate key"),
    ),
    (Settings, "enabled = yes", Wrong("this is not TOML")),
    (File, "organizations = []", Wrong("names no organisation")),
    (File, "[[organizations]]", Wrong("`id` is missing here")),
    (File, "[organizations]", Wrong("expected a list")),
    (
        File,
        "settings.saveClips = true\n[[organizations]]\nid = \"AAAAAAAAAAAAAAAAAAAAAQ\"\nclear = [\"enablingUser\"]",
        Right,
    ),
    (
        File,
        "[[organizations]]\nid = \"AAAAAAAAAAAAAAAAAAAAAQ\"\n[[organizations]]\nid = 'AAAAAAAAAAAAAAAAAAAAAQ'",
        WrongToLoader("kisi:4:6: the same organisation is in line 2 already", OTHER_PLACE),
    ),
];

const YAML: &[(Of, &str, Is)] = &[
    (Settings, "", RightToLoader("an empty document is `null` in JSON")),
    (
        Settings,
        "# a comment\n\n",
        RightToLoader("an empty document is `null` in JSON"),
    ),
    (
        File,
        "---\n# a comment\n...\n",
        RightToLoader("an empty document is `null` in JSON"),
    ),
    (Settings, "\u{feff}enabled: true", Right),
    (Settings, "%YAML 1.2\n---\nenabled: true\r\nsaveClips: False", Right),
    (Settings, "~", Wrong("expected a table of settings")),
    (
        Settings,
        "enabled: true\n---\nenabled: false",
        Wrong("kisi:2:1: a second document begins here"),
    ),
    (
        Settings,
        "apiSecretKey: !secret kisi_key",
        WrongToLoader("kisi:1:15: `!` begins a tag", YAML_ONLY),
    ),
    (
        Settings,
        "apiSecretKey: !env KISI_KEY",
        WrongToLoader("`!` begins a tag", YAML_ONLY),
    ),
    (
        Settings,
        "apiSecretKey: ! hunter2",
        WrongToLoader("`!` begins a tag", YAML_ONLY),
    ),
    (
        Settings,
        "apiSecretKey: !hunter2",
        WrongToLoader("`!` begins a tag", YAML_ONLY),
    ),
    (
        Settings,
        "apiSecretKey: !!binary aHVudGVyMg==",
        WrongToLoader("`!` begins a tag", YAML_ONLY),
    ),
    (
        Settings,
        "apiSecretKey: !!str 123456",
        WrongToLoader("`!` begins a tag", YAML_ONLY),
    ),
    (
        Settings,
        "apiSecretKey: !<x> hunter2",
        WrongToLoader("`!` begins a tag", YAML_ONLY),
    ),
    (Settings, "apiSecretKey: !h!x hunter2", Wrong("`!` begins a tag")),
    (
        Settings,
        "defaultOptions: !x\n  saveClips: true",
        WrongToLoader("`!` begins a tag", YAML_ONLY),
    ),
    (
        Settings,
        "doorToCameraMap:\n  42: !x [AAAAAAAAAAAAAAAAAAAAAQ]",
        WrongToLoader("kisi:2:7: `!` begins a tag", YAML_ONLY),
    ),
    (
        Settings,
        "!x enabled: true",
        WrongToLoader("a key has to be plain text", YAML_ONLY),
    ),
    (
        Settings,
        "--- !x\nenabled: true",
        WrongToLoader("`!` begins a tag", YAML_ONLY),
    ),
    (
        Settings,
        "apiSecretKey: &S3cret",
        WrongToLoader("kisi:1:15: `&` begins an anchor", YAML_ONLY),
    ),
    (
        Settings,
        "apiSecretKey: &S3cret rest",
        WrongToLoader("`&` begins an anchor", YAML_ONLY),
    ),
    (
        Settings,
        "apiSecretKey: &S3cret \"\"",
        WrongToLoader("`&` begins an anchor", YAML_ONLY),
    ),
    (
        Settings,
        "enablingUser: &a\nsaveClips: *a",
        WrongToLoader("`&` begins an anchor", YAML_ONLY),
    ),
    (
        Settings,
        "apiSecretKey: *S3cret",
        Wrong("kisi:1:15: `*` begins an alias"),
    ),
    (
        Settings,
        "&a enabled: true",
        WrongToLoader("a key has to be plain text", YAML_ONLY),
    ),
    (
        Settings,
        "doorToCameraMap:\n  1: &two [AAAAAAAAAAAAAAAAAAAAAQ]\n  2: *two",
        Right,
    ),
    (Settings, "doorInfoMap:\n  1: &door { doorName: A }\n  2: *door", Right),
    (Settings, "doorInfoMap: &unused\n  1: { doorName: A }", Right),
    (
        Settings,
        "doorInfoMap: &a\n  1: *a",
        WrongToLoader("this alias is inside of what it refers to", YAML_ONLY),
    ),
    (
        Settings,
        "doorInfoMap:\n  1: &door { doorName: A }\n  2:\n    <<: *door",
        WrongToLoader(
            "YAML's merge keys (`<<`) are not read",
            "the reader that makes JSON of it merges",
        ),
    ),
    (
        Settings,
        "apiSecretKey:",
        WrongToLoader("`apiSecretKey`: nothing is written here", YAML_ONLY),
    ),
    (
        Settings,
        "doorInfoMap:\n  # 42: {}",
        WrongToLoader("nothing is written here", YAML_ONLY),
    ),
    (
        Settings,
        "doorInfoMap:\n  42:",
        WrongToLoader("nothing is written here", YAML_ONLY),
    ),
    (Settings, "doorToCameraMap: { 42: [ , ] }", Wrong("this is not YAML")),
    (
        Settings,
        "doorToCameraMap:\n  42:\n    -",
        WrongToLoader("nothing is written here", YAML_ONLY),
    ),
    (File, "settings:\n  # enabled: true", Wrong("nothing is written here")),
    (
        File,
        "organizations:\n  # - id: AAAAAAAAAAAAAAAAAAAAAQ",
        Wrong("nothing is written here"),
    ),
    (File, "organizations: ~", Wrong("`organizations`: expected a list")),
    (Settings, "apiSecretKey: ~", Right),
    (Settings, "apiSecretKey: Null", Right),
    (
        Settings,
        "enabled: yes",
        WrongToLoader("expected `true` or `false`", YAML_1_1),
    ),
    (
        Settings,
        "enabled: on",
        WrongToLoader("expected `true` or `false`", YAML_1_1),
    ),
    (Settings, "enabled: TRUE", Right),
    (
        Settings,
        "enablingUser: no",
        RightToLoader("YAML 1.2 reads text, the reader that makes JSON of it YAML 1.1's `false`"),
    ),
    (
        Settings,
        "webhookId: .inf",
        WrongToLoader("infinity and NaN", ONLY_NUMBERS),
    ),
    (
        Settings,
        "webhookId: -.INF",
        WrongToLoader("infinity and NaN", ONLY_NUMBERS),
    ),
    (
        Settings,
        "apiSecretKey: .nan",
        WrongToLoader("infinity and NaN", ONLY_NUMBERS),
    ),
    (
        Settings,
        "placeToSettingsMap: { 7: { misconfiguredDoors: [.NaN] } }",
        WrongToLoader("infinity and NaN", ONLY_NUMBERS),
    ),
    (Settings, "webhookId: 0x2a", Right),
    (Settings, "webhookId: 0o17", Right),
    (
        Settings,
        "webhookId: 020",
        WrongToLoader("octal for some readers", YAML_ONLY),
    ),
    (
        Settings,
        "apiSecretKey: 0123456789",
        WrongToLoader("octal for some readers", YAML_ONLY),
    ),
    (Settings, "webhookId: 1_000", WrongToLoader(WHOLE, YAML_1_1)),
    (Settings, "webhookId: +7", Right),
    (Settings, "webhookId: 7.", Right),
    (
        Settings,
        "apiSecretKey: 12345678901234567890123456789012",
        Wrong("`apiSecretKey`: expected text"),
    ),
    (
        Settings,
        "apiSecretKey: 12e34567",
        WrongToLoader("the number is too large", ONLY_NUMBERS),
    ),
    (Settings, "apiSecretKey: {hunter2}", Wrong("expected text")),
    (Settings, "apiSecretKey: @hunter2", Wrong("text that begins with `@`")),
    (Settings, "apiSecretKey: `hunter2", Wrong("text that begins with `@`")),
    (Settings, "apiSecretKey: |\n  hunter2", Wrong("not visible ASCII")),
    (Settings, "enablingUser: 2024-01-01", Right),
    (Settings, "doorInfoMap: { 042: {} }", Wrong(ONE_ID)),
    (Settings, "doorInfoMap: { +42: {} }", Wrong(ONE_ID)),
    (Settings, "doorInfoMap: { 42.0: {} }", Wrong(ONE_ID)),
    (Settings, "doorInfoMap: { 0x2a: {} }", Wrong(KISI_ID)),
    (Settings, "doorInfoMap: { ~: {} }", Wrong(KISI_ID)),
    (
        Settings,
        "doorInfoMap: { [1]: {} }",
        Wrong("a key has to be plain text"),
    ),
    (
        Settings,
        "doorInfoMap:\n  42: {}\n  \"42\": {}",
        WrongToLoader("kisi:3:3: the same key is in line 2 already", TWICE),
    ),
    (Settings, "enabled: true\n\tsaveClips: true", Wrong("this is not YAML")),
    (File, "clear: [doorInfoMap.042]", Wrong(ONE_ID)),
    (
        File,
        "organizations:\n- id: AAAAAAAAAAAAAAAAAAAAAQ\n- id: \"AAAAAAAAAAAAAAAAAAAAAQ\"",
        WrongToLoader("kisi:3:7: the same organisation is in line 2 already", OTHER_PLACE),
    ),
];

struct Schemas {
    file: Validator,
    settings: Validator,
    second: Validator,
}

impl Schemas {
    fn read() -> Self {
        let made = |text: &str| jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap();
        Self {
            file: made(SCHEMA),
            settings: made(SETTINGS_SCHEMA),
            second: made(SETTINGS_V2_SCHEMA),
        }
    }

    /// Whether a schema takes the document; `None` where it is none that could be made JSON of.
    fn take(&self, of: Of, format: Format, text: &str) -> Option<bool> {
        let text = text.trim_start_matches('\u{feff}');
        let document: Value = match format {
            Format::Toml => serde_json::to_value(toml::from_str::<toml::Table>(text).ok()?).ok()?,
            Format::Yaml => serde_saphyr::from_str(text).ok()?,
            _ => serde_json::from_str(text).ok()?,
        };
        let schema = match of {
            File => &self.file,
            Settings => &self.settings,
            Second => &self.second,
        };
        Some(schema.is_valid(&document))
    }
}

/// What the loader says.
fn load(of: Of, format: Format, text: &str) -> Result<(), String> {
    match of {
        File => SettingsFile::parse(text, format, "kisi").map(|_| ()),
        Settings => parse_settings(text, format, "kisi").map(|_| ()),
        Second => parse_settings_v2(text, format, "kisi").map(|_| ()),
    }
    .map_err(|error| error.to_string())
}

fn rows() -> impl Iterator<Item = (Of, Format, &'static str, Is)> {
    let tables = [
        (Format::Json, JSON),
        (Format::Yaml, JSON),
        (Format::Json, JSON_ALONE),
        (Format::Toml, TOML),
        (Format::Yaml, YAML),
    ];
    tables
        .into_iter()
        .flat_map(|(format, table)| table.iter().map(move |(of, text, is)| (*of, format, *text, *is)))
}

#[test]
fn the_loader_and_the_schemas_say_the_same() {
    let schemas = Schemas::read();
    let mut wrong = Vec::new();
    for (of, format, text, is) in rows() {
        let loaded = load(of, format, text);
        let taken = schemas.take(of, format, text);
        let (accepts, fragment) = match is {
            Right => (Some(true), None),
            Wrong(fragment) => (Some(false), Some(fragment)),
            WrongToLoader(fragment, _) => (None, Some(fragment)),
            RightToLoader(_) => (None, None),
        };
        let loader = match (&loaded, fragment) {
            (Ok(()), None) => true,
            (Err(message), Some(fragment)) => message.starts_with("kisi:") && message.contains(fragment),
            _ => false,
        };
        // What cannot be made JSON of is refused before a schema sees it.
        if !loader || accepts.is_some_and(|accepts| accepts != taken.unwrap_or(false)) {
            wrong.push(format!(
                "{format:?} {text:?}\n  should be {is:?}\n  loader: {loaded:?}\n  schema: {taken:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
    assert!(rows().count() >= 100);
}

#[test]
fn the_example_is_right() {
    let text = include_str!("../examples/kisi.toml");
    assert_eq!(load(File, Format::Toml, text), Ok(()));
    assert_eq!(Schemas::read().take(File, Format::Toml, text), Some(true));
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_the_file() {
    let yaml = "settings:\n  enabld: true\n  webhookId: x\n  apiSecretKey: !secret a\norganizations:\n- name: Acme\n  settings:\n    saveClips: 1\n";
    // Tags are faults of the text, and go before those of its content.
    assert_eq!(load(File, Format::Yaml, yaml).unwrap_err().lines().count(), 1);
    let yaml = yaml.replace("!secret ", "");
    insta::assert_snapshot!(load(File, Format::Yaml, &yaml).unwrap_err(), @r"
    kisi:2:3: unknown key `enabld`; did you mean `enabled`?
    kisi:3:14: `webhookId`: expected a whole number from -2147483648 to 2147483647
    kisi:6:3: `id` is missing here
    kisi:8:16: `saveClips`: expected `true` or `false`
    ");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(64)))]

    /// Wherever a secret is, as a key or a value, with or without what makes it one, no message has it.
    #[test]
    fn no_message_quotes_a_secret(
        before in "[-!&*|>%@`'\"{}\\[\\]=:#, \n]{0,3}",
        after in "[-!&*|>%@`'\"{}\\[\\]=:#, \n]{0,3}",
        at in any::<prop::sample::Index>(),
        row in any::<prop::sample::Index>(),
    ) {
        let rows: Vec<_> = rows().collect();
        let (of, format, text, _) = rows[row.index(rows.len())];
        // At any place of a real file, between two characters or in place of a word.
        let places: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let at = places[at.index(places.len())];
        let secret = "S3cr3tK1s1Key0123456789";
        let (left, right) = text.split_at(at);
        for right in [right, right.trim_start_matches(|character: char| character.is_alphanumeric())] {
            let text = format!("{left}{before}{secret}{after}{right}");
            if let Err(message) = load(of, format, &text) {
                prop_assert!(!message.contains("S3cr3tK1s1") && !message.to_lowercase().contains("s3cr3t"), "{text}\n{message}");
            }
        }
    }
}

#[test]
fn ids_of_the_table_are_ids() {
    assert!(ID.parse::<rhombus_kisi::RhombusUuid>().is_ok());
}
