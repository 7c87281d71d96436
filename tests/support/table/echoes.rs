//! Servers that send back what they got, secrets and all.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{CERTAIN, FINAL, UNCERTAIN};
use crate::{API_KEY, Fault, KISI_KEY, Outcome, RHOMBUS_TOKEN, Received, Response, Script, Serve, Step, json, page};

fn whole(request: &Received) -> Vec<u8> {
    page(500, &request.text()).bytes()
}

fn debugged(request: &Received) -> Vec<u8> {
    page(500, &format!("{:?}", request.text())).bytes()
}

fn percent_escaped(request: &Received) -> Vec<u8> {
    let escaped = utf8_percent_encode(&request.text(), NON_ALPHANUMERIC).to_string();
    page(502, &escaped).bytes()
}

fn in_base_64(request: &Received) -> Vec<u8> {
    page(400, &BASE64_STANDARD.encode(request.text())).bytes()
}

/// The secrets themselves, out of their context, each in a form of its own.
fn secrets() -> String {
    let base_64 = |text| BASE64_STANDARD.encode(text);
    let percent = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    [API_KEY, KISI_KEY, RHOMBUS_TOKEN]
        .map(|secret| format!("{secret} {secret:?} {} {}", base_64(secret), percent(secret)))
        .join(" ")
}

fn reason(_: &Received) -> Vec<u8> {
    let reason = serde_json::to_string(&secrets()).unwrap();
    json(200, &format!(r#"{{"error":true,"errorMsg":{reason}}}"#)).bytes()
}

fn reason_of_kisi(_: &Received) -> Vec<u8> {
    let reason = serde_json::to_string(&secrets()).unwrap();
    json(200, &format!(r#"{{"authError":true,"errorMsg":{reason}}}"#)).bytes()
}

fn in_a_name(_: &Received) -> Vec<u8> {
    let name = serde_json::to_string(&secrets()).unwrap();
    json(200, &format!(r#"{{{name}:{name},"clipDurations":{{{name}:{name}}}}}"#)).bytes()
}

fn in_a_value(_: &Received) -> Vec<u8> {
    json(
        200,
        &format!(r#"{{"error":{}}}"#, serde_json::to_string(&secrets()).unwrap()),
    )
    .bytes()
}

fn at_the_edge(_: &Received) -> Vec<u8> {
    // An excerpt that is cut first and cleaned after would keep the key's beginning.
    page(500, &format!("{}{}", "x".repeat(185), secrets())).bytes()
}

fn in_the_headers(_: &Received) -> Vec<u8> {
    Response::new(200, "not JSON")
        .header("Content-Type", API_KEY)
        .header("X-Echo", API_KEY)
        .header("Set-Cookie", format!("key={API_KEY}"))
        .bytes()
}

fn in_a_location(_: &Received) -> Vec<u8> {
    Response::new(302, "")
        .header("Location", format!("https://elsewhere.example/{API_KEY}?key={API_KEY}"))
        .bytes()
}

fn as_a_host(_: &Received) -> Vec<u8> {
    Response::new(302, "")
        .header("Location", format!("https://{RHOMBUS_TOKEN}.example/"))
        .bytes()
}

fn in_a_retry_after(_: &Received) -> Vec<u8> {
    Response::new(429, secrets()).header("Retry-After", API_KEY).bytes()
}

fn in_the_status_line(_: &Received) -> Vec<u8> {
    format!("HTTP/1.1 500 {API_KEY}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

fn as_a_protocol(_: &Received) -> Vec<u8> {
    format!("{API_KEY}\r\n\r\n").into_bytes()
}

pub(super) fn faults() -> Vec<Fault> {
    let echoes = |name, echo: fn(&Received) -> Vec<u8>, outcome, attempts| {
        Fault::new(
            name,
            Serve::always(Script::read().then(Step::Echo(echo))),
            outcome,
            attempts,
        )
    };
    let denies = |name, status, outcome| {
        let response = Response::new(status, secrets());
        Fault::new(name, Serve::always(Script::respond(response)), outcome, FINAL)
    };
    vec![
        echoes(
            "an error page with the request in it",
            whole,
            Outcome::Status(500),
            FINAL,
        ),
        echoes(
            "an error page with the request escaped",
            debugged,
            Outcome::Status(500),
            FINAL,
        ),
        echoes(
            "an error page with the request percent-escaped",
            percent_escaped,
            Outcome::Status(502),
            UNCERTAIN,
        ),
        echoes(
            "an error page with the request in base 64",
            in_base_64,
            Outcome::Status(400),
            FINAL,
        ),
        echoes(
            "an error page with the secrets where it is cut",
            at_the_edge,
            Outcome::Status(500),
            FINAL,
        ),
        echoes("a refusal with the secrets", reason, Outcome::Refused, FINAL),
        echoes(
            "a refusal of Kisi's with the secrets",
            reason_of_kisi,
            Outcome::IntegrationAuth,
            FINAL,
        ),
        echoes(
            "a response with the secrets as names",
            in_a_name,
            Outcome::Decode,
            FINAL,
        ),
        echoes(
            "a response with the secrets as a value",
            in_a_value,
            Outcome::Decode,
            FINAL,
        ),
        echoes(
            "a response with the key in its headers",
            in_the_headers,
            Outcome::Decode,
            FINAL,
        ),
        echoes(
            "a redirect with the key in its path",
            in_a_location,
            Outcome::Redirect(302, Some("elsewhere.example")),
            FINAL,
        ),
        echoes(
            "a redirect with a token as its host",
            as_a_host,
            Outcome::Redirect(302, Some("***.example")),
            FINAL,
        ),
        echoes(
            "a wait with the key as its length",
            in_a_retry_after,
            Outcome::RateLimited(None),
            CERTAIN,
        ),
        echoes(
            "the key in the status line",
            in_the_status_line,
            Outcome::Status(500),
            FINAL,
        ),
        echoes("the key as the protocol", as_a_protocol, Outcome::BrokenOff, UNCERTAIN),
        denies("401 with the secrets", 401, Outcome::Unauthorized),
        denies("403 with the secrets", 403, Outcome::Forbidden),
        denies("404 with the secrets", 404, Outcome::Status(404)),
    ]
}
