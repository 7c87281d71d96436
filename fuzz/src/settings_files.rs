//! Settings files in each format.

use rhombus_kisi::file::{Format, SettingsFile, parse_settings};

use super::{SECRET, no_secret};

/// The first byte picks the format, the rest is the file; it is read as it is, and once more behind a line with a secret.
pub fn settings_files(data: &[u8]) {
    let Some((which, text)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let (format, secret) = match which % 3 {
        0 => (Format::Toml, format!("apiSecretKey = \"{SECRET}\"\n{text}")),
        1 => (Format::Json, format!("{{\"apiSecretKey\": \"{SECRET}\",\n{text}")),
        _ => (Format::Yaml, format!("apiSecretKey: {SECRET}\n{text}")),
    };
    if let Ok(settings) = parse_settings(text, format, "fuzz") {
        let written = serde_json::to_string(&settings).expect("it can be written");
        let again = parse_settings(&written, Format::Json, "again");
        assert_eq!(again.expect("what was written can be read"), settings);
    }
    if let Ok(file) = SettingsFile::parse(text, format, "fuzz") {
        let _ = format!("{file:?}");
    }
    match parse_settings(&secret, format, "fuzz") {
        Ok(settings) => no_secret(&format!("{settings:?}")),
        Err(error) => no_secret(&format!("{error} {error:#} {error:?}")),
    }
    let under = match format {
        Format::Toml => format!("[settings]\n{secret}"),
        Format::Json => format!("{{\"settings\": {secret}"),
        _ => format!("settings:\n  {}", secret.replace('\n', "\n  ")),
    };
    match SettingsFile::parse(&under, format, "fuzz") {
        Ok(file) => no_secret(&format!("{file:?}")),
        Err(error) => no_secret(&format!("{error} {error:#} {error:?}")),
    }
}
