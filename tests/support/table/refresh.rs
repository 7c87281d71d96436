//! Access tokens that cannot be refreshed: nothing is sent to the API.

use std::time::Duration;

use super::FINAL;
use crate::{API_KEY, Fault, Limits, Outcome, Refresh, Script, Serve, Step, json, page};

/// No attempt is made.
const NONE: [u32; 3] = [0, 0, 0];

pub(super) fn faults() -> Vec<Fault> {
    let row = |name, endpoint, timeout: Duration, outcome, attempts| {
        let api = Script::read().then(Step::Echo(|request| page(403, &request.text()).bytes()));
        let refresh = Refresh { endpoint, timeout, api };
        Fault::new(name, Serve::Refresh(Box::new(refresh)), outcome, attempts)
    };
    let fails = |name, script, transient| {
        let endpoint = Serve::always(script);
        row(name, endpoint, Limits::ATTEMPT, Outcome::Credentials(transient), NONE).says("nothing was sent")
    };
    let returns = |name, status, body: &str, transient| fails(name, Script::respond(json(status, body)), transient);
    let token = serde_json::json!({ "access_token": API_KEY, "expires_in": 3600 });
    vec![
        row(
            "the token endpoint is down",
            Serve::Nobody,
            Limits::ATTEMPT,
            Outcome::Credentials(true),
            NONE,
        )
        .says("no connection to 127.0.0.1"),
        row(
            "the token endpoint never responds",
            Serve::always(Script::read().then(Step::Hold)),
            Limits::SHORT,
            Outcome::Credentials(true),
            NONE,
        )
        .says("no whole response within 2s"),
        fails("the token endpoint closes the connection", Script::read(), true),
        returns("the token endpoint is broken", 500, "{}", true),
        returns("the token endpoint returns nonsense", 200, "<html>", false).says("it is not JSON"),
        returns("the token endpoint returns no token", 200, "{}", false).says("no access token"),
        returns(
            "the token endpoint rejects the refresh token",
            400,
            r#"{"error":"invalid_grant","error_description":"revoked\nby the user"}"#,
            false,
        )
        .says("invalid_grant (revoked by the user)"),
        fails(
            "the token endpoint quotes what it was sent",
            Script::read().then(Step::Echo(|request| {
                let text = serde_json::json!({ "error": request.text(), "error_description": request.text() });
                json(400, &text.to_string()).bytes()
            })),
            false,
        ),
        fails(
            "the token endpoint quotes what it was sent in a page",
            Script::read().then(Step::Echo(|request| page(502, &request.text()).bytes())),
            true,
        ),
        row(
            "a server quotes the access token that it rejects",
            Serve::always(Script::respond(json(200, &token.to_string()))),
            Limits::ATTEMPT,
            Outcome::Forbidden,
            FINAL,
        ),
    ]
}
