//! 200 that does not mean that it worked, and 200 that only looks as if it did not.

use super::FINAL;
use crate::{Fault, Outcome, Script, Serve, json};

pub(super) fn faults() -> Vec<Fault> {
    let returns =
        |name, body: &str, outcome| Fault::new(name, Serve::always(Script::respond(json(200, body))), outcome, FINAL);
    vec![
        returns(
            "a refusal with its reason",
            r#"{"error":true,"errorMsg":"no such place"}"#,
            Outcome::Refused,
        )
        .says("no such place"),
        returns("a refusal without a reason", r#"{"error":true}"#, Outcome::Refused),
        returns(
            "a refusal whose reason is null",
            r#"{"error":true,"errorMsg":null}"#,
            Outcome::Refused,
        ),
        returns(
            "a refusal that writes log lines of its own",
            r#"{"error":true,"errorMsg":"no\n2026-01-01 INFO \u001b[2Jall is well"}"#,
            Outcome::Refused,
        )
        .says("no 2026-01-01 INFO [2Jall is well"),
        returns(
            "a refusal that goes on and on",
            &format!(r#"{{"error":true,"errorMsg":"{}"}}"#, "no ".repeat(20_000)),
            Outcome::Refused,
        )
        .says(" no n…"),
        returns(
            "Kisi refuses its key",
            r#"{"authError":true}"#,
            Outcome::IntegrationAuth,
        ),
        returns(
            "Kisi refuses its key, and that is an error",
            r#"{"authError":true,"error":true,"errorMsg":"bad key"}"#,
            Outcome::IntegrationAuth,
        )
        .says("bad key"),
        returns(
            "no error but a message",
            r#"{"error":false,"errorMsg":"left over"}"#,
            Outcome::Ok,
        ),
        returns(
            "a warning",
            r#"{"error":false,"warningMsg":"some doors are unknown"}"#,
            Outcome::Ok,
        ),
        returns(
            "doors that were not updated",
            r#"{"failedGuids":["a",null]}"#,
            Outcome::Ok,
        ),
        returns(
            "doors in two places",
            r#"{"misconfiguredDoors":["Lobby",null]}"#,
            Outcome::Ok,
        ),
        returns(
            "null everywhere",
            r#"{"authError":null,"error":null,"errorMsg":null,"failedGuids":null,"misconfiguredDoors":null,"warningMsg":null}"#,
            Outcome::Ok,
        ),
        returns("an empty object", "{}", Outcome::Ok),
        returns(
            "unknown fields",
            r#"{"future":{"a":[1,null]},"error":false}"#,
            Outcome::Ok,
        ),
    ]
}
