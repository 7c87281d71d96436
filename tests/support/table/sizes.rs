//! Responses that are too large, too deep, or swell.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{FINAL, UNCERTAIN};
use crate::{Fault, Outcome, Response, Script, Serve, Step, json};

const ENDLESS: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

fn flood() -> Step {
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    Step::Flood(chunk.into(), Duration::ZERO)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gzipped(body: Vec<u8>) -> Response {
    Response::new(200, body)
        .header("Content-Type", "application/json")
        .header("Content-Encoding", "gzip")
}

pub(super) fn faults() -> Vec<Fault> {
    let ends = |name, script, outcome, attempts| Fault::new(name, Serve::always(script), outcome, attempts);
    let body = |name, body: String, outcome| ends(name, Script::respond(json(200, &body)), outcome, FINAL);
    let nested = |open: &str, close: &str, depth: usize| {
        format!(
            r#"{{"error":false,"future":{}1{}}}"#,
            open.repeat(depth),
            close.repeat(depth)
        )
    };
    let bomb = gzip(format!(r#"{{"future":"{}"}}"#, " ".repeat(64 << 20)).as_bytes());
    vec![
        ends(
            "a body without an end",
            Script::respond(ENDLESS).then(flood()),
            Outcome::TooLarge,
            FINAL,
        ),
        ends(
            "a body that says it is 1 TB",
            Script::respond("HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n{").then(Step::Hold),
            Outcome::TooLarge,
            FINAL,
        ),
        ends(
            "an error page without an end",
            Script::respond("HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n").then(flood()),
            Outcome::Status(500),
            FINAL,
        ),
        ends("a gzip bomb", Script::respond(gzipped(bomb)), Outcome::TooLarge, FINAL),
        ends(
            "gzip as it should be",
            Script::respond(gzipped(gzip(b"{}"))),
            Outcome::Ok,
            FINAL,
        ),
        ends(
            "gzip that is none",
            Script::respond(gzipped(b"{}".to_vec())),
            Outcome::BrokenOff,
            UNCERTAIN,
        ),
        ends(
            "gzip that stops half way",
            Script::respond(gzipped(gzip(&[b' '; 1000])[..15].to_vec())),
            Outcome::BrokenOff,
            UNCERTAIN,
        ),
        ends(
            "an encoding that nobody asked for",
            Script::respond(Response::new(200, [0x8b, 0x02, 0x80]).header("Content-Encoding", "compress")),
            Outcome::Decode,
            FINAL,
        ),
        body("JSON 10 deep", nested("[", "]", 10), Outcome::Ok),
        body("JSON 100,000 lists deep", nested("[", "]", 100_000), Outcome::Decode),
        body(
            "JSON 100,000 objects deep",
            nested(r#"{"a":"#, "}", 100_000),
            Outcome::Decode,
        ),
        body(
            "JSON 100,000 deep that stops there",
            format!(r#"{{"a":{}"#, "[".repeat(100_000)),
            Outcome::Decode,
        ),
        body(
            "a number of 100,000 digits",
            format!(r#"{{"future":{}}}"#, "9".repeat(100_000)),
            Outcome::Ok,
        ),
        ends(
            "a header of 1 MiB",
            Script::respond(json(200, "{}").header("X-Fault", "x".repeat(1 << 20))),
            Outcome::BrokenOff,
            UNCERTAIN,
        ),
        ends(
            "headers without an end",
            Script::respond("HTTP/1.1 200 OK\r\n")
                .then(Step::Flood("X-Fault: x\r\n".repeat(100).into(), Duration::ZERO)),
            Outcome::BrokenOff,
            UNCERTAIN,
        ),
        ends(
            "10,000 headers",
            Script::respond((0..10_000).fold(json(200, "{}"), |response, n| response.header(&format!("X-{n}"), "x"))),
            Outcome::BrokenOff,
            UNCERTAIN,
        ),
    ]
}
