//! The settings that all contestants read and write, as JSON.

use std::fmt::Write as _;

/// The door that read-plan-apply changes.
pub const CHANGED_DOOR: i32 = 100_000;

/// What `getKisiIntegration` returns for an organisation with so many doors.
pub fn response(doors: usize, unknown: bool) -> String {
    format!(
        r#"{{"authError":false,"error":false,"errorMsg":null,"failedGuids":[],"kisiSettings":{},"misconfiguredDoors":[],"warningMsg":null}}"#,
        settings(doors, unknown)
    )
}

/// What `updateKisiIntegration` returns.
pub const UPDATED: &str =
    r#"{"authError":false,"error":false,"errorMsg":null,"failedGuids":[],"misconfiguredDoors":[],"warningMsg":null}"#;

/// What `updateKisiIntegration` returns where it has something to add.
pub const WARNED: &str = r#"{"authError":false,"error":false,"errorMsg":null,"failedGuids":[],"misconfiguredDoors":[],"warningMsg":"Some of the doors have no location: their badge events are not shown on the map"}"#;

/// The settings of an organisation with so many doors.
///
/// There is one property that no contestant knows; with `unknown` there is one in every door too.
pub fn settings(doors: usize, unknown: bool) -> String {
    let mut text = String::from(
        r#"{"alertUnauthorizedFaces":false,"apiSecretKey":"0123456789abcdef0123456789abcdef","createSeekPoints":true,"#,
    );
    text.push_str(
        r#""defaultOptions":{"alertUnauthorizedFaces":false,"badgeAuthDisablesAlarmMonitoring":true,"createSeekPoints":true,"defaultOptionsEnabled":true,"identifyFacesFromBadge":true,"saveClips":true},"doorInfoMap":{"#,
    );
    for number in 0..doors {
        let comma = if number == 0 { "" } else { "," };
        let floor = if unknown {
            format!(r#""floor":{},"#, number % 40)
        } else {
            String::new()
        };
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            r#"{comma}"{}":{{"assignedCameraList":["{}","{}"],"clipDuration":20,"doorName":"Door {number}",{floor}"leadingSeconds":5,"locationUuid":"{}","remoteUnlock":false}}"#,
            CHANGED_DOOR as usize + number,
            id(2 * number),
            id(2 * number + 1),
            id(1_000_000 + number / 50),
        );
    }
    text.push_str(
        r#"},"doorsValidated":true,"enabled":true,"enabledTimestampMs":1767225600000,"enablingUser":"Ada","enablingUserUuid":"AAAAAAAAAAAAAAAAAAAAAQ","identifyFacesFromBadge":true,"migrated":false,"rhombusToken":"BBBBBBBBBBBBBBBBBBBBBA","saveClips":true,"webhookId":77}"#,
    );
    text
}

/// A canonical Rhombus id: 22 characters of base 64 that do not look alike.
fn id(number: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    // Knuth's multiplicative hashing, twice, spreads the bits.
    let spread = (number as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    let mut text: String = (0..21)
        .map(|at| char::from(ALPHABET[(spread >> (6 * at)) as usize & 63]))
        .collect();
    text.push('Q');
    text
}
