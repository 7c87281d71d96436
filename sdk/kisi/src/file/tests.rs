use super::{Format, SettingsFile, parse_settings};
use crate::types::KisiSettings;

fn message(format: Format, text: &str) -> String {
    parse_settings(text, format, "f").unwrap_err().to_string()
}

#[test]
fn the_three_formats_say_the_same() {
    let json = r#"{"$schema":"s","enabled":true,"doorInfoMap":{"42":{"doorName":"Lobby","clipDuration":20}}}"#;
    let toml = "enabled = true\n[doorInfoMap.42]\ndoorName = \"Lobby\"\nclipDuration = 20";
    let yaml = "enabled: true\ndoorInfoMap:\n  42:\n    doorName: Lobby\n    clipDuration: 20\n";
    let expected: KisiSettings =
        serde_json::from_str(r#"{"enabled":true,"doorInfoMap":{"42":{"doorName":"Lobby","clipDuration":20}}}"#)
            .unwrap();
    for (format, text) in [(Format::Json, json), (Format::Toml, toml), (Format::Yaml, yaml)] {
        assert_eq!(parse_settings(text, format, "f").unwrap(), expected, "{format:?}");
    }
}

#[test]
fn an_unknown_key_has_its_line_and_the_nearest_key() {
    let expected = "unknown key `door_nam`; did you mean `doorName`?";
    let toml = message(Format::Toml, "enabled = true\n\n[doorInfoMap.42]\ndoor_nam = \"x\"");
    assert_eq!(toml, format!("f:4:1: {expected}"));
    let yaml = message(Format::Yaml, "enabled: true\ndoorInfoMap:\n  42:\n    door_nam: x\n");
    assert!(yaml.starts_with("f:4:5: ") && yaml.contains(expected), "{yaml}");
    let json = message(Format::Json, "{\n\"doorInfoMap\": {\n\"42\": {\n\"door_nam\": 1}}}");
    assert!(json.starts_with("f:4:") && json.ends_with(expected), "{json}");
}

#[test]
fn a_key_that_is_like_no_other_gets_the_list() {
    let message = message(Format::Toml, "[defaultOptions]\nzzz = 1");
    assert!(message.contains("known here are alertUnauthorizedFaces, "), "{message}");
}

#[test]
fn a_wrong_value_has_its_line_and_is_not_quoted() {
    for (format, text, line) in [
        (
            Format::Toml,
            "enabled = true\n[doorInfoMap.42]\nclipDuration = \"topsecret\"",
            3,
        ),
        (
            Format::Yaml,
            "enabled: true\ndoorInfoMap:\n  42:\n    clipDuration: topsecret\n",
            4,
        ),
        (
            Format::Json,
            "{\"doorInfoMap\": {\"42\":\n{\"clipDuration\": \"topsecret\"}}}",
            2,
        ),
    ] {
        let message = message(format, text);
        assert!(message.starts_with(&format!("f:{line}:")), "{message}");
        assert!(
            message.contains("`clipDuration`: expected a whole number from -2147483648 to 2147483647"),
            "{message}"
        );
        assert!(!message.contains("topsecret"), "{message}");
    }
}

#[test]
fn a_secret_that_is_no_text_is_not_quoted() {
    for (format, text) in [
        (Format::Toml, "apiSecretKey = 123456789"),
        (Format::Yaml, "apiSecretKey: 123456789"),
        (Format::Json, "{\"apiSecretKey\": 123456789}"),
        (Format::Json, "{\"apiSecretKey\": \"123456789}"),
        (Format::Toml, "apiSecretKey = \"123456789"),
        (Format::Yaml, "apiSecretKey: \"123456789"),
        (Format::Toml, "apiSecretKey = 123456789abc"),
        (Format::Toml, "enabled = \"123456789\""),
        (Format::Yaml, "defaultOptions: 123456789"),
        (Format::Json, "[123456789]"),
        (Format::Json, "123456789"),
        (Format::Yaml, "- 123456789"),
    ] {
        let message = message(format, text);
        assert!(!message.contains("123456789"), "{message}");
        assert!(message.starts_with("f:1:"), "{text}: {message}");
    }
}

#[test]
fn a_value_of_another_form_has_its_line() {
    for (format, text) in [
        (Format::Yaml, "enabled: true\ndefaultOptions:\n  - 1\n"),
        (Format::Toml, "enabled = true\ndefaultOptions = [\n1]"),
        (Format::Json, "{\"enabled\": true,\n\"defaultOptions\": [1]}"),
        (Format::Yaml, "enabled: true\nenablingUserUuid: { a: 1 }\n"),
        (Format::Toml, "enabled = true\nenablingUserUuid = 2024-01-01"),
        (Format::Yaml, "enabled: true\nenabled: false\n"),
    ] {
        let message = message(format, text);
        assert!(message.starts_with("f:2:") || message.starts_with("f:3:"), "{message}");
    }
}

#[test]
fn ids_are_checked() {
    let camera = message(Format::Toml, "[doorInfoMap.42]\nassignedCameraList = [\n\"lobby\"]");
    assert!(camera.starts_with("f:3:1: a Rhombus id has 22 characters"), "{camera}");
    let door = message(Format::Toml, "[doorInfoMap.lobby]\ndoorName = \"x\"");
    assert!(
        door.starts_with("f:1:14: expected the id of a door or a place"),
        "{door}"
    );
}

#[test]
fn organizations_lay_their_own_over_the_common() {
    let yaml = "
settings: { enabled: true, doorInfoMap: { 1: { doorName: A, remoteUnlock: true } } }
clear: [enablingUser]
organizations:
  - id: AAAAAAAAAAAAAAAAAAAAAQ
    settings: { doorInfoMap: { 1: { remoteUnlock: null } } }
    clear: [doorInfoMap.1.clipDuration]
";
    let file = SettingsFile::parse(yaml, Format::Yaml, "f").unwrap();
    assert_eq!(
        serde_json::to_value(&file.organizations[0].settings).unwrap(),
        serde_json::json!({
            "enabled": true,
            "enablingUser": null,
            "doorInfoMap": { "1": { "doorName": "A", "remoteUnlock": null, "clipDuration": null } },
        })
    );
}

#[test]
fn what_to_clear_is_checked() {
    let parse = |text| SettingsFile::parse(text, Format::Toml, "f").unwrap_err().to_string();
    assert!(parse("clear = [\"enablingUsr\"]").contains("did you mean `enablingUser`?"));
    assert!(parse("clear = [\"enabled.x\"]").contains("nothing inside"));
    assert!(parse("[[organizations]]\nname = \"x\"").contains("f:1:1: `id` is missing here"));
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::write(path("latin.yaml"), b"enablingUser: caf\xe9").unwrap();
    std::fs::write(path("wide.yaml"), b"\xff\xfee\0").unwrap();
    std::fs::create_dir(path("folder.toml")).unwrap();
    for (name, expected) in [
        ("missing.toml", "the file cannot be read: the file does not exist"),
        ("folder.toml", "directory"),
        ("latin.yaml", "it is not UTF-8 (byte 18)"),
        ("wide.yaml", "it is UTF-16"),
        ("kisi.ini", "the name has no known format"),
    ] {
        let whole = SettingsFile::read(path(name)).unwrap_err().to_string();
        assert!(
            whole.contains(expected) && whole.lines().count() == 1,
            "{name}: {whole}"
        );
        let settings = super::read_settings(path(name)).unwrap_err().to_string();
        assert_eq!(settings, whole);
    }
}

#[test]
fn depth_and_repetition_are_bounded() {
    let deep = 10_000;
    let yaml = format!("doorInfoMap: {}", "[".repeat(deep));
    let block: String = (0..2_000).map(|depth| format!("{}- \n", " ".repeat(depth))).collect();
    let laughs = (1..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, at| {
        let before = at - 1;
        text + &format!("a{at}: &a{at} [*a{before}, *a{before}]\n")
    });
    for (format, text) in [
        (Format::Json, "[".repeat(deep)),
        (Format::Json, format!("{}{}", "[".repeat(deep), "]".repeat(deep))),
        (Format::Json, format!("{}1{}", "{\"a\":".repeat(deep), "}".repeat(deep))),
        (Format::Toml, format!("a = {}{}", "[".repeat(deep), "]".repeat(deep))),
        (Format::Toml, format!("{}a = 1", "a.".repeat(1_000))),
        (Format::Toml, format!("[{}a]", "a.".repeat(1_000))),
        (Format::Yaml, yaml),
        (Format::Yaml, block),
        (Format::Yaml, laughs),
    ] {
        assert!(parse_settings(&text, format, "f").is_err());
    }
}
