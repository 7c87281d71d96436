use http::Method;
use rhombus_kisi_runtime::{Error, Extra, Field, List, Map, Operation, Repeat, Request};

use crate::{KISI_KEY, RHOMBUS_TOKEN};

/// The three classes of idempotency.
pub const CLASSES: [Repeat; 3] = [Repeat::Safe, Repeat::IfNotCarriedOut, Repeat::Never];

static SAFE: Operation = Operation::new("safeToRepeat", Method::POST, "/api/fault/safe", Repeat::Safe);
static IF_NOT_CARRIED_OUT: Operation = Operation::new(
    "onceUnlessCertain",
    Method::POST,
    "/api/fault/once",
    Repeat::IfNotCarriedOut,
);
static NEVER: Operation = Operation::new("neverAgain", Method::POST, "/api/fault/never", Repeat::Never);

/// An operation of this class. They differ in nothing else, so that a difference in what the server sees is the class's.
pub fn operation(repeat: Repeat) -> &'static Operation {
    match repeat {
        Repeat::Safe => &SAFE,
        Repeat::Never => &NEVER,
        _ => &IF_NOT_CARRIED_OUT,
    }
}

/// A request of this class, with both of the body's secrets in it.
///
/// # Errors
/// If the body cannot be written as JSON.
pub fn request(repeat: Repeat) -> Result<Request, Error> {
    Request::new(operation(repeat)).json(&serde_json::json!({
        "kisiSettings": {
            "apiSecretKey": KISI_KEY,
            "enabled": true,
            "placeToSettingsMap": { "7": { "rhombusToken": RHOMBUS_TOKEN } },
        }
    }))
}

/// A response like that of an update.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// Whether Kisi refused its key.
    pub auth_error: Field<bool>,
    /// Whether the server refused.
    pub error: Field<bool>,
    /// Why it did.
    pub error_msg: Field<String>,
    /// What was not updated.
    pub failed_guids: Field<List<String>>,
    /// Doors that are under more than one location.
    pub misconfigured_doors: Field<List<String>>,
    /// The clip lengths of doors, by their names.
    pub clip_durations: Field<Map<i32>>,
    /// A caveat.
    pub warning_msg: Field<String>,
    /// Everything else.
    pub extra: Extra,
}

rhombus_kisi_runtime::object!(Reply {
    auth_error = "authError",
    clip_durations = "clipDurations",
    error = "error",
    error_msg = "errorMsg",
    failed_guids = "failedGuids",
    misconfigured_doors = "misconfiguredDoors",
    warning_msg = "warningMsg",
} extra);
rhombus_kisi_runtime::respond!(Reply: error = error, message = error_msg, integration_auth = auth_error, warning = warning_msg);
